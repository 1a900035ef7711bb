//! What can be wrong with a seed.

use std::fmt::{self, Display};

use crate::model::ids::IdError;

/// Why a seed cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SeedError {
    /// Everything that is wrong with it; never empty.
    pub problems: Vec<SeedProblem>,
}

impl Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the seed contradicts itself: ")?;
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong with a seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedProblem {
    /// The document is of another kind or version.
    #[error("`{key}` is `{found}`; a seed has `{expected}`")]
    Document {
        /// `apiVersion` or `kind`.
        key: &'static str,
        /// What is written.
        found: String,
        /// What must be.
        expected: &'static str,
    },
    /// An id is not well formed.
    #[error("{place}: {source}")]
    Id {
        /// Where it is written.
        place: String,
        /// What is wrong with it.
        source: IdError,
    },
    /// An id is listed twice.
    #[error("{place}: `{id}` is listed twice")]
    Duplicate {
        /// Where it is written.
        place: String,
        /// The id.
        id: String,
    },
    /// An id is named that the seed does not list.
    #[error("{place}: `{id}` is not listed under `{list}`")]
    Unknown {
        /// Where it is named.
        place: String,
        /// The id.
        id: String,
        /// The list that it should be in.
        list: &'static str,
    },
    /// An asset lies in another project than the one it is named with.
    #[error("{place}: `{id}` does not lie in that project, but in `{project}`")]
    Elsewhere {
        /// Where it is named.
        place: String,
        /// The asset as it is named.
        id: String,
        /// Where it lies.
        project: String,
    },
    /// A TRE has a pending inventory and is not amending.
    #[error("`{tre}`: only a TRE that is amending has a pending inventory")]
    Pending {
        /// The TRE.
        tre: String,
    },
}
