//! How connections are made: certificates, proxy, time limits.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, NoProxy, Proxy};

use super::config::{Config, Origin, Setting};
use crate::desired::Protocol;

/// How long a connection may take to come about.
pub(super) const CONNECTING: Duration = Duration::from_secs(10);
/// From sending to the last byte of the answer.
pub(super) const ANSWERING: Duration = Duration::from_secs(120);
const USER_AGENT: &str = concat!("trectl/", env!("CARGO_PKG_VERSION"));

/// A client that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The certificates to trust are none.
    #[error("the certificates in `{path}` ({origin}) cannot be used: {reason}")]
    Certificates {
        /// The file.
        path: String,
        /// Where the file is named.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The proxy has no address.
    #[error("the proxy in {origin} cannot be used: it is not the URL of a proxy")]
    Proxy {
        /// Where it is named.
        origin: String,
    },
    /// The token cannot be sent.
    #[error("no header takes the token")]
    Token,
    /// No connection can be made at all.
    #[error("encrypted connections cannot be set up: {0}")]
    Other(String),
}

/// Returns what every connection keeps to, whoever is spoken to.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    // Somebody may have chosen one before; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECTING)
        .timeout(ANSWERING)
        .redirect(reqwest::redirect::Policy::none())
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .referer(false)
        .retry(reqwest::retry::never())
}

/// Returns what makes connections; none is made yet.
pub(super) fn client(config: &Config, ca: Option<&[u8]>) -> Result<reqwest::Client, ClientError> {
    let Config { endpoint, token: _, ca: path, proxy, no_proxy } = config;
    let mut builder = builder().gzip(true).no_proxy();
    match (path, ca) {
        (Some(Setting { value: path, origin }), Some(pem)) => {
            builder = builder.tls_certs_only(certificates(path, origin, pem)?);
        }
        // Plain http needs none, so none need be there.
        _ if endpoint.protocol.value == Protocol::Http => builder = builder.tls_certs_only([]),
        _ => {}
    }
    if let Some(Setting { value, origin }) = proxy {
        let proxy = Proxy::https(value.url())
            .map_err(|_| ClientError::Proxy { origin: origin.to_string() })?;
        let around = no_proxy.as_deref().and_then(NoProxy::from_string);
        builder = builder.proxy(proxy.no_proxy(around));
    }
    builder.build().map_err(|error| ClientError::Other(last_cause(&error)))
}

fn certificates(path: &Path, origin: &Origin, pem: &[u8]) -> Result<Vec<Certificate>, ClientError> {
    let refused = |reason: String| ClientError::Certificates {
        path: path.display().to_string(),
        origin: origin.to_string(),
        reason,
    };
    match Certificate::from_pem_bundle(pem) {
        Ok(trusted) if trusted.is_empty() => {
            Err(refused("there is no certificate in it".to_owned()))
        }
        Ok(trusted) => Ok(trusted),
        Err(error) => Err(refused(last_cause(&error))),
    }
}

/// Returns what lies behind an error: the outermost words only say that there is one.
pub(crate) fn last_cause(error: &reqwest::Error) -> String {
    let first: &(dyn Error + 'static) = error;
    let chain = std::iter::successors(Some(first), |&error| error.source());
    chain.last().map(ToString::to_string).unwrap_or_default()
}
