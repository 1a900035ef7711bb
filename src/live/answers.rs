//! Answers that the platform may refuse to give.

use crate::platform::{PlatformError, PlatformErrorKind};

/// Turns a refusal to tell into no answer: what may not be seen is unknown, not missing.
pub(super) fn unless_refused<T>(
    answer: Result<T, PlatformError>,
) -> Result<Option<T>, PlatformError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error)
            if matches!(
                error.kind,
                PlatformErrorKind::PermissionDenied | PlatformErrorKind::ResourceNotFound
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
