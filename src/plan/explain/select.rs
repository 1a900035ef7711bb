//! What somebody asks about, among the changes of a TRE.

use super::{Subject, joined, list_of};
use crate::plan::render::{Part, part, segments};
use crate::plan::{Blocked, FieldChange, TreChange};

/// Returns what is asked about, in the order of the plan: people of one list who come, or who go,
/// are one subject unless somebody asks about one of them.
pub fn subjects<'a>(change: &'a TreChange, asked: Option<&str>) -> Vec<Subject<'a>> {
    let is_asked = |path: &str, field: Option<&FieldChange>| {
        asked.is_none_or(|asked| is_named(change, asked, path, field))
    };
    let mut found: Vec<Subject<'a>> = Vec::new();
    let mut joined_lists: Vec<(String, bool)> = Vec::new();
    for field in change.fields.iter().filter(|field| is_asked(&field.path, Some(field))) {
        let blocked = blocking(change, &field.path);
        let list = list_of(change, &field.path).filter(|_| blocked.is_empty());
        let Some(list) = list else {
            found.push(Subject { change, field: Some(field.clone()), blocked });
            continue;
        };
        let key = (list, field.after.is_null());
        if joined_lists.contains(&key) {
            continue;
        }
        let together: Vec<&FieldChange> = change
            .fields
            .iter()
            .filter(|other| is_asked(&other.path, Some(other)))
            .filter(|other| list_of(change, &other.path).as_ref() == Some(&key.0))
            .filter(|other| other.after.is_null() == key.1)
            .filter(|other| blocking(change, &other.path).is_empty())
            .collect();
        let field = match together.as_slice() {
            [only] => Some((*only).clone()),
            several => joined(several, &key.0),
        };
        found.push(Subject { change, field, blocked });
        joined_lists.push(key);
    }
    let alone = change.blocked.iter().filter(|blocked| {
        is_asked(&blocked.path, None)
            && !change.fields.iter().any(|field| is_at_or_below(&field.path, &blocked.path))
    });
    found.extend(alone.map(|blocked| Subject { change, field: None, blocked: vec![blocked] }));
    found
}

/// Returns every name that [`subjects`] takes.
pub fn names(change: &TreChange) -> Vec<String> {
    let fields = change.fields.iter().map(|field| &field.path);
    let mut names: Vec<String> = Vec::new();
    for path in fields.chain(change.blocked.iter().map(|blocked| &blocked.path)) {
        let list = list_of(change, path);
        let path = list.as_ref().unwrap_or(path);
        for name in
            [path.clone(), format!("/{}", segments(path).first().map_or("", String::as_str))]
        {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// Returns what blocks a change: what is said of its path, or of the whole that it is part of.
fn blocking<'a>(change: &'a TreChange, path: &str) -> Vec<&'a Blocked> {
    change.blocked.iter().filter(|blocked| is_at_or_below(path, &blocked.path)).collect()
}

fn is_at_or_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Tells whether somebody who asks for `asked` means a path: as a pointer to it, to something above
/// or below; with the id of a review step in place of its number; as one of its words; or as the
/// person who comes or goes there.
fn is_named(change: &TreChange, asked: &str, path: &str, field: Option<&FieldChange>) -> bool {
    let words = segments(path);
    let by_id = with_step_id(change, path, &words);
    let Some(pointer) = asked.strip_prefix('/') else {
        let is_person = field.is_some_and(|field| {
            [&field.before, &field.after].into_iter().any(|value| value.as_str() == Some(asked))
        });
        let is_word = |words: &[String]| words.iter().any(|word| word == asked);
        let is_pointer = asked.contains('/') && is_named(change, &format!("/{asked}"), path, field);
        return is_person || is_pointer || is_word(&words) || is_word(&by_id);
    };
    let wanted = segments(&format!("/{pointer}"));
    let meets = |words: &[String]| words.iter().zip(&wanted).all(|(word, wanted)| word == wanted);
    meets(&words) || meets(&by_id)
}

/// Returns the words of a path with a review step's id in place of its number.
fn with_step_id(change: &TreChange, path: &str, words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    if let Part::Reviewers(id) | Part::ReviewStep(Some(id), _) = part(change, path)
        && let Some(number) = words.get_mut(1)
    {
        *number = id;
    }
    words
}
