//! Where the platform is and who we are, by the conventions of the vendor's own client (D): what
//! the environment says wins over the configuration file, key by key. What the target in
//! `trectl.yaml` says wins over both, as the flags of the vendor's client do.
//!
//! Pure: the environment and the file are given.

mod error;
mod file;
mod proxy;
#[cfg(test)]
mod tests;

use core::net::Ipv6Addr;
use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

pub use self::error::ConfigError;
pub use self::file::File;
pub use self::proxy::Proxy;
use super::Token;
use crate::desired::{Address, DEFAULT_HOST, Protocol, is_loopback};

const PROTOCOL: &str = "DX_APISERVER_PROTOCOL";
const HOST: &str = "DX_APISERVER_HOST";
const PORT: &str = "DX_APISERVER_PORT";
const SECURITY_CONTEXT: &str = "DX_SECURITY_CONTEXT";
const CA_CERT: &str = "DX_CA_CERT";
/// The folder of the configuration file; `~/.dnanexus_config` where it is not set (D).
const CONF_DIR: &str = "DX_USER_CONF_DIR";

/// Where a setting was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The target in the project file.
    Target,
    /// A variable of the environment.
    Environment(&'static str),
    /// The configuration file of the vendor's client.
    File(PathBuf),
    /// Nowhere: it is what holds then.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target => f.write_str("the target in trectl.yaml"),
            Self::Environment(name) => f.write_str(name),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
}

/// A setting with where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it was read.
    pub origin: Origin,
}

/// Where the platform is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `https`, or `http` to this very machine.
    pub protocol: Setting<Protocol>,
    /// The API host.
    pub host: Setting<String>,
    /// The port.
    pub port: Setting<u16>,
}

impl Endpoint {
    /// Returns the address as it is written in URLs, without a path.
    pub fn url(&self) -> String {
        format!("{}://{}", name(self.protocol.value), self.authority())
    }

    /// Returns host and port as they are written in URLs: an IPv6 address in brackets.
    pub fn authority(&self) -> String {
        let Self { protocol: _, host, port } = self;
        match host.value.parse::<Ipv6Addr>() {
            Ok(address) => format!("[{address}]:{}", port.value),
            Err(_) => format!("{}:{}", host.value, port.value),
        }
    }
}

/// All that a connection needs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the platform is.
    pub endpoint: Endpoint,
    /// Who we are.
    pub token: Setting<Token>,
    /// The certificates that are trusted, a file in PEM form; those of the system where it is
    /// `None`.
    pub ca: Option<Setting<PathBuf>>,
    /// The proxy that calls go through.
    pub proxy: Option<Setting<Proxy>>,
    /// Hosts that no proxy is asked for, as `NO_PROXY` lists them.
    pub no_proxy: Option<String>,
}

/// The environment, as far as it matters, and the configuration file.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Looks up a variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The configuration file, where there is one.
    pub file: Option<&'a File>,
}

/// Returns the place of the configuration file (D).
pub fn file_path(variable: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let folder = match variable(CONF_DIR).filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(variable("HOME")?).join(".dnanexus_config"),
    };
    Some(folder.join("environment.json"))
}

impl Surroundings<'_> {
    /// Returns a setting that is not empty: from the environment, else from the file.
    fn get(&self, key: &'static str) -> Result<Option<Setting<String>>, ConfigError> {
        match self.environment(key) {
            Some(setting) => Ok(Some(setting)),
            None => self.in_file(key),
        }
    }

    fn environment(&self, key: &'static str) -> Option<Setting<String>> {
        let value = (self.variable)(key).filter(|value| !value.is_empty())?;
        Some(Setting { value, origin: Origin::Environment(key) })
    }

    fn in_file(&self, key: &str) -> Result<Option<Setting<String>>, ConfigError> {
        let Some(file) = self.file else { return Ok(None) };
        let value = file.get(key)?.filter(|value| !value.is_empty());
        let origin = || Origin::File(file.path().to_owned());
        Ok(value.map(|value| Setting { value: value.to_owned(), origin: origin() }))
    }
}

/// Returns where the platform of a target is; no token is needed for that.
///
/// # Errors
///
/// Where a value has another form, or the token would go out in plain text.
pub fn endpoint(
    address: &Address,
    surroundings: Surroundings<'_>,
) -> Result<Endpoint, ConfigError> {
    let Address { host, port, protocol } = address;
    let target = |value: String| Setting { value, origin: Origin::Target };
    let found = surroundings.get(HOST)?;
    let host = host.clone().map(target).or_else(|| found.clone());
    let host =
        host.unwrap_or_else(|| Setting { value: DEFAULT_HOST.to_owned(), origin: Origin::Default });
    // A port and a protocol beside another host are about that one.
    let is_elsewhere = found.is_some_and(|theirs| !theirs.value.eq_ignore_ascii_case(&host.value));
    let beside = |key| match is_elsewhere {
        true => Ok(None),
        false => surroundings.get(key),
    };
    let protocol = match (protocol, beside(PROTOCOL)?) {
        (Some(protocol), _) => Setting { value: *protocol, origin: Origin::Target },
        (None, Some(setting)) => read_protocol(setting)?,
        (None, None) => Setting { value: Protocol::Https, origin: Origin::Default },
    };
    let default_port = match protocol.value {
        Protocol::Https => 443,
        Protocol::Http => 80,
    };
    let port = match (port, beside(PORT)?) {
        (Some(port), _) => Setting { value: *port, origin: Origin::Target },
        (None, Some(setting)) => read_port(setting)?,
        (None, None) => Setting { value: default_port, origin: Origin::Default },
    };
    if !is_host(&host.value) {
        let Setting { value, origin } = host;
        let expected = "the bare name of a host, such as api.dnanexus.com";
        return Err(ConfigError::Value { value, origin, expected });
    }
    if protocol.value == Protocol::Http && !is_loopback(&host.value) {
        return Err(ConfigError::PlainHttp { origin: protocol.origin, host: host.value });
    }
    Ok(Endpoint { protocol, host, port })
}

/// Returns all that a connection to the platform of a target needs.
///
/// # Errors
///
/// Where there is no token, it belongs to another host, or a value has another form.
pub fn resolve(address: &Address, surroundings: Surroundings<'_>) -> Result<Config, ConfigError> {
    let endpoint = endpoint(address, surroundings)?;
    let Some(context) = surroundings.get(SECURITY_CONTEXT)? else {
        return Err(ConfigError::NoToken { file: file_path(surroundings.variable) });
    };
    let token = read_token(context)?;
    belongs(&endpoint, &token.origin, surroundings)?;
    let ca = surroundings
        .get(CA_CERT)?
        .map(|Setting { value, origin }| Setting { value: PathBuf::from(value), origin });
    let either =
        |upper, lower| surroundings.environment(upper).or_else(|| surroundings.environment(lower));
    // Plain http goes to this very machine, so it goes through no proxy.
    let proxy =
        either("HTTPS_PROXY", "https_proxy").filter(|_| endpoint.protocol.value == Protocol::Https);
    let proxy = proxy.map(proxy::read).transpose()?;
    let no_proxy = either("NO_PROXY", "no_proxy").map(|setting| setting.value);
    Ok(Config { endpoint, token, ca, proxy, no_proxy })
}

/// Refuses a token that belongs to another host than the one that the target names: to the host
/// beside it, and to the one that the vendor's own client would send it to. Where the target names
/// none, host and token are read by the vendor's conventions alone.
fn belongs(
    endpoint: &Endpoint,
    token: &Origin,
    surroundings: Surroundings<'_>,
) -> Result<(), ConfigError> {
    if endpoint.host.origin != Origin::Target {
        return Ok(());
    }
    let beside = match token {
        Origin::File(_) => surroundings.in_file(HOST)?,
        _ => surroundings.environment(HOST),
    };
    let another = [beside, surroundings.get(HOST)?]
        .into_iter()
        .flatten()
        .find(|theirs| !theirs.value.eq_ignore_ascii_case(&endpoint.host.value));
    match another {
        None => Ok(()),
        Some(Setting { value: theirs, origin: beside }) => Err(ConfigError::TokenOfAnotherHost {
            token: token.clone(),
            theirs,
            beside,
            ours: endpoint.host.value.clone(),
        }),
    }
}

fn read_protocol(setting: Setting<String>) -> Result<Setting<Protocol>, ConfigError> {
    let Setting { value, origin } = setting;
    match value.as_str() {
        "https" => Ok(Setting { value: Protocol::Https, origin }),
        "http" => Ok(Setting { value: Protocol::Http, origin }),
        _ => Err(ConfigError::Value { value, origin, expected: "`https` or `http`" }),
    }
}

fn read_port(setting: Setting<String>) -> Result<Setting<u16>, ConfigError> {
    let Setting { value, origin } = setting;
    match value.parse() {
        Ok(port) if port != 0 => Ok(Setting { value: port, origin }),
        _ => Err(ConfigError::Value { value, origin, expected: "a port from 1 to 65535" }),
    }
}

/// The security context as the vendor's client writes it (D).
#[derive(Deserialize)]
struct SecurityContext {
    auth_token_type: Option<String>,
    auth_token: Option<String>,
}

fn read_token(context: Setting<String>) -> Result<Setting<Token>, ConfigError> {
    let Setting { value, origin } = context;
    let refused = |reason| ConfigError::SecurityContext { origin: origin.clone(), reason };
    // What the parser has to say could quote the token.
    let SecurityContext { auth_token_type, auth_token } = serde_json::from_str(&value)
        .map_err(|_| refused("it is not a JSON object with texts in it"))?;
    match auth_token_type.as_deref() {
        Some(kind) if kind.eq_ignore_ascii_case("bearer") => {}
        Some(_) => return Err(refused("its `auth_token_type` is not `Bearer`")),
        None => return Err(refused("it has no `auth_token_type`")),
    }
    let text = auth_token.ok_or_else(|| refused("it has no `auth_token`"))?;
    let token = Token::new(&text)
        .ok_or_else(|| refused("its `auth_token` is empty, or holds what no header takes"))?;
    Ok(Setting { value: token, origin })
}

/// Returns a protocol as it is written in URLs.
pub fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Https => "https",
        Protocol::Http => "http",
    }
}

/// Tells whether a text is the name or the address of a host and nothing more: what a URL takes for
/// a user, a port or a path could send the token somewhere else.
fn is_host(text: &str) -> bool {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!text.is_empty() && text.chars().all(is_plain)) || bare.parse::<Ipv6Addr>().is_ok()
}
