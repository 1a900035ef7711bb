//! Why a call is refused: the vendor's error type and a sentence.

use crate::platform::{PlatformError, PlatformErrorKind};

/// A refused call, before its route is named.
#[derive(Debug)]
pub(super) struct Refusal {
    kind: PlatformErrorKind,
    message: String,
}

/// What a rule answers.
pub(super) type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    fn new(kind: PlatformErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Returns `InvalidInput`: the input is not acceptable.
    pub(super) fn input(message: impl Into<String>) -> Self {
        Self::new(PlatformErrorKind::InvalidInput, message)
    }

    /// Returns `InvalidState`: something is in a state that forbids this.
    pub(super) fn state(message: impl Into<String>) -> Self {
        Self::new(PlatformErrorKind::InvalidState, message)
    }

    /// Returns `InvalidType`: an id names another kind of thing than wanted.
    pub(super) fn kind(message: impl Into<String>) -> Self {
        Self::new(PlatformErrorKind::InvalidType, message)
    }

    /// Returns `PermissionDenied`: the caller sees it and may not do this.
    pub(super) fn denied(message: impl Into<String>) -> Self {
        Self::new(PlatformErrorKind::PermissionDenied, message)
    }

    /// Returns `ResourceNotFound` for what does not exist and for what the caller may not see, in
    /// the same words, so that the answer tells nothing.
    pub(super) fn missing(id: impl std::fmt::Display) -> Self {
        Self::new(PlatformErrorKind::ResourceNotFound, format!("`{id}` does not exist."))
    }

    /// Returns `InvalidAuthentication`: nobody of that name exists.
    pub(super) fn stranger(id: impl std::fmt::Display) -> Self {
        Self::new(
            PlatformErrorKind::InvalidAuthentication,
            format!("The token stands for `{id}`, who does not exist."),
        )
    }

    /// Names the route.
    pub(super) fn at(self, route: &str) -> PlatformError {
        PlatformError::new(route, self.kind, self.message)
    }
}
