//! A state in a bucket: `s3://`, `gs://` and `az://` through the environment variables that each
//! cloud's own tools know.

mod problem;
#[cfg(feature = "remote-state")]
mod settings;

use std::sync::Arc;

use object_store::ObjectStore;

pub use self::problem::{BucketError, Problem};
pub(super) use self::problem::{is_missing_bucket, is_uncertain};
use crate::desired::BucketUrl;

/// Opens a bucket. Nothing is sent yet.
///
/// # Errors
///
/// Where the environment does not fit.
#[cfg(feature = "remote-state")]
pub(super) fn open(url: &BucketUrl) -> Result<Arc<dyn ObjectStore>, BucketError> {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    settings::open(url, &variables.collect())
}

/// Says that this program was built without buckets.
///
/// # Errors
///
/// Always.
#[cfg(not(feature = "remote-state"))]
pub(super) fn open(url: &BucketUrl) -> Result<Arc<dyn ObjectStore>, BucketError> {
    let words = "this trectl was built without `remote-state`".to_owned();
    Err(BucketError { url: url.clone(), problem: Problem::Setting(words) })
}

#[cfg(feature = "remote-state")]
#[cfg(test)]
mod tests;
