//! A project file that is not the project file.

use super::Context;
use crate::diag::{Code, Diagnostic};
use crate::source::Kind;

pub static CODE: Code = Code {
    id: "TRE062",
    title: "Project document in the wrong place",
    cause: "A document of kind `Project` stands in another file than `trectl.yaml` at the root, or \
            there are two of them.",
    cure: "Keep one document of kind `Project`, in `trectl.yaml` at the root.",
};

pub const DOC: &str = "Which targets and limits hold must not depend on which file was read last.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  local: {platform: {embedded: .trectl/platform.db}}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  local: {platform: {embedded: .trectl/platform.db}}
---
apiVersion: trectl/v1
kind: Project
guards: {openWindows: 2}
";

const PLACE: &str = "trectl.yaml";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let all = context.resolved.repository.documents.iter();
    let mut first = None;
    let mut found = Vec::new();
    for document in all.filter(|document| document.kind == Kind::Project) {
        let range = document.node.entry("kind").map_or(&document.node.range, |e| &e.value.range);
        if document.file.as_ref() != PLACE {
            let summary = "A document of kind `Project` does not belong here.";
            found.push(
                Diagnostic::error(&CODE, summary)
                    .at(range)
                    .help(format!("Move what it says to `{PLACE}` at the root.")),
            );
        } else if let Some(other) = first {
            found.push(
                Diagnostic::error(&CODE, "There are two documents of kind `Project`.")
                    .at(range)
                    .with(other, "the first one is here")
                    .help("Write all of it in one document."),
            );
        } else {
            first = Some(range);
        }
    }
    found
}
