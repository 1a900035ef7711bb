//! Two targets with one state.

use std::collections::BTreeMap;

use camino::{Utf8Component, Utf8Path};

use super::Context;
use crate::desired::{StateTarget, Target};
use crate::diag::{Code, Diagnostic, Range};

pub static CODE: Code = Code {
    id: "TRE065",
    title: "State shared by two targets",
    cause: "Two targets keep their state in the same place.",
    cure: "Give each target a `state` of its own, or none, which is `.trectl/state/<target>`.",
};

pub const DOC: &str = "The state says what was last applied. Shared by two platforms, each run \
                       would take what it finds on one for drift of the other.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  staging: {platform: {dnanexus: {host: stagingapi.example.org}}, state: \"s3://bucket/staging\"}
  production: {platform: {dnanexus: {}}, state: \"s3://bucket/production\"}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  staging: {platform: {dnanexus: {host: stagingapi.example.org}}, state: \"s3://bucket/trectl\"}
  production: {platform: {dnanexus: {}}, state: \"s3://bucket/trectl/\"}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let targets = &context.resolved.desired.project.targets;
    let documents = context.project().and_then(|project| project.targets.as_ref());
    let mut first: BTreeMap<String, (&str, &Range)> = BTreeMap::new();
    let mut found = Vec::new();
    for (name, document) in documents.into_iter().flatten() {
        let name = name.value.0.as_str();
        let Some(target) = targets.get(name) else { continue };
        let range = document.value.state.as_ref().map_or(&document.range, |state| &state.range);
        if let Some((other, place)) = first.get(&normal(target)) {
            let summary = format!("The targets `{other}` and `{name}` share one state.");
            found.push(
                Diagnostic::error(&CODE, summary)
                    .at(range)
                    .with(place, format!("the state of `{other}`"))
                    .help("Give each target a `state` of its own, or none."),
            );
        } else {
            first.insert(normal(target), (name, range));
        }
    }
    found
}

/// Returns the place in one spelling.
fn normal(target: &Target) -> String {
    match &target.state {
        StateTarget::Remote(url) => url.to_string(),
        StateTarget::Local(path) => {
            let parts = Utf8Path::components(path).filter(|part| *part != Utf8Component::CurDir);
            parts.collect::<camino::Utf8PathBuf>().into_string()
        }
    }
}
