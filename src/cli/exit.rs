//! What an exit status means. Stable: pipelines rely on these.

use std::fmt;

/// An exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status(u8);

impl Status {
    /// Done. A plan with changes is also done, unless `--detailed-exitcode` asks to tell.
    pub const DONE: Self = Self(0);
    /// An error, a wrong command line included; nothing was changed.
    pub const ERROR: Self = Self(1);
    /// Differences: `plan --detailed-exitcode`, `drift`.
    pub const DIFFERENT: Self = Self(2);
    /// A lock rule forbids a change, a consent is missing, or a guard is broken, in at least one
    /// TRE. From `apply`: everything that was not refused is done.
    pub const REFUSED: Self = Self(3);
    /// The saved plan is stale; nothing was done.
    pub const STALE: Self = Self(4);
    /// Another run holds the lock.
    pub const LOCKED: Self = Self(5);
    /// Partly applied; running the same command again goes on.
    pub const PARTIAL: Self = Self(6);
    /// Interrupted by SIGINT, stopped cleanly, resumable.
    pub const INTERRUPTED: Self = Self(130);
    /// Interrupted by SIGTERM, stopped cleanly, resumable.
    pub const TERMINATED: Self = Self(143);

    /// Returns the number.
    pub fn code(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Status> for std::process::ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.0)
    }
}
