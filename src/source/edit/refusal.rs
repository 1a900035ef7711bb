//! Why a change cannot be made.

use super::block::comments;
use super::{Edit, Node, bytes, line_end};
use crate::source::NodeValue;

/// Why a value is left as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is written at another place, or for other places too.
    Shared,
    /// Comments in it could be taken for those of something else.
    Comments,
    /// No form that is known here.
    Form,
}

impl Refusal {
    /// Returns why a change of a document could not be made.
    pub(super) fn of(text: &str, root: &Node, edit: &Edit) -> Self {
        let (path, key) = match edit {
            Edit::Set(path, key, _) | Edit::Unset(path, key) => (path, Some(key)),
            Edit::Add(path, _)
            | Edit::Remove(path, _)
            | Edit::Insert(path, ..)
            | Edit::Order(path, _) => (path, None),
        };
        let mut way = vec![root];
        for step in path {
            way.extend(way.last().and_then(|node| super::find(node, std::slice::from_ref(step))));
        }
        way.extend(key.and_then(|key| way.last()?.get(key)));
        let Some(node) = way.last() else { return Self::Form };
        let is_nested = matches!(node.value, NodeValue::List(_) | NodeValue::Map(_));
        let stretch = bytes(node).start..line_end(text, bytes(node).end);
        if way.iter().any(|node| is_shared(text, node)) || holds_shared(text, node) {
            Self::Shared
        } else if is_nested && !comments(text, node, stretch).is_empty() {
            Self::Comments
        } else {
            Self::Form
        }
    }
}

fn holds_shared(text: &str, node: &Node) -> bool {
    let is_found = |node: &Node| is_shared(text, node) || holds_shared(text, node);
    match &node.value {
        NodeValue::List(items) => items.iter().any(is_found),
        NodeValue::Map(entries) => entries.iter().any(|entry| is_found(&entry.value)),
        _ => false,
    }
}

/// Tells whether a value is an alias, or has an anchor.
fn is_shared(text: &str, node: &Node) -> bool {
    let (before, held) = text.split_at_checked(bytes(node).start).unwrap_or_default();
    let last = before.rsplit(char::is_whitespace).find(|word| !word.is_empty());
    held.starts_with('*') || last.is_some_and(|word| word.starts_with('&'))
}
