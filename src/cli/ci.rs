//! Which CI server runs this, if one does: asked here and nowhere else, by the variables that each
//! server sets.

use std::path::PathBuf;

use camino::Utf8Path;

use super::git;
use crate::diag::Diagnostic;
use crate::diag::render::github;
use crate::forge::{Number, Place, PlaceError};

/// A CI server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// GitHub Actions, which reads commands from the log.
    GitHub,
    /// GitLab CI, which reads reports from files.
    GitLab,
    /// Any other that sets `CI`.
    Other,
}

/// Returns the server that runs this.
pub fn server() -> Option<Server> {
    server_by(variable)
}

fn server_by(named: impl Fn(&str) -> Option<String>) -> Option<Server> {
    let says_so = |name: &str| named(name).is_some_and(|value| value == "true");
    match () {
        () if says_so("GITHUB_ACTIONS") => Some(Server::GitHub),
        () if says_so("GITLAB_CI") => Some(Server::GitLab),
        () => named("CI").map(|_| Server::Other),
    }
}

/// Returns the page of the job, by the variables of GitHub, GitLab and whoever sets `BUILD_URL`.
pub fn job_url() -> Option<String> {
    job_url_by(variable)
}

fn job_url_by(named: impl Fn(&str) -> Option<String>) -> Option<String> {
    let github = || {
        let (server, repository) = (named("GITHUB_SERVER_URL")?, named("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/actions/runs/{}", named("GITHUB_RUN_ID")?))
    };
    github().or_else(|| named("CI_JOB_URL")).or_else(|| named("BUILD_URL"))
}

/// Returns the repository that the job is about.
///
/// # Errors
///
/// Where no variable tells of a forge.
pub fn place() -> Result<Place, PlaceError> {
    Place::find(&variable)
}

/// Returns the pull request that the job is about; `asked` is the number that somebody names.
///
/// # Errors
///
/// Where no variable tells of a forge or of a pull request.
pub fn pull_request(asked: Option<u64>) -> Result<(Place, Number), PlaceError> {
    let place = place()?;
    // An event that cannot be read tells nothing; the number may be known all the same.
    let event: Option<serde_json::Value> = variable("GITHUB_EVENT_PATH")
        .and_then(|path| serde_json::from_str(&fs_err::read_to_string(path).ok()?).ok());
    let number = Number::find(place.dialect, &variable, event.as_ref(), asked)?;
    Ok((place, number))
}

/// Returns the first of some variables that is set: a token, or another secret.
pub fn first_set(names: &[&str]) -> Option<String> {
    first_set_by(variable, names)
}

fn first_set_by(named: impl Fn(&str) -> Option<String>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| named(name))
}

/// Returns findings in documents below a root as commands that mark lines on GitHub.
pub fn annotations(diagnostics: &[Diagnostic], root: &Utf8Path) -> String {
    github::render(diagnostics, &git::prefix(root).unwrap_or_default())
}

/// Returns the file in which GitHub collects the summary of a step.
pub fn step_summary() -> Option<PathBuf> {
    std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()).map(PathBuf::from)
}

/// Returns a variable of the environment that is set to something.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(set: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        |name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn each_server_is_known_by_its_own_variable() {
        for (set, server) in [
            (&[] as &[(&str, &str)], None),
            (&[("CI", "1")], Some(Server::Other)),
            (&[("CI", "true"), ("GITHUB_ACTIONS", "true")], Some(Server::GitHub)),
            (&[("CI", "true"), ("GITLAB_CI", "true")], Some(Server::GitLab)),
            (&[("GITHUB_ACTIONS", "false")], None),
        ] {
            assert_eq!(server_by(among(set)), server, "{set:?}");
        }
    }

    #[test]
    fn the_first_token_that_is_set_counts() {
        for (set, token) in [
            (&[("OTHER", "2"), ("OWN", "1")] as &[(&str, &str)], Some("1")),
            (&[("OTHER", "2")], Some("2")),
            (&[("ANOTHER", "3")], None),
        ] {
            assert_eq!(first_set_by(among(set), &["OWN", "OTHER"]).as_deref(), token, "{set:?}");
        }
    }

    #[test]
    fn each_server_names_the_page_of_its_job() {
        let github = [
            ("GITHUB_SERVER_URL", "https://github.example"),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_RUN_ID", "7"),
            ("BUILD_URL", "https://other.example"),
        ];
        let url = "https://github.example/o/r/actions/runs/7";
        assert_eq!(job_url_by(among(&github)).as_deref(), Some(url));
        for name in ["CI_JOB_URL", "BUILD_URL"] {
            let url = "https://ci.example/7";
            assert_eq!(job_url_by(among(&[(name, url)])).as_deref(), Some(url));
        }
        assert_eq!(job_url_by(among(&github[..2])), None);
    }
}
