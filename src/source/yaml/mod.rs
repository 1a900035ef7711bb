//! YAML text to spanned trees.
//!
//! The parser's events are built into trees by an explicit stack, so that no input can exhaust
//! the one of the thread; what aliases copy is counted, so that no input can exhaust the memory.

mod alias;
mod build;
mod parse;
mod rules;
mod scalar;
mod syntax;
mod text;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

pub(super) use parse::{File, Tree, parse};
pub use text::MAX_FILE_BYTES;
pub(super) use text::{decode, too_large};
