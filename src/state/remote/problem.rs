//! Why a bucket cannot be used, and what to do about it.

use std::error::Error as StdError;
use std::fmt;

use object_store::Error;
#[cfg(feature = "remote-state")]
use object_store::client::{HttpError, HttpErrorKind};

use crate::desired::{BucketUrl, Cloud};

/// A bucket that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketError {
    /// The bucket.
    pub url: BucketUrl,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// There is no such bucket.
    NoBucket,
    /// Nothing says who asks.
    NoCredentials,
    /// Nothing says in which storage account the container is.
    NoAccount,
    /// Who asks is not known, or not any more: the store's own code.
    Rejected(String),
    /// Who asks may not do that: the store's own code.
    Forbidden(String),
    /// The bucket lies in another region.
    OtherRegion,
    /// The endpoint is asked for in plain http, and is not this machine.
    PlainHttp(String),
    /// A setting is missing or malformed.
    Setting(String),
    /// No connection came about, or it broke.
    Unreachable(String),
    /// No answer came in time.
    Slow,
    /// The store overwrites what it was asked to create.
    Overwrites,
    /// Anything else: the store's own code or words.
    Other(String),
}

impl fmt::Display for BucketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bucket = &self.url.bucket;
        match &self.problem {
            Problem::NoBucket => write!(f, "there is no bucket `{bucket}`"),
            Problem::NoCredentials => f.write_str("there are no credentials for it"),
            Problem::NoAccount => f.write_str("nothing names the storage account"),
            Problem::Rejected(code) => write!(f, "the credentials are refused ({code})"),
            Problem::Forbidden(code) => {
                write!(f, "the credentials do not allow it on the bucket `{bucket}` ({code})")
            }
            Problem::OtherRegion => write!(f, "the bucket `{bucket}` lies in another region"),
            Problem::PlainHttp(endpoint) => {
                write!(f, "the endpoint `{endpoint}` is plain http and not this machine")
            }
            Problem::Setting(words) => write!(f, "the environment does not fit: {words}"),
            Problem::Unreachable(words) => write!(f, "the store cannot be reached: {words}"),
            Problem::Slow => f.write_str("the store does not answer in time"),
            Problem::Overwrites => f.write_str(
                "the store overwrites objects that it was asked to create, so that no lock holds",
            ),
            Problem::Other(words) => write!(f, "the store says: {words}"),
        }
    }
}

impl StdError for BucketError {}

impl BucketError {
    /// Returns what became of a request.
    pub(in crate::state) fn of(url: &BucketUrl, error: &Error) -> Self {
        Self { url: url.clone(), problem: problem(error) }
    }

    /// Returns what to do about it, a full sentence.
    pub fn hint(&self) -> String {
        let Self { url, problem } = self;
        let Variables { credentials, endpoint } = variables(url.cloud);
        match problem {
            Problem::NoBucket => format!(
                "Create the bucket, or correct `{url}` in `trectl.yaml`. For a store of your own, \
                 {endpoint} must name it."
            ),
            Problem::NoCredentials => format!("Set {credentials}."),
            Problem::NoAccount => "Set `AZURE_STORAGE_ACCOUNT_NAME`.".to_owned(),
            Problem::Rejected(_) => {
                format!("They may be mistyped or expired: set {credentials} anew.")
            }
            Problem::Forbidden(_) => format!(
                "Allow this account to list and read the objects below `{url}`, and for `apply` to \
                 create and delete them; `docs/remote-state.md` has the policy."
            ),
            Problem::OtherRegion => match url.cloud {
                Cloud::S3 => "Set `AWS_REGION` to the region of the bucket.".to_owned(),
                Cloud::Google | Cloud::Azure => format!("See that {endpoint} is right."),
            },
            Problem::PlainHttp(_) => {
                "Use `https://`: the state would be readable on the way.".to_owned()
            }
            Problem::Setting(_) => format!("Correct {credentials}, and {endpoint} if it is set."),
            Problem::Unreachable(_) | Problem::Slow => format!(
                "See that the network is there and that {endpoint}, if it is set, is right; then \
                 run the same command again: nothing that was done is lost."
            ),
            Problem::Overwrites => "Keep the state in a store that honours `If-None-Match: *` on \
                                    `PutObject`; `docs/remote-state.md` names some."
                .to_owned(),
            Problem::Other(_) => {
                "Run the same command again: nothing that was done is lost.".to_owned()
            }
        }
    }
}

struct Variables {
    credentials: &'static str,
    endpoint: &'static str,
}

fn variables(cloud: Cloud) -> Variables {
    match cloud {
        Cloud::S3 => Variables {
            credentials: "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` (with \
                          `AWS_SESSION_TOKEN` where they are temporary), or `AWS_ROLE_ARN` and \
                          `AWS_WEB_IDENTITY_TOKEN_FILE`",
            endpoint: "`AWS_ENDPOINT_URL`",
        },
        Cloud::Google => Variables {
            credentials: "`GOOGLE_APPLICATION_CREDENTIALS` to the file of the credentials",
            endpoint: "`GOOGLE_BASE_URL`",
        },
        Cloud::Azure => Variables {
            credentials: "`AZURE_STORAGE_ACCOUNT_NAME` with `AZURE_STORAGE_ACCOUNT_KEY`, or with \
                          `AZURE_CLIENT_ID`, `AZURE_TENANT_ID` and `AZURE_FEDERATED_TOKEN_FILE`",
            endpoint: "`AZURE_STORAGE_ENDPOINT`",
        },
    }
}

/// Where clouds tell a machine who it is: whoever ends there has no other credentials.
const IDENTITY_SERVICES: [&str; 4] =
    ["/latest/api/token", "/latest/meta-data", "computeMetadata", "/metadata/identity"];

/// Codes of a store for credentials that are none (any more).
const REJECTED: [&str; 8] = [
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "TokenRefreshRequired",
    "AuthenticationFailed",
    "InvalidAuthenticationInfo",
    "RequestTimeTooSkewed",
];

const OTHER_REGION: [&str; 3] =
    ["PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"];

const NO_BUCKET: [&str; 2] = ["NoSuchBucket", "ContainerNotFound"];

/// Tells whether an object is not there because nothing can be: the bucket is missing.
pub(in crate::state) fn is_missing_bucket(error: &Error) -> bool {
    NO_BUCKET.contains(&code(&chain(error)).unwrap_or_default())
}

/// Tells whether nobody knows what became of a request: no answer came, or one that only says that
/// something went wrong.
#[cfg(feature = "remote-state")]
pub(in crate::state) fn is_uncertain(error: &Error) -> bool {
    transport(error).is_some() || status(&chain(error)).is_some_and(|status| status >= "500")
}

/// Tells whether nobody knows what became of a request: a folder always answers.
#[cfg(not(feature = "remote-state"))]
pub(in crate::state) fn is_uncertain(_: &Error) -> bool {
    false
}

fn problem(error: &Error) -> Problem {
    // The whole text may hold what nobody should read; it is only looked through.
    let all = chain(error);
    let code = code(&all);
    let told = || code.or_else(|| status(&all)).unwrap_or("no reason given").to_owned();
    let is_one_of = |codes: &[&str]| code.is_some_and(|code| codes.contains(&code));
    if IDENTITY_SERVICES.iter().any(|service| all.contains(service)) {
        return Problem::NoCredentials;
    }
    if is_one_of(&NO_BUCKET) {
        return Problem::NoBucket;
    }
    if is_one_of(&OTHER_REGION) || all.contains("redirect without LOCATION") {
        return Problem::OtherRegion;
    }
    if is_one_of(&REJECTED) || status(&all) == Some("401") {
        return Problem::Rejected(told());
    }
    if status(&all) == Some("403") {
        return Problem::Forbidden(told());
    }
    if let Some(broken) = unanswered(error) {
        return broken;
    }
    match code.or_else(|| status(&all)) {
        Some(code) => Problem::Other(code.to_owned()),
        None => Problem::Other(innermost(error)),
    }
}

#[cfg(feature = "remote-state")]
fn unanswered(error: &Error) -> Option<Problem> {
    Some(match transport(error)? {
        HttpErrorKind::Timeout => Problem::Slow,
        _ => Problem::Unreachable(innermost(error)),
    })
}

#[cfg(not(feature = "remote-state"))]
fn unanswered(_: &Error) -> Option<Problem> {
    None
}

#[cfg(feature = "remote-state")]
fn transport(error: &Error) -> Option<HttpErrorKind> {
    causes(error).find_map(|cause| cause.downcast_ref::<HttpError>()).map(HttpError::kind)
}

fn causes(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |&error| error.source())
}

fn chain(error: &Error) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Returns the words at the bottom; only those above name URLs, which may carry a signature.
pub(super) fn innermost(error: &Error) -> String {
    let words = causes(error).last().map(ToString::to_string).unwrap_or_default();
    if words.contains("://") { "no reason given".to_owned() } else { words }
}

/// Returns the code in the answer of a store: `NoSuchBucket`.
fn code(all: &str) -> Option<&str> {
    let (_, rest) = all.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    code.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(code)
}

/// Returns the status of the answer: `403`.
fn status(all: &str) -> Option<&str> {
    let (_, rest) = all.split_once("status code: ")?;
    rest.get(..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}
