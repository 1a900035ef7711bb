//! What aliases may copy: counted, so that a few lines cannot stand for more than memory holds.

use super::build::Refusal;
use super::rules;
use crate::diag::Range;
use crate::source::{Node, NodeValue};

/// The number of values that the anchors and aliases of a file may stand for.
const ALIAS_BUDGET: usize = 100_000;

/// The length of text that counts as one value more, in bytes.
const TEXT_VALUE: usize = 64;

/// What the anchors and aliases of a file may still copy.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new() -> Self {
        Self(ALIAS_BUDGET)
    }

    /// Pays for a copy, which is refused if there is not enough left.
    pub(super) fn spend(&mut self, measure: Measure, range: &Range) -> Result<(), Refusal> {
        match self.0.checked_sub(measure.values) {
            Some(rest) => {
                self.0 = rest;
                Ok(())
            }
            None => Err(Refusal::Finding(Box::new(rules::alias_budget(range)))),
        }
    }
}

/// What copying a tree costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    /// Its values, long text counted several times.
    values: usize,
    /// The levels of lists and mappings.
    pub(super) depth: usize,
}

impl Measure {
    pub(super) fn of(node: &Node) -> Self {
        let mut measure = Self { values: 1, depth: 0 };
        match &node.value {
            NodeValue::String(text) => measure.values += text.len() / TEXT_VALUE,
            NodeValue::List(items) => items.iter().for_each(|item| measure.enclose(item)),
            NodeValue::Map(entries) => entries.iter().for_each(|entry| {
                measure.values += entry.key.len() / TEXT_VALUE;
                measure.enclose(&entry.value);
            }),
            NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(_) => {}
        }
        if matches!(node.value, NodeValue::List(_) | NodeValue::Map(_)) {
            measure.depth += 1;
        }
        measure
    }

    fn enclose(&mut self, child: &Node) {
        let Self { values, depth } = Self::of(child);
        self.values += values;
        self.depth = self.depth.max(depth);
    }
}
