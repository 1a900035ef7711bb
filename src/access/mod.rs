//! Effective access: who has a part in a TRE, by which paths, and what each path gives, with the
//! evidence for it. Of a TRE as it is, or as it will be.
//!
//! The planner's impact, its guards and `who` read this one module. It says nothing of projects
//! that approved researchers have already: those lie beyond a TRE.

mod grant;
mod path;
mod source;
mod view;
mod words;

pub use grant::{Grant, Right, merged};
pub use path::Path;
pub use source::{Source, sources};
pub use view::{View, gives, roles};
pub use words::words;

#[cfg(test)]
mod tests;
