//! Where a repository is reviewed: the comments of a pull request on GitHub, of a merge request on
//! GitLab.
//!
//! [`Place`] finds out which one this is about, from what the CI says. [`keep`] decides what becomes
//! of the comments that are there. [`Conversation`] reads and writes them.

mod conversation;
mod dialect;
mod error;
pub mod keep;
mod place;
mod web;

pub use conversation::{Conversation, Kept};
pub use dialect::Dialect;
pub use error::{ForgeError, PlaceError};
pub use keep::{Comment, Mark};
pub use place::{Number, Place};
