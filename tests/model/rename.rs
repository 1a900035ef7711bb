//! Renamings: people, steps, values and versions that can be exchanged without changing what a case
//! is about. Of the cases that are one by renaming only the first is checked.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::call::{Call, in_order};
use super::graph::{Edge, Graph, key};
use crate::world::document::Document;

/// Names that are exchanged at once.
pub type Exchange = Vec<(String, String)>;

/// Every renaming of a slice.
pub struct Renamings(Vec<Renaming>);

/// Where each state and document goes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Renaming {
    nodes: Vec<usize>,
    documents: Vec<usize>,
}

impl Renamings {
    /// Returns the renamings that exchanges generate, each found to be one of the platform too.
    pub fn of(exchanges: &[Exchange], graph: &Graph, documents: &[Document]) -> Self {
        let generators: Vec<Renaming> =
            exchanges.iter().map(|exchange| Renaming::of(exchange, graph, documents)).collect();
        let nothing = Renaming {
            nodes: (0..graph.nodes.len()).collect(),
            documents: (0..documents.len()).collect(),
        };
        let mut all = BTreeSet::from([nothing.clone()]);
        let mut open = vec![nothing];
        while let Some(renaming) = open.pop() {
            for generator in &generators {
                let next = renaming.then(generator);
                if all.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        Self(all.into_iter().collect())
    }

    /// Tells whether a case comes first among those that are the same by renaming.
    pub fn is_first(&self, node: usize, document: usize) -> bool {
        self.0.iter().all(|renaming| {
            (renaming.documents[document], renaming.nodes[node]) >= (document, node)
        })
    }
}

impl Renaming {
    fn of(exchange: &Exchange, graph: &Graph, documents: &[Document]) -> Self {
        let spelled = |document: &Document| in_order(&json!(document)).to_string();
        let by_spelling: HashMap<String, usize> =
            documents.iter().enumerate().map(|(index, it)| (spelled(it), index)).collect();
        let of_document = |document: &Document| {
            by_spelling[&in_order(&renamed(&json!(document), exchange)).to_string()]
        };
        let of_node = |node: usize| {
            let described = graph.description(node).map(|it| renamed(&it, exchange));
            graph.by_key(&key(described.as_ref())).unwrap()
        };
        let renaming = Self {
            nodes: (0..graph.nodes.len()).map(of_node).collect(),
            documents: documents.iter().map(of_document).collect(),
        };
        renaming.is_one_of_the_platform(exchange, graph);
        renaming
    }

    /// Holds that the platform answers the renamed calls in the same way.
    fn is_one_of_the_platform(&self, exchange: &Exchange, graph: &Graph) {
        let of_call = |call: &Call| {
            let input = renamed(&call.input, exchange);
            graph.call(&Call { route: call.route.clone(), input }).unwrap()
        };
        let calls: Vec<usize> = graph.calls.iter().map(of_call).collect();
        for (node, to) in self.nodes.iter().enumerate() {
            assert!((node < graph.starts) == (*to < graph.starts));
            for (call, renamed) in calls.iter().enumerate() {
                let edge = match graph.edge(node, call) {
                    Edge::Refused => Edge::Refused,
                    Edge::To { node, is_beheading } => {
                        Edge::To { node: self.nodes[node], is_beheading }
                    }
                };
                assert!(graph.edge(*to, *renamed) == edge, "{exchange:?} is no renaming");
            }
        }
    }

    fn then(&self, next: &Self) -> Self {
        let through = |first: &[usize], then: &[usize]| first.iter().map(|it| then[*it]).collect();
        Self {
            nodes: through(&self.nodes, &next.nodes),
            documents: through(&self.documents, &next.documents),
        }
    }
}

/// Returns a value in which names are exchanged, keys too.
fn renamed(value: &Value, exchange: &Exchange) -> Value {
    let name = |text: &str| -> String {
        let other = exchange.iter().find_map(|(one, other)| match text {
            text if text == one => Some(other),
            text if text == other => Some(one),
            _ => None,
        });
        other.map_or(text, |other| other).to_owned()
    };
    match value {
        Value::String(text) => Value::String(name(text)),
        Value::Array(items) => items.iter().map(|item| renamed(item, exchange)).collect(),
        Value::Object(fields) => Value::from_iter(
            fields.iter().map(|(key, value)| (name(key), renamed(value, exchange))),
        ),
        other => other.clone(),
    }
}
