//! Events of one document to its tree.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use granit_parser::{ScalarStyle, ScanError, Span, StructureStyle, Tag};

use super::alias::{Budget, Measure};
use super::parse::{MAX_DEPTH, MAX_FINDINGS, range};
use super::rules;
use super::scalar::{Plain, resolve};
use super::syntax;
use super::text::behind;
use crate::diag::{Diagnostic, Position, Range};
use crate::source::{Entry, Node, NodeValue};

/// The number of keys from which duplicates are looked for by sorting.
const MANY_KEYS: usize = 16;

/// Why a document is given up.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It is not YAML.
    Syntax(Box<ScanError>),
    /// It is beyond a limit.
    Finding(Box<Diagnostic>),
}

/// Builds the tree of one document at a time.
#[derive(Debug)]
pub(super) struct Builder<'t> {
    file: Arc<str>,
    text: &'t str,
    /// Whether a tab can be in the way at all; most files have none.
    has_tabs: bool,
    open: Vec<Frame>,
    root: Option<Node>,
    anchored: BTreeMap<usize, (Node, Measure)>,
    budget: Budget,
    findings: Vec<Diagnostic>,
}

/// A list or mapping that is not closed yet.
#[derive(Debug)]
struct Frame {
    start: Position,
    /// The end of the last thing in it. A block has no end of its own.
    end: Position,
    style: StructureStyle,
    anchor: usize,
    content: Content,
}

#[derive(Debug)]
enum Content {
    List(Vec<Node>),
    Map(Vec<Entry>, Key),
}

/// What a mapping waits for.
#[derive(Debug)]
enum Key {
    /// A key.
    Awaited,
    /// The value of this key.
    Read(String, Range),
    /// The value of a key that was refused.
    Refused,
}

impl<'t> Builder<'t> {
    pub(super) fn new(file: Arc<str>, text: &'t str) -> Self {
        Self {
            file,
            text,
            has_tabs: text.contains('\t'),
            open: Vec::new(),
            root: None,
            anchored: BTreeMap::new(),
            budget: Budget::new(),
            findings: Vec::new(),
        }
    }

    /// Returns the number of findings in the document so far.
    pub(super) fn findings(&self) -> usize {
        self.findings.len()
    }

    /// Returns the place of the innermost bracket that is open.
    pub(super) fn open_bracket(&self) -> Option<Range> {
        let frame = self.open.last().filter(|frame| frame.style == StructureStyle::Flow)?;
        let Position { line, column, byte } = frame.start;
        let end = Position { line, column: column + 1, byte: byte + 1 };
        Some(Range { file: Arc::clone(&self.file), start: frame.start, end })
    }

    /// Returns the document, if it is complete and not empty, and is ready for the next one.
    pub(super) fn finish(&mut self) -> (Option<Node>, Vec<Diagnostic>) {
        self.open.clear();
        self.anchored.clear();
        (self.root.take(), std::mem::take(&mut self.findings))
    }

    pub(super) fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Refusal> {
        let range = self.range_of(&span, style);
        let is_missing = style == ScalarStyle::Plain && range.start == range.end;
        if is_missing && tag.is_none() && anchor == 0 && self.open.is_empty() {
            return Ok(());
        }
        // The parser reports a missing value as `~`.
        let text = if is_missing { Cow::Borrowed("") } else { text };
        if text == "<<" && style == ScalarStyle::Plain && self.awaits_key() {
            self.findings.push(rules::merge_key(&range));
            self.refuse_key(&range);
            return Ok(());
        }
        let value = match tag {
            Some(tag) => self.tagged(text, style, tag, &span, &range),
            None if style == ScalarStyle::Plain => self.plain(text, &range),
            None => NodeValue::String(text.into_owned()),
        };
        self.push(Node { range, value }, anchor)
    }

    pub(super) fn open_list(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Refusal> {
        self.check_tag(tag, "seq", &span);
        self.open(style, anchor, Content::List(Vec::new()), &span)
    }

    pub(super) fn open_map(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Refusal> {
        self.check_tag(tag, "map", &span);
        self.open(style, anchor, Content::Map(Vec::new(), Key::Awaited), &span)
    }

    fn open(
        &mut self,
        style: StructureStyle,
        anchor: usize,
        content: Content,
        span: &Span,
    ) -> Result<(), Refusal> {
        let range = range(&self.file, span);
        if self.open.len() >= MAX_DEPTH {
            return Err(Refusal::Finding(Box::new(syntax::too_deep(&range))));
        }
        if self.has_tabs && style == StructureStyle::Block {
            let byte = range.start.byte as usize;
            if let Some(tab) = syntax::indentation_tab(self.text, byte).filter(|tab| *tab < byte) {
                self.findings.push(syntax::tab_at(&self.file, self.text, tab));
            }
        }
        self.open.push(Frame { start: range.start, end: range.end, style, anchor, content });
        Ok(())
    }

    pub(super) fn close(&mut self, span: Span) -> Result<(), Refusal> {
        let Some(Frame { start, end, style, anchor, content }) = self.open.pop() else {
            return Ok(());
        };
        let end = match style {
            StructureStyle::Flow => range(&self.file, &span).end,
            StructureStyle::Block => end,
        };
        let value = match content {
            Content::List(items) => NodeValue::List(items),
            Content::Map(entries, _) => NodeValue::Map(self.distinct(entries)),
        };
        self.push(Node { range: Range { file: Arc::clone(&self.file), start, end }, value }, anchor)
    }

    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Refusal> {
        let range = range(&self.file, &span);
        let value = match self.anchored.get(&anchor) {
            Some((_, measure)) if self.open.len() + measure.depth > MAX_DEPTH => {
                return Err(Refusal::Finding(Box::new(syntax::too_deep(&range))));
            }
            Some((node, measure)) => {
                self.budget.spend(*measure, &range)?;
                node.value.clone()
            }
            None => {
                let written = span.slice(self.text).unwrap_or_default();
                self.findings.push(rules::alias_of_itself(written, &range));
                NodeValue::Null
            }
        };
        self.push(Node { range, value }, 0)
    }

    pub(super) fn unknown_alias(&mut self, span: Span) -> Result<(), Refusal> {
        let range = range(&self.file, &span);
        let written = span.slice(self.text).unwrap_or_default();
        if self.awaits_key() {
            self.refuse_key(&range);
            self.findings.push(rules::unknown_alias(written, &range));
            return Ok(());
        }
        self.findings.push(rules::unknown_alias(written, &range));
        self.push(Node { range, value: NodeValue::Null }, 0)
    }

    /// Puts a complete node where it belongs.
    fn push(&mut self, node: Node, anchor: usize) -> Result<(), Refusal> {
        if anchor != 0 {
            let measure = Measure::of(&node);
            self.budget.spend(measure, &node.range)?;
            self.anchored.insert(anchor, (node.clone(), measure));
        }
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.end = frame.end.max(node.range.end);
        match &mut frame.content {
            Content::List(items) => items.push(node),
            Content::Map(entries, key) => match std::mem::replace(key, Key::Awaited) {
                Key::Read(text, key_range) => {
                    entries.push(Entry { key: text, key_range, value: node });
                }
                Key::Refused => {}
                Key::Awaited => match node.value {
                    NodeValue::String(text) => *key = Key::Read(text, node.range),
                    value => {
                        *key = Key::Refused;
                        let written = slice(self.text, &node.range);
                        self.findings.push(rules::key_not_text(&value, written, &node.range));
                    }
                },
            },
        }
        Ok(())
    }

    fn awaits_key(&self) -> bool {
        self.open.last().is_some_and(|frame| matches!(frame.content, Content::Map(_, Key::Awaited)))
    }

    fn refuse_key(&mut self, range: &Range) {
        if let Some(frame) = self.open.last_mut()
            && let Content::Map(_, key) = &mut frame.content
        {
            frame.end = frame.end.max(range.end);
            *key = Key::Refused;
        }
    }

    fn plain(&mut self, text: Cow<'t, str>, range: &Range) -> NodeValue {
        let finding = match resolve(&text) {
            Plain::Value(value) => return value,
            Plain::Text => return NodeValue::String(text.into_owned()),
            Plain::LeadingZero(plain) => rules::leading_zero(&text, &plain, range),
            Plain::Notation => rules::notation(&text, range),
            Plain::OutOfRange => rules::out_of_range(&text, range),
        };
        self.findings.push(finding);
        NodeValue::String(text.into_owned())
    }

    fn tagged(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        tag: &Tag,
        span: &Span,
        range: &Range,
    ) -> NodeValue {
        let is_non_specific = tag.original() == "!";
        let wanted = match tag.core_suffix() {
            _ if is_non_specific => return NodeValue::String(text.into_owned()),
            Some("str") => return NodeValue::String(text.into_owned()),
            Some(wanted) => wanted,
            None => {
                self.findings.push(rules::unknown_tag(&tag.original(), &self.tag_range(span)));
                return match style {
                    ScalarStyle::Plain => self.plain(text, range),
                    _ => NodeValue::String(text.into_owned()),
                };
            }
        };
        let value = self.plain(text, range);
        let fits = match (wanted, &value) {
            ("null", NodeValue::Null) | ("bool", NodeValue::Bool(_)) => true,
            ("int", NodeValue::Number(number)) => !number.is_f64(),
            ("float", NodeValue::Number(_)) => true,
            _ => false,
        };
        if !fits {
            self.findings.push(rules::unfit_tag(&tag.original(), &self.tag_range(span)));
        }
        value
    }

    fn check_tag(&mut self, tag: Option<&Tag>, fitting: &str, span: &Span) {
        let Some(tag) = tag else { return };
        let written = tag.original();
        match tag.core_suffix() {
            Some(suffix) if suffix == fitting => {}
            None if written == "!" => {}
            Some(_) => self.findings.push(rules::unfit_tag(&written, &self.tag_range(span))),
            None => self.findings.push(rules::unknown_tag(&written, &self.tag_range(span))),
        }
    }

    fn tag_range(&self, span: &Span) -> Range {
        range(&self.file, &span.tag_span().unwrap_or(*span))
    }

    /// Returns the place of a scalar; that of a block ends with its text, not with the blank lines
    /// behind it.
    fn range_of(&self, span: &Span, style: ScalarStyle) -> Range {
        let mut range = range(&self.file, span);
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            range.end = behind(range.start, slice(self.text, &range).trim_end());
        }
        range
    }

    /// Keeps the first entry of each key.
    fn distinct(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let again = duplicates(&entries);
        if again.is_empty() {
            return entries;
        }
        for (second, first) in again.iter().take(MAX_FINDINGS) {
            if let (Some(first), Some(second)) = (entries.get(*first), entries.get(*second)) {
                let finding =
                    rules::duplicate_key(&second.key, &first.key_range, &second.key_range);
                self.findings.push(finding);
            }
        }
        let keep = |(at, entry)| (!again.contains_key(&at)).then_some(entry);
        entries.into_iter().enumerate().filter_map(keep).collect()
    }
}

/// Returns each entry whose key is written before, with the first of that key.
fn duplicates(entries: &[Entry]) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    if entries.len() <= MANY_KEYS {
        for (at, entry) in entries.iter().enumerate() {
            let first = entries.iter().position(|other| other.key == entry.key).unwrap_or(at);
            if first < at {
                found.insert(at, first);
            }
        }
    } else {
        let mut order: Vec<(&str, usize)> =
            entries.iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect();
        order.sort_unstable();
        for same in order.chunk_by(|(left, _), (right, _)| left == right) {
            if let [(_, first), again @ ..] = same {
                found.extend(again.iter().map(|(_, at)| (*at, *first)));
            }
        }
    }
    found
}

fn slice<'t>(text: &'t str, range: &Range) -> &'t str {
    text.get(range.start.byte as usize..range.end.byte as usize).unwrap_or_default()
}
