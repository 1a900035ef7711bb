//! Reading the repository: files found, YAML parsed into trees that keep the place of every node.
//!
//! [`load`] and [`find_root`] touch the disk; all else is pure, so that a repository can be built
//! [from memory](Repository::from_memory) as well.

mod classify;
pub mod codes;
mod de;
mod discover;
pub mod edit;
mod error;
mod ignore;
mod node;
mod repository;
mod spanned;
mod walk;
mod yaml;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use camino::Utf8PathBuf;

pub use classify::{API_VERSION, PROJECT_FILE};
pub use de::{DeError, from_node};
pub use discover::{find_root, load};
pub use error::{Action, SourceError};
use ignore::Ignore;
pub use node::{Entry, Node, NodeValue};
pub use spanned::Spanned;

use crate::diag::{Diagnostic, Sources};

/// What a document is, by its `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A TRE.
    TrustedResearchEnvironment,
    /// A named list of people.
    Group,
    /// A named set of policies.
    Profile,
    /// The project file's document.
    Project,
    /// What an embedded platform holds at first.
    PlatformSeed,
}

/// One YAML document of our `apiVersion`.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is.
    pub kind: Kind,
    /// The file, relative to the root.
    pub file: Arc<str>,
    /// Its mapping.
    pub node: Node,
}

/// All that was read below a root.
#[derive(Debug, Clone)]
pub struct Repository {
    /// The root.
    pub root: Utf8PathBuf,
    /// Documents in path order, then in the order of their file.
    pub documents: Vec<Document>,
    /// The text of every file that was read.
    pub sources: Sources,
    /// What is wrong with the files themselves.
    pub diagnostics: Vec<Diagnostic>,
    /// `sha256:…` over paths and contents of every file that was read.
    pub digest: String,
}
