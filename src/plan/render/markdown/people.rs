//! Who comes in, who leaves, who stays in, and who changes a role, with the place of each.

use std::collections::{BTreeMap, BTreeSet};

use super::inline::Inline;
use crate::plan::render::field::{count, entries, is_people};
use crate::plan::render::people::{Way, heads, is_everybody, list_changes, ways};
use crate::plan::{Impact, PersonImpact, Place, TreChange};

/// Up to so many people are named where they are counted.
const NAMED: usize = 3;
/// So many ways are told apart.
const WAYS: usize = 4;

/// How many people a change is about, in words that fit a cell; empty where there are none.
pub struct Counts {
    /// They come in.
    pub enter: String,
    /// They lose their last way in.
    pub leave: String,
    /// They lose a role and stay in by another way.
    pub stay: usize,
    /// They were in already and get more.
    pub more: usize,
    /// They come to or leave a list that leads nowhere yet.
    pub lists: usize,
}

impl Counts {
    /// Counts the people of a change.
    pub fn of(change: &TreChange) -> Self {
        let Impact { gain_access, lose_access, keep_access, more_access, .. } = &change.impact;
        let lists: BTreeSet<&str> =
            list_changes(change).into_iter().map(|(person, ..)| person).collect();
        Self {
            enter: amount(gain_access),
            leave: amount(lose_access),
            stay: keep_access.len(),
            more: more_access.len(),
            lists: lists.len(),
        }
    }
}

fn amount(people: &[PersonImpact]) -> String {
    match heads(people) {
        _ if people.is_empty() => String::new(),
        _ if is_everybody(people) => "everybody".to_owned(),
        0 => count(people.len(), "org", "orgs"),
        heads => heads.to_string(),
    }
}

/// Returns how many people and orgs a list is, in words, and whether it is one.
pub fn who(people: &[PersonImpact]) -> (String, bool) {
    if is_everybody(people) {
        return ("Everybody on the platform".to_owned(), true);
    }
    let heads = usize::try_from(heads(people)).unwrap_or(usize::MAX);
    let is_dark =
        |person: &&PersonImpact| person.id.starts_with("org-") && person.members.is_none();
    let orgs = match people.iter().filter(is_dark).count() {
        0 if heads == 0 => people.len(),
        orgs => orgs,
    };
    let (heads_said, orgs_said) = (count(heads, "person", "people"), count(orgs, "org", "orgs"));
    let said = match (heads, orgs) {
        (_, 0) => heads_said,
        (0, _) => orgs_said,
        _ => format!("{heads_said} and {orgs_said}"),
    };
    (said, heads + orgs == 1)
}

/// Returns the place of each person in the lists that change: the first, where there are several.
pub fn places(change: &TreChange) -> BTreeMap<&str, &Place> {
    let mut places = BTreeMap::new();
    for field in &change.fields {
        let place = field.range.as_ref().filter(|_| is_people(&field.path));
        let Some(place) = place else { continue };
        let (added, removed) = entries(field);
        for id in added.into_iter().chain(removed) {
            places.entry(id).or_insert(place);
        }
    }
    places
}

/// Says by which ways people come, go or stay; names them where they are few.
pub fn by_way(mut line: Inline, people: &[PersonImpact]) -> Inline {
    let all = ways(people);
    for (index, way) in all.iter().take(WAYS).enumerate() {
        line = line.words(if index > 0 { "; " } else { "" });
        if all.len() > 1 && way.heads() > 0 {
            line = line.words(&format!("{} ", way.heads()));
        }
        line = one_way(line, way);
    }
    match all.len().saturating_sub(WAYS) {
        0 => line,
        more => line.words(&format!("; and by {}", count(more, "more way", "more ways"))),
    }
}

fn one_way(line: Inline, way: &Way<'_>) -> Inline {
    let line = line.words(&way.words());
    let names = || way.people.iter().map(|person| person.id.as_str());
    match way.people.as_slice() {
        [one] if is_everybody(std::slice::from_ref(*one)) => line,
        few if few.len() <= NAMED => line.words(" (").codes(names()).words(")"),
        _ => line,
    }
}
