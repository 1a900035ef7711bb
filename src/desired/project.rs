//! The project file: targets, state store, guards; and what holds without one.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::ConsentKind;
use crate::model::OrgId;

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
        matches!(self.platform, PlatformTarget::DnaNexus { .. })
            || self.ask_consent.contains(&ConsentKind::Publish)
    }

    /// Returns the platform in words, for the first line of every output.
    pub fn describe_platform(&self) -> String {
        match &self.platform {
            PlatformTarget::Embedded { .. } => "embedded platform, not a real one".to_owned(),
            PlatformTarget::DnaNexus { host, .. } => host.clone(),
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
    DnaNexus {
        /// The API host.
        host: String,
        /// The port.
        port: u16,
        /// `https`, or `http` to loopback only.
        protocol: String,
    },
}

/// Where the state of a target is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateTarget {
    /// A folder, relative to the root or absolute.
    Local(Utf8PathBuf),
    /// A URL of an object store.
    Remote(String),
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
