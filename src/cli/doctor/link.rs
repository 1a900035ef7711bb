//! What only a connection over HTTP can tell. An embedded platform has none.

use jiff::SignedDuration;

use crate::api::config::name;
use crate::api::{self, Config};
use crate::cli::platform::Connection;
use crate::desired::Protocol;

/// A connection, as far as `doctor` asks it.
pub trait Link: Send + Sync {
    /// Returns protocol, host and port: `https://api.dnanexus.com`.
    fn address(&self) -> String;
    /// Returns every setting of the connection with where it comes from; of the token only that.
    fn settings(&self) -> Vec<Setting>;
    /// Returns how the connection is protected.
    fn security(&self) -> Security;
    /// Returns how far the platform's clock is ahead of ours, by the last answer that told.
    fn ahead(&self) -> Option<SignedDuration>;
    /// Returns how many calls were refused for being too many.
    fn refused_for_rate(&self) -> u64;
}

/// A setting of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// What is set: `host`.
    pub name: &'static str,
    /// To what; `None` of what is secret.
    pub value: Option<String>,
    /// Where that is written, in words.
    pub origin: String,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS 1.2 or newer, with a certificate that is trusted.
    Tls,
    /// Plain HTTP, to this machine only.
    PlainToThisMachine,
}

impl Link for Connection {
    fn address(&self) -> String {
        self.config().endpoint.url()
    }

    fn settings(&self) -> Vec<Setting> {
        let Config { endpoint, token, ca, proxy, no_proxy: _ } = self.config();
        let mut settings = vec![
            told("protocol", &endpoint.protocol, |protocol| name(*protocol).to_owned()),
            told("host", &endpoint.host, String::clone),
            told("port", &endpoint.port, u16::to_string),
            Setting { name: "token", value: None, origin: token.origin.to_string() },
        ];
        settings.extend(
            ca.iter().map(|ca| told("certificates", ca, |path| path.display().to_string())),
        );
        settings.extend(proxy.iter().map(|proxy| told("proxy", proxy, ToString::to_string)));
        settings
    }

    fn security(&self) -> Security {
        match self.config().endpoint.protocol.value {
            Protocol::Https => Security::Tls,
            Protocol::Http => Security::PlainToThisMachine,
        }
    }

    fn ahead(&self) -> Option<SignedDuration> {
        Self::ahead(self)
    }

    fn refused_for_rate(&self) -> u64 {
        self.client().seen().too_many
    }
}

fn told<T>(name: &'static str, setting: &api::Setting<T>, text: impl Fn(&T) -> String) -> Setting {
    let value = Some(text(&setting.value));
    Setting { name, value, origin: setting.origin.to_string() }
}
