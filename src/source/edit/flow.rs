//! Entries of lists and mappings in brackets.

use std::ops::Range;

use super::block::{comments, end_with_comments, start_with_comments};
use super::{Patch, bytes, feed, line_behind, line_end, line_start, without};
use crate::source::{Node, NodeValue};

/// Writes an entry at the end.
pub fn add_to_flow(text: &str, node: &Node, entry: &str) -> Option<Vec<Patch>> {
    match entries(node)?.len().checked_sub(1) {
        Some(last) => put_behind(text, node, last, entry),
        None => fill(text, node, entry),
    }
}

/// Writes the only entry: below a comment behind the bracket, else in its line.
fn fill(text: &str, node: &Node, entry: &str) -> Option<Vec<Patch>> {
    let Range { start, end } = bytes(node);
    let is_commented = text.get(start..end)?.contains('#');
    if !is_commented {
        return Some(vec![(start + 1..start + 1, entry.to_owned())]);
    }
    let line = text.get(line_start(text, start)..start)?;
    let indent = " ".repeat(line.len() - line.trim_start().len() + 2);
    Some(vec![line_behind(text, start, &format!("{indent}{entry}"))])
}

/// Writes an item before all others and the comments right above them.
pub fn put_first(text: &str, list: &Node, item: &str) -> Option<Vec<Patch>> {
    let entries = entries(list)?;
    let start = entries.first()?.start;
    let Some(indent) = indent_of_line(text, start) else {
        let gap = match ends_in_comment(text, list, start) {
            true => feed_gap(text, &entries),
            false => gap(text, &entries),
        };
        return Some(vec![(start..start, format!("{item}{gap}"))]);
    };
    let line = line_start(text, start);
    let bracket = bytes(list).start;
    let line = start_with_comments(text, line, (indent.len(), bracket));
    Some(vec![(line..line, format!("{indent}{item},{}", feed(text)))])
}

/// Writes an item behind another one: in a line of its own behind the comments of that one, where
/// that one ends its line; `None` where such comments would seem to be about both.
pub fn put_behind(text: &str, list: &Node, before: usize, item: &str) -> Option<Vec<Patch>> {
    let entries = entries(list)?;
    let before = entries.get(before)?;
    let rest = text.get(before.end..line_end(text, before.end))?.trim_start();
    let (comma, rest) = match rest.strip_prefix(',') {
        Some(rest) => (",", rest.trim_start()),
        None => ("", rest),
    };
    if !rest.is_empty() && !rest.starts_with('#') {
        let is_clear = !ends_in_comment(text, list, before.end);
        let item = format!("{}{item}", gap(text, &entries));
        return is_clear.then(|| vec![(before.end..before.end, item)]);
    }
    let indent = indent(text, &entries, before);
    let end = end_with_comments(text, before.end, indent.len());
    let line = line_behind(text, end, &format!("{indent}{item}{comma}"));
    Some(match comma {
        "" => vec![(before.end..before.end, ",".to_owned()), line],
        _ => vec![line],
    })
}

/// Tells whether a list is written in several lines, of which the one that holds a byte ends in a
/// comment.
fn ends_in_comment(text: &str, list: &Node, at: usize) -> bool {
    let is_in_lines = text.get(bytes(list)).is_some_and(|list| list.contains('\n'));
    is_in_lines && !comments(text, list, at..line_end(text, at)).is_empty()
}

/// Returns what a line begins with, if that is nothing but spaces up to a byte.
fn indent_of_line(text: &str, at: usize) -> Option<&str> {
    text.get(line_start(text, at)..at).filter(|before| before.trim().is_empty())
}

/// Returns what a line for an entry begins with: as that of a neighbour, or below the first one.
fn indent(text: &str, entries: &[Range<usize>], neighbour: &Range<usize>) -> String {
    let mut starts = std::iter::once(neighbour).chain(entries).map(|entry| entry.start);
    let found = starts.find_map(|start| indent_of_line(text, start));
    let first = entries.first().map_or(0, |entry| entry.start);
    let below = || text.get(line_start(text, first)..first).unwrap_or_default().chars().count();
    found.map_or_else(|| " ".repeat(below()), str::to_owned)
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

/// Returns what stands between the last two entries, without comments.
fn gap(text: &str, entries: &[Range<usize>]) -> String {
    let [.., before, last] = entries else { return ", ".to_owned() };
    match text.get(before.end..last.start) {
        Some(gap) if !gap.contains('#') => gap.to_owned(),
        _ => feed_gap(text, entries),
    }
}

/// Returns what stands between an entry and one in the next line.
fn feed_gap(text: &str, entries: &[Range<usize>]) -> String {
    let indent = entries.last().map(|last| indent(text, entries, last));
    format!(",{}{}", feed(text), indent.unwrap_or_default())
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
            let mut spaces = rest.len() - rest.trim_start_matches(' ').len();
            // Behind a bracket a comment needs a space.
            if rest.trim_start_matches(' ').starts_with('#')
                && text.get(..gone.start)?.ends_with(['[', '{'])
            {
                spaces = spaces.saturating_sub(1);
            }
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
