//! Accepted drift of something that is no setting, or none of this document.

use super::Context;
use crate::desired::DesiredTre;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::diff::Field;
use crate::lifecycle::LOCKS;
use crate::schema::document::{AcceptedDriftDocument, Id, Pointer};
use crate::source::Spanned;

pub static CODE: Code = Code {
    id: "TRE067",
    title: "Accepted drift that matches nothing",
    cause: "`path` of an entry under `acceptedDrift` names no setting of a TRE, or one that the \
            document does not manage. Such an entry can never count.",
    cure: "Write the path of a setting that the document manages, with people and review steps by \
           their ids, or remove the entry.",
};

pub const DOC: &str = "Drift looks at managed settings only. In a list of people each person is a setting of \
                       their own, since the place in a list changes whenever somebody comes or goes.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: active
policies: {downloadRestricted: true}
acceptedDrift:
  - {path: /policies/downloadRestricted, live: false, owner: user-amara, reason: A supervised download., ticket: DAC-7, until: 2099-12-31}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: active
policies: {downloadRestricted: true}
acceptedDrift:
  - {path: /policy/downloadRestricted, live: false, owner: user-amara, reason: A supervised download., ticket: DAC-7, until: 2099-12-31}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tre in context.kept_tres() {
        let Some(desired) = context.resolved.desired.tres.get(&tre.value.id.value.0) else {
            continue;
        };
        for Spanned { value: AcceptedDriftDocument { path, .. }, .. } in
            tre.value.accepted_drift.iter().flatten()
        {
            found.extend(of_path(path, desired));
        }
    }
    found
}

fn of_path(path: &Id<Pointer>, desired: &DesiredTre) -> Option<Diagnostic> {
    let text = path.value.0.as_str();
    match Field::of_key(text).filter(|field| *field != Field::Id) {
        Some(field) if field.is_managed(desired) => None,
        Some(_) => {
            let summary =
                format!("Drift of `{text}` is accepted, which this document does not set.");
            let help = "Remove the entry: what is not managed is never drift.";
            Some(Diagnostic::warning(&CODE, summary).at(&path.range).help(help))
        }
        None => {
            let summary = format!("Drift of `{text}` is accepted, which is no setting of a TRE.");
            Some(Diagnostic::error(&CODE, summary).at(&path.range).help(meant(text)))
        }
    }
}

/// Says what can be written instead.
fn meant(path: &str) -> String {
    let word = path.split('/').nth(1).unwrap_or_default();
    match word {
        "admins" | "authorizedUsers" => {
            format!("Name the one person, as in `/{word}/user-li`.")
        }
        "reviewSteps" => {
            "Name the step by its id and what of it, as in `/reviewSteps/ethics/name` or \
             `/reviewSteps/ethics/reviewers/user-li`."
                .to_owned()
        }
        "policies" => "Name the policy, as in `/policies/downloadRestricted`.".to_owned(),
        "inventory" => {
            "Name the version or an asset, as in `/inventory/version` or `/inventory/tabularData`."
                .to_owned()
        }
        _ => match did_you_mean(word, settings()) {
            Some(known) => format!("Did you mean `/{known}…`?"),
            None => "Write the path that `drift` shows, with people by their ids.".to_owned(),
        },
    }
}

/// Returns the first words of paths: the state, and every setting but the id, which never drifts.
fn settings() -> impl Iterator<Item = &'static str> {
    let words = LOCKS.iter().filter_map(|row| row.key.split(['/', '.', '[']).next());
    words.filter(|word| *word != "id").chain(["state"])
}
