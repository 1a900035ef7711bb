//! A target with two platforms, or none.

use super::Context;
use crate::diag::{Code, Diagnostic};
use crate::schema::document::PlatformDocument;

pub static CODE: Code = Code {
    id: "TRE062",
    title: "Platform of a target is unclear",
    cause: "A target's `platform` has both `embedded` and `dnanexus`, or neither, or a `seed` \
            without `embedded`.",
    cure: "Write `{embedded: .trectl/platform.db}`, with a `seed` or without, or `{dnanexus: {}}`.",
};

pub const DOC: &str = "Whether a run touches the real platform must be plain to see.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  local: {platform: {embedded: .trectl/platform.db, seed: platform-seed.yaml}}
  production: {platform: {dnanexus: {}}}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  local: {platform: {embedded: .trectl/platform.db, dnanexus: {}}}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let targets = context.project().and_then(|project| project.targets.as_ref());
    let mut found = Vec::new();
    for (name, target) in targets.into_iter().flatten() {
        let platform = &target.value.platform;
        let PlatformDocument { embedded, seed, dnanexus } = &platform.value;
        let name = &name.value.0;
        let (summary, range) = match (embedded, seed, dnanexus) {
            (Some(_), _, Some(_)) => {
                (format!("The target `{name}` has two platforms."), &platform.range)
            }
            (None, Some(seed), _) => (
                format!("The target `{name}` has a seed and no embedded platform to load it into."),
                &seed.range,
            ),
            (None, None, None) => {
                (format!("The target `{name}` has no platform."), &platform.range)
            }
            (Some(_), _, None) | (None, None, Some(_)) => continue,
        };
        found.push(Diagnostic::error(&CODE, summary).at(range).help(
            "Write `{embedded: .trectl/platform.db}` for trying out, or `{dnanexus: {}}` for the \
             real platform.",
        ));
    }
    found
}
