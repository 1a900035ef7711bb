//! Checks documents against their schemas, and reads them into their types.

use std::borrow::Cow;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::codes::UNFIT_VALUE;
use super::generate::generate;
use super::problem::Problems;
use crate::diag::Diagnostic;
use crate::source::{Document, Kind, Node, NodeValue, from_node};

/// A schema with its compiled form.
struct Checker {
    schema: Value,
    validator: Option<Validator>,
}

impl Checker {
    fn new(name: &str) -> Self {
        let schema = generate(name).unwrap_or(Value::Bool(true));
        let validator =
            jsonschema::options().should_validate_formats(true).offline().build(&schema).ok();
        Self { schema, validator }
    }
}

fn checker(kind: Kind) -> &'static Checker {
    static TRE: OnceLock<Checker> = OnceLock::new();
    static GROUP: OnceLock<Checker> = OnceLock::new();
    static PROFILE: OnceLock<Checker> = OnceLock::new();
    static PROJECT: OnceLock<Checker> = OnceLock::new();
    static SEED: OnceLock<Checker> = OnceLock::new();
    let (cell, name) = match kind {
        Kind::TrustedResearchEnvironment => (&TRE, "tre"),
        Kind::Group => (&GROUP, "group"),
        Kind::Profile => (&PROFILE, "profile"),
        Kind::Project => (&PROJECT, "project"),
        Kind::PlatformSeed => (&SEED, "seed"),
    };
    cell.get_or_init(|| Checker::new(name))
}

/// Returns everything in a document that does not have the form of its kind, each with its place.
pub fn check(document: &Document) -> Vec<Diagnostic> {
    let node = relevant(document);
    let Checker { schema, validator } = checker(document.kind);
    let Some(validator) = validator else { return Vec::new() };
    let json = node.to_json();
    if validator.is_valid(&json) {
        return Vec::new();
    }
    let mut problems = Problems::new(&node, schema);
    for error in validator.iter_errors(&json) {
        problems.add(&error);
    }
    problems.finish()
}

/// Reads a document that has passed [`check`] into its type.
///
/// # Errors
///
/// What the type refuses although the schema did not, with its place.
pub fn read<T: DeserializeOwned>(document: &Document) -> Result<T, Box<Diagnostic>> {
    from_node(&relevant(document)).map_err(|error| {
        Box::new(
            Diagnostic::error(&UNFIT_VALUE, format!("This value does not fit: {error}."))
                .at(&error.range),
        )
    })
}

/// Returns the part of a document that counts: of a TRE that is to be deleted only the id and the
/// consents do, and the rest is neither checked nor read. Unknown keys stay, since one may be a
/// misspelt `consents`.
fn relevant(document: &Document) -> Cow<'_, Node> {
    const IGNORED: [&str; 14] = [
        "managed",
        "name",
        "description",
        "visibility",
        "extends",
        "policies",
        "admins",
        "authorizedUsers",
        "inventory",
        "billTo",
        "region",
        "customizedURL",
        "customizedRateCard",
        "reviewSteps",
    ];
    let node = &document.node;
    let is_deleted = document.kind == Kind::TrustedResearchEnvironment
        && node.get("state").and_then(Node::as_str) == Some("deleted");
    match &node.value {
        NodeValue::Map(entries) if is_deleted => {
            let kept =
                entries.iter().filter(|entry| !IGNORED.contains(&entry.key.as_str())).cloned();
            Cow::Owned(Node { range: node.range.clone(), value: NodeValue::Map(kept.collect()) })
        }
        _ => Cow::Borrowed(node),
    }
}

#[cfg(test)]
mod tests;
