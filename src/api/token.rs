//! The token: it can be sent, and nothing else.

use std::fmt;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// What stands in the place of a token that somebody repeated.
const REDACTED: &str = "[token]";

/// A bearer token. It cannot be printed; its memory is wiped when the last clone is dropped.
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// Returns a token, or `None` where the text cannot be one: empty, or with characters that no
    /// header takes.
    pub fn new(text: &str) -> Option<Self> {
        let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_token.then(|| Self(SecretString::from(text)))
    }

    /// Returns the value of `Authorization`, marked so that no log shows it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let mut value =
            HeaderValue::from_str(&format!("Bearer {}", self.0.expose_secret())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Returns a text without the token, should a platform or proxy have repeated it.
    pub(super) fn redact(&self, text: &str) -> String {
        text.replace(self.0.expose_secret(), REDACTED)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_cannot_be_printed() {
        let token = Token::new("secret").unwrap();
        assert_eq!(format!("{token:?} {:?}", token.header().unwrap()), "[token] Sensitive");
        assert_eq!(token.redact("no secret here"), "no [token] here");
    }

    #[test]
    fn what_no_header_takes_is_none() {
        for text in ["", "two words", "line\nbreak", "ümlaut"] {
            assert!(Token::new(text).is_none(), "{text:?}");
        }
    }
}
