//! From the validator's instance paths to places in the document, and to words for them.

use std::collections::BTreeMap;

use super::words::short;
use crate::diag::Range;
use crate::source::{Node, NodeValue};

/// Finds what a JSON Pointer into a document means.
pub struct Locator<'a> {
    root: &'a Node,
}

impl<'a> Locator<'a> {
    /// Returns a locator for a document.
    pub fn new(root: &'a Node) -> Self {
        Self { root }
    }

    /// Returns the place of the value at `path`, or of what is nearest above it.
    pub fn value(&self, path: &str) -> &'a Range {
        &self.nearest(path).range
    }

    /// Returns the places of all keys of the mapping at `path`.
    pub fn keys(&self, path: &str) -> BTreeMap<&'a str, &'a Range> {
        match &self.nearest(path).value {
            NodeValue::Map(entries) => {
                entries.iter().map(|entry| (entry.key.as_str(), &entry.key_range)).collect()
            }
            _ => BTreeMap::new(),
        }
    }

    /// Returns the place of the value at `path`, or of its key where nothing is written that could
    /// be underlined.
    pub fn value_or_key(&self, path: &str) -> &'a Range {
        let value = self.value(path);
        let key = path
            .rsplit_once('/')
            .filter(|_| value.start == value.end)
            .and_then(|(parent, last)| self.nearest(parent).entry(&unescape(last)));
        key.map_or(value, |entry| &entry.key_range)
    }

    /// Returns the place that stands for the mapping at `path` where something is missing in it:
    /// its `kind`, else its first key, so that not the whole of it is underlined.
    pub fn head(&self, path: &str) -> &'a Range {
        let node = self.nearest(path);
        let first = match &node.value {
            NodeValue::Map(entries) => entries.first(),
            _ => None,
        };
        node.entry("kind").or(first).map_or(&node.range, |entry| &entry.key_range)
    }

    /// Returns what is at `path` in words: "`admins`", "entry 2 of `admins`".
    pub fn label(&self, path: &str) -> String {
        let Some((parent, last)) = path.rsplit_once('/') else { return "the document".to_owned() };
        let name = unescape(last);
        match (&self.nearest(parent).value, name.parse::<usize>()) {
            (NodeValue::List(_), Ok(index)) => {
                format!("entry {} of {}", index + 1, self.label(parent))
            }
            _ => format!("`{}`", short(&name)),
        }
    }

    /// Returns " in …" for the mapping at `path`, or nothing for the document itself.
    pub fn within(&self, path: &str) -> String {
        if path.is_empty() { String::new() } else { format!(" in {}", self.label(path)) }
    }

    fn nearest(&self, path: &str) -> &'a Node {
        let mut node = self.root;
        for part in path.split('/').skip(1) {
            let name = unescape(part);
            let next = match &node.value {
                NodeValue::List(items) => {
                    name.parse::<usize>().ok().and_then(|index| items.get(index))
                }
                _ => node.get(&name),
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }
}

/// Undoes the escapes of a JSON Pointer (RFC 6901).
fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
