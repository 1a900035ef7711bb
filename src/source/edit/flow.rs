//! Entries of lists and mappings in brackets.

use std::ops::Range;

use super::block::comments;
use super::{Patch, bytes, feed, line_start, without};
use crate::source::{Node, NodeValue};

/// Writes an entry at the end, apart from the last one as that is from the one before it.
pub fn add_to_flow(text: &str, node: &Node, entry: &str) -> Option<Vec<Patch>> {
    let entries = entries(node)?;
    let Some(last) = entries.last() else {
        let behind = bytes(node).start + 1;
        return Some(vec![(behind..behind, entry.to_owned())]);
    };
    let gap = gap(text, &entries);
    Some(vec![(last.end..last.end, format!("{gap}{entry}"))])
}

/// Writes an item before all others.
pub fn put_first(text: &str, list: &Node, item: &str) -> Option<Vec<Patch>> {
    let entries = entries(list)?;
    let start = entries.first()?.start;
    Some(vec![(start..start, format!("{item}{}", gap(text, &entries)))])
}

/// Writes an item behind another one.
pub fn put_behind(text: &str, list: &Node, before: usize, item: &str) -> Option<Vec<Patch>> {
    let entries = entries(list)?;
    let end = entries.get(before)?.end;
    Some(vec![(end..end, format!("{}{item}", gap(text, &entries)))])
}

/// Puts items where others stood; `None` where a comment could belong to one of them.
pub fn order_flow(text: &str, list: &Node, moves: &[(usize, usize)]) -> Option<Vec<Patch>> {
    let entries = entries(list)?;
    if !comments(text, list, bytes(list)).is_empty() {
        return None;
    }
    let patch = |(to, from): &(usize, usize)| {
        Some((entries.get(*to)?.clone(), text.get(entries.get(*from)?.clone())?.to_owned()))
    };
    moves.iter().map(patch).collect()
}

/// Returns what stands between the last two entries.
fn gap<'t>(text: &'t str, entries: &[Range<usize>]) -> &'t str {
    let gap = match entries {
        [.., before, last] => text.get(before.end..last.start).unwrap_or(", "),
        _ => ", ",
    };
    if gap.contains('#') { ", " } else { gap }
}

/// Takes an entry out, with one of the commas beside it. These comments of it stay.
pub fn remove_from_flow(
    text: &str,
    node: &Node,
    gone: Range<usize>,
    kept: &[&str],
) -> Option<Vec<Patch>> {
    let entries = entries(node)?;
    let instead = in_lines(text, gone.start, kept);
    let take_out = |range: Range<usize>| match kept {
        [] => without(text, range),
        _ => (range, instead.clone()),
    };
    if let Some(comma) = comma(text, gone.end..bytes(node).end) {
        let is_beside = text.get(gone.end..comma)?.trim().is_empty();
        if is_beside {
            let rest = text.get(comma + 1..)?;
            let spaces = rest.len() - rest.trim_start_matches(' ').len();
            return Some(vec![take_out(gone.start..comma + 1 + spaces)]);
        }
    }
    let before = entries.iter().rev().find(|entry| entry.end <= gone.start);
    let Some(before) = before else { return Some(vec![(gone, instead)]) };
    let comma = comma(text, before.end..gone.start)?;
    let gap = text.get(comma + 1..gone.start)?;
    if gap.trim().is_empty() && !gap.contains('\n') {
        return Some(vec![(comma..gone.end, instead)]);
    }
    Some(vec![(comma..comma + 1, String::new()), take_out(gone)])
}

/// Returns comments, each with the end of its line, in the column of the line that holds a byte.
fn in_lines(text: &str, at: usize, comments: &[&str]) -> String {
    let line = text.get(line_start(text, at)..at).unwrap_or_default();
    let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or_default();
    let lines = comments.iter().map(|comment| format!("{comment}{}{indent}", feed(text)));
    lines.collect()
}

/// Returns the first comma of a stretch that is in no comment.
fn comma(text: &str, range: Range<usize>) -> Option<usize> {
    let mut at = range.start;
    for line in text.get(range)?.split_inclusive('\n') {
        let code = line.find('#').map_or(line, |comment| line.get(..comment).unwrap_or(line));
        if let Some(comma) = code.find(',') {
            return Some(at + comma);
        }
        at += line.len();
    }
    None
}

fn entries(node: &Node) -> Option<Vec<Range<usize>>> {
    match &node.value {
        NodeValue::List(items) => Some(items.iter().map(bytes).collect()),
        NodeValue::Map(entries) => Some(
            entries
                .iter()
                .map(|entry| entry.key_range.start.byte as usize..bytes(&entry.value).end)
                .collect(),
        ),
        _ => None,
    }
}
