//! Whom trectl calls besides the platform: the forge and webhooks.

use std::time::Duration;

use super::ci;
use super::failure::Failure;
use super::settings::Settings;
use crate::api::Backoff;
use crate::forge::Dialect;

/// The wait after a first failure.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Returns how long a call is made again.
pub fn backoff(settings: &Settings) -> Backoff {
    Backoff { unit: FIRST_WAIT, limit: settings.retry_for }
}

/// Returns the token for a forge.
///
/// # Errors
///
/// Where there is none.
pub fn token(dialect: Dialect) -> Result<String, Failure> {
    let names = dialect.token_variables();
    ci::first_set(names).ok_or_else(|| {
        let name = names.first().copied().unwrap_or_default();
        Failure::usage(format!("There is no token: `{name}` is unset.")).hint(
            "A run on a pull request from a fork has none; docs/comment.md shows who comments \
             then.",
        )
    })
}
