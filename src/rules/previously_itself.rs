//! An earlier id that is the id itself.

use super::Context;
use super::context::key_range;
use crate::diag::{Code, Diagnostic};

pub static CODE: Code = Code {
    id: "TRE066",
    title: "Its own earlier id",
    cause: "A TRE's document says under `previously` that it had the id that it has.",
    cure: "Remove the key, or name the id that the TRE had before.",
};

pub const DOC: &str = "`previously` names another TRE, so that `plan` can explain the way from it \
                       to this one. Where it names the TRE itself, one of the two ids is wrong, \
                       and the wrong one might be the one that is for ever.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardiology
previously: tre-cardio
state: draft
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
previously: tre-cardio
state: draft
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for tre in context.kept_tres() {
        let (id, Some(previously)) = (&tre.value.id, &tre.value.previously) else { continue };
        if previously.value.0 != id.value.0 {
            continue;
        }
        let summary = format!("`{}` is said to have been itself before.", id.value.0);
        let finding = Diagnostic::error(&CODE, summary)
            .at(key_range(&tre.source.node, "previously").unwrap_or(&previously.range))
            .because("`previously` is for the id of another TRE.")
            .help("Remove the key, or name the id that the TRE had before.");
        found.push(finding);
    }
    found
}
