//! The showcase beside the data that it must be kept apart from.

use super::Context;
use crate::diag::{Code, Diagnostic};
use crate::model::Asset;

pub static CODE: Code = Code {
    id: "TRE053",
    title: "Showcase in the project of other assets",
    cause: "`dataShowcase` and another asset are written with the same project.",
    cure: "Put the showcase into a project of its own, and write that project's id.",
};

pub const DOC: &str = "Every authorized user and every reviewer can read the whole project of the \
                       showcase (documented), and so would read the full data before any review.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
inventory:
  version: \"2026.1\"
  tabularData: project-GQ1vJ5j0000000000000000v:record-GQ1vJ5j0000000000000000b
  dataShowcase: project-GQ1vJ5j0000000000000000z:record-GQ1vJ5j0000000000000000f
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
inventory:
  version: \"2026.1\"
  tabularData: project-GQ1vJ5j0000000000000000v:record-GQ1vJ5j0000000000000000b
  dataShowcase: project-GQ1vJ5j0000000000000000v:record-GQ1vJ5j0000000000000000f
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let tres = context.resolved.desired.tres.values();
    let mut found = Vec::new();
    for written in tres.filter_map(|tre| tre.inventory.as_ref()) {
        let showcase = written.inventory.data_showcase.as_ref();
        let Some(project) = showcase.and_then(|asset| asset.project.as_ref()) else { continue };
        let mut shared = written.inventory.assets().filter(|(asset, reference)| {
            *asset != Asset::DataShowcase && reference.project.as_ref() == Some(project)
        });
        let Some((other, _)) = shared.next() else { continue };
        let range = |asset| written.asset_ranges.get(&asset).unwrap_or(&written.range);
        let summary = format!("`dataShowcase` lies in the same project as `{}`.", other.key());
        found.push(
            Diagnostic::error(&CODE, summary)
                .because("Every authorized user and reviewer can read all of that project.")
                .at(range(Asset::DataShowcase))
                .with(range(other), format!("`{}` is here", other.key()))
                .help("Put the showcase into a project of its own."),
        );
    }
    found
}
