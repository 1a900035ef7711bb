//! Why no answer came: reqwest's error, looked through to its cause, in one sentence that names the
//! host.

use std::error::Error;
use std::io::{self, ErrorKind};

use rustls::CertificateError;

use super::config::Config;
use super::connect::{ANSWERING, CONNECTING};
use super::retry::{Class, Miss};
use crate::platform::{PlatformError, PlatformErrorKind, Unreachable};

/// What a proxy's failure begins with in the chain of causes.
const TUNNEL: &str = "tunnel error: ";

/// Who is called and how, as messages name it.
pub(super) struct Peer {
    host: String,
    /// Host and port.
    place: String,
    /// Host and port of the proxy.
    proxy: Option<String>,
    /// The file with the only certificates that are trusted.
    roots: Option<String>,
}

impl Peer {
    pub(super) fn of(config: &Config) -> Self {
        let Config { endpoint, token: _, ca, proxy, no_proxy: _ } = config;
        Self {
            host: endpoint.host.value.clone(),
            place: endpoint.authority(),
            proxy: proxy.as_ref().map(|proxy| proxy.value.to_string()),
            roots: ca.as_ref().map(|ca| ca.value.display().to_string()),
        }
    }
}

/// Returns what it means that a request ended without an answer.
pub(super) fn read(route: &str, peer: &Peer, error: &reqwest::Error) -> Miss {
    if error.is_connect() {
        let (reason, message) = no_connection(peer, error);
        let class = match reason {
            Unreachable::Tls => Class::UnsentForGood,
            _ => Class::Unsent,
        };
        let error = PlatformError::new(route, PlatformErrorKind::Unreachable(reason), message);
        return Miss { error: error.into(), class, retry_after: None };
    }
    let place = &peer.place;
    let message = if error.is_timeout() {
        format!("`{place}` did not answer within {} s.", ANSWERING.as_secs())
    } else {
        format!("`{place}` closed the connection before its answer was there.")
    };
    let error = PlatformError::new(route, PlatformErrorKind::NoAnswer, message);
    Miss { error: error.into(), class: Class::Lost, retry_after: None }
}

/// The proxy comes first: whatever went wrong on the way to it is not the host's doing.
fn no_connection(peer: &Peer, error: &reqwest::Error) -> (Unreachable, String) {
    let Peer { host, place, proxy, roots } = peer;
    let tunnel = first(error, |cause| Some(cause.to_string().strip_prefix(TUNNEL)?.to_owned()));
    if let (Some(what), Some(proxy)) = (tunnel, proxy) {
        return (Unreachable::Proxy, no_tunnel(&what, proxy, place, error));
    }
    let tls = first(error, |cause| cause.downcast_ref::<rustls::Error>());
    if let Some(tls) = tls {
        let what = not_trusted(tls, roots.as_deref());
        return (Unreachable::Tls, format!("`{place}` cannot be trusted: {what}."));
    }
    if error.is_dns() {
        return (
            Unreachable::Name,
            format!("The name `{host}` is not known here, so `{place}` cannot be reached."),
        );
    }
    let (reason, what) = match first(error, system) {
        Some(ErrorKind::ConnectionRefused) => (Unreachable::Refused, "nobody listens there".into()),
        Some(
            ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::AddrNotAvailable,
        ) => (Unreachable::Refused, "no way leads there".into()),
        Some(ErrorKind::UnexpectedEof) => {
            (Unreachable::Tls, "it closed the connection before it was encrypted".into())
        }
        Some(ErrorKind::TimedOut) => (Unreachable::Timeout, in_time()),
        _ if error.is_timeout() => (Unreachable::Timeout, in_time()),
        _ => {
            let last = causes(error).last().map(ToString::to_string).unwrap_or_default();
            (Unreachable::Other, last)
        }
    };
    (reason, format!("`{place}` cannot be reached: {what}."))
}

fn in_time() -> String {
    format!("no connection came about within {} s", CONNECTING.as_secs())
}

/// Says what a proxy did.
fn no_tunnel(what: &str, proxy: &str, place: &str, error: &reqwest::Error) -> String {
    match what {
        "failed to create underlying connection" => {
            let why = match (first(error, system), error.is_dns()) {
                (_, true) => "its name is not known here",
                (Some(ErrorKind::ConnectionRefused), _) => "nobody listens there",
                (Some(ErrorKind::TimedOut), _) => "it does not answer",
                _ => "no connection came about",
            };
            format!("The proxy `{proxy}` on the way to `{place}` cannot be reached: {why}.")
        }
        "proxy authorization required" => {
            format!("The proxy `{proxy}` asks for a user and a password on the way to `{place}`.")
        }
        _ => format!("The proxy `{proxy}` does not lead to `{place}`: it refused the way."),
    }
}

/// Says why an encrypted connection is none to rely on.
fn not_trusted(error: &rustls::Error, roots: Option<&str>) -> String {
    match error {
        rustls::Error::InvalidCertificate(error) => invalid(error, roots),
        rustls::Error::AlertReceived(alert) => format!("it broke off the greeting ({alert:?})"),
        rustls::Error::InvalidMessage(_) => "it does not speak TLS there".to_owned(),
        rustls::Error::PeerIncompatible(_) => {
            "it speaks no TLS that is safe, 1.2 or newer".to_owned()
        }
        other => other.to_string(),
    }
}

fn invalid(error: &CertificateError, roots: Option<&str>) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet".to_owned()
        }
        CertificateError::UnknownIssuer => match roots {
            Some(path) => format!("its certificate comes from no authority in `{path}`"),
            None => "its certificate comes from no authority that this system trusts".to_owned(),
        },
        CertificateError::NotValidForNameContext { expected: _, presented }
            if !presented.is_empty() =>
        {
            format!("its certificate is for another host ({})", presented.join(", "))
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another host".to_owned()
        }
        CertificateError::Revoked => "its certificate was revoked".to_owned(),
        other => format!("its certificate is not valid ({other})"),
    }
}

/// Returns what the system said, where it said more than that something went wrong.
fn system(cause: &(dyn Error + 'static)) -> Option<ErrorKind> {
    let kind = cause.downcast_ref::<io::Error>()?.kind();
    (!matches!(kind, ErrorKind::Other | ErrorKind::InvalidData)).then_some(kind)
}

fn first<'a, T>(
    error: &'a reqwest::Error,
    ask: impl Fn(&'a (dyn Error + 'static)) -> Option<T>,
) -> Option<T> {
    causes(error).find_map(ask)
}

/// Returns the chain of causes, from near to far. An I/O error that wraps another one is passed
/// over by `source` of what it wraps.
fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error as &(dyn Error + 'static)), |&error| {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}
