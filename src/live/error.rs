//! Why the live state could not be read.

use crate::platform::{PlatformError, PlatformErrorKind};

/// A reading that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// The platform refused, or could not be reached.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The platform answered something that the wire contract does not know.
    #[error("`{route}` answered `{value}` in `{field}`, where {expected} is expected")]
    Shape {
        /// The route.
        route: String,
        /// The field of the answer.
        field: &'static str,
        /// What stands there.
        value: String,
        /// What the wire contract expects, with its article.
        expected: &'static str,
    },
    /// A snapshot holds a description that is none by the wire contract.
    #[error("the description of `{tre}` in the snapshot cannot be read: {reason}")]
    Recorded {
        /// The TRE.
        tre: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl LiveError {
    /// Returns the platform's own error, where it is one.
    pub fn platform(&self) -> Option<&PlatformError> {
        match self {
            Self::Platform(error) => Some(error),
            Self::Shape { .. } | Self::Recorded { .. } => None,
        }
    }

    /// Returns the kind of the failure in the platform's terms.
    pub fn kind(&self) -> PlatformErrorKind {
        match self {
            Self::Platform(error) => error.kind.clone(),
            Self::Shape { .. } | Self::Recorded { .. } => PlatformErrorKind::UnexpectedAnswer,
        }
    }
}
