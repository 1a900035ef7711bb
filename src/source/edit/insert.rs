//! New mappings in lists, written as their neighbours are.

use std::ops::Range;

use serde_json::{Map, Value};

use super::block::{dash, lines};
use super::flow::{add_to_flow, put_behind, put_first};
use super::wanted::place;
use super::{
    Patch, Step, Style, bytes, entry_at, feed, find, ids, is_flow, line_behind, line_end,
    line_start, quoted, written, written_key,
};
use crate::source::{Entry, Node, NodeValue};

/// Inserts a mapping behind the first of some items that is there, else before all others.
pub fn insert_item(
    text: &str,
    (root, path): (&Node, &[Step]),
    (behind, item): (&[String], &Map<String, Value>),
    style: Style,
) -> Option<Vec<Patch>> {
    let list = find(root, path)?;
    let items = list.items()?;
    let before = place(&ids(items), behind);
    let Some(model) = before.map_or(items.first(), |before| items.get(before)) else {
        return insert_first(text, (root, path), item, style);
    };
    let writer = Writer { text, model, style };
    if is_flow(text, list) {
        let item = writer.in_brackets(item)?;
        return match before {
            Some(before) => put_behind(text, list, before, &item),
            None => put_first(text, list, &item),
        };
    }
    let item = writer.with_dash(item)?;
    let lines = lines(text, list)?;
    Some(vec![match before {
        Some(before) => line_behind(text, lines.get(before)?.end, &item),
        None => {
            let start = lines.first()?.start;
            (start..start, format!("{item}{}", feed(text)))
        }
    }])
}

/// Writes the first item of a list, with a dash where the list is the value of a key on a line.
fn insert_first(
    text: &str,
    (root, path): (&Node, &[Step]),
    item: &Map<String, Value>,
    style: Style,
) -> Option<Vec<Patch>> {
    let (list, (_, above)) = (find(root, path)?, path.split_last()?);
    let map = find(root, above)?;
    let Entry { key_range, .. } = entry_at(root, path)?;
    let Range { start, end } = bytes(list);
    let is_quoted = text.get(key_range.start.byte as usize..)?.starts_with('"');
    if is_flow(text, map) || text.get(start..end)?.contains('#') {
        return add_to_flow(text, list, &flow_map(item, "", is_quoted, style));
    }
    let key_end = key_range.end.byte as usize;
    let colon = key_end + text.get(key_end..start)?.find(':')? + 1;
    let key_column = (key_range.start.column as usize).saturating_sub(1);
    let indent = " ".repeat(dash_column(text, map).unwrap_or(key_column + 2));
    let lines = block_map(item, (&format!("{indent}- "), &format!("{indent}  ")), |_, value| {
        Some(flow_value(value, style))
    })?;
    let lines = lines.join(feed(text));
    let rest = end..line_end(text, end);
    let is_below = text.get(colon..start)?.contains('\n');
    if is_below && text.get(rest.clone())?.trim().is_empty() {
        return Some(vec![(line_start(text, start)..rest.end, lines)]);
    }
    let spaces = rest.len() - text.get(rest)?.trim_start().len();
    let gone = if is_below { start..end + spaces } else { colon..end };
    let (at, new) = line_behind(text, end, &lines);
    Some(vec![(gone, String::new()), (at, new)])
}

/// Returns the column, from 0, of the dashes of the first list of a mapping that has some.
fn dash_column(text: &str, map: &Node) -> Option<usize> {
    let NodeValue::Map(entries) = &map.value else { return None };
    entries.iter().find_map(|entry| {
        let dash = dash(text, entry.value.items()?.first()?)?;
        (!is_flow(text, &entry.value)).then(|| dash - line_start(text, dash))
    })
}

/// Writes items as one of the same list is written.
struct Writer<'a> {
    text: &'a str,
    model: &'a Node,
    style: Style,
}

impl Writer<'_> {
    fn in_brackets(&self, item: &Map<String, Value>) -> Option<String> {
        let NodeValue::Map(entries) = &self.model.value else { return None };
        let key = entries.first()?.key_range.start.byte as usize;
        let pad = self.text.get(bytes(self.model).start + 1..key)?;
        let pad = if pad.contains('\n') { "" } else { pad };
        let is_quoted = self.text.get(key..)?.starts_with('"');
        Some(flow_map(item, pad, is_quoted, self.style))
    }

    fn with_dash(&self, item: &Map<String, Value>) -> Option<String> {
        let dash = dash(self.text, self.model)?;
        let start = line_start(self.text, dash);
        let content = bytes(self.model).start;
        let column = " ".repeat(content - line_start(self.text, content));
        let gap = self.text.get(dash + 1..content)?;
        let gap = match gap.contains('\n') {
            true => format!("{}{column}", feed(self.text)),
            false => gap.to_owned(),
        };
        let head = format!("{}{gap}", self.text.get(start..=dash)?);
        if is_flow(self.text, self.model) {
            return Some(format!("{head}{}", self.in_brackets(item)?));
        }
        let heads = (&*head, &*column);
        let lines = block_map(item, heads, |key, value| self.value(key, value, &column))?;
        Some(lines.join(feed(self.text)))
    }

    /// Writes a value as that of the same key is written: a list in lines or in brackets.
    fn value(&self, key: &str, value: &Value, column: &str) -> Option<String> {
        let model = self.model.get(key).filter(|model| !is_flow(self.text, model));
        let first = model.and_then(Node::items).and_then(<[Node]>::first);
        match (value, first) {
            (Value::Array(items), Some(first)) if !items.is_empty() => {
                let dash = dash(self.text, first)?;
                let indent = " ".repeat((dash - line_start(self.text, dash)).max(column.len()));
                let lines = items.iter().map(|item| {
                    format!("{}{indent}- {}", feed(self.text), written(item, self.style))
                });
                Some(lines.collect())
            }
            _ => Some(flow_value(value, self.style)),
        }
    }
}

/// Writes a mapping, a key a line, behind these beginnings of the first line and of the others.
fn block_map(
    item: &Map<String, Value>,
    (first, others): (&str, &str),
    value: impl Fn(&str, &Value) -> Option<String>,
) -> Option<Vec<String>> {
    let line = |(index, (key, what)): (usize, (&String, &Value))| {
        let head = if index == 0 { first } else { others };
        let value = value(key, what)?;
        let gap = if value.starts_with(['\n', '\r']) { "" } else { " " };
        Some(format!("{head}{}:{gap}{value}", written_key(key)))
    };
    item.iter().enumerate().map(line).collect()
}

fn flow_map(item: &Map<String, Value>, pad: &str, is_quoted: bool, style: Style) -> String {
    let style = if is_quoted { Style::Quoted } else { style };
    let entries = item.iter().map(|(key, value)| {
        let key = if is_quoted { quoted(&Value::from(key.as_str())) } else { written_key(key) };
        format!("{key}: {}", flow_value(value, style))
    });
    format!("{{{pad}{}{pad}}}", entries.collect::<Vec<_>>().join(", "))
}

fn flow_value(value: &Value, style: Style) -> String {
    match value {
        Value::Array(items) => {
            let items = items.iter().map(|item| written(item, style));
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        _ => written(value, style),
    }
}
