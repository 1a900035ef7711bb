//! The review pipeline.

use super::Site;

const fn site(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/review.rs", find, replace }
}

pub const SITES: &[Site] = &[
    site(
        r#"    pub(super) fn add_step(&self, tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
        require_draft(tre)?;
        let id: StepId = input.id("id")?;"#,
        r#"    pub(super) fn add_step(&self, tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
        if !mutant("L2.steps.published/add") {
            require_draft(tre)?;
        }
        let id: StepId = match mutant("L3.step-id") {
            true => StepId::from_platform(input.text("id")?),
            false => input.id("id")?,
        };"#,
    ),
    site(
        "self.require_users(&reviewers)?;",
        r#"if !mutant("L3.reviewers.exist/step") {
            self.require_users(&reviewers)?;
        }"#,
    ),
    site(
        "            Some(known) if *known == step => {}
            Some(known) => {",
        r#"            Some(_) if mutant("L3.step-id.unique") => tre.steps.push(step),
            Some(known) if *known == step && !mutant("L3.idempotent/step") => {}
            Some(known) => {"#,
    ),
    site(
        "None => tre.steps.push(step),",
        r#"None if mutant("L3.append") => tre.steps.insert(0, step),
            None => tre.steps.push(step),"#,
    ),
    site(
        "self.require_users(reviewers.difference(&step.reviewers))?;",
        r#"if !mutant("L3.reviewers.exist/add") {
            self.require_users(reviewers.difference(&step.reviewers))?;
        }"#,
    ),
    site(
        "        step.reviewers.extend(reviewers);",
        r#"        if !mutant("L2.reviewers/added") {
            step.reviewers.extend(reviewers);
        }"#,
    ),
    site(
        "pub(super) fn update_step(tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    require_draft(tre)?;",
        r#"pub(super) fn update_step(tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    if !mutant("L2.step-text/published") {
        require_draft(tre)?;
    }"#,
    ),
    site(
        "        name.clone_into(&mut step.name);",
        r#"        if !mutant("L2.step-text/name") {
            name.clone_into(&mut step.name);
        }"#,
    ),
    site(
        "        description.clone_into(&mut step.description);",
        r#"        if !mutant("L2.step-text/description") {
            description.clone_into(&mut step.description);
        }"#,
    ),
    site(
        "pub(super) fn remove_step(tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    require_draft(tre)?;",
        r#"pub(super) fn remove_step(tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    if !mutant("L2.steps.published/remove") {
        require_draft(tre)?;
    }"#,
    ),
    site(
        "    tre.steps.retain(|step| step.id != id);",
        r#"    tre.steps.retain(|step| step.id != id || mutant("L2.steps.draft/removed"));"#,
    ),
    site(
        "    step.reviewers.retain(|reviewer| !reviewers.contains(reviewer));",
        r#"    step.reviewers
        .retain(|reviewer| mutant("L2.reviewers/removed") || !reviewers.contains(reviewer));"#,
    ),
    site(
        "if is_published && before > 0 && step.reviewers.is_empty() {",
        r#"let is_published = is_published || mutant("L2.last-reviewer/draft");
    let is_emptied = before > 0 && step.reviewers.is_empty();
    if is_published && is_emptied && !mutant("L2.last-reviewer/published") {"#,
    ),
];
