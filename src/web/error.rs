//! What goes wrong between trectl and somebody whom it tells something.

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// Nobody answers.
    #[error("{call} got no answer: {reason}")]
    Unreachable {
        /// Method and path.
        call: String,
        /// What lies behind.
        reason: String,
    },
    /// The answer is no.
    #[error("{call} was answered with {status}: {message}")]
    Refused {
        /// Method and path.
        call: String,
        /// The status.
        status: u16,
        /// What is said of it.
        message: String,
    },
    /// There were too many calls.
    #[error("{call} was answered with {status}, as there were too many calls: {message}")]
    Busy {
        /// Method and path.
        call: String,
        /// The status: 429, or 403 on GitHub.
        status: u16,
        /// What is said of it.
        message: String,
    },
    /// The answer cannot be read.
    #[error("{call} was answered with something else than was asked for: {reason}")]
    Garbled {
        /// Method and path.
        call: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An address is none.
    #[error("what should be a web address is none")]
    Nowhere,
    /// A secret would leave in plain sight, or go to somebody else.
    #[error("nothing is sent to `{to}`: {reason}")]
    Unsafe {
        /// Protocol and host; the rest of an address can be a secret.
        to: String,
        /// Why not.
        reason: &'static str,
    },
    /// No connection can be made at all.
    #[error("encrypted connections cannot be set up: {0}")]
    Setup(String),
}
