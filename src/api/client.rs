//! The client: one attempt over HTTP, in its turn, and again where that is right.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::{Certificate, NoProxy, Proxy, Response, Version};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::answer::{self, Answer};
use super::config::{Config, Endpoint, Setting};
use super::event::{Event, Observer};
use super::pace::{Pace, Stopped};
use super::retry::{Backoff, Class, Miss, Repetition};
use super::{Token, unreachable};
use crate::platform::{Pending, PlatformError, PlatformErrorKind, Transport, Unreachable, repeat};

/// The version of the API that is spoken (D).
const API_VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("dnanexus-api"), HeaderValue::from_static("1.0.0"));
/// Names a call in the vendor's logs (D).
const REQUEST_ID: &str = "x-request-id";
const CONNECTING: Duration = Duration::from_secs(10);
/// From sending to the last byte of the answer.
const ANSWERING: Duration = Duration::from_secs(120);
const USER_AGENT: &str = concat!("trectl/", env!("CARGO_PKG_VERSION"));

/// What the client keeps to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Calls per second, all attempts counted.
    pub rate: u32,
    /// Attempts at the same time.
    pub at_once: usize,
    /// How long is waited between attempts, and for how long in all.
    pub backoff: Backoff,
    /// Once cancelled, a call in flight ends, and nothing is waited for.
    pub cancel: CancellationToken,
}

/// A client that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The certificates to trust are none.
    #[error("the certificates in `{path}` ({origin}) cannot be used: {reason}")]
    Certificates {
        /// The file.
        path: String,
        /// Where the file is named.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The proxy has no address.
    #[error("the proxy in {origin} cannot be used: it is not the URL of a proxy")]
    Proxy {
        /// Where it is named.
        origin: String,
    },
    /// No connection can be made at all.
    #[error("the HTTP client cannot be started: {0}")]
    Other(String),
}

/// What the client saw of the platform besides the answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The platform's clock, the `Date` of its last answer, and ours when that came.
    pub date: Option<(String, SystemTime)>,
    /// The version of HTTP of the last answer.
    pub http: Option<String>,
    /// How many calls were refused for being too many (429).
    pub too_many: u64,
}

/// Carries calls to the vendor's platform. Clones share everything.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    http: reqwest::Client,
    endpoint: Endpoint,
    url: String,
    token: Token,
    authorization: HeaderValue,
    limits: Limits,
    pace: Pace,
    observer: Observer,
    has_answered: AtomicBool,
    seen: Mutex<Seen>,
}

impl Client {
    /// Returns a client. `ca` is what the file of [`Config::ca`] holds.
    ///
    /// # Errors
    ///
    /// Where the certificates or the proxy cannot be used.
    pub fn new(
        config: &Config,
        ca: Option<&[u8]>,
        limits: Limits,
        observer: Observer,
    ) -> Result<Self, ClientError> {
        let authorization = config
            .token
            .value
            .header()
            .ok_or_else(|| ClientError::Other("the token is none".to_owned()))?;
        let shared = Shared {
            http: http(config, ca)?,
            url: config.endpoint.url(),
            endpoint: config.endpoint.clone(),
            token: config.token.value.clone(),
            authorization,
            pace: Pace::new(limits.rate, limits.at_once),
            limits,
            observer,
            has_answered: AtomicBool::new(false),
            seen: Mutex::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Returns what was seen besides the answers.
    pub fn seen(&self) -> Seen {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn http(config: &Config, ca: Option<&[u8]>) -> Result<reqwest::Client, ClientError> {
    // Somebody may have chosen one before; any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let other = |error: reqwest::Error| ClientError::Other(error.to_string());
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECTING)
        .timeout(ANSWERING)
        .redirect(reqwest::redirect::Policy::none())
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .referer(false)
        .retry(reqwest::retry::never())
        .no_proxy();
    if let (Some(Setting { value: path, origin }), Some(pem)) = (&config.ca, ca) {
        let refused = |reason: String| ClientError::Certificates {
            path: path.display().to_string(),
            origin: origin.to_string(),
            reason,
        };
        let trusted =
            Certificate::from_pem_bundle(pem).map_err(|error| refused(error.to_string()))?;
        if trusted.is_empty() {
            return Err(refused("there is no certificate in it".to_owned()));
        }
        builder = builder.tls_certs_only(trusted);
    }
    if let Some(Setting { value, origin }) = &config.proxy {
        let proxy = Proxy::https(value.url())
            .map_err(|_| ClientError::Proxy { origin: origin.to_string() })?;
        let around = config.no_proxy.as_deref().and_then(NoProxy::from_string);
        builder = builder.proxy(proxy.no_proxy(around));
    }
    builder.build().map_err(other)
}

impl Transport for Client {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            let body = input.to_string();
            let shared = &*self.shared;
            let repetition = Repetition {
                backoff: shared.limits.backoff,
                is_safe: repeat::is_safe(route),
                cancel: &shared.limits.cancel,
            };
            repetition
                .run(
                    |attempt| shared.attempt(route, &body, attempt),
                    || shared.has_answered.load(Ordering::Relaxed),
                    fastrand::f64,
                    |attempt, wait, error| {
                        (shared.observer)(&Event::Waiting { route, attempt, wait, error });
                    },
                )
                .await
        })
    }
}

impl Shared {
    async fn attempt(&self, route: &str, body: &str, attempt: u32) -> Result<Value, Miss> {
        let _turn = match self.pace.turn(&self.limits.cancel).await {
            Ok(turn) => turn,
            Err(Stopped) => return Err(stopped(route)),
        };
        let told = self.token.redact(body);
        (self.observer)(&Event::Sent { route, attempt, body: &told });
        let begin = Instant::now();
        let result = self.send(route, body, attempt, begin).await;
        result.map_err(|mut miss| {
            miss.error.message = self.token.redact(&miss.error.message);
            if miss.error.status.is_none() {
                let (took, error) = (begin.elapsed(), &miss.error);
                (self.observer)(&Event::Failed { route, attempt, took, error });
            }
            if miss.class == Class::Later {
                self.seen().too_many += u64::from(miss.error.status == Some(429));
                // Longer than that nobody waits: every call gives up by itself.
                let asked = miss.retry_after.filter(|wait| *wait <= self.limits.backoff.limit);
                self.pace.hold(asked.unwrap_or_default());
            }
            miss
        })
    }

    async fn send(
        &self,
        route: &str,
        body: &str,
        attempt: u32,
        begin: Instant,
    ) -> Result<Value, Miss> {
        let (version, api) = API_VERSION;
        let response = self
            .http
            .post(format!("{}{route}", self.url))
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, self.authorization.clone())
            .header(version, api)
            .body(body.to_owned())
            .send()
            .await
            .map_err(|error| unreachable::read(route, &self.endpoint, &error))?;
        self.has_answered.store(true, Ordering::Relaxed);
        self.look_at(&response);
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let request_id = text(&headers, REQUEST_ID);
        let body = match response.bytes().await {
            Ok(body) => body,
            // The status says enough; only the words are missing.
            Err(_) if status != 200 => Vec::new().into(),
            Err(_) => {
                let mut miss =
                    unreachable::lost(route, "The answer broke off before its end.".to_owned());
                miss.error.request_id = request_id.map(str::to_owned);
                return Err(miss);
            }
        };
        (self.observer)(&Event::Answered {
            route,
            attempt,
            status,
            request_id,
            took: begin.elapsed(),
            body: &self.token.redact(&String::from_utf8_lossy(&body)),
        });
        let retry_after = text(&headers, RETRY_AFTER.as_str());
        answer::read(route, Answer { status, request_id, retry_after, body: &body })
    }

    fn look_at(&self, response: &Response) {
        let mut seen = self.seen();
        if let Some(date) = text(response.headers(), DATE.as_str()) {
            seen.date = Some((date.to_owned(), SystemTime::now()));
        }
        seen.http = Some(http_version(response.version()));
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn http_version(version: Version) -> String {
    format!("{version:?}")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn stopped(route: &str) -> Miss {
    let error = PlatformError::new(
        route,
        PlatformErrorKind::Unreachable(Unreachable::Other),
        "The run was stopped before the call was made.",
    );
    Miss { error, class: Class::UnsentForGood, retry_after: None }
}
