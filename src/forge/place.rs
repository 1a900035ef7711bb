//! Which repository and which pull request a run is about, from what the CI says of itself. Pure:
//! the environment and the event are given.

use serde_json::Value;

use super::{Dialect, PlaceError};

/// A repository on a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which forge.
    pub dialect: Dialect,
    /// Where its API begins, without a stroke at the end.
    pub api: String,
    /// `owner/name` on GitHub, the project's id on GitLab.
    pub repository: String,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// By its number.
    Known(u64),
    /// By the branch that it would merge: a workflow that follows another one is told no number
    /// where the branch lies in a fork.
    Head {
        /// `owner:branch`.
        branch: String,
        /// The commit that the branch must end with.
        commit: String,
    },
}

type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

fn set(variable: Variable<'_>, name: &str) -> Option<String> {
    variable(name).filter(|value| !value.is_empty())
}

fn needed(variable: Variable<'_>, name: &'static str) -> Result<String, PlaceError> {
    set(variable, name).ok_or(PlaceError::Variable { name })
}

impl Place {
    /// Finds out where a run is. `variable` looks into the environment.
    ///
    /// # Errors
    ///
    /// Where neither forge is recognised.
    pub fn find(variable: Variable<'_>) -> Result<Self, PlaceError> {
        if set(variable, "GITLAB_CI").is_some() {
            return Ok(Self {
                dialect: Dialect::GitLab,
                api: base(&needed(variable, "CI_API_V4_URL")?),
                repository: plain("CI_PROJECT_ID", needed(variable, "CI_PROJECT_ID")?)?,
            });
        }
        let repository = set(variable, "GITHUB_REPOSITORY").ok_or(PlaceError::Nowhere)?;
        let api = set(variable, "GITHUB_API_URL");
        Ok(Self {
            dialect: Dialect::GitHub,
            api: api.map_or("https://api.github.com".to_owned(), |it| base(&it)),
            repository: plain("GITHUB_REPOSITORY", repository)?,
        })
    }
}

impl Number {
    /// Finds out which pull request a run on a forge is about. `event` is the content of
    /// `GITHUB_EVENT_PATH`, `asked` the number of the command line.
    ///
    /// # Errors
    ///
    /// Where the run is about none.
    pub fn find(
        dialect: Dialect,
        variable: Variable<'_>,
        event: Option<&Value>,
        asked: Option<u64>,
    ) -> Result<Self, PlaceError> {
        match (asked, dialect) {
            (Some(number), _) => Ok(Self::Known(number)),
            (None, Dialect::GitLab) => {
                let name = "CI_MERGE_REQUEST_IID";
                Ok(Self::Known(parsed(name, &needed(variable, name)?)?))
            }
            (None, Dialect::GitHub) => {
                let reference = set(variable, "GITHUB_REF");
                number(event, reference.as_deref()).ok_or(PlaceError::NoPullRequest)
            }
        }
    }
}

fn base(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

fn parsed(name: &'static str, text: &str) -> Result<u64, PlaceError> {
    text.parse().map_err(|_| PlaceError::Value { name, value: text.to_owned() })
}

/// Returns a name that stays one segment, or two, of a path.
fn plain(name: &'static str, value: String) -> Result<String, PlaceError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_part =
        |part: &str| !part.is_empty() && !matches!(part, "." | "..") && part.chars().all(is_plain);
    let parts = value.split('/');
    if parts.clone().count() <= 2 && parts.clone().all(is_part) {
        Ok(value)
    } else {
        Err(PlaceError::Value { name, value })
    }
}

/// Returns the pull request of an event, or of a ref such as `refs/pull/12/merge`.
fn number(event: Option<&Value>, reference: Option<&str>) -> Option<Number> {
    let event = event.unwrap_or(&Value::Null);
    let known = ["/pull_request/number", "/issue/number", "/workflow_run/pull_requests/0/number"]
        .iter()
        .find_map(|path| event.pointer(path)?.as_u64());
    let by_ref = || reference?.strip_prefix("refs/pull/")?.split('/').next()?.parse().ok();
    let head = || {
        let run = event.get("workflow_run")?;
        let owner = run.pointer("/head_repository/owner/login")?.as_str()?;
        let branch = run.get("head_branch")?.as_str()?;
        let commit = run.get("head_sha")?.as_str()?.to_owned();
        Some(Number::Head { branch: format!("{owner}:{branch}"), commit })
    };
    known.or_else(by_ref).map(Number::Known).or_else(head)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn find(
        variables: &[(&str, &str)],
        event: Option<Value>,
        asked: Option<u64>,
    ) -> Result<(Place, Number), PlaceError> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let place = Place::find(&variable)?;
        let number = Number::find(place.dialect, &variable, event.as_ref(), asked)?;
        Ok((place, number))
    }

    const GITHUB: (&str, &str) = ("GITHUB_REPOSITORY", "biobank/tres");

    #[test]
    fn the_number_is_found_wherever_the_ci_says_it() {
        for (event, reference, expected) in [
            (json!({"pull_request": {"number": 7}}), "refs/pull/9/merge", 7),
            (json!({"issue": {"number": 8}}), "refs/heads/main", 8),
            (json!({"workflow_run": {"pull_requests": [{"number": 5}]}}), "refs/heads/main", 5),
            (json!({}), "refs/pull/9/merge", 9),
        ] {
            let (place, number) =
                find(&[GITHUB, ("GITHUB_REF", reference)], Some(event), None).unwrap();
            assert_eq!(number, Number::Known(expected));
            assert_eq!(place.api, "https://api.github.com");
        }
        assert_eq!(find(&[GITHUB], None, Some(3)).unwrap().1, Number::Known(3));
    }

    #[test]
    fn a_fork_is_found_by_its_branch() {
        let event = json!({"workflow_run": {
            "pull_requests": [],
            "head_branch": "eve/patch 1",
            "head_sha": "abc",
            "head_repository": {"owner": {"login": "eve"}},
        }});
        let head = Number::Head { branch: "eve:eve/patch 1".to_owned(), commit: "abc".to_owned() };
        assert_eq!(find(&[GITHUB], Some(event), None).unwrap().1, head);
    }

    #[test]
    fn gitlab_says_all_in_variables() {
        let variables = [
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", "https://gitlab.example.org/api/v4/"),
            ("CI_PROJECT_ID", "42"),
            ("CI_MERGE_REQUEST_IID", "6"),
        ];
        let expected = Place {
            dialect: Dialect::GitLab,
            api: "https://gitlab.example.org/api/v4".to_owned(),
            repository: "42".to_owned(),
        };
        assert_eq!(find(&variables, None, None), Ok((expected, Number::Known(6))));
        assert_eq!(
            find(&variables[..3], None, None),
            Err(PlaceError::Variable { name: "CI_MERGE_REQUEST_IID" })
        );
    }

    #[test]
    fn what_is_missing_or_no_name_is_said() {
        assert_eq!(find(&[], None, None), Err(PlaceError::Nowhere));
        assert_eq!(find(&[GITHUB], None, None), Err(PlaceError::NoPullRequest));
        for value in ["a/../b", "a/..", "./b", "..", "a/b/c", "a b", "/a", "a?b"] {
            let error = find(&[("GITHUB_REPOSITORY", value)], None, Some(1)).unwrap_err();
            assert!(matches!(error, PlaceError::Value { .. }), "{value}");
        }
    }
}
