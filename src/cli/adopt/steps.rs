//! Review steps that came on the platform, and the order in which it has them.

use serde_json::Value;

use crate::diff::Field;
use crate::model::StepId;
use crate::plan::DriftItem;
use crate::source::Node;
use crate::source::edit::{Edit, Step};

/// Returns the place of a review step in a document.
pub fn step_path(node: &Node, step: &StepId) -> Result<Vec<Step>, String> {
    if !ids(node).any(|id| id == step.as_str()) {
        return Err("The document has no such step.".to_owned());
    }
    Ok(vec![Step::Key("reviewSteps".to_owned()), Step::Item(step.to_string())])
}

/// Returns the change that writes a step behind the one that it follows on the platform.
pub fn step_that_came(item: &DriftItem, node: &Node, all: &[&DriftItem]) -> Result<Edit, String> {
    let step = item.live.as_object().ok_or("The platform tells nothing of it.")?;
    let id = step.get("id").and_then(Value::as_str).unwrap_or_default();
    let order = order_of_steps(node, all);
    let before = order.into_iter().take_while(|other| other != id).collect::<Vec<_>>();
    let behind = before.into_iter().rev().collect();
    Ok(Edit::Insert(vec![Step::Key("reviewSteps".to_owned())], behind, step.clone()))
}

/// Returns the ids of the steps as the platform has them: those of the document, in the order that
/// drift tells if it is another one, without those that went, and between them those that came.
pub fn order_of_steps(node: &Node, all: &[&DriftItem]) -> Vec<String> {
    let mut order: Vec<String> = ids(node).map(str::to_owned).collect();
    let mut came = Vec::new();
    for item in all {
        match Field::of_key(&item.key) {
            Some(Field::ReviewOrder) => {
                let live = item.live.as_array().into_iter().flatten();
                order = live.filter_map(Value::as_str).map(str::to_owned).collect();
            }
            Some(Field::ReviewStep(step)) => match index(item).filter(|_| !item.live.is_null()) {
                Some(index) => came.push((index, step.to_string())),
                None => order.retain(|other| *other != *step.as_str()),
            },
            _ => {}
        }
    }
    came.sort_unstable();
    for (index, step) in came {
        order.insert(index.min(order.len()), step);
    }
    order
}

/// Returns which step of the platform, or of the document, an item is about.
fn index(item: &DriftItem) -> Option<usize> {
    item.path.rsplit('/').next()?.parse().ok()
}

fn ids(node: &Node) -> impl Iterator<Item = &str> {
    let steps = node.get("reviewSteps").and_then(Node::items).unwrap_or_default();
    steps.iter().filter_map(|step| step.get("id").and_then(Node::as_str))
}
