//! Changes of single values in the text of a document. All else stays as it is, byte for byte:
//! comments, order and layout.
//!
//! Each change is made by the places that the parser tells, and the text is then read again: a
//! change after which any other value is another one, as with aliases, is not made.

mod flow;
mod scalar;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::yaml;
use super::{Entry, Node, NodeValue};
use flow::{add_to_flow, remove_from_flow};
use scalar::{plain, quoted};

/// One step from a mapping or a list to what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The value of a key.
    Key(String),
    /// An item of a list, from 0.
    Item(usize),
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
    /// The list at a path does not have this item.
    Remove(Vec<Step>, String),
}

/// A stretch of the text and what stands there instead.
type Patch = (std::ops::Range<usize>, String);

/// Returns which document of a text, from 0, begins at a byte.
pub fn document_at(text: &str, begin: usize) -> Option<usize> {
    trees(text)?.iter().position(|node| bytes(node).start == begin)
}

/// Makes one change in a document of a text; `None` where it is written in a form that only a
/// person can change.
pub fn edit(text: &str, document: usize, edit: &Edit) -> Option<String> {
    let before = trees(text)?;
    let node = before.get(document)?;
    let mut wanted: Vec<Value> = before.iter().map(Node::to_json).collect();
    expect(wanted.get_mut(document)?, edit)?;
    [Style::Plain, Style::Quoted].into_iter().find_map(|style| {
        let edited = patched(text, patches(text, node, edit, style)?)?;
        let after: Vec<Value> = trees(&edited)?.iter().map(Node::to_json).collect();
        (after == wanted).then_some(edited)
    })
}

/// Returns the line, from 1, of what a change wrote, or of what it took something out of.
pub fn line(text: &str, document: usize, edit: &Edit) -> Option<u32> {
    let trees = trees(text)?;
    let root = trees.get(document)?;
    let range = match edit {
        Edit::Set(path, key, _) => &find(root, path)?.entry(key)?.key_range,
        Edit::Add(path, item) => {
            let items = find(root, path)?.items()?;
            &items.iter().find(|other| other.as_str() == Some(item))?.range
        }
        Edit::Unset(path, _) | Edit::Remove(path, _) => &find(root, path)?.range,
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

/// Changes a value as the text is to be changed.
fn expect(document: &mut Value, edit: &Edit) -> Option<()> {
    match edit {
        Edit::Set(path, key, value) => {
            let mut at = document;
            for step in path {
                at = match step {
                    Step::Key(key) => at
                        .as_object_mut()?
                        .entry(key.clone())
                        .or_insert_with(|| Value::Object(Map::new())),
                    Step::Item(index) => at.get_mut(*index)?,
                };
            }
            at.as_object_mut()?.insert(key.clone(), value.clone());
        }
        Edit::Unset(path, key) => {
            find_value(document, path)?.as_object_mut()?.shift_remove(key)?;
        }
        Edit::Add(path, item) => {
            find_value(document, path)?.as_array_mut()?.push(Value::String(item.clone()));
        }
        Edit::Remove(path, item) => {
            let list = find_value(document, path)?.as_array_mut()?;
            let index = list.iter().position(|other| other.as_str() == Some(item))?;
            list.remove(index);
        }
    }
    Some(())
}

fn find_value<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |at, step| match step {
        Step::Key(key) => at.get_mut(key),
        Step::Item(index) => at.get_mut(*index),
    })
}

fn find<'n>(node: &'n Node, path: &[Step]) -> Option<&'n Node> {
    path.iter().try_fold(node, |at, step| match step {
        Step::Key(key) => at.get(key),
        Step::Item(index) => at.items()?.get(*index),
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
                true => remove_from_flow(text, map, whole),
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
            let gone = list.items()?.iter().find(|other| other.as_str() == Some(item))?;
            match is_flow(text, list) {
                true => remove_from_flow(text, list, bytes(gone)),
                false => remove_from_block(text, list, gone),
            }
        }
    }
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
    let is_single = !matches!(old.value, NodeValue::List(_) | NodeValue::Map(_));
    // Comments between the items would go with them.
    if !is_single && held.contains('#') {
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

fn add_to_block(text: &str, list: &Node, item: &str) -> Option<Vec<Patch>> {
    let last = list.items()?.last()?;
    let dash = dash(text, last)?;
    let indent = text.get(line_start(text, dash)..dash)?;
    Some(vec![line_behind(text, bytes(last).end, &format!("{indent}- {item}"))])
}

fn remove_from_block(text: &str, list: &Node, gone: &Node) -> Option<Vec<Patch>> {
    let whole = dash(text, gone)?..bytes(gone).end;
    match list.items()? {
        // A block list cannot be empty.
        [_] => {
            let before = text.get(..whole.start)?;
            let gap = before.len() - before.trim_end().len();
            let is_alone = before.trim_end().ends_with(':');
            let start = if is_alone { whole.start - gap } else { whole.start };
            // The list may begin in the column of its key, where nothing else may.
            Some(vec![(start..whole.end, " []".to_owned())])
        }
        _ => Some(vec![without(text, whole)]),
    }
}

/// Returns where the dash of an item of a block list is.
fn dash(text: &str, item: &Node) -> Option<usize> {
    let before = text.get(..bytes(item).start)?.trim_end_matches(' ');
    before.ends_with('-').then(|| before.len() - 1)
}

/// Returns the patch that writes a line behind the one that holds a byte.
fn line_behind(text: &str, at: usize, line: &str) -> Patch {
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.find('\n').unwrap_or(rest.len());
    let is_crlf = rest.get(..length).is_some_and(|rest| rest.ends_with('\r'));
    let end = at + length - usize::from(is_crlf);
    let feed = if text.contains("\r\n") { "\r\n" } else { "\n" };
    (end..end, format!("{feed}{line}"))
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

fn is_flow(text: &str, node: &Node) -> bool {
    let start = text.get(bytes(node).start..).unwrap_or_default();
    start.starts_with(['[', '{'])
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
