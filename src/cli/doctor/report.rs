//! What was checked, and what was found.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::plan::FORMAT_VERSION;

/// What `doctor --format json` prints.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// The version of this format.
    pub format_version: String,
    /// The target that was looked at; null where it could not be resolved.
    pub target: Option<Target>,
    /// The checks, in the order in which they depend on each other.
    pub checks: Vec<Check>,
    /// Counts of checks.
    pub summary: Summary,
}

/// The target that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// `embedded`, or the host of the platform.
    pub platform: String,
    /// The acting account; null where the platform does not tell.
    pub operator: Option<String>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Check {
    /// A stable name.
    pub id: &'static str,
    /// What was checked.
    pub title: &'static str,
    /// What came of it.
    pub status: Status,
    /// What was found, in full sentences.
    pub message: String,
    /// What to do about it; null where nothing need be done.
    pub cure: Option<String>,
    /// What was found, item by item; the keys depend on the check.
    pub details: Vec<Map<String, Value>>,
    /// What people read besides the message, a line each.
    #[serde(skip)]
    pub lines: Vec<String>,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should be.
    Ok,
    /// Something is in the way.
    Failed,
    /// Nobody can tell.
    Unknown,
    /// It was not checked, or need not be.
    Skipped,
}

/// Counts of checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// As they should be.
    pub ok: usize,
    /// Something is in the way.
    pub failed: usize,
    /// Nobody can tell.
    pub unknown: usize,
    /// Not checked.
    pub skipped: usize,
}

/// What is checked: the stable name and the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The target is resolved.
    Target,
    /// The platform answers.
    Host,
    /// The connection is encrypted and trusted.
    Tls,
    /// The token is accepted.
    Token,
    /// Both clocks agree.
    Clock,
    /// The billing orgs tell their members.
    Orgs,
    /// The operator may create TREs and be their admin.
    Management,
    /// Calls are not refused for being too many.
    RateLimit,
    /// The state can be read and nobody works on it.
    State,
    /// Answers are as the wire contract says.
    Answers,
    /// What is listed can be described.
    Listed,
    /// The operator administers the showcases' projects.
    Showcases,
}

impl Kind {
    /// Every check, in order.
    pub const ALL: [Self; 12] = [
        Self::Target,
        Self::Host,
        Self::Tls,
        Self::Token,
        Self::Clock,
        Self::Orgs,
        Self::Management,
        Self::RateLimit,
        Self::State,
        Self::Answers,
        Self::Listed,
        Self::Showcases,
    ];

    /// Returns the stable name.
    pub fn id(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Host => "host",
            Self::Tls => "tls",
            Self::Token => "token",
            Self::Clock => "clock",
            Self::Orgs => "billing_orgs",
            Self::Management => "tre_management",
            Self::RateLimit => "rate_limit",
            Self::State => "state",
            Self::Answers => "wire_contract",
            Self::Listed => "listed_tres",
            Self::Showcases => "showcase_projects",
        }
    }

    /// Returns the title, which fits beside a mark.
    pub fn title(self) -> &'static str {
        match self {
            Self::Target => "Target",
            Self::Host => "Host",
            Self::Tls => "TLS",
            Self::Token => "Token",
            Self::Clock => "Clock",
            Self::Orgs => "Billing orgs",
            Self::Management => "Permission",
            Self::RateLimit => "Rate limit",
            Self::State => "State",
            Self::Answers => "Answers",
            Self::Listed => "Listed TREs",
            Self::Showcases => "Showcases",
        }
    }

    /// Returns a check that found what should be.
    pub fn ok(self, message: impl Into<String>) -> Check {
        self.check(Status::Ok, message)
    }

    /// Returns a check that found something in the way.
    pub fn failed(self, message: impl Into<String>) -> Check {
        self.check(Status::Failed, message)
    }

    /// Returns a check that found nothing out.
    pub fn unknown(self, message: impl Into<String>) -> Check {
        self.check(Status::Unknown, message)
    }

    /// Returns a check that was not made, with the reason.
    pub fn skipped(self, message: impl Into<String>) -> Check {
        self.check(Status::Skipped, message)
    }

    fn check(self, status: Status, message: impl Into<String>) -> Check {
        Check {
            id: self.id(),
            title: self.title(),
            status,
            message: message.into(),
            cure: None,
            details: Vec::new(),
            lines: Vec::new(),
        }
    }
}

impl Check {
    /// Says what to do about it.
    #[must_use]
    pub fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }

    /// Adds an item for programs, an object.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        if let Value::Object(detail) = detail {
            self.details.push(detail);
        }
        self
    }

    /// Adds a line for people.
    #[must_use]
    pub fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }
}

impl Report {
    /// Returns the report of checks.
    pub fn new(target: Option<Target>, checks: Vec<Check>) -> Self {
        let number = |status| checks.iter().filter(|check| check.status == status).count();
        let summary = Summary {
            ok: number(Status::Ok),
            failed: number(Status::Failed),
            unknown: number(Status::Unknown),
            skipped: number(Status::Skipped),
        };
        Self { format_version: FORMAT_VERSION.to_owned(), target, checks, summary }
    }
}
