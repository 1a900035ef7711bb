//! Who comes in, who leaves, who stays in, and who changes a role, with the place of each.

use std::collections::{BTreeMap, BTreeSet};

use super::inline::Inline;
use crate::plan::render::field::{count, entries, is_people, part};
use crate::plan::render::people::{Way, role, ways};
use crate::plan::{Impact, PersonImpact, Place, TreChange};

/// Up to so many people are named where they are counted.
const NAMED: usize = 3;
/// So many ways are told apart.
const WAYS: usize = 4;

/// How many people a change is about.
pub struct Counts {
    /// They come in.
    pub enter: usize,
    /// They lose their last way in.
    pub leave: usize,
    /// They lose a role and stay in by another way.
    pub stay: usize,
    /// They get or lose a role, and neither come in nor leave.
    pub roles: usize,
}

impl Counts {
    /// Counts the people of a change.
    pub fn of(change: &TreChange) -> Self {
        let Impact { gain_access, lose_access, keep_access, .. } = &change.impact;
        let roles: BTreeSet<&str> = moves(change).into_iter().map(|(person, _)| person).collect();
        Self {
            enter: gain_access.len(),
            leave: lose_access.len(),
            stay: keep_access.len(),
            roles: roles.len(),
        }
    }
}

/// Returns the roles that people get and lose who neither come in, leave, nor stay by another way.
pub fn moves(change: &TreChange) -> Vec<(&str, String)> {
    let impact = &change.impact;
    let told: BTreeSet<&str> = [&impact.gain_access, &impact.lose_access, &impact.keep_access]
        .into_iter()
        .flatten()
        .map(|person| person.id.as_str())
        .collect();
    let mut moves = Vec::new();
    for field in change.fields.iter().filter(|field| is_people(&field.path)) {
        let part = part(change, &field.path);
        let (added, removed) = entries(field);
        for (words, ids) in [("also listed as", added), ("no longer listed as", removed)] {
            let others = ids.into_iter().filter(|id| !told.contains(id));
            moves.extend(others.map(|id| (id, format!("{words} {}", role(&part)))));
        }
    }
    moves
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
        if all.len() > 1 {
            line = line.words(&format!("{} ", way.people.len()));
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
    match way.people.len() {
        ..=NAMED => line.words(" (").codes(way.people.iter().map(String::as_str)).words(")"),
        _ => line,
    }
}
