//! Policies: partial, by name. The platform's own list is not public, so any well-formed name is
//! taken and the known ones are checked (A).

use serde_json::Value;

use super::entity::Tre;
use super::input::Input;
use super::refusal::{Outcome, Refusal};

/// What values a known policy takes, null aside.
#[derive(Clone, Copy)]
enum Kind {
    Bool,
    PositiveInteger,
    Ids,
}

/// The controls of projects that these work like (A).
const KNOWN: [(&str, Kind); 10] = [
    ("downloadRestricted", Kind::Bool),
    ("externalUploadRestricted", Kind::Bool),
    ("restricted", Kind::Bool),
    ("protected", Kind::Bool),
    (ONE_WAY, Kind::Bool),
    ("databaseUIViewOnly", Kind::Bool),
    ("databaseResultsRestricted", Kind::PositiveInteger),
    ("previewViewerRestricted", Kind::Bool),
    ("allowedExecutables", Kind::Ids),
    ("httpsAppIsolatedBrowsing", Kind::Bool),
];

/// The policy that cannot be switched off.
const ONE_WAY: &str = "containsPHI";

/// Sets the policies that are named and leaves the others as they are.
pub(super) fn set(tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
    let policies = input.object("policies")?;
    input.end()?;
    for (name, value) in policies {
        check(name, value)?;
        let is_on = |value: &Value| *value == Value::Bool(true);
        if name == ONE_WAY && tre.policies.get(name).is_some_and(is_on) && !is_on(value) {
            return Err(Refusal::input(format!("`{name}` cannot be switched off.")));
        }
        tre.policies.insert(name.clone(), value.clone());
    }
    Ok(())
}

fn check(name: &str, value: &Value) -> Outcome<()> {
    let is_well_formed = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !is_well_formed {
        return Err(Refusal::input(format!("`{name}` is not the name of a policy.")));
    }
    let Some((_, kind)) = KNOWN.iter().find(|(known, _)| *known == name) else { return Ok(()) };
    let (fits, wanted) = match kind {
        Kind::Bool => (value.is_boolean(), "true, false or null"),
        Kind::PositiveInteger => {
            (value.as_u64().is_some_and(|number| number > 0), "a positive whole number or null")
        }
        Kind::Ids => {
            let is_list = |items: &Vec<Value>| items.iter().all(Value::is_string);
            (value.as_array().is_some_and(is_list), "a list of ids or null")
        }
    };
    if fits || value.is_null() {
        Ok(())
    } else {
        Err(Refusal::input(format!("The policy `{name}` takes {wanted}.")))
    }
}
