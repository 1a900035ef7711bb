//! Webhooks: messages to whoever runs a service of their own.
//!
//! [`Hook`] delivers. [`Secret`] signs, so that the receiver knows who sent a message and that
//! nobody changed it.

mod signature;

use reqwest::header::HeaderMap;
use tokio_util::sync::CancellationToken;

pub use signature::{Message, Secret, SecretError};

use crate::api::Backoff;
use crate::web::{Web, WebError};

/// An address that takes messages. It can be a secret itself, so only its host is ever told.
pub struct Hook {
    web: Web,
}

impl Hook {
    /// Returns the hook at an address.
    ///
    /// # Errors
    ///
    /// Where a message would leave in plain sight.
    pub fn new(url: &str, backoff: Backoff, cancel: CancellationToken) -> Result<Self, WebError> {
        Ok(Self { web: Web::new(url, HeaderMap::new(), backoff, cancel)? })
    }

    /// Returns the protocol and the host.
    pub fn origin(&self) -> &str {
        self.web.origin()
    }

    /// Delivers a message that nobody has to believe.
    ///
    /// # Errors
    ///
    /// Where it cannot be delivered.
    pub async fn send(&self, body: &str) -> Result<(), WebError> {
        self.web.deliver(body, HeaderMap::new).await
    }

    /// Delivers a signed message. `now` tells the seconds since the Unix epoch: a receiver takes
    /// no old signature, so each attempt has one of its own.
    ///
    /// # Errors
    ///
    /// Where it cannot be delivered.
    pub async fn send_signed(
        &self,
        message: &Message<'_>,
        secret: &Secret,
        now: impl Fn() -> i64,
    ) -> Result<(), WebError> {
        self.web.deliver(message.body, || secret.headers(message, now())).await
    }
}
