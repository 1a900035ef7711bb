//! Entries of lists and mappings in brackets.

use std::ops::Range;

use super::{Patch, bytes, without};
use crate::source::{Node, NodeValue};

/// Writes an entry at the end, apart from the last one as that is from the one before it.
pub fn add_to_flow(text: &str, node: &Node, entry: &str) -> Option<Vec<Patch>> {
    let entries = entries(node)?;
    let Some(last) = entries.last() else {
        let behind = bytes(node).start + 1;
        return Some(vec![(behind..behind, entry.to_owned())]);
    };
    let gap = match entries.as_slice() {
        [.., before, _] => text.get(before.end..last.start).unwrap_or(", "),
        _ => ", ",
    };
    let gap = if gap.contains('#') { ", " } else { gap };
    Some(vec![(last.end..last.end, format!("{gap}{entry}"))])
}

/// Takes an entry out, with one of the commas beside it.
pub fn remove_from_flow(text: &str, node: &Node, gone: Range<usize>) -> Option<Vec<Patch>> {
    let entries = entries(node)?;
    if let Some(comma) = comma(text, gone.end..bytes(node).end) {
        let is_beside = text.get(gone.end..comma)?.trim().is_empty();
        if is_beside {
            let rest = text.get(comma + 1..)?;
            let spaces = rest.len() - rest.trim_start_matches(' ').len();
            return Some(vec![without(text, gone.start..comma + 1 + spaces)]);
        }
    }
    let before = entries.iter().rev().find(|entry| entry.end <= gone.start);
    let Some(before) = before else { return Some(vec![(gone, String::new())]) };
    let comma = comma(text, before.end..gone.start)?;
    let gap = text.get(comma + 1..gone.start)?;
    if gap.trim().is_empty() && !gap.contains('\n') {
        return Some(vec![(comma..gone.end, String::new())]);
    }
    Some(vec![(comma..comma + 1, String::new()), without(text, gone)])
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
