//! A policy that trectl does not know.

use super::Context;
use super::context::some_of;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::schema::document::Policies;
use crate::source::{Kind, Spanned};

pub static CODE: Code = Code {
    id: "TRE055",
    title: "Unknown policy",
    cause: "A policy's name is neither one that trectl knows nor declared in the project file. \
            trectl cannot say then which of its values is stricter.",
    cure: "Correct the spelling, or declare the policy under `policies:` in the project file, with \
           its `type`.",
};

pub const DOC: &str = "The vendor's list of policies for TREs is not public. The names that trectl \
                       knows are those of project access controls (assumed), and the project file \
                       can add more.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: Project
policies:
  clipboardRestricted: {type: bool, meaning: The clipboard is off.}
---
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
policies: {downloadRestricted: true, clipboardRestricted: true}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
policies: {downloadsRestricted: true}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    if context.documents().broken.iter().any(|document| document.kind == Kind::Project) {
        return Vec::new();
    }
    let table = &context.resolved.desired.policies;
    let names = || table.iter().map(|(name, _)| name);
    let mut found = Vec::new();
    for (name, _) in written(context) {
        if table.get(&name.value).is_none() {
            let help = match did_you_mean(&name.value, names()) {
                Some(meant) => format!("Did you mean `{meant}`?"),
                None => format!(
                    "Declare it under `policies:` in `trectl.yaml`, or use one of these: {}.",
                    some_of(names())
                ),
            };
            let summary = format!("trectl does not know the policy `{}`.", name.value);
            found.push(Diagnostic::error(&CODE, summary).at(&name.range).help(help));
        }
    }
    found
}

/// Returns every policy that a document sets, with the places of name and value.
pub fn written<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (&'a Spanned<String>, &'a Spanned<crate::schema::document::WrittenPolicy>)>
{
    let tres = context.kept_tres().map(|tre| &tre.value.policies);
    let profiles = context.documents().profiles.iter().map(|profile| &profile.value.policies);
    tres.chain(profiles).flatten().flat_map(|Spanned { value: Policies(policies), .. }| policies)
}
