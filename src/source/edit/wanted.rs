//! What a document says after a change, and where items of its lists go.

use serde_json::{Map, Value};

use super::{Edit, Step};

/// Changes a value as the text is to be changed.
pub fn expect(document: &mut Value, edit: &Edit) -> Option<()> {
    match edit {
        Edit::Set(path, key, value) => {
            let mut at = document;
            for step in path {
                at = match step {
                    Step::Key(key) => at
                        .as_object_mut()?
                        .entry(key.clone())
                        .or_insert_with(|| Value::Object(Map::new())),
                    Step::Item(id) => item_mut(at, id)?,
                };
            }
            at.as_object_mut()?.insert(key.clone(), value.clone());
        }
        Edit::Unset(path, key) => {
            find_value(document, path)?.as_object_mut()?.shift_remove(key)?;
        }
        Edit::Add(path, item) => {
            find_value(document, path)?.as_array_mut()?.push(Value::String(item.clone()));
        }
        Edit::Remove(path, item) => {
            let list = find_value(document, path)?.as_array_mut()?;
            let index = list.iter().position(|other| is_item(other, item))?;
            list.remove(index);
        }
        Edit::Insert(path, behind, item) => {
            let list = find_value(document, path)?.as_array_mut()?;
            let at = place(&ids(list), behind).map_or(0, |before| before + 1);
            list.insert(at, Value::Object(item.clone()));
        }
        Edit::Order(path, order) => {
            let list = find_value(document, path)?.as_array_mut()?;
            let old = list.clone();
            for (to, from) in rearranged(&ids(&old), order) {
                *list.get_mut(to)? = old.get(from)?.clone();
            }
        }
    }
    Some(())
}

fn find_value<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |at, step| match step {
        Step::Key(key) => at.get_mut(key),
        Step::Item(id) => item_mut(at, id),
    })
}

fn item_mut<'v>(list: &'v mut Value, id: &str) -> Option<&'v mut Value> {
    list.as_array_mut()?.iter_mut().find(|item| is_item(item, id))
}

fn is_item(value: &Value, item: &str) -> bool {
    value.as_str().or_else(|| id(value)) == Some(item)
}

fn id(value: &Value) -> Option<&str> {
    value.get("id").and_then(Value::as_str)
}

fn ids(list: &[Value]) -> Vec<Option<&str>> {
    list.iter().map(id).collect()
}

/// Returns the index of the first of some ids that a list has.
pub fn place(ids: &[Option<&str>], behind: &[String]) -> Option<usize> {
    behind.iter().find_map(|id| ids.iter().position(|other| *other == Some(id)))
}

/// Returns to which index which item goes, so that the items with these ids stand in this order
/// where such items stood before. All others stay.
pub fn rearranged(ids: &[Option<&str>], order: &[String]) -> Vec<(usize, usize)> {
    let from: Vec<usize> =
        order.iter().filter_map(|id| ids.iter().position(|other| *other == Some(id))).collect();
    let mut to = from.clone();
    to.sort_unstable();
    to.into_iter().zip(from).filter(|(to, from)| to != from).collect()
}
