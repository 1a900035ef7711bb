//! What goes wrong between a run and the place of its review.

use crate::web::WebError;

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

/// Why nothing was written to a forge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    /// A call failed.
    #[error(transparent)]
    Web(#[from] WebError),
    /// No pull request ends with the commit.
    #[error("no open pull request merges `{branch}` at {commit}")]
    NoPullRequest {
        /// `owner:branch`.
        branch: String,
        /// The commit.
        commit: String,
    },
    /// An issue was opened, and is not found again.
    #[error(
        "issue {number} was opened without its label `{label}`, by which it would be found again, \
         and closed"
    )]
    Unlabelled {
        /// Its number.
        number: u64,
        /// The label.
        label: String,
    },
    /// The token is none.
    #[error("no header takes the token")]
    Token,
}

impl ForgeError {
    /// Tells whether nothing else would go better: no answer comes, the token is none, or what it
    /// may not do is part of everything.
    pub(super) fn is_for_all(&self) -> bool {
        match self {
            Self::Web(WebError::Refused { status, .. }) => !matches!(status, 403 | 404 | 422),
            Self::Web(_) | Self::Unlabelled { .. } | Self::Token => true,
            Self::NoPullRequest { .. } => false,
        }
    }

    /// Returns what to do about it.
    pub fn cure(&self) -> &'static str {
        match self {
            Self::Web(error) => cure(error),
            Self::NoPullRequest { .. } => {
                "The branch moved on or was closed. Name the pull request with `--number`."
            }
            Self::Unlabelled { .. } => {
                "Let the account of the token set labels: on GitHub it needs write access."
            }
            Self::Token => "Set it to the token alone, without a line's end.",
        }
    }
}

fn cure(error: &WebError) -> &'static str {
    match error {
        WebError::Unreachable { .. } => {
            "Run the command again; `--retry-for` says how long it goes on trying."
        }
        WebError::Refused { status: 401, .. } => {
            "The token is wrong or has expired: set `GITHUB_TOKEN`, or `GITLAB_TOKEN` with the \
             scope `api`."
        }
        WebError::Refused { status: 403 | 404, .. } => {
            "The token may not write here, or the place is locked. A run on a pull request from a fork never may: let a \
             workflow of the repository itself comment (docs/comment.md). On GitHub the job needs \
             `permissions: pull-requests: write` to comment and `issues: write` for issues; on \
             GitLab `GITLAB_TOKEN` needs the scope `api`, a job token does not do."
        }
        WebError::Refused { status: 410, .. } => {
            "Issues are switched off in this repository: switch them on in its settings."
        }
        WebError::Refused { status: 422, .. } => {
            "The forge does not take the text, for the reason that it gives."
        }
        WebError::Busy { .. } | WebError::Refused { status: 500.., .. } => {
            "Run it again later; `--retry-for` says how long it goes on trying."
        }
        WebError::Refused { .. } | WebError::Garbled { .. } => {
            "Look whether the address of the API is right, and run the command again."
        }
        WebError::Unsafe { .. } | WebError::Nowhere => {
            "Set the address of the API to one that begins with `https://`."
        }
        WebError::Setup(_) => "Look at the certificates of this machine.",
    }
}
