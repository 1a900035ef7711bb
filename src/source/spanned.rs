//! A value together with the place where it is written.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::diag::Range;

/// The name by which the deserializer of a [`Node`](super::Node) knows that a place is asked for.
pub(super) const NAME: &str = "$trectl::Spanned";

thread_local! {
    /// Carries the place past serde, whose data model has no room for it. Copying the file name
    /// through text instead would cost an allocation for every value of every document. The slot
    /// is filled right before the only visitor that empties it is called.
    static PLACE: Cell<Option<Range>> = const { Cell::new(None) };
}

/// A value with its place. Ordered by value, then by place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub range: Range,
}

impl<T> Spanned<T> {
    /// Returns a value with its place.
    pub fn new(value: T, range: Range) -> Self {
        Self { value, range }
    }

    /// Returns the same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), range: self.range }
    }

    /// Returns the place with a reference to the value.
    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned { value: &self.value, range: self.range.clone() }
    }
}

/// Leaves the place for the visitor that is called next.
pub(super) fn hand_over(range: &Range) {
    PLACE.set(Some(range.clone()));
}

struct SpannedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
    type Value = Spanned<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value with its place")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        let range = PLACE.take().ok_or_else(|| {
            de::Error::custom("values with a place are read from parsed documents only")
        })?;
        Ok(Spanned { value: T::deserialize(inner)?, range })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, SpannedVisitor(PhantomData))
    }
}

impl<T: Serialize> Serialize for Spanned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
