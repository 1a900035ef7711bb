//! What only a connection over HTTP can tell. An embedded platform has none.

use jiff::SignedDuration;

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
