//! A document that extends a profile which is not there.

use super::Context;
use super::context::{MOST_SUGGESTIONS, some_of};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::model::ProfileId;
use crate::source::Kind;

pub static CODE: Code = Code {
    id: "TRE042",
    title: "Unknown profile",
    cause: "`extends` names a profile, and no document of kind `Profile` has that id.",
    cure: "Correct the spelling, or write the profile.",
};

pub const DOC: &str = "If trectl passed over a profile that it does not know, the policies in it \
                       would silently not be managed.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
extends: [baseline]
---
apiVersion: trectl/v1
kind: Profile
id: baseline
policies: {downloadRestricted: true}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
extends: [baseline, base-line]
---
apiVersion: trectl/v1
kind: Profile
id: baseline
policies: {downloadRestricted: true}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let profiles = &context.resolved.profiles;
    let tres = context.kept_tres().map(|tre| &tre.value.extends);
    let others = context.documents().profiles.iter().map(|profile| &profile.value.extends);
    let mut found = Vec::new();
    for id in tres.chain(others).flatten().flat_map(|list| &list.value) {
        let name = &id.value.0;
        if !profiles.contains(name) && !context.may_exist(Kind::Profile, name.as_str()) {
            let summary = format!("There is no profile `{name}`.");
            let help =
                if found.len() < MOST_SUGGESTIONS { help(context, name) } else { write(name) };
            found.push(Diagnostic::error(&CODE, summary).at(&id.range).help(help));
        }
    }
    found
}

fn help(context: &Context<'_>, id: &ProfileId) -> String {
    let known = || context.resolved.profiles.ids().map(ProfileId::as_str);
    if let Some(meant) = did_you_mean(id.as_str(), known()) {
        return format!("Did you mean `{meant}`?");
    }
    match known().next() {
        Some(_) => format!(
            "Write a document of kind `Profile` with `id: {id}`, or name one of these profiles: {}.",
            some_of(known())
        ),
        None => write(id),
    }
}

fn write(id: &ProfileId) -> String {
    format!("Write a document of kind `Profile` with `id: {id}`.")
}
