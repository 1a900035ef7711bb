//! Items of lists with dashes: the lines that are theirs, and the comments in these.

use std::ops::Range;

use super::{Patch, bytes, feed, line_behind, line_end, line_start, without};
use crate::source::{Entry, Node, NodeValue};

/// Writes an item at the end.
pub fn add_to_block(text: &str, list: &Node, item: &str) -> Option<Vec<Patch>> {
    let last = list.items()?.last()?;
    let dash = dash(text, last)?;
    let indent = text.get(line_start(text, dash)..dash)?;
    let end = end_with_comments(text, bytes(last).end, indent.len());
    Some(vec![line_behind(text, end, &format!("{indent}- {item}"))])
}

/// Takes an item out of the list that is the value of a key. Comments in its lines stay, each on a
/// line of its own.
pub fn remove_from_block(text: &str, entry: &Entry, gone: &Node) -> Option<Vec<Patch>> {
    let dash = dash(text, gone)?;
    let start = line_start(text, dash);
    let indent = text.get(start..dash).filter(|indent| indent.trim().is_empty())?;
    let whole = start..line_end(text, bytes(gone).end);
    let kept: Vec<String> = comments(text, gone, dash..whole.end)
        .into_iter()
        .map(|comment| format!("{indent}{comment}"))
        .collect();
    let mut patches = match kept.as_slice() {
        [] => vec![without(text, whole)],
        kept => vec![(whole, kept.join(feed(text)))],
    };
    // A list with dashes cannot be empty.
    if let [_] = entry.value.items()? {
        let key_end = entry.key_range.end.byte as usize;
        let colon = key_end + text.get(key_end..start)?.find(':')? + 1;
        patches.push((colon..colon, " []".to_owned()));
    }
    Some(patches)
}

/// Writes a value behind a key, the end of which is told, in place of its list.
pub fn replace_block(
    text: &str,
    (key_end, list): (usize, &Node),
    value: &str,
) -> Option<Vec<Patch>> {
    let dash = dash(text, list.items()?.first()?)?;
    let whole = line_start(text, dash)..line_end(text, bytes(list).end);
    // Comments between the items would go with them.
    if !comments(text, list, whole.clone()).is_empty() {
        return None;
    }
    let colon = key_end + text.get(key_end..whole.start)?.find(':')? + 1;
    Some(vec![(colon..colon, format!(" {value}")), without(text, whole)])
}

/// Puts the lines of items where those of others stood.
pub fn order_block(text: &str, list: &Node, moves: &[(usize, usize)]) -> Option<Vec<Patch>> {
    let lines = lines(text, list)?;
    let patch = |(to, from): &(usize, usize)| {
        Some((lines.get(*to)?.clone(), text.get(lines.get(*from)?.clone())?.to_owned()))
    };
    moves.iter().map(patch).collect()
}

/// Returns the lines of each item, without the last feed: from the comments right above its dash to
/// those below it that stand deeper than the dash.
pub fn lines(text: &str, list: &Node) -> Option<Vec<Range<usize>>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for item in list.items()? {
        let dash = dash(text, item)?;
        let start = line_start(text, dash);
        let floor = all.last().map_or(0, |before| before.end);
        let end = end_with_comments(text, bytes(item).end, dash - start);
        all.push(start_with_comments(text, start, (dash - start, floor))..end);
    }
    Some(all)
}

/// Returns where the comments right above a line begin that stand no deeper than a column, as far
/// as they are behind another place.
pub fn start_with_comments(text: &str, line: usize, (column, floor): (usize, usize)) -> usize {
    let mut start = line;
    while let Some(above) = start.checked_sub(1).map(|feed| line_start(text, feed))
        && above > floor
        && comment_column(text, above).is_some_and(|other| other <= column)
    {
        start = above;
    }
    start
}

/// Returns the end of the line that holds a byte, or of the comments below it that stand deeper
/// than a column.
pub fn end_with_comments(text: &str, at: usize, column: usize) -> usize {
    let mut end = line_end(text, at);
    while let Some(feed) = text.get(end..).and_then(|rest| rest.find('\n'))
        && comment_column(text, end + feed + 1).is_some_and(|other| other > column)
    {
        end = line_end(text, end + feed + 1);
    }
    end
}

/// Returns the column, from 0, of the comment that a line consists of.
fn comment_column(text: &str, line: usize) -> Option<usize> {
    let line = text.get(line..)?.split('\n').next()?;
    let comment = line.trim_start();
    comment.starts_with('#').then(|| line.len() - comment.len())
}

/// Returns where the dash of an item is: before it, or on a line above with nothing but comments in
/// between.
pub fn dash(text: &str, item: &Node) -> Option<usize> {
    let mut end = bytes(item).start;
    loop {
        let start = line_start(text, end);
        let line = text.get(start..end)?;
        let code = line.split('#').next().unwrap_or_default().trim_end();
        match code.is_empty() {
            true => end = start.checked_sub(1)?,
            false => return code.ends_with('-').then(|| start + code.len() - 1),
        }
    }
}

/// Returns the comments that stand in a stretch of the text between the scalars of a node.
pub fn comments<'t>(text: &'t str, node: &Node, stretch: Range<usize>) -> Vec<&'t str> {
    let mut scalars = Vec::new();
    collect_scalars(node, &mut scalars);
    scalars.sort_by_key(|range| range.start);
    scalars.push(stretch.end..stretch.end);
    let mut found = Vec::new();
    let mut from = stretch.start;
    for scalar in scalars {
        let mut at = from;
        while let Some(sign) = text.get(at..scalar.start).and_then(|gap| gap.find('#')) {
            let sign = at + sign;
            let end = line_end(text, sign);
            at = sign + 1;
            if text.get(..sign).is_some_and(|before| before.ends_with([' ', '\t', '\n'])) {
                found.extend(text.get(sign..end).map(str::trim_end));
                at = end;
            }
        }
        from = from.max(scalar.end);
    }
    found
}

/// Collects the places of keys and scalars that stand within a node: what an alias stands for is
/// elsewhere.
fn collect_scalars(node: &Node, scalars: &mut Vec<Range<usize>>) {
    let whole = bytes(node);
    let mut below = |node: &Node| {
        let range = bytes(node);
        if whole.start <= range.start && range.end <= whole.end {
            collect_scalars(node, scalars);
        }
    };
    match &node.value {
        NodeValue::List(items) => items.iter().for_each(below),
        NodeValue::Map(entries) => {
            entries.iter().for_each(|entry| below(&entry.value));
            let keys = entries.iter().map(|entry| &entry.key_range);
            scalars.extend(
                keys.map(|range| range.start.byte as usize..range.end.byte as usize)
                    .filter(|range| whole.start <= range.start && range.end <= whole.end),
            );
        }
        _ => scalars.push(whole),
    }
}
