//! Where a repository is at home: the comments of a pull request on GitHub, of a merge request on
//! GitLab, and the issues of both.
//!
//! [`Place`] and [`Number`] find out which ones this is about, from what the CI says. [`keep`] and
//! [`issue`] decide what becomes of the comments and issues that are there. [`Conversation`] and
//! [`Tracker`] read and write them.

mod conversation;
mod dialect;
mod error;
pub mod issue;
pub mod keep;
mod mark;
mod place;
mod repository;
mod tracker;

pub use conversation::{Conversation, Kept};
pub use dialect::Dialect;
pub use error::{ForgeError, PlaceError};
pub use issue::{End, Wanted, Wish};
pub use keep::Comment;
pub use mark::Mark;
pub use place::{Number, Place};
pub use tracker::{Fate, Tracked, Tracker};
