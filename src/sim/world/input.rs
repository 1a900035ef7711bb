//! Reads the input of a call strictly: unknown fields, missing fields and wrong types are
//! `InvalidInput`.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::refusal::{Outcome, Refusal};
use crate::model::ids::{IdError, Principal, UserId};

/// A call's input, and which of its fields were asked for.
pub(super) struct Input<'a> {
    fields: &'a Map<String, Value>,
    known: Vec<&'static str>,
}

impl<'a> Input<'a> {
    /// Takes the input of a call.
    pub(super) fn of(input: &'a Value) -> Outcome<Self> {
        let fields =
            input.as_object().ok_or_else(|| Refusal::input("The input must be an object."))?;
        Ok(Self { fields, known: Vec::new() })
    }

    /// Returns a field, whatever it is.
    pub(super) fn value(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known.push(key);
        self.fields.get(key)
    }

    /// Returns a text that must be there.
    pub(super) fn text(&mut self, key: &'static str) -> Outcome<&'a str> {
        self.optional_text(key)?.ok_or_else(|| required(key))
    }

    /// Returns a text that may be absent.
    pub(super) fn optional_text(&mut self, key: &'static str) -> Outcome<Option<&'a str>> {
        self.value(key).map(|value| text_of(key, value)).transpose()
    }

    /// Returns a text that may be absent, or null to clear what was set.
    pub(super) fn nullable_text(&mut self, key: &'static str) -> Outcome<Option<Option<&'a str>>> {
        match self.value(key) {
            Some(Value::Null) => Ok(Some(None)),
            Some(value) => text_of(key, value).map(|text| Some(Some(text))),
            None => Ok(None),
        }
    }

    /// Returns an id that must be there.
    pub(super) fn id<T: FromStr<Err = IdError>>(&mut self, key: &'static str) -> Outcome<T> {
        self.optional_id(key)?.ok_or_else(|| required(key))
    }

    /// Returns an id that may be absent.
    pub(super) fn optional_id<T: FromStr<Err = IdError>>(
        &mut self,
        key: &'static str,
    ) -> Outcome<Option<T>> {
        self.optional_text(key)?.map(|text| parse(key, text)).transpose()
    }

    /// Returns a list of users and orgs that must be there.
    pub(super) fn principals(&mut self, key: &'static str) -> Outcome<BTreeSet<Principal>> {
        let value = self.value(key).ok_or_else(|| required(key))?;
        let items = value
            .as_array()
            .ok_or_else(|| Refusal::input(format!("`{key}` must be a list of ids.")))?;
        items.iter().map(|item| parse(key, text_of(key, item)?)).collect()
    }

    /// Returns a list of users that must be there; an org in it is `InvalidType`.
    pub(super) fn users(&mut self, key: &'static str) -> Outcome<BTreeSet<UserId>> {
        let people = self.principals(key)?;
        people
            .into_iter()
            .map(|id| match id {
                Principal::User(user) => Ok(user),
                Principal::Org(org) => Err(Refusal::kind(format!(
                    "`{key}` takes individual users; `{org}` is an org."
                ))),
            })
            .collect()
    }

    /// Returns an object that must be there.
    pub(super) fn object(&mut self, key: &'static str) -> Outcome<&'a Map<String, Value>> {
        let value = self.value(key).ok_or_else(|| required(key))?;
        value.as_object().ok_or_else(|| Refusal::input(format!("`{key}` must be an object.")))
    }

    /// Refuses every field that nobody asked for.
    pub(super) fn end(self) -> Outcome<()> {
        let Self { fields, known } = self;
        match fields.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(Refusal::input(format!("`{key}` is not a field of this route."))),
            None => Ok(()),
        }
    }
}

fn required(key: &str) -> Refusal {
    Refusal::input(format!("`{key}` is required."))
}

fn text_of<'a>(key: &str, value: &'a Value) -> Outcome<&'a str> {
    value.as_str().ok_or_else(|| Refusal::input(format!("`{key}` must be a string.")))
}

/// Returns the id that a text spells.
pub(super) fn parse<T: FromStr<Err = IdError>>(key: &str, text: &str) -> Outcome<T> {
    text.parse().map_err(|error: IdError| Refusal::input(format!("`{key}`: {error}.")))
}
