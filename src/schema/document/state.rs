//! Where a state is kept, as it is written.

use std::fmt;
use std::str::FromStr;

use crate::model::IdError;

/// Where a state is kept: a folder, or a bucket by its URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatePlace {
    /// A folder, relative to the root or absolute.
    Folder(String),
    /// A bucket.
    Bucket(BucketUrl),
}

/// Whose buckets they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cloud {
    /// Amazon S3, and servers that speak its protocol.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

/// A place in a bucket. It never holds a credential: those come from the environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketUrl {
    /// Whose bucket it is.
    pub cloud: Cloud,
    /// The bucket; Azure calls it a container.
    pub bucket: String,
    /// What the names of all objects begin with, without `/` at either end; may be empty.
    pub prefix: String,
}

impl Cloud {
    /// Returns the scheme of its URLs.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Google => "gs",
            Self::Azure => "az",
        }
    }
}

impl fmt::Display for BucketUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cloud, bucket, prefix } = self;
        write!(f, "{}://{bucket}", cloud.scheme())?;
        if prefix.is_empty() { Ok(()) } else { write!(f, "/{prefix}") }
    }
}

impl FromStr for StatePlace {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let place = match scheme(text) {
            Some((scheme, rest)) => bucket(scheme, rest).map(Self::Bucket),
            None => (!text.is_empty()).then(|| Self::Folder(text.to_owned())),
        };
        place.ok_or_else(|| IdError {
            text: text.to_owned(),
            what: "a place for a state",
            expected: "name a folder, or a bucket as `s3://bucket/prefix`, `gs://bucket/prefix` or \
                       `az://container/prefix`, with nothing but the place in it",
        })
    }
}

/// Takes a text apart that begins as a URL does. One letter is a drive of Windows.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'));
    is_scheme.then_some((scheme, rest))
}

fn bucket(scheme: &str, rest: &str) -> Option<BucketUrl> {
    let clouds = [Cloud::S3, Cloud::Google, Cloud::Azure];
    let cloud = clouds.into_iter().find(|cloud| cloud.scheme() == scheme)?;
    let rest = rest.strip_prefix("//")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let (written, prefix) = (prefix, prefix.strip_suffix('/').unwrap_or(prefix));
    let is_bucket = bucket.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && bucket
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-'));
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '='))
    };
    let is_prefix = written.is_empty() || prefix.split('/').all(is_part);
    (is_bucket && is_prefix).then(|| BucketUrl {
        cloud,
        bucket: bucket.to_owned(),
        prefix: prefix.to_owned(),
    })
}
