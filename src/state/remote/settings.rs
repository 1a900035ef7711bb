//! What the environment says of a bucket: credentials, endpoint, region.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::{BackoffConfig, ClientOptions, HeaderValue, ObjectStore, RetryConfig};

use super::{BucketError, Problem};
use crate::desired::{BucketUrl, Cloud, is_loopback};

/// How long a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(5);
/// From sending to the last byte of the answer.
const ANSWERING: Duration = Duration::from_secs(20);
/// So often a request is repeated that the store did not take, within [`REPEATING`].
const REPEATS: usize = 4;
const REPEATING: Duration = Duration::from_secs(20);
const USER_AGENT: &str = concat!("trectl/", env!("CARGO_PKG_VERSION"));

/// Variables by name.
pub type Variables = BTreeMap<String, String>;

/// Opens a bucket as the variables say. Nothing is sent yet.
pub fn open(url: &BucketUrl, variables: &Variables) -> Result<Arc<dyn ObjectStore>, BucketError> {
    // Somebody may have chosen one before; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let opened = match url.cloud {
        Cloud::S3 => s3(url, variables),
        Cloud::Google => google(url, variables),
        Cloud::Azure => azure(url, variables),
    };
    opened.map_err(|problem| BucketError { url: url.clone(), problem })
}

fn s3(url: &BucketUrl, variables: &Variables) -> Result<Arc<dyn ObjectStore>, Problem> {
    let known = known::<AmazonS3ConfigKey>("AWS_", variables);
    let has = |key: AmazonS3ConfigKey| known.iter().any(|(known, _)| *known == key);
    let has_source = has(AmazonS3ConfigKey::AccessKeyId)
        || has(AmazonS3ConfigKey::WebIdentityTokenFile)
        || has(AmazonS3ConfigKey::ContainerCredentialsRelativeUri)
        || has(AmazonS3ConfigKey::ContainerCredentialsFullUri)
        || has(AmazonS3ConfigKey::SkipSignature);
    let asks_machine = variables.get("AWS_EC2_METADATA_DISABLED").is_none_or(|off| off != "true");
    if !has_source && !asks_machine {
        return Err(Problem::NoCredentials);
    }
    let builder = known
        .into_iter()
        .fold(AmazonS3Builder::new(), |builder, (key, value)| builder.with_config(key, value));
    let endpoint = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint];
    let endpoint = endpoint.iter().find_map(|key| builder.get_config_value(key));
    let store = builder
        .with_bucket_name(&url.bucket)
        // Nothing may switch this off: all safety rests on names that are created once.
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_client_options(options(endpoint.as_deref())?)
        .with_retry(repetition())
        .build();
    store.map(shared).map_err(unusable)
}

fn google(url: &BucketUrl, variables: &Variables) -> Result<Arc<dyn ObjectStore>, Problem> {
    let builder = known::<GoogleConfigKey>("GOOGLE_", variables)
        .into_iter()
        .fold(GoogleCloudStorageBuilder::new(), |builder, (key, value)| {
            builder.with_config(key, value)
        });
    let endpoint = builder.get_config_value(&GoogleConfigKey::BaseUrl);
    let store = builder
        .with_bucket_name(&url.bucket)
        .with_client_options(options(endpoint.as_deref())?)
        .with_retry(repetition())
        .build();
    store.map(shared).map_err(unusable)
}

fn azure(url: &BucketUrl, variables: &Variables) -> Result<Arc<dyn ObjectStore>, Problem> {
    let known = known::<AzureConfigKey>("AZURE_", variables);
    if !known.iter().any(|(key, _)| matches!(key, AzureConfigKey::AccountName)) {
        return Err(Problem::NoAccount);
    }
    let builder = known.into_iter().fold(MicrosoftAzureBuilder::new(), |builder, (key, value)| {
        builder.with_config(key, value)
    });
    let endpoint = builder.get_config_value(&AzureConfigKey::Endpoint);
    let store = builder
        .with_container_name(&url.bucket)
        .with_client_options(options(endpoint.as_deref())?)
        .with_retry(repetition())
        .build();
    store.map(shared).map_err(unusable)
}

fn shared(store: impl ObjectStore) -> Arc<dyn ObjectStore> {
    Arc::new(store)
}

/// Returns the variables of a cloud that mean something to its builder. An empty one is none: a
/// pipeline often cannot leave one out.
fn known<K: FromStr>(prefix: &str, variables: &Variables) -> Vec<(K, String)> {
    let ours =
        variables.iter().filter(|(name, value)| name.starts_with(prefix) && !value.is_empty());
    ours.filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value.clone())))
        .collect()
}

/// Returns how connections are made: plain http to this very machine only.
fn options(endpoint: Option<&str>) -> Result<ClientOptions, Problem> {
    let plain = endpoint.and_then(|endpoint| endpoint.strip_prefix("http://"));
    let is_here = plain.is_some_and(|rest| is_loopback(host(rest)));
    if let (Some(endpoint), Some(_), false) = (endpoint, plain, is_here) {
        return Err(Problem::PlainHttp(endpoint.to_owned()));
    }
    Ok(ClientOptions::new()
        .with_user_agent(HeaderValue::from_static(USER_AGENT))
        .with_connect_timeout(CONNECTING)
        .with_timeout(ANSWERING)
        .with_allow_http(is_here))
}

/// Returns the host of a URL without its scheme.
fn host(rest: &str) -> &str {
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn repetition() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(4),
            base: 2.0,
        },
        max_retries: REPEATS,
        retry_timeout: REPEATING,
    }
}

/// Returns what the builder misses. It names variables and files, never their values.
fn unusable(error: object_store::Error) -> Problem {
    Problem::Setting(super::problem::innermost(&error))
}
