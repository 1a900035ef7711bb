//! What happens to calls: logs and notices are made from this.

use std::sync::Arc;
use std::time::Duration;

use crate::platform::PlatformError;

/// Takes events as they happen, from many tasks at once.
pub type Observer = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// One thing that happened to a call. Texts hold no token.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// An attempt is about to be made.
    Sent {
        /// The route.
        route: &'a str,
        /// The attempt, from 1.
        attempt: u32,
        /// The body.
        body: &'a str,
    },
    /// The platform answered, whatever it said.
    Answered {
        /// The route.
        route: &'a str,
        /// The attempt, from 1.
        attempt: u32,
        /// The HTTP status.
        status: u16,
        /// The id of the call in the vendor's logs.
        request_id: Option<&'a str>,
        /// From sending to the last byte.
        took: Duration,
        /// The body.
        body: &'a str,
    },
    /// No answer came, or it broke off.
    Failed {
        /// The route.
        route: &'a str,
        /// The attempt, from 1.
        attempt: u32,
        /// From sending to the failure.
        took: Duration,
        /// What came instead.
        error: &'a PlatformError,
    },
    /// The call will be made again.
    Waiting {
        /// The route.
        route: &'a str,
        /// The attempt that failed, from 1.
        attempt: u32,
        /// How long is waited before the next one.
        wait: Duration,
        /// For how long the call is repeated at most, from now on.
        left: Duration,
        /// Why.
        error: &'a PlatformError,
    },
}
