//! Why no answer came: reqwest's error, looked through to its cause.

use std::error::Error;
use std::io;

use super::config::Endpoint;
use super::retry::{Class, Miss};
use crate::platform::{PlatformError, PlatformErrorKind, Unreachable};

/// Returns what it means that a request ended without a whole answer.
pub(super) fn read(route: &str, endpoint: &Endpoint, error: &reqwest::Error) -> Miss {
    if error.is_connect() {
        let reason = reason(error);
        let message = message(reason, endpoint, error);
        let class = match reason {
            Unreachable::Tls => Class::UnsentForGood,
            _ => Class::Unsent,
        };
        let error = PlatformError::new(route, PlatformErrorKind::Unreachable(reason), message);
        return Miss { error, class, retry_after: None };
    }
    let message = if error.is_timeout() {
        "No answer came in time.".to_owned()
    } else {
        format!(
            "The connection broke off before the whole answer was there ({}).",
            innermost(error)
        )
    };
    lost(route, message)
}

/// Returns what it means that the answer never arrived, or arrived cut.
pub(super) fn lost(route: &str, message: String) -> Miss {
    let error = PlatformError::new(route, PlatformErrorKind::NoAnswer, message);
    Miss { error, class: Class::Lost, retry_after: None }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    // An I/O error that wraps another one is passed over by `source` of what it wraps.
    std::iter::successors(Some(error), |&error| {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

fn reason(error: &reqwest::Error) -> Unreachable {
    let words: Vec<String> = causes(error).map(|cause| cause.to_string().to_lowercase()).collect();
    let says = |text: &str| words.iter().any(|words| words.contains(text));
    let io = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    if causes(error).any(|cause| cause.is::<rustls::Error>()) || says("invalid peer certificate") {
        Unreachable::Tls
    } else if says("dns error") || says("failed to lookup address") {
        Unreachable::Name
    } else if says("tunnel") || says("proxy") {
        Unreachable::Proxy
    } else if error.is_timeout() || io.is_some_and(|io| io.kind() == io::ErrorKind::TimedOut) {
        Unreachable::Timeout
    } else if io.is_some_and(|io| {
        matches!(
            io.kind(),
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::AddrNotAvailable
        )
    }) {
        Unreachable::Refused
    } else if says("handshake") || says("tls") {
        Unreachable::Tls
    } else {
        Unreachable::Other
    }
}

fn message(reason: Unreachable, endpoint: &Endpoint, error: &reqwest::Error) -> String {
    let host = &endpoint.host.value;
    let place = format!("{host}:{}", endpoint.port.value);
    match reason {
        Unreachable::Name => format!("The name `{host}` is not known here."),
        Unreachable::Refused => format!("`{place}` takes no connection ({}).", innermost(error)),
        Unreachable::Tls => {
            format!("`{place}` was not trusted ({}).", innermost(error))
        }
        Unreachable::Proxy => {
            format!("The proxy did not lead to `{place}` ({}).", innermost(error))
        }
        Unreachable::Timeout => format!("`{place}` did not answer in time."),
        Unreachable::Other => {
            format!("No connection to `{place}` came about ({}).", innermost(error))
        }
    }
}

/// Returns the cause of all causes, in its own words.
fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
