//! The form of what people write: types, the JSON Schemas generated from them, and the check of a
//! document against its schema, with the place of everything that does not fit.

mod check;
pub mod codes;
pub mod document;
mod generate;
mod locate;
mod problem;
mod words;

pub use check::{check, read};
pub use generate::{NamedSchema, SCHEMAS, Schema, generate, schema_of, to_text};
