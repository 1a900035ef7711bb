//! What people are told when the platform does not do what is asked: what happened is in the error,
//! what to do next stands here, once for each kind.

use crate::cli::failure::{Failure, FailureKind};
use crate::platform::{PlatformError, PlatformErrorKind, Unreachable};

/// Returns the failure of a platform that did not answer as it should.
pub fn failed(error: PlatformError) -> Failure {
    let kind = match error.kind {
        PlatformErrorKind::StoreBusy => FailureKind::Locked,
        _ => FailureKind::Platform,
    };
    let message = match error.kind {
        PlatformErrorKind::Unreachable(_) => "The platform cannot be reached.",
        PlatformErrorKind::InvalidAuthentication => "The platform does not accept the token.",
        _ => "The platform did not do what was asked.",
    };
    let failure = Failure::new(kind, message);
    let failure = match cure(&error.kind) {
        Some(cure) => failure.hint(cure),
        None => failure,
    };
    failure.because(error)
}

/// Returns what to do about an error of a kind, where it does not say so itself.
fn cure(kind: &PlatformErrorKind) -> Option<&'static str> {
    match kind {
        PlatformErrorKind::InvalidAuthentication => Some(
            "The token is wrong, or it has expired. Create a new one on the platform and set \
             DX_SECURITY_CONTEXT, or log in again with the vendor's client; `trectl doctor` shows \
             where the token comes from.",
        ),
        PlatformErrorKind::PermissionDenied => Some(
            "Ask an admin of the TRE or of its billing org for the right, or use another account.",
        ),
        PlatformErrorKind::SpendingLimitExceeded | PlatformErrorKind::OrgExpired => {
            Some("Ask whoever administers the billing org.")
        }
        PlatformErrorKind::RateLimitConditional => Some(
            "Others use the same account. Try later, with a lower `--rate-limit`, or wait \
                 longer with `--retry-for`.",
        ),
        PlatformErrorKind::InternalError
        | PlatformErrorKind::ServiceUnavailable
        | PlatformErrorKind::NoAnswer => {
            Some("Try again later, or wait longer with `--retry-for`.")
        }
        PlatformErrorKind::UnexpectedAnswer => Some(
            "See whether a proxy or a login page stands in between; `trectl doctor` compares the \
             answers with `docs/platform-contract.md`.",
        ),
        PlatformErrorKind::Unreachable(reason) => Some(match reason {
            Unreachable::Name => {
                "Correct `host` in `trectl.yaml` or DX_APISERVER_HOST, or see whether this machine \
                 has a network."
            }
            Unreachable::Refused | Unreachable::Timeout | Unreachable::Other => {
                "See whether this machine has a network and the way to the host is open; where a \
                 proxy is needed, set HTTPS_PROXY."
            }
            Unreachable::Tls => {
                "If a proxy of your organisation stands in between, set DX_CA_CERT to its \
                 certificate, a file in PEM form. Otherwise do not go on: somebody may be listening."
            }
            Unreachable::Proxy => "Correct HTTPS_PROXY, or list the host in NO_PROXY.",
        }),
        PlatformErrorKind::MalformedJson
        | PlatformErrorKind::ResourceNotFound
        | PlatformErrorKind::InvalidInput
        | PlatformErrorKind::InvalidState
        | PlatformErrorKind::InvalidType
        | PlatformErrorKind::Other(_)
        | PlatformErrorKind::Store
        | PlatformErrorKind::StoreBusy => None,
    }
}
