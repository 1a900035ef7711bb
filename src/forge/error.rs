//! What goes wrong between a run and the place of its review.

/// Why it is not known which pull request a run is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// No variable tells of a forge.
    #[error(
        "neither GitHub nor GitLab is recognised: `GITHUB_REPOSITORY` and `GITLAB_CI` are unset"
    )]
    Nowhere,
    /// The run is about no pull request.
    #[error("the run is about no pull request")]
    NoPullRequest,
    /// A variable is missing.
    #[error("`{name}` is unset")]
    Variable {
        /// Its name.
        name: &'static str,
    },
    /// A variable says something that it never would.
    #[error("`{name}` is `{value}`, and that names none")]
    Value {
        /// Its name.
        name: &'static str,
        /// What it says.
        value: String,
    },
}

/// What became of a call to a forge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    /// Nobody answers.
    #[error("{call} got no answer: {reason}")]
    Unreachable {
        /// Method and path.
        call: String,
        /// What lies behind.
        reason: String,
    },
    /// The answer is no.
    #[error("{call} was answered with {status}: {message}")]
    Refused {
        /// Method and path.
        call: String,
        /// The status.
        status: u16,
        /// What the forge says of it.
        message: String,
    },
    /// The answer cannot be read.
    #[error("{call} was answered with something else than was asked for: {reason}")]
    Garbled {
        /// Method and path.
        call: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The token would leave in plain sight, or go to somebody else.
    #[error("the token is not sent to `{url}`: {reason}")]
    Unsafe {
        /// The address.
        url: String,
        /// Why not.
        reason: &'static str,
    },
    /// No pull request ends with the commit.
    #[error("no open pull request merges `{branch}` at {commit}")]
    NoPullRequest {
        /// `owner:branch`.
        branch: String,
        /// The commit.
        commit: String,
    },
    /// No connection can be made at all.
    #[error("encrypted connections cannot be set up: {0}")]
    Setup(String),
}

impl ForgeError {
    /// Returns what to do about it.
    pub fn cure(&self) -> String {
        let text = match self {
            Self::Unreachable { .. } => {
                "Run the command again; `--retry-for` says how long it goes on trying."
            }
            Self::Refused { status: 401, .. } => {
                "The token is wrong or has expired: set `GITHUB_TOKEN`, or `GITLAB_TOKEN` with the \
                 scope `api`."
            }
            Self::Refused { status: 403 | 404, .. } => {
                "The token may not write here. A run on a pull request from a fork never may: let \
                 a workflow of the repository itself comment (docs/comment.md). On GitHub the job \
                 needs `permissions: pull-requests: write`; on GitLab `GITLAB_TOKEN` needs the \
                 scope `api`, a job token does not do."
            }
            Self::Refused { status: 422, .. } => {
                "The forge does not take the text. Show it with `trectl show --plan FILE --format \
                 markdown`."
            }
            Self::Refused { .. } | Self::Garbled { .. } => {
                "Look whether the address of the API is right, and run the command again."
            }
            Self::Unsafe { .. } => "Set the address of the API to one that begins with `https://`.",
            Self::NoPullRequest { .. } => {
                "The branch moved on or was closed. Name the pull request with `--number`."
            }
            Self::Setup(_) => "Look at the certificates of this machine.",
        };
        text.to_owned()
    }
}
