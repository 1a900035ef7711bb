//! From both sides to what `who` tells.

use std::collections::{BTreeMap, BTreeSet};

use super::query::Query;
use super::report::{Entry, Report, Standing, TreAccess, Written};
use crate::access::{self, Path, Source, View};
use crate::desired::DesiredTre;
use crate::diff;
use crate::model::{
    DesiredState, Directory, GroupId, LiveTre, OrgId, PolicyTable, Principal, Tre, TreId, UserId,
    Visibility,
};
use crate::plan::{EVERYBODY, FORMAT_VERSION, Place, TargetInfo};

/// One TRE: as it is, and as the repository asks for it.
pub struct Sides<'a> {
    id: &'a TreId,
    live: Option<&'a LiveTre>,
    desired: Option<&'a DesiredTre>,
    after: Option<Tre>,
}

impl<'a> Sides<'a> {
    /// Returns both sides of a TRE; without a document it stays as it is.
    pub fn new(
        id: &'a TreId,
        (live, desired): (Option<&'a LiveTre>, Option<&'a DesiredTre>),
        operator: &UserId,
        policies: &PolicyTable,
    ) -> Self {
        let before = live.map(|live| &live.tre);
        let after = match desired {
            Some(desired) => diff::target(desired, before, operator, policies),
            None => before.cloned(),
        };
        Self { id, live, desired, after }
    }

    fn views(&self) -> [Option<View<'_>>; 2] {
        let after = self.after.as_ref().map(|after| View::planned(after, self.live));
        [self.live.map(View::live), after]
    }
}

/// Returns the ids of everything that is named on either side, people and groups included.
pub fn known(all: &[Sides<'_>], groups: impl Iterator<Item = GroupId>) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = groups.map(|group| format!("group:{group}")).collect();
    for sides in all {
        known.insert(sides.id.to_string());
        for view in sides.views().iter().flatten() {
            known.extend(view.roles().keys().map(ToString::to_string));
        }
    }
    known
}

/// Returns the orgs whose members matter to a query: those that are listed in the TREs that it is
/// about.
pub fn orgs(all: &[Sides<'_>], query: &Query, operator: &UserId) -> BTreeSet<OrgId> {
    let nobody = Directory::of(operator.clone());
    let is_told = |sides: &&Sides<'_>| match query {
        Query::All | Query::User(_) => true,
        Query::Tre(id) => sides.id == id,
        Query::Org(_) | Query::Group(_) => !entries(sides, query, &nobody).is_empty(),
    };
    let views = all.iter().filter(is_told).flat_map(Sides::views).flatten();
    views.flat_map(|view| view.orgs()).cloned().collect()
}

/// Returns what `who` tells.
pub fn report(
    all: &[Sides<'_>],
    query: &Query,
    directory: &Directory,
    target: TargetInfo,
) -> Report {
    let tres = all.iter().filter_map(|sides| {
        let access = entries(sides, query, directory);
        let is_told = match query {
            Query::All => true,
            Query::Tre(id) => sides.id == id,
            Query::User(_) | Query::Org(_) | Query::Group(_) => !access.is_empty(),
        };
        is_told.then(|| of_one(sides, access, directory))
    });
    let tres = tres.collect();
    Report {
        format_version: FORMAT_VERSION.to_owned(),
        target,
        about: (*query != Query::All).then(|| query.to_string()),
        tres,
        not_visible: not_visible(all, query, directory),
    }
}

fn of_one(sides: &Sides<'_>, access: Vec<Entry>, directory: &Directory) -> TreAccess {
    let [live, asked] = sides.views().map(|view| view.map_or(0, |view| people(view, directory)));
    TreAccess {
        id: sides.id.clone(),
        live_state: sides.live.map(|live| live.tre.state),
        desired_state: sides.desired.map(|desired| desired.state.value),
        people_live: live,
        people_asked: asked,
        access,
        range: sides.desired.map(|desired| Place::from(&desired.range)),
    }
}

/// Counts the different people in the lists of a TRE.
fn people(view: View<'_>, directory: &Directory) -> u64 {
    let roles = view.roles();
    let named = roles.keys().filter_map(|id| match id {
        Principal::User(user) => Some(user),
        Principal::Org(_) => None,
    });
    let members = view.orgs().filter_map(|org| directory.all_members(org)).flatten();
    named.chain(members).collect::<BTreeSet<_>>().len() as u64
}

/// Returns everybody in a TRE whom the query is about, by path and id.
fn entries(sides: &Sides<'_>, query: &Query, directory: &Directory) -> Vec<Entry> {
    let [live, after] = sides.views();
    let mut found: BTreeMap<(Path, Principal), [bool; 2]> = BTreeMap::new();
    for (at, view) in [live, after].into_iter().enumerate() {
        let Some(view) = view else { continue };
        let mut note = |path: Path, id: Principal| {
            if let Some(side) = found.entry((path, id)).or_default().get_mut(at) {
                *side = true;
            }
        };
        for (id, paths) in view.roles() {
            paths.into_iter().for_each(|path| note(path, id.clone()));
        }
        for org in view.orgs() {
            for user in members(org, query, directory) {
                note(Path::Member { org: org.clone() }, Principal::User(user.clone()));
            }
        }
    }
    let named = found.into_iter().map(|((path, id), on)| entry(sides, (id, path), on, directory));
    let mut entries: Vec<Entry> = named.filter(|entry| is_about(entry, query)).collect();
    if !matches!(query, Query::Org(_) | Query::Group(_)) {
        entries.extend(public(sides));
    }
    entries
}

/// Returns the members of an org whom the query is about. Where every TRE is asked about, their
/// number is enough.
fn members<'a>(org: &OrgId, query: &'a Query, directory: &'a Directory) -> Vec<&'a UserId> {
    match query {
        Query::Tre(_) => directory.all_members(org).into_iter().flatten().collect(),
        Query::User(user) if directory.member(org, user).known_and(|_| true) => vec![user],
        Query::All | Query::User(_) | Query::Org(_) | Query::Group(_) => Vec::new(),
    }
}

fn is_about(entry: &Entry, query: &Query) -> bool {
    match query {
        Query::All | Query::Tre(_) => true,
        Query::User(user) => entry.id == user.as_str(),
        Query::Org(org) => entry.id == org.as_str(),
        Query::Group(group) => {
            let group = format!("group:{group}");
            entry.from.iter().any(|written| written.groups.contains(&group))
        }
    }
}

fn entry(
    sides: &Sides<'_>,
    (id, path): (Principal, Path),
    [is_live, is_asked]: [bool; 2],
    directory: &Directory,
) -> Entry {
    let [live, after] = sides.views();
    let gives = |is_there: bool, view: Option<View<'_>>| {
        view.filter(|_| is_there).map(|view| view.gives(&path)).unwrap_or_default()
    };
    let (gives, will_give) = (gives(is_live, live), gives(is_asked, after));
    let source = source(sides, &id, &path);
    let is_operator =
        path == Path::Admin && matches!(&id, Principal::User(user) if *user == directory.operator);
    let standing = match (source, is_live) {
        (Source::Absent, _) if is_operator && is_asked => Standing::Operator,
        (Source::Asked(_), true) => Standing::Both,
        (Source::Asked(_), false) => Standing::Asked,
        (Source::Absent, _) => Standing::Live,
        (Source::Unmanaged, _) => Standing::Unmanaged,
    };
    let members = match (&path, &id) {
        (Path::Listed, Principal::Org(org)) => {
            directory.all_members(org).map(|members| members.count() as u64)
        }
        _ => None,
    };
    Entry { id: id.to_string(), path, standing, from: written(source), gives, will_give, members }
}

/// A document that asks for the deletion of a TRE asks for nobody in it.
fn source<'a>(sides: &Sides<'a>, id: &Principal, path: &Path) -> Source<'a> {
    match sides.desired {
        None => Source::Unmanaged,
        Some(desired) if desired.state.value == DesiredState::Deleted => Source::Absent,
        Some(desired) => access::sources(desired, id, path),
    }
}

fn written(source: Source<'_>) -> Vec<Written> {
    let Source::Asked(origins) = source else { return Vec::new() };
    let written = origins.iter().map(|origin| Written {
        groups: origin.path.iter().map(|group| format!("group:{group}")).collect(),
        range: Place::from(&origin.range),
    });
    written.collect()
}

/// Returns the entry of everybody on the platform, where the TRE is public on either side.
fn public(sides: &Sides<'_>) -> Option<Entry> {
    let Sides { id: _, live, desired, after } = sides;
    let is_public = |tre: &Tre| tre.visibility == Visibility::Public;
    let is_live = live.is_some_and(|live| is_public(&live.tre));
    let is_asked = after.as_ref().is_some_and(is_public);
    let [now, then] = sides.views();
    let gives = |is_there: bool, view: Option<View<'_>>| {
        view.filter(|_| is_there).map(|view| view.gives(&Path::Public)).unwrap_or_default()
    };
    let visibility = desired.and_then(|desired| desired.visibility.as_ref());
    let standing = match (is_live, is_asked) {
        (false, false) => return None,
        (false, true) => Standing::Asked,
        (true, false) => Standing::Live,
        (true, true) if visibility.is_none() => Standing::Unmanaged,
        (true, true) => Standing::Both,
    };
    let range = visibility.filter(|_| is_asked).map(|at| Place::from(&at.range));
    Some(Entry {
        id: EVERYBODY.to_owned(),
        path: Path::Public,
        standing,
        from: range.into_iter().map(|range| Written { groups: Vec::new(), range }).collect(),
        gives: gives(is_live, now),
        will_give: gives(is_asked, then),
        members: None,
    })
}

/// Says what this view cannot tell.
fn not_visible(all: &[Sides<'_>], query: &Query, directory: &Directory) -> Vec<String> {
    let unread = orgs(all, query, &directory.operator)
        .into_iter()
        .filter(|org| !directory.whole.contains(org))
        .map(|org| format!("members of {org}"));
    let edges = [
        "members whom an org hides from the acting account",
        "projects that approved researchers have already",
        "levels in a project that its own access list gives",
        "TREs outside the selection of the target, and those that the acting account cannot see",
    ];
    unread.chain(edges.map(str::to_owned)).collect()
}
