//! The project file: targets, state store, guards; and what holds without one.

use core::net::IpAddr;
use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::ConsentKind;
use crate::model::OrgId;
pub use crate::schema::document::{BucketUrl, Cloud, Protocol};

/// The project file, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Targets by name; never empty.
    pub targets: BTreeMap<String, Target>,
    /// The target that is used without `--target`, if there is one.
    pub default_target: Option<String>,
    /// Limits on what one run may do.
    pub guards: Guards,
}

/// The API host where nothing names another one (D).
pub const DEFAULT_HOST: &str = "api.dnanexus.com";

/// One target.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// The platform.
    pub platform: PlatformTarget,
    /// Where its state is kept.
    pub state: StateTarget,
    /// Only TREs billed to these orgs belong to the target; all of them where it is `None`.
    pub select_bill_to: Option<Vec<OrgId>>,
    /// Consents that are asked for here although the platform is embedded.
    pub ask_consent: Vec<ConsentKind>,
}

impl Target {
    /// Tells whether publishing needs a consent: on real platforms, or where the target says so.
    pub fn asks_publish(&self) -> bool {
        matches!(self.platform, PlatformTarget::DnaNexus(_))
            || self.ask_consent.contains(&ConsentKind::Publish)
    }

    /// Returns the platform in words, for the first line of every output.
    pub fn describe_platform(&self) -> String {
        match &self.platform {
            PlatformTarget::Embedded { .. } => "embedded platform, not a real one".to_owned(),
            PlatformTarget::DnaNexus(address) => {
                address.host.as_deref().unwrap_or(DEFAULT_HOST).to_owned()
            }
        }
    }
}

/// Where a target's TREs live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlatformTarget {
    /// A store of our own, for trying out and for tests.
    Embedded {
        /// The store, relative to the root or absolute.
        path: Utf8PathBuf,
        /// What it holds at first, relative to the root or absolute.
        seed: Option<Utf8PathBuf>,
    },
    /// The vendor's platform.
    DnaNexus(Address),
}

/// The address of the vendor's platform, as far as the project file gives it; environment and
/// configuration file of the vendor's own client give the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// The API host.
    pub host: Option<String>,
    /// The port.
    pub port: Option<u16>,
    /// How it is spoken to.
    pub protocol: Option<Protocol>,
}

/// Tells whether a host is this very machine: the only one that is spoken to in plain http.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Where the state of a target is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateTarget {
    /// A folder, relative to the root or absolute.
    Local(Utf8PathBuf),
    /// A bucket.
    Remote(BucketUrl),
}

/// Limits on what one run may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guards {
    /// The share of people, in percent, above which their loss needs `mass-removal`.
    pub mass_removal_percent: u32,
    /// The guard counts only where at least so many people had a role.
    pub mass_removal_least_people: u32,
    /// How many TREs a run holds in Maintenance at once for releases.
    pub open_windows: u32,
}

impl Default for Guards {
    fn default() -> Self {
        Self { mass_removal_percent: 30, mass_removal_least_people: 10, open_windows: 1 }
    }
}
