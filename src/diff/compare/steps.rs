//! The review pipeline: which steps there are, their order, wording and reviewers.

use serde_json::{Value, json};

use super::{Comparison, Effect, Field, Range, Sides, Values};
use crate::desired::DesiredStep;
use crate::model::{AppliedStep, ReviewStep, StepId, Tre};

impl Comparison<'_> {
    pub(super) fn review_steps(&mut self, after: &Tre) {
        let Sides { desired, before, applied, .. } = self.sides;
        let Some(wanted) = &desired.review_steps else { return };
        let live: &[ReviewStep] = before.map_or(&[], |tre| &tre.review_steps);
        let recorded = applied.and_then(|applied| applied.review_steps.as_deref());
        for (index, step) in live.iter().enumerate() {
            if after.review_step(&step.id).is_none() {
                let values = Values {
                    before: json!(step),
                    after: Value::Null,
                    applied: recorded.map(|steps| presence(steps, &step.id, json!(step))),
                };
                let path = format!("/reviewSteps/{index}");
                let field = Field::ReviewStep(step.id.clone());
                self.push(field, path, values, Effect::Incomparable, Some(&wanted.range));
            }
        }
        for ((index, step), desired) in after.review_steps.iter().enumerate().zip(&wanted.value) {
            match live.iter().enumerate().find(|(_, live)| live.id == step.id) {
                Some((index_before, live)) => {
                    self.one_step((index_before, index, live, step), desired, recorded);
                }
                None => {
                    let values = Values {
                        before: Value::Null,
                        after: json!(step),
                        applied: recorded.map(|steps| presence(steps, &step.id, json!(step))),
                    };
                    let path = format!("/reviewSteps/{index}");
                    let field = Field::ReviewStep(step.id.clone());
                    self.push(field, path, values, Effect::Incomparable, Some(&desired.range));
                }
            }
        }
        self.review_order(after, live, recorded, &wanted.range);
    }

    /// Compares the order of the steps that are there before and after.
    fn review_order(
        &mut self,
        after: &Tre,
        live: &[ReviewStep],
        recorded: Option<&[AppliedStep]>,
        range: &Range,
    ) {
        let common = |steps: &[ReviewStep], others: &[ReviewStep]| -> Vec<StepId> {
            steps
                .iter()
                .map(|step| step.id.clone())
                .filter(|id| others.iter().any(|other| other.id == *id))
                .collect()
        };
        let (before, wanted) =
            (common(live, &after.review_steps), common(&after.review_steps, live));
        if before == wanted {
            return;
        }
        let applied = recorded.map(|steps| {
            steps.iter().map(|step| &step.id).filter(|id| wanted.contains(id)).collect::<Vec<_>>()
        });
        let values = Values {
            before: json!(before),
            after: json!(wanted),
            applied: applied.map(|order| json!(order)),
        };
        let path = "/reviewSteps".to_owned();
        self.push(Field::ReviewOrder, path, values, Effect::Neutral, Some(range));
    }

    fn one_step(
        &mut self,
        (index_before, index, live, step): (usize, usize, &ReviewStep, &ReviewStep),
        desired: &DesiredStep,
        recorded: Option<&[AppliedStep]>,
    ) {
        let recorded = recorded.and_then(|steps| steps.iter().find(|old| old.id == step.id));
        let id = || step.id.clone();
        let texts = [
            (
                Field::StepName(id()),
                "name",
                desired.name.as_ref(),
                (&live.name, &step.name),
                recorded.and_then(|old| old.name.as_ref()),
            ),
            (
                Field::StepDescription(id()),
                "description",
                desired.description.as_ref(),
                (&live.description, &step.description),
                recorded.and_then(|old| old.description.as_ref()),
            ),
        ];
        for (field, key, written, (before, after), applied) in texts {
            if let Some(written) = written
                && before != after
            {
                let values = Values {
                    before: json!(before),
                    after: json!(after),
                    applied: applied.map(|text| json!(text)),
                };
                let path = format!("/reviewSteps/{index}/{key}");
                self.push(field, path, values, Effect::Neutral, Some(&written.range));
            }
        }
        if let Some(wanted) = &desired.reviewers {
            let path = |index: usize| format!("/reviewSteps/{index}/reviewers");
            self.list(
                |user| Field::Reviewer(step.id.clone(), user.clone()),
                [&path(index_before), &path(index)],
                Some(&live.reviewers),
                (&step.reviewers, recorded.and_then(|old| old.reviewers.as_ref())),
                wanted,
            );
        }
    }
}

fn presence(steps: &[AppliedStep], id: &StepId, whole: Value) -> Value {
    if steps.iter().any(|step| step.id == *id) { whole } else { Value::Null }
}
