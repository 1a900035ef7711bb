//! An account over HTTP: where it is and who we are, from the environment and the configuration
//! file of the vendor's client.

use std::path::Path;

use jiff::SignedDuration;

use crate::api::config::{self, Endpoint, File, Surroundings};
use crate::api::{Backoff, Client, ClientError, Config, ConfigError, Limits, Origin, Seen};
use crate::cli::calls;
use crate::cli::failure::{Failure, FailureKind};
use crate::cli::interrupt::Interrupt;
use crate::cli::output;
use crate::cli::session::Session;
use crate::cli::settings::Settings;
use crate::desired::{Address, PlatformTarget, Target};

/// The wait after a first failure (D).
const FIRST_WAIT: std::time::Duration = std::time::Duration::from_secs(1);
/// Attempts at the same time, whatever `--parallelism` asks for.
const AT_ONCE: usize = 256;

/// A connection to an account.
pub struct Connection {
    config: Config,
    client: Client,
}

impl Connection {
    /// Makes a connection; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Where there is no token, or a setting cannot be used.
    pub fn open(
        session: &Session,
        settings: &Settings,
        interrupt: &Interrupt,
    ) -> Result<Self, Failure> {
        let file = read_file()?;
        let surroundings = Surroundings { variable: &variable, file: file.as_ref() };
        let config = config::resolve(&session.address, surroundings).map_err(unusable)?;
        if let Origin::File(path) = &config.token.origin {
            warn_if_open(path, settings);
        }
        let ca = config.ca.as_ref().map(|setting| fs_err::read(&setting.value)).transpose();
        let ca = ca.map_err(|error| {
            Failure::files("The certificates to trust cannot be read.")
                .because(error)
                .hint("Correct `DX_CA_CERT`, the path of a file in PEM form, or remove it.")
        })?;
        let limits = Limits {
            rate: settings.rate_limit,
            at_once: AT_ONCE,
            backoff: Backoff { unit: FIRST_WAIT, limit: settings.retry_for },
            cancel: interrupt.token().clone(),
        };
        let observer = calls::observer(settings);
        let client = Client::new(&config, ca.as_deref(), limits, observer).map_err(no_client)?;
        Ok(Self { config, client })
    }

    /// Returns the client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns where everything comes from.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns how far the platform's clock was ahead of ours, by its last answer that told.
    pub fn ahead(&self) -> Option<SignedDuration> {
        let Seen { date, .. } = self.client.seen();
        let (theirs, ours) = date?;
        let theirs = jiff::fmt::rfc2822::parse(&theirs).ok()?.timestamp();
        let ours = jiff::Timestamp::try_from(ours).ok()?;
        Some(theirs.duration_since(ours))
    }
}

/// Completes the address of a target with what environment and configuration file say, so that
/// every output names the host that is spoken to. No token is looked at. What cannot be used is
/// told when the platform is opened.
pub fn settle_address(target: &mut Target) -> Address {
    let PlatformTarget::DnaNexus(address) = &mut target.platform else {
        return Address::default();
    };
    let written = address.clone();
    let file = read_file().ok().flatten();
    let surroundings = Surroundings { variable: &variable, file: file.as_ref() };
    if let Ok(Endpoint { protocol, host, port }) = config::endpoint(address, surroundings) {
        *address = Address {
            host: Some(host.value),
            port: Some(port.value),
            protocol: Some(protocol.value),
        };
    }
    written
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reads the configuration file, if there is one.
fn read_file() -> Result<Option<File>, Failure> {
    let Some(path) = config::file_path(&variable) else { return Ok(None) };
    match fs_err::read_to_string(&path) {
        Ok(text) => File::parse(&path, &text).map(Some).map_err(unusable),
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => {
            Err(Failure::files("The configuration file of the vendor's client cannot be read.")
                .because(error)
                .hint("Make it readable for the current user, or set `DX_SECURITY_CONTEXT`."))
        }
    }
}

/// A file that holds a token is for its owner's eyes only (D: mode 600).
#[cfg(unix)]
fn warn_if_open(path: &Path, settings: &Settings) {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs_err::metadata(path).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        let path = path.display();
        output::warn(
            settings,
            &format!("others can read the token in `{path}`; let only yourself: chmod 600 {path}"),
        );
    }
}

#[cfg(not(unix))]
fn warn_if_open(_path: &Path, _settings: &Settings) {}

fn unusable(error: ConfigError) -> Failure {
    let cure = error.cure();
    Failure::new(FailureKind::Usage, error.to_string()).hint(cure).because(error)
}

fn no_client(error: ClientError) -> Failure {
    let hint = match &error {
        ClientError::Certificates { .. } => {
            "Correct `DX_CA_CERT`: a file of certificates in PEM form."
        }
        ClientError::Proxy { .. } => "Correct it: `HTTPS_PROXY=http://proxy.example.org:3128`.",
        ClientError::Token => "Set DX_SECURITY_CONTEXT to a token of the platform.",
        ClientError::Other(_) => {
            "See whether this system has certificates of authorities (the package \
             `ca-certificates`), or name a file of them in PEM form with `DX_CA_CERT`."
        }
    };
    Failure::new(FailureKind::Platform, "No connection to the platform can be made.")
        .because(error)
        .hint(hint)
}
