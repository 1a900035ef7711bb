//! The documents of a file: events in, one tree for each document out, errors survived.

use std::sync::Arc;

use granit_parser::{Event, Parser, Span, StrInput, options};

use super::build::{Builder, Refusal};
use super::syntax;
use super::text::narrow;
use crate::diag::{Diagnostic, Position, Range};
use crate::source::{Node, codes};

/// The depth up to which lists and mappings may be nested.
pub(super) const MAX_DEPTH: usize = 64;

/// The number of findings after which reading a file ends.
pub(super) const MAX_FINDINGS: usize = 100;

/// A document and what our own rules say about it; the YAML of it is in order.
#[derive(Debug)]
pub(in crate::source) struct Tree {
    /// The document.
    pub node: Node,
    /// Findings that matter only if the document is one of ours.
    pub findings: Vec<Diagnostic>,
}

/// A parsed file.
#[derive(Debug, Default)]
pub(in crate::source) struct File {
    /// The documents that could be read; empty ones are left out.
    pub trees: Vec<Tree>,
    /// Why the others could not.
    pub broken: Vec<Diagnostic>,
}

/// Returns the documents of a text.
pub(in crate::source) fn parse(name: &Arc<str>, text: &str) -> File {
    let options = options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut file = File::default();
    let mut builder = Builder::new(Arc::clone(name), text);
    loop {
        let refused = match read_document(&mut parser, &mut builder) {
            Ok(Progress::Document) => None,
            Ok(Progress::End) => break,
            Err(refusal) => Some(refusal),
        };
        let bracket = builder.open_bracket();
        let (node, mut findings) = builder.finish();
        match (refused, node) {
            (Some(refusal), _) => {
                file.broken.append(&mut findings);
                file.broken.push(match refusal {
                    Refusal::Finding(finding) => *finding,
                    Refusal::Syntax(error) => syntax::finding(name, text, &error, bracket),
                });
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
            (None, Some(node)) => file.trees.push(Tree { node, findings }),
            (None, None) => {}
        }
        if file.count() >= MAX_FINDINGS {
            file.broken.push(many_findings(name));
            break;
        }
    }
    file
}

impl File {
    fn count(&self) -> usize {
        self.broken.len() + self.trees.iter().map(|tree| tree.findings.len()).sum::<usize>()
    }
}

enum Progress {
    Document,
    End,
}

/// Feeds one document to the builder.
fn read_document<'t>(
    parser: &mut Parser<'t, StrInput<'t>>,
    builder: &mut Builder<'t>,
) -> Result<Progress, Refusal> {
    loop {
        let (event, span) = match parser.next_event() {
            None => return Ok(Progress::End),
            Some(Ok(next)) => next,
            Some(Err(error)) => return Err(Refusal::Syntax(Box::new(error))),
        };
        match event {
            Event::StreamEnd => return Ok(Progress::End),
            Event::DocumentEnd => return Ok(Progress::Document),
            Event::Scalar(text, style, anchor, tag) => {
                builder.scalar(text, style, anchor, tag.as_deref(), span)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                builder.open_list(style, anchor, tag.as_deref(), span)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                builder.open_map(style, anchor, tag.as_deref(), span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close(span)?,
            Event::Alias(anchor) => builder.alias(anchor, span)?,
            Event::UnresolvedAlias(_) => builder.unknown_alias(span)?,
            _ => {}
        }
        if builder.findings() >= MAX_FINDINGS {
            return Ok(Progress::Document);
        }
    }
}

fn many_findings(name: &Arc<str>) -> Diagnostic {
    let start = Position { line: 1, column: 1, byte: 0 };
    Diagnostic::error(
        &codes::MANY_FINDINGS,
        format!("The file has {MAX_FINDINGS} findings; the rest of it is not read."),
    )
    .at(&Range { file: Arc::clone(name), start, end: start })
    .help("Correct the first ones and validate again.")
}

/// Returns the range of a span of the parser.
pub(super) fn range(file: &Arc<str>, span: &Span) -> Range {
    let position = |marker: &granit_parser::Marker| Position {
        line: narrow(marker.line()),
        column: narrow(marker.col() + 1),
        byte: narrow(marker.byte_offset().unwrap_or_default()),
    };
    Range { file: Arc::clone(file), start: position(&span.start), end: position(&span.end) }
}
