//! The proxy, whose address may hold a password.

use std::fmt;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::{ConfigError, Setting};

/// A proxy. Only its host and port can be printed.
#[derive(Clone)]
pub struct Proxy {
    url: SecretString,
    shown: String,
}

impl Proxy {
    /// Returns the whole address, for the connection alone.
    pub(in crate::api) fn url(&self) -> &str {
        self.url.expose_secret()
    }
}

/// Reads the address of a proxy; without a protocol it is `http`, as other programs read it.
pub(super) fn read(setting: Setting<String>) -> Result<Setting<Proxy>, ConfigError> {
    let Setting { value, origin } = setting;
    match parse(&value) {
        Some(value) => Ok(Setting { value, origin }),
        None => Err(ConfigError::Proxy { origin }),
    }
}

fn parse(text: &str) -> Option<Proxy> {
    let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&text).ok()?;
    let shown = format!("{}:{}", url.host_str()?, url.port_or_known_default()?);
    let is_spoken = matches!(url.scheme(), "http" | "https");
    is_spoken.then(|| Proxy { url: SecretString::from(String::from(url)), shown })
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
