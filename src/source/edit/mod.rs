//! Changes of single values in the text of a document. All else stays as it is, byte for byte:
//! comments, order and layout.
//!
//! Each change is made by the places that the parser tells, and the text is then read again: a
//! change after which any other value is another one, as with aliases, is not made.

mod block;
mod flow;
mod insert;
mod refusal;
mod scalar;
mod wanted;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::yaml;
use super::{Entry, Node, NodeValue};
use block::{add_to_block, comments, order_block, remove_from_block, replace_block};
use flow::{add_to_flow, order_flow, remove_from_flow};
use insert::insert_item;
pub use refusal::Refusal;
use scalar::{plain, quoted};
use wanted::{expect, rearranged};

/// One step from a mapping or a list to what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The value of a key.
    Key(String),
    /// The item of a list that is a mapping with this `id`.
    Item(String),
}

/// A change of one value.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A key of the mapping at a path has this value; it may be absent, and so may the mapping,
    /// below a mapping that is there.
    Set(Vec<Step>, String, Value),
    /// A key of the mapping at a path is not there.
    Unset(Vec<Step>, String),
    /// The list at a path has this item too, at its end.
    Add(Vec<Step>, String),
    /// The list at a path does not have this item: a text, or a mapping with this `id`.
    Remove(Vec<Step>, String),
    /// The list at a path has this mapping too, behind the first of these `id`s that is there, else
    /// at its beginning.
    Insert(Vec<Step>, Vec<String>, Map<String, Value>),
    /// The mappings with these `id`s, as far as the list at a path has them, stand in this order.
    Order(Vec<Step>, Vec<String>),
}

/// A stretch of the text and what stands there instead.
type Patch = (std::ops::Range<usize>, String);

/// Returns which document of a text, from 0, begins at a byte.
pub fn document_at(text: &str, begin: usize) -> Option<usize> {
    trees(text)?.iter().position(|node| bytes(node).start == begin)
}

/// Makes one change in a document of a text.
pub fn edit(text: &str, document: usize, edit: &Edit) -> Result<String, Refusal> {
    let before = trees(text).ok_or(Refusal::Form)?;
    let node = before.get(document).ok_or(Refusal::Form)?;
    let mut wanted: Vec<Value> = before.iter().map(Node::to_json).collect();
    let in_wanted = wanted.get_mut(document).ok_or(Refusal::Form)?;
    expect(in_wanted, edit).ok_or(Refusal::Form)?;
    let edited = [Style::Plain, Style::Quoted].into_iter().find_map(|style| {
        let edited = patched(text, patches(text, node, edit, style)?)?;
        let after: Vec<Value> = trees(&edited)?.iter().map(Node::to_json).collect();
        (after == wanted).then_some(edited)
    });
    edited.ok_or_else(|| Refusal::of(text, node, edit))
}

/// Returns the line, from 1, of what a change wrote, or of what it took something out of.
pub fn line(text: &str, document: usize, edit: &Edit) -> Option<u32> {
    let trees = trees(text)?;
    let root = trees.get(document)?;
    let range = match edit {
        Edit::Set(path, key, _) => &find(root, path)?.entry(key)?.key_range,
        Edit::Add(path, item) => {
            let items = find(root, path)?.items()?;
            &items.iter().find(|other| is_item(other, item))?.range
        }
        Edit::Insert(path, _, item) => {
            let id = item.get("id").and_then(Value::as_str)?;
            &find(root, path)?.items()?.iter().find(|other| is_item(other, id))?.range
        }
        Edit::Unset(path, _) | Edit::Remove(path, _) | Edit::Order(path, _) => {
            &find(root, path)?.range
        }
    };
    Some(range.start.line)
}

/// How text is written that was not there before.
#[derive(Debug, Clone, Copy)]
enum Style {
    /// Without quotes, where that can be.
    Plain,
    /// In double quotes.
    Quoted,
}

fn trees(text: &str) -> Option<Vec<Node>> {
    let file = yaml::parse(&Arc::from(""), text);
    file.broken.is_empty().then(|| file.trees.into_iter().map(|tree| tree.node).collect())
}

fn find<'n>(node: &'n Node, path: &[Step]) -> Option<&'n Node> {
    path.iter().try_fold(node, |at, step| match step {
        Step::Key(key) => at.get(key),
        Step::Item(id) => at.items()?.iter().find(|item| is_item(item, id)),
    })
}

fn patches(text: &str, root: &Node, edit: &Edit, style: Style) -> Option<Vec<Patch>> {
    match edit {
        Edit::Set(path, key, value) => set(text, root, (path, key, value), style),
        Edit::Unset(path, key) => {
            let map = find(root, path)?;
            let entry = map.entry(key)?;
            let whole = entry.key_range.start.byte as usize..entry.value.range.end.byte as usize;
            match is_flow(text, map) {
                true => remove_from_flow(text, map, whole, &[]),
                false => Some(vec![without(text, whole)]),
            }
        }
        Edit::Add(path, item) => {
            let list = find(root, path)?;
            let item = written(&Value::String(item.clone()), style);
            match is_flow(text, list) {
                true => add_to_flow(text, list, &item),
                false => add_to_block(text, list, &item),
            }
        }
        Edit::Remove(path, item) => {
            let list = find(root, path)?;
            let gone = list.items()?.iter().find(|other| is_item(other, item))?;
            match is_flow(text, list) {
                true => {
                    let kept = comments(text, gone, bytes(gone));
                    remove_from_flow(text, list, bytes(gone), &kept)
                }
                false => remove_from_block(text, entry_at(root, path)?, gone),
            }
        }
        Edit::Insert(path, behind, item) => insert_item(text, (root, path), (behind, item), style),
        Edit::Order(path, order) => {
            let list = find(root, path)?;
            let moves = rearranged(&ids(list.items()?), order);
            match is_flow(text, list) {
                true => order_flow(text, list, &moves),
                false => order_block(text, list, &moves),
            }
        }
    }
}

/// Returns the entry of the mapping that a path ends with.
fn entry_at<'n>(root: &'n Node, path: &[Step]) -> Option<&'n Entry> {
    match path.split_last()? {
        (Step::Key(key), above) => find(root, above)?.entry(key),
        (Step::Item(_), _) => None,
    }
}

fn is_item(node: &Node, item: &str) -> bool {
    node.as_str().or_else(|| id(node)) == Some(item)
}

fn id(node: &Node) -> Option<&str> {
    node.get("id").and_then(Node::as_str)
}

fn ids(items: &[Node]) -> Vec<Option<&str>> {
    items.iter().map(id).collect()
}

/// Sets the value of a key: in place, or as a new entry at the end of its mapping, which may be
/// new itself.
fn set(
    text: &str,
    root: &Node,
    (path, key, value): (&[Step], &str, &Value),
    style: Style,
) -> Option<Vec<Patch>> {
    let Some(map) = find(root, path) else {
        let (Step::Key(name), above) = path.split_last()? else { return None };
        let entry = format!("{name}: {{{}: {}}}", written_key(key), written(value, style));
        return insert(text, find(root, above)?, &entry);
    };
    let Some(Entry { key: _, key_range, value: old }) = map.entry(key) else {
        return insert(text, map, &format!("{}: {}", written_key(key), written(value, style)));
    };
    let mut range = bytes(old);
    let key_end = key_range.end.byte as usize;
    // The lines of a block are placed without its head.
    let gap = text.get(key_end..range.start)?;
    if let Some(head) = gap.find(['|', '>']).filter(|_| !gap.contains('#')) {
        range.start = key_end + head;
    }
    let held = text.get(range.clone())?;
    // The items of an alias are elsewhere.
    let first = old.items().and_then(<[Node]>::first);
    if !is_flow(text, old) && first.is_some_and(|first| first.range.start >= old.range.start) {
        return replace_block(text, (key_end, old), &written(value, style));
    }
    // Comments between the items would go with them.
    if !comments(text, old, range.clone()).is_empty() {
        return None;
    }
    let new = match (held.chars().next(), value) {
        (Some('\''), Value::String(new)) if !new.contains(['\'', '\n']) => format!("'{new}'"),
        (Some('"'), Value::String(_)) => quoted(value),
        _ => written(value, style),
    };
    Some(vec![(range, new)])
}

fn insert(text: &str, map: &Node, entry: &str) -> Option<Vec<Patch>> {
    match is_flow(text, map) {
        true => add_to_flow(text, map, entry),
        false => {
            let NodeValue::Map(entries) = &map.value else { return None };
            let (first, last) = (entries.first()?, entries.last()?);
            let indent = " ".repeat(first.key_range.start.column.saturating_sub(1) as usize);
            Some(vec![line_behind(text, bytes(&last.value).end, &format!("{indent}{entry}"))])
        }
    }
}

/// Returns the patch that writes a line behind the one that holds a byte.
fn line_behind(text: &str, at: usize, line: &str) -> Patch {
    let end = line_end(text, at);
    (end..end, format!("{}{line}", feed(text)))
}

/// Returns where the line that holds a byte ends, without its feed.
fn line_end(text: &str, at: usize) -> usize {
    let line = text.get(at..).unwrap_or_default().split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

fn feed(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Returns the patch that takes a stretch out, with its line where nothing else is in it.
fn without(text: &str, range: std::ops::Range<usize>) -> Patch {
    let start = line_start(text, range.start);
    let rest = text.get(range.end..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    let is_blank = |text: Option<&str>| text.is_some_and(|text| text.trim().is_empty());
    if is_blank(text.get(start..range.start)) && is_blank(Some(line)) {
        let end = (range.end + line.len() + 1).min(text.len());
        return (start..end, String::new());
    }
    (range, String::new())
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |feed| feed + 1)
}

/// Tells whether a list or mapping is in brackets. Without, its first entry may begin with one, and
/// for the parser a list whose dashes are not indented begins where its first item does.
fn is_flow(text: &str, node: &Node) -> bool {
    let start = node.range.start.byte;
    let (bracket, first) = match &node.value {
        NodeValue::List(items) => ('[', items.first().map(|item| item.range.start.byte)),
        NodeValue::Map(entries) => ('{', entries.first().map(|entry| entry.key_range.start.byte)),
        _ => return false,
    };
    first != Some(start) && text.get(start as usize..).is_some_and(|text| text.starts_with(bracket))
}

fn bytes(node: &Node) -> std::ops::Range<usize> {
    node.range.start.byte as usize..node.range.end.byte as usize
}

fn written(value: &Value, style: Style) -> String {
    match (style, value.as_str()) {
        (Style::Plain, Some(text)) => plain(text).unwrap_or_else(|| quoted(value)),
        _ => quoted(value),
    }
}

fn written_key(key: &str) -> String {
    plain(key).unwrap_or_else(|| quoted(&Value::String(key.to_owned())))
}

/// Makes changes, which do not overlap, from the last to the first.
fn patched(text: &str, mut patches: Vec<Patch>) -> Option<String> {
    patches.sort_by_key(|(range, _)| range.start);
    let mut edited = text.to_owned();
    for (range, new) in patches.into_iter().rev() {
        edited.get(range.clone())?;
        edited.replace_range(range, &new);
    }
    Some(edited)
}

#[cfg(test)]
mod tests;
