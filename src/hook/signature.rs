//! Signatures as the Standard Webhooks specification has them. Pure.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use ring::hmac;

const PREFIX: &str = "whsec_";
/// The bytes of a secret, as the specification bounds them.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// A message that is signed.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The same for each delivery of the same message, in letters that a header takes.
    pub id: &'a str,
    /// What is sent.
    pub body: &'a str,
}

/// A key that trectl and a receiver share.
pub struct Secret {
    key: hmac::Key,
}

/// Why a text is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It is written otherwise.
    #[error("it is not `{PREFIX}` and Base64 behind it")]
    Form,
    /// It is too short to be one, or longer than any.
    #[error("it holds {0} bytes; a secret has 24 to 64")]
    Length(usize),
}

impl Secret {
    /// Reads a secret: `whsec_` and 24 to 64 bytes in Base64.
    ///
    /// # Errors
    ///
    /// Where the text is none.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(SecretError::Form)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretError::Form)?;
        if !LENGTH.contains(&bytes.len()) {
            return Err(SecretError::Length(bytes.len()));
        }
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &bytes) })
    }

    /// Returns the headers of a message that leaves at `now`, in seconds since the Unix epoch.
    pub(super) fn headers(&self, message: &Message<'_>, now: i64) -> HeaderMap {
        let Message { id, body } = message;
        let signature = hmac::sign(&self.key, format!("{id}.{now}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(signature));
        let headers = [
            ("webhook-id", (*id).to_owned()),
            ("webhook-timestamp", now.to_string()),
            ("webhook-signature", signature),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::try_from(value).ok()?))
        });
        headers.collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_one_form_and_enough_bytes() {
        let parse = |text: &str| Secret::parse(text).err();
        assert_eq!(parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), None);
        assert_eq!(parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), Some(SecretError::Form));
        assert_eq!(parse("whsec_?"), Some(SecretError::Form));
        assert_eq!(parse("whsec_c2VjcmV0"), Some(SecretError::Length(6)));
        let long = format!("whsec_{}", STANDARD.encode([7; 65]));
        assert_eq!(parse(&long), Some(SecretError::Length(65)));
        assert_eq!(
            format!("{:?}", Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
            "Ok(Secret(…))"
        );
    }

    /// The reference implementation signs the same.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, body, now) =
            ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#, 1_614_265_330);
        let reference = standardwebhooks::Webhook::new(text).unwrap();
        let expected = reference.sign(id, now, body.as_bytes()).unwrap();
        let headers = Secret::parse(text).unwrap().headers(&Message { id, body }, now);
        assert_eq!(headers["webhook-signature"], expected);
        assert_eq!(
            (&headers["webhook-id"], &headers["webhook-timestamp"]),
            (&HeaderValue::from_static(id), &HeaderValue::from(now))
        );
    }
}
