//! The types of the wire against the table: the same fields, by the same names, each as optional
//! and of the same type.

use std::collections::BTreeSet;

use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Value, json};

use super::super::shape;
use super::super::*;
use super::examples::plain;
use crate::platform::wire::{
    Found, ObjectDescription, OrgMember, Page, TreDescription, WireInventories, WireInventory,
    WireState, WireStep,
};

/// Notes the names that a type asks for, and gives it nothing.
struct Names<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("neither a struct nor an enum"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.extend(fields);
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.extend(variants);
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// Returns the names of a type's fields or variants, as they are on the wire.
fn names<T: DeserializeOwned>() -> BTreeSet<&'static str> {
    let mut names = Vec::new();
    let _ = T::deserialize(Names(&mut names));
    assert!(!names.is_empty());
    names.into_iter().collect()
}

/// A value of none of the types that a field can have.
fn of_no_type(json: &Json) -> Option<Value> {
    match json {
        Json::Any => None,
        Json::Bool => Some(json!("true")),
        Json::Integer => Some(json!("1")),
        Json::Text | Json::OneOf(_) | Json::Id(_) => Some(json!(1)),
        Json::List(_) => Some(json!("text")),
        Json::Map(_) | Json::Object(_) => Some(json!("text")),
        Json::OrNull(inner) => of_no_type(inner),
    }
}

/// Asserts that a type reads a shape: every field is as optional and of the same type in both.
fn reads<T: DeserializeOwned>(shape: &Shape, null_is_read: &[&str]) {
    let example = plain(shape);
    let is_read = |value: &Value| T::deserialize(value).is_ok();
    assert!(is_read(&example), "{}: {example} is not read", shape.name);
    for field in shape.fields {
        let name = field.name;
        let with = |value: Option<Value>| {
            let mut answer = example.clone();
            let fields = answer.as_object_mut().unwrap();
            match value {
                Some(value) => fields.insert(name.to_owned(), value),
                None => fields.shift_remove(name),
            };
            is_read(&answer)
        };
        let is_needed = field.need == Need::Needed;
        assert_eq!(with(None), !is_needed, "{}: without `{name}`", shape.name);
        let may_be_null = matches!(field.json, Json::Any | Json::OrNull(_))
            || field.need == Need::Unused
            || field.presence == Presence::Optional
            || null_is_read.contains(&name);
        assert_eq!(with(Some(Value::Null)), may_be_null, "{}: `{name}` is null", shape.name);
        if let Some(other) = of_no_type(&field.json) {
            let is_ignored = field.need == Need::Unused;
            assert_eq!(with(Some(other)), is_ignored, "{}: `{name}` is other", shape.name);
        }
    }
}

/// Asserts that a type has exactly the fields of a shape that trectl does not leave unread.
fn has_the_fields<T: DeserializeOwned>(shapes: &[&Shape]) {
    let table: BTreeSet<&str> = shapes
        .iter()
        .flat_map(|shape| shape.fields)
        .filter(|field| field.need != Need::Unused)
        .map(|field| field.name)
        .collect();
    assert_eq!(names::<T>(), table, "{}", shapes[0].name);
}

fn agree<T: DeserializeOwned>(shape: &Shape) {
    has_the_fields::<T>(&[shape]);
    reads::<T>(shape, &[]);
}

#[test]
fn the_types_and_the_table_are_one_truth() {
    agree::<TreDescription>(&TRE);
    agree::<WireInventories>(&shape::INVENTORIES);
    agree::<WireInventory>(&shape::INVENTORY);
    agree::<WireStep>(&shape::STEP);
    agree::<OrgMember>(&shape::MEMBER);
    for page in ROUTES.iter().filter(|route| route.answer.name.starts_with("a page of")) {
        agree::<Page<Value>>(page.answer);
    }
}

#[test]
fn a_listed_tre_is_read_with_its_description_as_it_came() {
    has_the_fields::<Found>(&[&shape::FOUND_TRE]);
    assert!(serde_json::from_value::<Found>(json!({ "id": "tre-a" })).is_ok());
    assert!(serde_json::from_value::<Found>(json!({ "describe": {} })).is_err());
}

#[test]
fn objects_of_each_class_are_read_by_one_type() {
    let shapes = [&shape::PROJECT, &shape::RECORD, &shape::FILE];
    has_the_fields::<ObjectDescription>(&shapes);
    // An embedded platform without a directory does not tell where a project lies.
    reads::<ObjectDescription>(&shape::PROJECT, &["region", "billTo"]);
    reads::<ObjectDescription>(&shape::RECORD, &[]);
    reads::<ObjectDescription>(&shape::FILE, &[]);
}

#[test]
fn states_are_those_of_the_table() {
    let table: BTreeSet<_> = STATES.iter().map(|state| state.wire).collect();
    assert_eq!(names::<WireState>(), table);
    let field = TRE.fields.iter().find(|field| field.name == "state").unwrap();
    let Json::OneOf(values) = field.json else { panic!("{:?}", field.json) };
    assert_eq!(values.iter().copied().collect::<BTreeSet<_>>(), table);
    let ours: BTreeSet<_> =
        crate::model::TreState::ALL.iter().map(|state| state.as_str()).collect();
    assert_eq!(STATES.iter().map(|state| state.ours).collect::<BTreeSet<_>>(), ours);
}

#[test]
fn what_is_written_is_what_the_table_has() {
    let answer = plain(&TRE);
    let read: TreDescription = serde_json::from_value(answer.clone()).unwrap();
    let mut written = serde_json::to_value(read).unwrap();
    written["class"] = json!("tre");
    assert_eq!(written, answer);
}
