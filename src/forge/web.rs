//! Calls to a forge, made again where that is right.

use std::time::Duration;

use reqwest::header::{HeaderMap, LINK, RETRY_AFTER};
use reqwest::{Method, Url};
use serde_json::Value;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::dialect::next_page;
use super::error::ForgeError;
use crate::api::Backoff;
use crate::api::connect::{self, last_cause};
use crate::desired::is_loopback;

/// So much of what a forge says of a refusal is told.
const TOLD: usize = 300;
/// The forge counts down to nothing before it refuses (GitHub).
const LEFT: &str = "x-ratelimit-remaining";

/// The API of a forge.
pub(super) struct Web {
    http: reqwest::Client,
    api: String,
    backoff: Backoff,
    cancel: CancellationToken,
}

/// An answer.
pub(super) struct Answer {
    pub value: Value,
    /// The address of the next page.
    next: Option<String>,
}

/// A call that failed.
pub(super) struct Miss {
    pub error: ForgeError,
    /// Whether another attempt may go better.
    is_passing: bool,
    /// What the forge asked to wait.
    retry_after: Option<Duration>,
}

impl Web {
    /// Returns the API that begins at an address.
    ///
    /// # Errors
    ///
    /// Where a token would leave in plain sight.
    pub fn new(
        api: &str,
        headers: HeaderMap,
        backoff: Backoff,
        cancel: CancellationToken,
    ) -> Result<Self, ForgeError> {
        let refuse = |reason| ForgeError::Unsafe { url: api.to_owned(), reason };
        let url = Url::parse(api).map_err(|_| refuse("that is no address"))?;
        let is_here = url.host_str().is_some_and(is_loopback);
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(refuse("it would leave unencrypted"));
        }
        let builder = connect::builder().default_headers(headers);
        let builder = if is_here { builder.no_proxy() } else { builder };
        let builder = if url.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let http = builder.build().map_err(|error| ForgeError::Setup(last_cause(&error)))?;
        Ok(Self { http, api: api.to_owned(), backoff, cancel })
    }

    /// Reads something.
    pub async fn get(&self, path: &str) -> Result<Value, ForgeError> {
        Ok(self.repeated(&Method::GET, &format!("{}{path}", self.api), None).await?.value)
    }

    /// Reads every page of a list.
    pub async fn pages(&self, path: &str) -> Result<Vec<Value>, ForgeError> {
        let mut all = Vec::new();
        let mut next = Some(format!("{}{path}", self.api));
        while let Some(url) = next.take() {
            let answer = self.repeated(&Method::GET, &url, None).await?;
            let Value::Array(page) = answer.value else {
                return Err(ForgeError::Garbled {
                    call: format!("GET {path}"),
                    reason: "it is no list".to_owned(),
                });
            };
            all.extend(page);
            if let Some(url) = answer.next {
                // The token goes with the call, so the forge does not choose where to.
                if !url.strip_prefix(&self.api).is_some_and(|rest| rest.starts_with('/')) {
                    let reason = "a page of the list is said to lie there";
                    return Err(ForgeError::Unsafe { url, reason });
                }
                next = Some(url);
            }
        }
        Ok(all)
    }

    /// Changes something that may be changed twice.
    pub async fn set(
        &self,
        method: &Method,
        path: &str,
        body: &Value,
    ) -> Result<Value, ForgeError> {
        let url = format!("{}{path}", self.api);
        Ok(self.repeated(method, &url, Some(body)).await?.value)
    }

    /// Makes one attempt to create something: before another one it is to be looked whether it is
    /// there.
    pub async fn create(&self, path: &str, body: &Value) -> Result<Value, Miss> {
        let url = format!("{}{path}", self.api);
        Ok(self.attempt(&Method::POST, &url, Some(body)).await?.value)
    }

    async fn repeated(
        &self,
        method: &Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<Answer, ForgeError> {
        let mut turn = self.turn();
        loop {
            let miss = match self.attempt(method, url, body).await {
                Ok(answer) => return Ok(answer),
                Err(miss) => miss,
            };
            turn.next(miss).await?;
        }
    }

    /// Returns what counts attempts.
    pub fn turn(&self) -> Turn<'_> {
        Turn { web: self, failures: 0, first: None }
    }

    async fn attempt(
        &self,
        method: &Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Miss> {
        let path = url.strip_prefix(&self.api).unwrap_or(url);
        let call = format!("{method} {}", path.split('?').next().unwrap_or(path));
        let mut request = self.http.request(method.clone(), url);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let lost = |error: reqwest::Error| Miss {
            error: ForgeError::Unreachable { call: call.clone(), reason: last_cause(&error) },
            is_passing: true,
            retry_after: None,
        };
        let response = request.send().await.map_err(lost)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.map_err(lost)?;
        if status.is_success() {
            let next = header(&headers, LINK.as_str()).and_then(next_page).map(str::to_owned);
            let value = serde_json::from_str(&text);
            let garbled = |error: serde_json::Error| Miss {
                error: ForgeError::Garbled { call: call.clone(), reason: error.to_string() },
                is_passing: false,
                retry_after: None,
            };
            return Ok(Answer { value: value.map_err(garbled)?, next });
        }
        let retry_after = header(&headers, RETRY_AFTER.as_str()).and_then(|it| it.parse().ok());
        let is_exhausted = status.as_u16() == 403
            && (retry_after.is_some() || header(&headers, LEFT) == Some("0"));
        Err(Miss {
            error: ForgeError::Refused { call, status: status.as_u16(), message: said(&text) },
            is_passing: status.as_u16() == 429 || status.is_server_error() || is_exhausted,
            retry_after: retry_after.map(Duration::from_secs),
        })
    }
}

/// The attempts of one call.
pub(super) struct Turn<'a> {
    web: &'a Web,
    failures: u32,
    first: Option<Instant>,
}

impl Turn<'_> {
    /// Waits for the next attempt; returns the error where there is none.
    pub async fn next(&mut self, miss: Miss) -> Result<(), ForgeError> {
        let Miss { error, is_passing, retry_after } = miss;
        self.failures += 1;
        let begin = *self.first.get_or_insert_with(Instant::now);
        let wait = self.web.backoff.wait(self.failures, retry_after, fastrand::f64());
        if !is_passing || begin.elapsed() + wait > self.web.backoff.limit {
            return Err(error);
        }
        tokio::select! {
            biased;
            () = self.web.cancel.cancelled() => Err(error),
            () = sleep(wait) => Ok(()),
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Returns what a forge says of a refusal, in so many words.
fn said(text: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let told = ["message", "error"].iter().find_map(|key| value.get(*key));
    let told = match told {
        Some(Value::String(told)) => told.clone(),
        Some(told) => told.to_string(),
        None => text.to_owned(),
    };
    let errors = value.get("errors").map(|errors| format!(" {errors}")).unwrap_or_default();
    format!("{told}{errors}").chars().take(TOLD).collect()
}
