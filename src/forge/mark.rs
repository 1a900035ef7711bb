//! What tells a text of ours from others, and what it is about. Pure.

use std::fmt::Write as _;

/// How every text of ours begins.
const OPENING: &str = "<!-- trectl ";
const CLOSING: &str = " -->";
const FOLDED: &str = " superseded";

/// What a comment or an issue is about: it stands in its first line, where nobody sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What is kept: the plan of one target, for example.
    key: String,
    /// The digest of what the text says.
    digest: String,
}

impl Mark {
    /// Returns the mark of something with a digest.
    pub fn new(key: &str, digest: &str) -> Self {
        Self { key: escaped(key), digest: escaped(digest) }
    }

    /// Reads the mark of a text that is not folded.
    pub(super) fn read(body: &str) -> Option<Self> {
        let (line, _) = body.strip_prefix(OPENING)?.split_once(CLOSING)?;
        let mut words = line.split(' ');
        let key = words.next()?.strip_prefix("key=")?.to_owned();
        let digest = words.next()?.strip_prefix("digest=")?.to_owned();
        words.next().is_none().then_some(Self { key, digest })
    }

    /// Returns a text without its mark.
    pub(super) fn below(body: &str) -> &str {
        body.split_once(CLOSING.trim_start()).map_or("", |(_, rest)| rest).trim()
    }

    fn line(&self, folded: &str) -> String {
        format!("{OPENING}key={} digest={}{folded}{CLOSING}\n", self.key, self.digest)
    }

    /// Returns the line of a text that does not count any more.
    pub(super) fn folded(&self) -> String {
        self.line(FOLDED)
    }

    /// Returns a whole text.
    pub fn above(&self, text: &str) -> String {
        self.line("") + text
    }

    /// Tells whether both are about the same.
    pub(super) fn is_about(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// Returns what the key says behind another one, if it begins with that.
    pub(super) fn within(&self, key: &str) -> Option<String> {
        self.key.strip_prefix(&escaped(key)).map(unescaped)
    }

    /// Returns a mark about the same, with another digest.
    pub(super) fn with(&self, digest: &str) -> Self {
        Self { key: self.key.clone(), digest: escaped(digest) }
    }

    /// Tells whether the digest is this one.
    pub(super) fn says(&self, digest: &str) -> bool {
        self.digest == escaped(digest)
    }
}

/// Writes what could end a comment of HTML, or be taken for two words, as `%` and its bytes.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        let is_second_dash = byte == b'-' && escaped.ends_with('-');
        let is_plain = byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte);
        if is_plain && !is_second_dash {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// Reads what [`escaped`] wrote. What nobody wrote so stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.as_bytes());
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes.extend(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Forges change line endings and cut what is blank at the end.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    lines(one) == lines(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_ends_the_mark() {
        for key in ["a --> b", "--", "a b", "é", "<!--"] {
            let body = Mark::new(key, "x").above("text");
            assert_eq!(Mark::read(&body), Some(Mark::new(key, "x")), "{body}");
            assert_eq!(body.matches("-->").count(), 1);
            // Some readers of Markdown take two dashes for the end as well.
            assert_eq!(body.matches("--").count(), 2, "{body}");
            assert_eq!(Mark::below(&body), "text");
            let longer = Mark::new(&format!("drift:{key}"), "x");
            assert_eq!(longer.within("drift:").as_deref(), Some(key));
        }
        assert_eq!(Mark::read(&Mark::new("a", "x").folded()), None);
    }
}
