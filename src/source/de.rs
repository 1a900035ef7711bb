//! Types out of trees: a serde deserializer over a [`Node`] whose errors have a place.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Number;

use super::spanned::{self, hand_over};
use super::{Entry, Node, NodeValue};
use crate::diag::Range;

/// Tells which value does not fit its type, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DeError {
    /// What does not fit.
    pub message: String,
    /// Where.
    pub range: Range,
}

/// Returns the value that a tree describes.
///
/// # Errors
///
/// The first value that does not fit, with the narrowest place that is known: of the key for an
/// unknown key, of the mapping for a missing one.
pub fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, DeError> {
    T::deserialize(NodeDeserializer(node)).map_err(|error| DeError {
        message: error.message,
        range: error.range.unwrap_or_else(|| node.range.clone()),
    })
}

/// What serde reports, with the innermost place that it passed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Unfit {
    message: String,
    range: Option<Range>,
}

impl Unfit {
    fn or_at(mut self, range: &Range) -> Self {
        self.range.get_or_insert_with(|| range.clone());
        self
    }
}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), range: None }
    }
}

struct NodeDeserializer<'a>(&'a Node);

impl<'de> de::Deserializer<'de> for NodeDeserializer<'_> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let read = match &self.0.value {
            NodeValue::Null => visitor.visit_unit(),
            NodeValue::Bool(value) => visitor.visit_bool(*value),
            NodeValue::Number(number) => visit_number(number, visitor),
            NodeValue::String(text) => visitor.visit_str(text),
            NodeValue::List(items) => visitor.visit_seq(Items(items.iter())),
            NodeValue::Map(entries) => {
                visitor.visit_map(Entries { rest: entries.iter(), pending: None })
            }
        };
        read.map_err(|error: Unfit| error.or_at(&self.0.range))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match &self.0.value {
            NodeValue::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        if name == spanned::NAME {
            hand_over(&self.0.range);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        let range = &self.0.range;
        let read = match &self.0.value {
            NodeValue::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            NodeValue::Map(entries) => match entries.as_slice() {
                [entry] => visitor.visit_enum(Variant(entry)),
                _ => Err(de::Error::custom("expected a mapping with exactly one key")),
            },
            _ => Err(de::Error::custom("expected a name, or a mapping with exactly one key")),
        };
        read.map_err(|error: Unfit| error.or_at(range))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Unfit> {
    if let Some(value) = number.as_u64() {
        visitor.visit_u64(value)
    } else if let Some(value) = number.as_i64() {
        visitor.visit_i64(value)
    } else if let Some(value) = number.as_f64() {
        visitor.visit_f64(value)
    } else {
        Err(de::Error::custom(format_args!("the number `{number}` is out of range")))
    }
}

struct Items<'a>(std::slice::Iter<'a, Node>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unfit> {
        self.0.next().map(|node| read(seed, node)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries<'a> {
    rest: std::slice::Iter<'a, Entry>,
    pending: Option<&'a Node>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Unfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unfit> {
        let Some(entry) = self.rest.next() else { return Ok(None) };
        self.pending = Some(&entry.value);
        let key = Key { text: &entry.key, range: &entry.key_range };
        seed.deserialize(key).map(Some).map_err(|error| error.or_at(&entry.key_range))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unfit> {
        match self.pending.take() {
            Some(node) => read(seed, node),
            None => Err(de::Error::custom("a value was asked for before its key")),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

fn read<'de, T: DeserializeSeed<'de>>(seed: T, node: &Node) -> Result<T::Value, Unfit> {
    seed.deserialize(NodeDeserializer(node)).map_err(|error| error.or_at(&node.range))
}

struct Key<'a> {
    text: &'a str,
    range: &'a Range,
}

impl<'de> de::Deserializer<'de> for Key<'_> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_str(self.text)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        if name == spanned::NAME {
            hand_over(self.range);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        let text: StrDeserializer<'_, Unfit> = self.text.into_deserializer();
        visitor.visit_enum(text)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// An enum's variant written as a mapping with one key.
struct Variant<'a>(&'a Entry);

impl<'a, 'de> EnumAccess<'de> for Variant<'a> {
    type Error = Unfit;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Content<'a>), Unfit> {
        let key = Key { text: &self.0.key, range: &self.0.key_range };
        let variant =
            seed.deserialize(key).map_err(|error: Unfit| error.or_at(&self.0.key_range))?;
        Ok((variant, Content(&self.0.value)))
    }
}

struct Content<'a>(&'a Node);

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Unfit;

    fn unit_variant(self) -> Result<(), Unfit> {
        de::Deserialize::deserialize(NodeDeserializer(self.0))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unfit> {
        read(seed, self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Unfit> {
        de::Deserializer::deserialize_any(NodeDeserializer(self.0), visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        de::Deserializer::deserialize_any(NodeDeserializer(self.0), visitor)
    }
}

#[cfg(test)]
mod tests;
