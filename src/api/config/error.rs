//! Settings that cannot be used, and what to do about each.

use std::path::PathBuf;

use super::{HOST, Origin, SECURITY_CONTEXT};

/// Settings that cannot be used. No message shows what could be a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// No token anywhere.
    #[error("There is no token: neither {SECURITY_CONTEXT} nor {} gives one.", file_words(.file.as_ref()))]
    NoToken {
        /// The configuration file, where the environment tells its place.
        file: Option<PathBuf>,
    },
    /// The security context is not what the vendor's client writes.
    #[error("The security context in {origin} cannot be used: {reason}.")]
    SecurityContext {
        /// Where it stands.
        origin: Origin,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The token is for another host than the target's.
    #[error(
        "The token in {token} belongs to `{theirs}`, the host in {beside}, and the target is \
         `{ours}`: it is not sent there."
    )]
    TokenOfAnotherHost {
        /// Where the token stands.
        token: Origin,
        /// The host that the token belongs to.
        theirs: String,
        /// Where that host stands.
        beside: Origin,
        /// The host of the target.
        ours: String,
    },
    /// A value has another form.
    #[error("`{value}` in {origin} is not {expected}.")]
    Value {
        /// The value.
        value: String,
        /// Where it stands.
        origin: Origin,
        /// What it should be, with its article.
        expected: &'static str,
    },
    /// The proxy is none that can be used. What was read may hold a password.
    #[error("{origin} is not the address of a proxy, such as http://proxy.example.org:3128.")]
    Proxy {
        /// Where it stands.
        origin: Origin,
    },
    /// The token would go over the network in plain text.
    #[error("{origin} asks for plain http to `{host}`: everybody on the way would read the token.")]
    PlainHttp {
        /// Where `http` stands.
        origin: Origin,
        /// The host.
        host: String,
    },
    /// The configuration file is not what the vendor's client writes.
    #[error("`{}` is not a configuration file of the vendor's client: {reason}.", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

fn file_words(file: Option<&PathBuf>) -> String {
    file.map_or_else(|| "a configuration file".to_owned(), |path| path.display().to_string())
}

impl ConfigError {
    /// Returns what to do about it.
    pub fn cure(&self) -> String {
        match self {
            Self::NoToken { .. } => format!(
                "Create an API token on the platform, then set {SECURITY_CONTEXT} to \
                 {{\"auth_token_type\":\"Bearer\",\"auth_token\":\"…\"}}, or log in with the \
                 vendor's client."
            ),
            Self::SecurityContext { .. } => format!(
                "{SECURITY_CONTEXT} is JSON: \
                 {{\"auth_token_type\":\"Bearer\",\"auth_token\":\"…\"}}. In the configuration \
                 file it is a text with that JSON in it."
            ),
            Self::TokenOfAnotherHost { ours, .. } => format!(
                "Name the target that the token is for with `--target`; or set \
                 {SECURITY_CONTEXT} to a token of `{ours}`, and {HOST} to `{ours}`, which says so."
            ),
            Self::Value { .. } | Self::Proxy { .. } => "Correct it, or remove it.".to_owned(),
            Self::PlainHttp { .. } => {
                "Use `https`; plain http is for this very machine only.".to_owned()
            }
            Self::File { .. } => {
                format!("Log in again with the vendor's client, or set {SECURITY_CONTEXT}.")
            }
        }
    }
}
