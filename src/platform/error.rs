//! What the platform answers when it refuses, and what can go wrong on the way.

use std::fmt;

/// The platform's error types (S), and ours for what never became an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PlatformErrorKind {
    /// The body is not JSON (400).
    MalformedJson,
    /// The token is unknown or no longer valid (401).
    InvalidAuthentication,
    /// The account may see it but may not do this (401).
    PermissionDenied,
    /// The org's spending limit is reached (403).
    SpendingLimitExceeded,
    /// The org has expired (403).
    OrgExpired,
    /// It does not exist, or the account may not see it (404).
    ResourceNotFound,
    /// The input is not acceptable (422).
    InvalidInput,
    /// The TRE is in a state that forbids this (422).
    InvalidState,
    /// The object is of another type than wanted (422).
    InvalidType,
    /// Too many calls (429).
    RateLimitConditional,
    /// The platform failed (500).
    InternalError,
    /// The platform is not available (503).
    ServiceUnavailable,
    /// A type that trectl does not know.
    Other(String),
    /// The answer does not have the shape of the wire contract.
    UnexpectedAnswer,
    /// The embedded platform's store failed: disk full, corrupted, not writable.
    Store,
    /// The store is in use by another process, and did not become free in time.
    StoreBusy,
}

impl PlatformErrorKind {
    /// Returns the platform's name of the error type.
    pub fn as_str(&self) -> &str {
        match self {
            Self::MalformedJson => "MalformedJSON",
            Self::InvalidAuthentication => "InvalidAuthentication",
            Self::PermissionDenied => "PermissionDenied",
            Self::SpendingLimitExceeded => "SpendingLimitExceeded",
            Self::OrgExpired => "OrgExpired",
            Self::ResourceNotFound => "ResourceNotFound",
            Self::InvalidInput => "InvalidInput",
            Self::InvalidState => "InvalidState",
            Self::InvalidType => "InvalidType",
            Self::RateLimitConditional => "RateLimitConditional",
            Self::InternalError => "InternalError",
            Self::ServiceUnavailable => "ServiceUnavailable",
            Self::Other(name) => name,
            Self::UnexpectedAnswer => "unexpected answer",
            Self::Store => "store failure",
            Self::StoreBusy => "store in use",
        }
    }

    /// Returns the HTTP status that goes with the error type (S), if there is one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::MalformedJson => Some(400),
            Self::InvalidAuthentication | Self::PermissionDenied => Some(401),
            Self::SpendingLimitExceeded | Self::OrgExpired => Some(403),
            Self::ResourceNotFound => Some(404),
            Self::InvalidInput | Self::InvalidState | Self::InvalidType => Some(422),
            Self::RateLimitConditional => Some(429),
            Self::InternalError => Some(500),
            Self::ServiceUnavailable => Some(503),
            Self::Other(_) | Self::UnexpectedAnswer | Self::Store | Self::StoreBusy => None,
        }
    }
}

impl fmt::Display for PlatformErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{route}` answered {kind}: {message}")]
pub struct PlatformError {
    /// The route that was called.
    pub route: String,
    /// The error type.
    pub kind: PlatformErrorKind,
    /// The platform's own words.
    pub message: String,
    /// The id of the call in the vendor's logs, where there is one.
    pub request_id: Option<String>,
}

impl PlatformError {
    /// Returns an error of a route.
    pub fn new(route: &str, kind: PlatformErrorKind, message: impl Into<String>) -> Self {
        Self { route: route.to_owned(), kind, message: message.into(), request_id: None }
    }

    /// Tells whether the call may have taken effect although no success was reported.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(
            self.kind,
            PlatformErrorKind::InternalError
                | PlatformErrorKind::ServiceUnavailable
                | PlatformErrorKind::UnexpectedAnswer
                | PlatformErrorKind::Store
        )
    }
}
