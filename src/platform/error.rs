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
    /// No connection came about, so the call was never made.
    Unreachable(Unreachable),
    /// The call was made, and its answer never arrived or arrived cut.
    NoAnswer,
}

/// Why no connection came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unreachable {
    /// The name of the host is not known, or no name server answers.
    Name,
    /// The host refuses connections, or no way leads to it.
    Refused,
    /// No encrypted connection that can be trusted came about.
    Tls,
    /// The proxy did not let the call through.
    Proxy,
    /// The host did not answer in time.
    Timeout,
    /// Something else.
    Other,
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
            Self::Unreachable(_) => "unreachable",
            Self::NoAnswer => "no answer",
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
            Self::Other(_)
            | Self::UnexpectedAnswer
            | Self::Store
            | Self::StoreBusy
            | Self::Unreachable(_)
            | Self::NoAnswer => None,
        }
    }

    /// Returns the kind of an error type by the platform's name of it.
    pub fn of_name(name: &str) -> Self {
        let known = [
            Self::MalformedJson,
            Self::InvalidAuthentication,
            Self::PermissionDenied,
            Self::SpendingLimitExceeded,
            Self::OrgExpired,
            Self::ResourceNotFound,
            Self::InvalidInput,
            Self::InvalidState,
            Self::InvalidType,
            Self::RateLimitConditional,
            Self::InternalError,
            Self::ServiceUnavailable,
        ];
        let found = known.into_iter().find(|kind| kind.as_str() == name);
        found.unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

impl fmt::Display for PlatformErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a call that did not succeed may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// All that it was to change, or nothing: only reading tells.
    Possible,
}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformError {
    /// The route that was called.
    pub route: String,
    /// The error type.
    pub kind: PlatformErrorKind,
    /// The platform's own words.
    pub message: String,
    /// The HTTP status of the answer, where there was an answer over HTTP.
    pub status: Option<u16>,
    /// The id of the call in the vendor's logs, where there is one.
    pub request_id: Option<String>,
    /// What the call may have changed, over all its attempts.
    pub effect: Effect,
    /// How often the call was made.
    pub attempts: u32,
}

impl PlatformError {
    /// Returns an error of a route, after one attempt.
    pub fn new(route: &str, kind: PlatformErrorKind, message: impl Into<String>) -> Self {
        let effect = match kind {
            PlatformErrorKind::InternalError
            | PlatformErrorKind::ServiceUnavailable
            | PlatformErrorKind::UnexpectedAnswer
            | PlatformErrorKind::Store
            | PlatformErrorKind::NoAnswer => Effect::Possible,
            _ => Effect::None,
        };
        Self {
            route: route.to_owned(),
            kind,
            message: message.into(),
            status: None,
            request_id: None,
            effect,
            attempts: 1,
        }
    }

    /// Tells whether the call may have taken effect although no success was reported.
    pub fn is_outcome_unknown(&self) -> bool {
        self.effect == Effect::Possible
    }
}

impl std::error::Error for PlatformError {}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { route, kind, message, status, request_id, effect: _, attempts } = self;
        match (kind, status) {
            (PlatformErrorKind::Unreachable(_), _) => write!(f, "`{route}` was not called")?,
            (PlatformErrorKind::NoAnswer, _) => write!(f, "`{route}` was called in vain")?,
            (PlatformErrorKind::UnexpectedAnswer, Some(status)) => {
                write!(f, "`{route}` answered {status} and was not understood")?;
            }
            (PlatformErrorKind::UnexpectedAnswer, None) => {
                write!(f, "`{route}` was not understood")?;
            }
            (_, Some(status)) => write!(f, "`{route}` answered {status} {kind}")?,
            (_, None) => write!(f, "`{route}` answered {kind}")?,
        }
        write!(f, ": {message}")?;
        if *attempts > 1 {
            write!(f, " (tried {attempts} times)")?;
        }
        match request_id {
            Some(id) => write!(f, " [request {id}]"),
            None => Ok(()),
        }
    }
}
