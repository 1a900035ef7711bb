//! The review pipeline: its steps, frozen at publishing, and their reviewers, never frozen.

use std::collections::BTreeSet;

use super::World;
use super::entity::{Step, Tre};
use super::input::Input;
use super::refusal::{Outcome, Refusal};
use crate::model::ids::StepId;

impl World {
    /// Appends a step. The very step that is there already is left as it is (A); another one of
    /// the same id is refused, since step ids are unique in the TRE (D).
    pub(super) fn add_step(&self, tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
        require_draft(tre)?;
        let id: StepId = input.id("id")?;
        let name = input.text("name")?.to_owned();
        let description = input.text("description")?.to_owned();
        let has_reviewers = input.value("reviewers").is_some();
        let reviewers = if has_reviewers { input.users("reviewers")? } else { BTreeSet::default() };
        input.end()?;
        self.require_users(&reviewers)?;
        let step = Step { id, name, description, reviewers };
        match tre.steps.iter().find(|known| known.id == step.id) {
            Some(known) if *known == step => {}
            Some(known) => {
                return Err(Refusal::input(format!("Review step `{}` exists already.", known.id)));
            }
            None => tre.steps.push(step),
        }
        Ok(())
    }

    pub(super) fn add_reviewers(&self, tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
        let id: StepId = input.id("stepId")?;
        let reviewers = input.users("reviewers")?;
        input.end()?;
        let step = step_of(tre, &id)?;
        self.require_users(reviewers.difference(&step.reviewers))?;
        step.reviewers.extend(reviewers);
        Ok(())
    }
}

pub(super) fn update_step(tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    require_draft(tre)?;
    let id: StepId = input.id("id")?;
    let name = input.optional_text("name")?;
    let description = input.optional_text("description")?;
    input.end()?;
    let step = step_of(tre, &id)?;
    if let Some(name) = name {
        name.clone_into(&mut step.name);
    }
    if let Some(description) = description {
        description.clone_into(&mut step.description);
    }
    Ok(())
}

pub(super) fn remove_step(tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    require_draft(tre)?;
    let id: StepId = input.id("id")?;
    input.end()?;
    tre.steps.retain(|step| step.id != id);
    Ok(())
}

/// Removes reviewers; in a published TRE not the last one of a step (A).
pub(super) fn remove_reviewers(tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    let id: StepId = input.id("stepId")?;
    let reviewers = input.users("reviewers")?;
    input.end()?;
    let is_published = tre.is_published();
    let step = step_of(tre, &id)?;
    let before = step.reviewers.len();
    step.reviewers.retain(|reviewer| !reviewers.contains(reviewer));
    if is_published && before > 0 && step.reviewers.is_empty() {
        return Err(Refusal::state(format!(
            "Review step `{id}` of the published `{}` would be left without a reviewer.",
            tre.id
        )));
    }
    Ok(())
}

fn require_draft(tre: &Tre) -> Outcome<()> {
    if tre.is_published() {
        return Err(Refusal::state(format!(
            "`{}` was published: its review steps are frozen.",
            tre.id
        )));
    }
    Ok(())
}

fn step_of<'a>(tre: &'a mut Tre, id: &StepId) -> Outcome<&'a mut Step> {
    tre.steps
        .iter_mut()
        .find(|step| step.id == *id)
        .ok_or_else(|| Refusal::missing(format_args!("review step {id}")))
}
