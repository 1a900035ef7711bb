//! What becomes of a call: an answer, half of one, or none.

use super::fault::Mishap;
use super::protocol::Reply;
use crate::platform::PlatformErrorKind;

/// What becomes of a call.
pub(super) enum Ending {
    Answered(Reply),
    Reset,
    Cut(Reply),
}

impl Ending {
    /// Returns what arrives instead of an answer.
    pub(super) fn of(mishap: Mishap) -> Self {
        Self::Answered(match mishap {
            Mishap::TooManyCalls(seconds) => {
                let message = "Too many calls, on purpose.";
                Reply::error(&PlatformErrorKind::RateLimitConditional, message).retry_after(seconds)
            }
            Mishap::Unavailable(seconds) => {
                let message = "The platform is not available, on purpose.";
                Reply::error(&PlatformErrorKind::ServiceUnavailable, message).retry_after(seconds)
            }
            Mishap::Failure => {
                Reply::error(&PlatformErrorKind::InternalError, "The platform failed, on purpose.")
            }
            Mishap::BadGateway => Reply::page(502, "502 Bad Gateway"),
            Mishap::Page => Reply::page(200, "Sign in to this network"),
            Mishap::Reset => return Self::Reset,
        })
    }
}
