//! How a draft's review pipeline becomes the one that is asked for.

use crate::model::{ReviewStep, StepId, Tre};
use crate::plan::subject::Subject;
use crate::platform::{Call, NewStep};

/// The steps that stay, and the calls that bring about the others.
///
/// No route reorders steps (A). The longest prefix of the desired order that stands in that order
/// already is kept and edited in place; the rest is removed and appended.
pub(super) struct Pipeline {
    kept: Vec<StepId>,
    pub shortened: Vec<Call>,
    pub appended: Vec<Call>,
}

impl Pipeline {
    pub fn of(subject: &Subject<'_>, after: &Tre) -> Self {
        let live: &[ReviewStep] = subject.before().map_or(&[], |tre| &tre.review_steps);
        let mut rest = live.iter();
        let kept: Vec<StepId> = after
            .review_steps
            .iter()
            .map(|step| &step.id)
            .take_while(|id| rest.any(|live| live.id == **id))
            .cloned()
            .collect();
        let removed = live.iter().filter(|step| !kept.contains(&step.id));
        let edited = after.review_steps.iter().zip(&kept).filter_map(|(step, _)| {
            let before = live.iter().find(|live| live.id == step.id)?;
            let name = (before.name != step.name).then(|| step.name.clone());
            let description =
                (before.description != step.description).then(|| step.description.clone());
            (name.is_some() || description.is_some()).then(|| Call::UpdateReviewStep {
                id: step.id.clone(),
                name,
                description,
            })
        });
        let shortened =
            removed.map(|step| Call::RemoveReviewStep(step.id.clone())).chain(edited).collect();
        let appended = after.review_steps.iter().skip(kept.len()).map(append).collect();
        Self { kept, shortened, appended }
    }

    /// Tells whether a step stays where it is, so that its reviewers are changed in place.
    pub fn keeps(&self, id: &StepId) -> bool {
        self.kept.contains(id)
    }
}

fn append(step: &ReviewStep) -> Call {
    Call::AddReviewStep(NewStep {
        id: step.id.clone(),
        name: step.name.clone(),
        description: step.description.clone(),
        reviewers: step.reviewers.iter().cloned().collect(),
    })
}
