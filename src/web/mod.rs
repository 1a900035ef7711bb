//! Calls to others than the platform: the forge and webhooks. They are made again where that is
//! right, and a secret goes to nobody but the one it is for.

mod error;

use std::time::Duration;

use reqwest::header::{HeaderMap, LINK, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

pub use self::error::WebError;
use crate::api::Backoff;
use crate::api::connect::{self, last_cause};
use crate::desired::is_loopback;

/// So much of what is said of a refusal is told.
const TOLD: usize = 300;
/// GitHub counts down to nothing before it refuses.
const LEFT: &str = "x-ratelimit-remaining";

/// Somebody who is called at one address.
pub struct Web {
    http: reqwest::Client,
    base: String,
    /// Protocol and host.
    origin: String,
    backoff: Backoff,
    cancel: CancellationToken,
}

/// An answer that says yes.
struct Answer {
    call: String,
    text: String,
    /// The address of the next page.
    next: Option<String>,
}

/// A call that failed.
pub struct Miss {
    error: WebError,
    /// Whether another attempt may go better.
    is_passing: bool,
    /// What was asked to wait.
    retry_after: Option<Duration>,
}

impl Web {
    /// Returns whoever is at an address, spoken to with these headers.
    ///
    /// # Errors
    ///
    /// Where a secret would leave in plain sight.
    pub fn new(
        base: &str,
        headers: HeaderMap,
        backoff: Backoff,
        cancel: CancellationToken,
    ) -> Result<Self, WebError> {
        let url = Url::parse(base).map_err(|_| WebError::Nowhere)?;
        let host = url.host_str().ok_or(WebError::Nowhere)?;
        let is_here = is_loopback(host);
        let origin = url.origin().ascii_serialization();
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(WebError::Unsafe { to: origin, reason: "it would leave unencrypted" });
        }
        let builder = connect::builder().default_headers(headers);
        let builder = if is_here { builder.no_proxy() } else { builder };
        let builder = if url.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let http = builder.build().map_err(|error| WebError::Setup(last_cause(&error)))?;
        Ok(Self { http, base: base.to_owned(), origin, backoff, cancel })
    }

    /// Returns the protocol and the host, which are no secret.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Reads something.
    ///
    /// # Errors
    ///
    /// Where the call fails for good.
    pub async fn get(&self, path: &str) -> Result<Value, WebError> {
        let url = format!("{}{path}", self.base);
        parsed(&self.repeated(&Method::GET, &url, Sent::nothing).await?)
    }

    /// Reads every page of a list.
    ///
    /// # Errors
    ///
    /// Where a call fails for good, or a page is said to lie elsewhere.
    pub async fn pages(&self, path: &str) -> Result<Vec<Value>, WebError> {
        let mut all = Vec::new();
        let mut next = Some(format!("{}{path}", self.base));
        while let Some(url) = next.take() {
            let answer = self.repeated(&Method::GET, &url, Sent::nothing).await?;
            let Value::Array(page) = parsed(&answer)? else {
                return Err(WebError::Garbled {
                    call: answer.call,
                    reason: "it is no list".to_owned(),
                });
            };
            all.extend(page);
            if let Some(url) = answer.next {
                // The token goes with the call, so the answer does not choose where to.
                if !url.strip_prefix(&self.base).is_some_and(|rest| rest.starts_with('/')) {
                    let origin = Url::parse(&url).map(|url| url.origin().ascii_serialization());
                    let to = origin.map_err(|_| WebError::Nowhere)?;
                    let reason = "a page of the list is said to lie there";
                    return Err(WebError::Unsafe { to, reason });
                }
                next = Some(url);
            }
        }
        Ok(all)
    }

    /// Changes something that may be changed twice.
    ///
    /// # Errors
    ///
    /// Where the call fails for good.
    pub async fn set(&self, method: &Method, path: &str, body: &Value) -> Result<Value, WebError> {
        let url = format!("{}{path}", self.base);
        let sent = || Sent { body: Some(body.to_string()), headers: HeaderMap::new() };
        parsed(&self.repeated(method, &url, sent).await?)
    }

    /// Makes one attempt to create something: before another one it is to be looked whether it is
    /// there.
    ///
    /// # Errors
    ///
    /// Where the attempt fails.
    pub async fn create(&self, path: &str, body: &Value) -> Result<Value, Miss> {
        let url = format!("{}{path}", self.base);
        let sent = Sent { body: Some(body.to_string()), headers: HeaderMap::new() };
        let answer = self.attempt(&Method::POST, &url, sent).await?;
        parsed(&answer).map_err(|error| Miss { error, is_passing: false, retry_after: None })
    }

    /// Delivers a message that may arrive twice to the address itself. The headers are made for
    /// each attempt. What is answered does not matter, as long as it is no refusal; nor is it told,
    /// as it can repeat the address, which is a secret.
    ///
    /// # Errors
    ///
    /// Where it cannot be delivered.
    pub async fn deliver(
        &self,
        body: &str,
        headers: impl Fn() -> HeaderMap,
    ) -> Result<(), WebError> {
        let sent = || Sent { body: Some(body.to_owned()), headers: headers() };
        match self.repeated(&Method::POST, &self.base, sent).await {
            Ok(_) => Ok(()),
            Err(WebError::Refused { call, status, .. } | WebError::Busy { call, status, .. }) => {
                let status_of = |status| StatusCode::from_u16(status).ok()?.canonical_reason();
                let message = status_of(status).unwrap_or("no known status").to_owned();
                Err(WebError::Refused { call, status, message })
            }
            Err(error) => Err(error),
        }
    }

    async fn repeated(
        &self,
        method: &Method,
        url: &str,
        sent: impl Fn() -> Sent,
    ) -> Result<Answer, WebError> {
        let mut turn = self.turn();
        loop {
            let miss = match self.attempt(method, url, sent()).await {
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

    async fn attempt(&self, method: &Method, url: &str, sent: Sent) -> Result<Answer, Miss> {
        let call = self.name(method, url);
        let mut request = self.http.request(method.clone(), url).headers(sent.headers);
        if let Some(body) = sent.body {
            request = request.header("content-type", "application/json").body(body);
        }
        let lost = |error: reqwest::Error| Miss {
            error: WebError::Unreachable { call: call.clone(), reason: last_cause(&error) },
            is_passing: true,
            retry_after: None,
        };
        let response = request.send().await.map_err(lost)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.map_err(lost)?;
        if status.is_success() {
            let next = header(&headers, LINK.as_str()).and_then(next_page).map(str::to_owned);
            return Ok(Answer { call, text, next });
        }
        let retry_after = header(&headers, RETRY_AFTER.as_str()).and_then(|it| it.parse().ok());
        let is_exhausted = status.as_u16() == 403
            && (retry_after.is_some() || header(&headers, LEFT) == Some("0"));
        let is_busy = status.as_u16() == 429 || is_exhausted;
        let (code, message) = (status.as_u16(), said(&text));
        Err(Miss {
            error: match is_busy {
                true => WebError::Busy { call, status: code, message },
                false => WebError::Refused { call, status: code, message },
            },
            is_passing: is_busy || status.is_server_error(),
            retry_after: retry_after.map(Duration::from_secs),
        })
    }

    /// Returns how a call is named: by its path below the address, without what it asks for. The
    /// address itself can be a secret.
    fn name(&self, method: &Method, url: &str) -> String {
        let path = url.strip_prefix(&self.base).unwrap_or_default();
        match path.split('?').next() {
            Some(path) if !path.is_empty() => format!("{method} {path}"),
            _ => format!("{method} {}", self.origin),
        }
    }
}

/// What goes with one attempt.
struct Sent {
    body: Option<String>,
    headers: HeaderMap,
}

impl Sent {
    fn nothing() -> Self {
        Self { body: None, headers: HeaderMap::new() }
    }
}

fn parsed(answer: &Answer) -> Result<Value, WebError> {
    serde_json::from_str(&answer.text)
        .map_err(|error| WebError::Garbled { call: answer.call.clone(), reason: error.to_string() })
}

/// The attempts of one call.
pub struct Turn<'a> {
    web: &'a Web,
    failures: u32,
    first: Option<Instant>,
}

impl Turn<'_> {
    /// Waits for the next attempt.
    ///
    /// # Errors
    ///
    /// The error of the last attempt, where there is no further one.
    pub async fn next(&mut self, miss: Miss) -> Result<(), WebError> {
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

/// Returns the address of the next page, from the header `Link`.
fn next_page(link: &str) -> Option<&str> {
    link.split(',').find_map(|part| {
        let (address, rest) = part.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = |word: &str| matches!(word.trim(), "rel=\"next\"" | "rel=next");
        rest.split(';').any(is_next).then_some(address)
    })
}

/// Returns what is said of a refusal, in so many words.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn web(base: &str) -> Result<Web, WebError> {
        let backoff = Backoff { unit: Duration::ZERO, limit: Duration::ZERO };
        Web::new(base, HeaderMap::new(), backoff, CancellationToken::new())
    }

    #[test]
    fn the_next_page_is_the_one_that_says_so() {
        let link = r#"<https://a/x?page=1>; rel="prev", <https://a/x?page=3>; rel="next""#;
        assert_eq!(next_page(link), Some("https://a/x?page=3"));
        assert_eq!(next_page(r#"<https://a/x?page=1>; rel="first""#), None);
        assert_eq!(next_page("nonsense"), None);
    }

    #[test]
    fn no_call_is_named_by_what_can_be_a_secret() {
        let hook = web("https://hooks.example.org/T0/secret").unwrap();
        assert_eq!(
            hook.name(&Method::POST, "https://hooks.example.org/T0/secret"),
            "POST https://hooks.example.org"
        );
        let forge = web("https://forge.example.org/api").unwrap();
        assert_eq!(forge.name(&Method::GET, "https://forge.example.org/api/user?x=1"), "GET /user");
        let plain = web("http://hooks.example.org/secret").err().unwrap();
        assert!(!plain.to_string().contains("secret"), "{plain}");
    }
}
