//! From a repository to what it asks for, or to everything that is wrong with it.

use jiff::civil::Date;

use super::{Context, RULES};
use crate::desired::{Desired, resolve};
use crate::diag::{Diagnostic, Severity};
use crate::source::Repository;

/// What [`build`] makes of a repository.
#[derive(Debug, Clone)]
pub struct Built {
    /// What the repository asks for; `None` where there is an error.
    pub desired: Option<Desired>,
    /// Everything that was found, the files' own findings included, in the order of places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks form and meaning of every document, and follows every reference. `today` (UTC) is the
/// day on which consents are judged.
pub fn build(repository: &Repository, today: Date) -> Built {
    let resolved = resolve(repository);
    let mut diagnostics = resolved.diagnostics.clone();
    let context = Context::new(&resolved, today);
    for rule in RULES {
        diagnostics.extend((rule.check)(&context));
    }
    diagnostics.retain(|found| !is_consequence(found, &repository.diagnostics));
    diagnostics.extend(repository.diagnostics.iter().cloned());
    sort(&mut diagnostics);
    let has_error = diagnostics.iter().any(|found| found.severity == Severity::Error);
    Built { desired: (!has_error).then_some(resolved.desired), diagnostics }
}

/// Tells whether a finding is about text that could not be read, which stands in the tree as
/// nothing: whoever corrects the text must not be sent after that too.
fn is_consequence(found: &Diagnostic, unreadable: &[Diagnostic]) -> bool {
    let Some(place) = &found.range else { return false };
    let errors = unreadable.iter().filter(|error| error.severity == Severity::Error);
    errors.filter_map(|error| error.range.as_ref()).any(|error| {
        error.file == place.file && error.start <= place.start && place.end <= error.end
    })
}

/// Puts findings in the order of their places, those without one first, and drops repetitions.
fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let key = |found: &Diagnostic| {
            (found.range.clone(), found.severity, found.code.id, found.summary.clone())
        };
        key(a).cmp(&key(b))
    });
    diagnostics.dedup();
}
