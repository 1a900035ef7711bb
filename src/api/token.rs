//! The token: it can be sent, and nothing else.

use std::borrow::Cow;
use std::fmt;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// What stands in the place of a token that somebody repeated.
const REDACTED: &str = "[token]";

/// A shorter token is found in ordinary words, and what is missing from them would tell it.
const SHORTEST: usize = 8;
/// The simulator takes a user's id for a token: that is no secret, and stands in many an answer.
const NO_SECRET: &str = "user-";

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

    /// Returns a text without the token, should a platform or proxy have repeated it; also as JSON
    /// may write it, with its slashes escaped.
    pub(super) fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let token = self.0.expose_secret();
        if token.len() < SHORTEST || token.starts_with(NO_SECRET) {
            return Cow::Borrowed(text);
        }
        let escaped = SecretString::from(token.replace('/', "\\/"));
        let escaped = escaped.expose_secret();
        if text.contains(token) || text.contains(escaped) {
            Cow::Owned(text.replace(token, REDACTED).replace(escaped, REDACTED))
        } else {
            Cow::Borrowed(text)
        }
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
        let token = Token::new("marker/0123").unwrap();
        assert_eq!(format!("{token:?} {:?}", token.header().unwrap()), "[token] Sensitive");
        assert_eq!(token.redact("no marker/0123 here"), "no [token] here");
        assert_eq!(token.redact(r#"{"a":"marker\/0123"}"#), r#"{"a":"[token]"}"#);
    }

    #[test]
    fn words_that_are_no_secret_stay() {
        for (token, text) in [("li", "a client"), ("user-local", r#"{"id":"user-local"}"#)] {
            assert_eq!(Token::new(token).unwrap().redact(text), text);
        }
    }

    #[test]
    fn what_no_header_takes_is_none() {
        for text in ["", "two words", "line\nbreak", "ümlaut"] {
            assert!(Token::new(text).is_none(), "{text:?}");
        }
    }
}
