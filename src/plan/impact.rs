//! What a change means for people: who comes in, who is out, who stays in by another way, and what
//! becomes of data access requests. Who has access to what is read from `access` alone.

use std::collections::{BTreeMap, BTreeSet};

use super::people::{
    EVERYBODY, EXISTING_PROJECTS, Impact, NewRequests, PersonImpact, ReviewImpact,
};
use super::subject::Subject;
use crate::access::{Grant, Path, Source, View, sources};
use crate::diff::Effect;
use crate::lifecycle::Transition;
use crate::model::{Directory, Lookup, OrgId, Principal, TreState, UserId};

/// Up to so many people of whom it cannot be told whether an org lets them in are named.
const NAMED: usize = 3;

type Roles = BTreeMap<Principal, BTreeSet<Path>>;

/// Returns what the change of one TRE means for people.
pub(crate) fn impact(subject: &Subject<'_>) -> Impact {
    let id = &subject.desired.id.value;
    let mut impact = Impact {
        requests: subject.ctx.live.requests.get(id).copied().unwrap_or_default(),
        new_requests: new_requests(subject),
        review: review(subject),
        ..Impact::default()
    };
    let ends = Ends::of(subject);
    people(subject, &ends, &mut impact);
    for change in &subject.changes {
        match change.effect {
            Effect::Loosens => impact.loosened.push(change.path.clone()),
            Effect::Tightens => impact.tightened.push(change.path.clone()),
            Effect::Neutral | Effect::Incomparable => {}
        }
    }
    impact.unknown = unknown(subject, &ends, &impact);
    impact
}

/// Who has a part in a TRE at one end of its change.
#[derive(Default)]
pub(crate) struct End<'a> {
    view: Option<View<'a>>,
    /// Everybody who stands in a list that leads somewhere, with these lists.
    pub roles: Roles,
    /// The orgs that let their members in.
    pub orgs: BTreeSet<OrgId>,
    /// Everybody on the platform is let in.
    pub is_public: bool,
}

impl<'a> End<'a> {
    fn of(view: Option<View<'a>>) -> Self {
        let Some(seen) = view else { return Self::default() };
        let mut roles = seen.roles();
        for paths in roles.values_mut() {
            paths.retain(|path| !seen.gives(path).is_empty());
        }
        roles.retain(|_, paths| !paths.is_empty());
        let is_in = |org: &&OrgId| roles.contains_key(&Principal::Org((*org).clone()));
        let orgs = seen.orgs().filter(is_in).cloned().collect();
        Self { view, roles, orgs, is_public: seen.is_open_to_all() }
    }

    fn named(&self, id: &Principal) -> Option<&BTreeSet<Path>> {
        self.roles.get(id)
    }

    fn is_whole(&self, id: &Principal) -> bool {
        self.named(id)
            .is_some_and(|paths| paths.contains(&Path::Admin) || paths.contains(&Path::Listed))
    }

    fn memberships(&self, user: &UserId, directory: &Directory) -> BTreeSet<Path> {
        match self.view {
            Some(view) if !self.orgs.is_empty() => view.memberships(user, directory),
            _ => BTreeSet::new(),
        }
    }

    fn with_public(&self, mut ways: BTreeSet<Path>) -> BTreeSet<Path> {
        if self.is_public {
            ways.insert(Path::Public);
        }
        ways
    }

    fn gives(&self, ways: &BTreeSet<Path>) -> Vec<Grant> {
        self.view.map(|view| view.gives_all(ways)).unwrap_or_default()
    }
}

/// Both ends of a change.
pub(crate) struct Ends<'a> {
    pub before: End<'a>,
    pub after: End<'a>,
}

impl<'a> Ends<'a> {
    /// Returns both ends of a TRE's change.
    pub fn of(subject: &'a Subject<'_>) -> Self {
        let after = subject.after.as_ref().map(|after| View::planned(after, subject.live));
        Self { before: End::of(subject.live.map(View::live)), after: End::of(after) }
    }

    /// Tells whether it matters to which orgs a user belongs. What an org gives, its members have
    /// as authorized users and admins already.
    pub fn minds_orgs(&self, id: &Principal) -> bool {
        self.before.orgs != self.after.orgs
            || !(self.before.is_whole(id) && self.after.is_whole(id))
    }

    /// Returns every way of somebody in, before and after, being public apart.
    fn ways(&self, id: &Principal, directory: &Directory) -> [BTreeSet<Path>; 2] {
        [&self.before, &self.after].map(|end| {
            let mut ways = end.named(id).cloned().unwrap_or_default();
            if let Principal::User(user) = id
                && self.minds_orgs(id)
            {
                ways.extend(end.memberships(user, directory));
            }
            ways
        })
    }

    /// Returns the orgs that begin or cease to let their members in.
    fn moved_orgs(&self) -> impl Iterator<Item = &OrgId> {
        self.before.orgs.symmetric_difference(&self.after.orgs)
    }

    /// Returns everybody whose ways can change.
    fn candidates(&self, directory: &Directory) -> BTreeSet<Principal> {
        let named = self.before.roles.keys().chain(self.after.roles.keys()).cloned();
        let members = self.moved_orgs().filter_map(|org| directory.all_members(org)).flatten();
        named.chain(members.cloned().map(Principal::User)).collect()
    }
}

/// Sorts everybody by what becomes of their ways in.
fn people(subject: &Subject<'_>, ends: &Ends<'_>, impact: &mut Impact) {
    let Ends { before, after } = ends;
    let directory = subject.ctx.directory;
    let mut members = Members::default();
    for id in ends.candidates(directory) {
        let [had, has] = ends.ways(&id, directory);
        let was_in = !had.is_empty() || before.is_public;
        let is_in = !has.is_empty() || after.is_public;
        let is_named = before.named(&id).is_some() || after.named(&id).is_some();
        let is_operator = matches!(&id, Principal::User(user) if user == subject.operator());
        match (was_in, is_in) {
            (false, true) if is_operator => {}
            (true, false) if is_operator => {}
            (false, true) if is_named => {
                let via = with_groups(subject, &id, &has);
                let gives = after.gives(&after.with_public(has));
                impact.gain_access.push(person(&id, via, gives));
            }
            (true, false) if is_named => {
                let gives = before.gives(&before.with_public(had.clone()));
                impact.lose_access.push(person(&id, vias(&had), gives));
            }
            (false, true) => count(&mut members.gained, &has),
            (true, false) => count(&mut members.lost, &had),
            (true, true) if !had.is_subset(&has) && (is_named || !has.is_empty()) => {
                let left = after.with_public(has);
                let gives = after.gives(&left);
                impact.keep_access.push(person(&id, vias(&left), gives));
            }
            (true, true) if is_named && !has.is_subset(&had) => {
                let gives = difference(
                    after.gives(&after.with_public(has.clone())),
                    &before.gives(&before.with_public(had.clone())),
                );
                let won = has.difference(&had).cloned().collect();
                impact.more_access.push(person(&id, with_groups(subject, &id, &won), gives));
            }
            _ => {}
        }
    }
    members.note(directory, impact);
    for (from, to, list) in
        [(before, after, &mut impact.gain_access), (after, before, &mut impact.lose_access)]
    {
        if to.is_public && !from.is_public {
            let public = BTreeSet::from([Path::Public]);
            let gives = to.gives(&public);
            let (id, via, members) = (EVERYBODY.to_owned(), vias(&public), None);
            list.push(PersonImpact { id, via, gives, members });
        }
    }
}

fn person(id: &Principal, via: Vec<String>, gives: Vec<Grant>) -> PersonImpact {
    PersonImpact { id: id.to_string(), via, gives, members: None }
}

fn vias(ways: &BTreeSet<Path>) -> Vec<String> {
    ways.iter().map(Path::via).collect()
}

fn difference(grants: Vec<Grant>, known: &[Grant]) -> Vec<Grant> {
    let is_known = |grant: &Grant| known.iter().any(|known| known.right == grant.right);
    grants.into_iter().filter(|grant| !is_known(grant)).collect()
}

/// Returns the ways, and the groups through which somebody stands in these lists.
fn with_groups(subject: &Subject<'_>, id: &Principal, ways: &BTreeSet<Path>) -> Vec<String> {
    let origins =
        ways.iter().filter(|path| !matches!(path, Path::Member { .. })).flat_map(|path| {
            match sources(subject.desired, id, path) {
                Source::Asked(origins) => origins,
                Source::Absent | Source::Unmanaged => &[],
            }
        });
    let groups: BTreeSet<String> =
        origins.flat_map(|way| &way.path).map(|group| format!("group:{group}")).collect();
    vias(ways).into_iter().chain(groups).collect()
}

/// Members of orgs who come in or leave by their org alone, counted at the first such org.
#[derive(Default)]
struct Members {
    gained: BTreeMap<OrgId, u64>,
    lost: BTreeMap<OrgId, u64>,
}

impl Members {
    /// Writes the figures beside the orgs whose members could be read.
    fn note(&self, directory: &Directory, impact: &mut Impact) {
        for (list, counts) in
            [(&mut impact.gain_access, &self.gained), (&mut impact.lose_access, &self.lost)]
        {
            for entry in list.iter_mut().filter(|entry| entry.id.starts_with("org-")) {
                let org = OrgId::from_platform(&entry.id);
                let is_whole = directory.whole.contains(&org);
                entry.members = is_whole.then(|| counts.get(&org).copied().unwrap_or_default());
            }
        }
    }
}

fn count(counts: &mut BTreeMap<OrgId, u64>, ways: &BTreeSet<Path>) {
    let first = ways.iter().find_map(|path| match path {
        Path::Member { org } => Some(org),
        _ => None,
    });
    if let Some(org) = first {
        *counts.entry(org.clone()).or_default() += 1;
    }
}

fn new_requests(subject: &Subject<'_>) -> NewRequests {
    let live = subject.live_state();
    let after = subject.after.as_ref().map(|after| after.state);
    match (live, after) {
        (Some(TreState::Active), Some(TreState::Active)) => {
            if subject.passes_through_maintenance() {
                NewRequests::Pauses
            } else {
                NewRequests::Unchanged
            }
        }
        (_, Some(TreState::Active)) => NewRequests::Opens,
        (Some(TreState::Active), Some(_)) => NewRequests::Closes,
        (Some(state), None) if state.is_published() && subject.takes(Transition::Delete) => {
            NewRequests::Ends
        }
        _ => NewRequests::Unchanged,
    }
}

/// Returns the steps of a published TRE whose reviewers change. A draft has no requests.
fn review(subject: &Subject<'_>) -> Vec<ReviewImpact> {
    if !subject.live_state().is_some_and(TreState::is_published) {
        return Vec::new();
    }
    let steps = subject.after.iter().flat_map(|after| &after.review_steps);
    let indexes: BTreeMap<_, _> = steps.enumerate().map(|(at, step)| (&step.id, at)).collect();
    let changes = subject.reviewer_changes();
    let of_step = changes.iter().map(|change| ReviewImpact {
        step: change.after.id.clone(),
        path: match indexes.get(&change.after.id) {
            Some(index) => format!("/reviewSteps/{index}/reviewers"),
            None => "/reviewSteps".to_owned(),
        },
        reviewers_before: change.before.reviewers.len(),
        reviewers_after: change.after.reviewers.len(),
        leaves: change.removed(),
        comes: change.added(),
        in_review: None,
    });
    of_step.collect()
}

fn unknown(subject: &Subject<'_>, ends: &Ends<'_>, impact: &Impact) -> Vec<String> {
    let Ends { before, after } = ends;
    let directory = subject.ctx.directory;
    let mut unknown = Vec::new();
    if subject.live_state().is_some_and(TreState::is_published) && !impact.lose_access.is_empty() {
        unknown.push(EXISTING_PROJECTS.to_owned());
    }
    let unread = ends.moved_orgs().filter(|org| !directory.whole.contains(*org));
    unknown.extend(unread.map(|org| format!("members of {org}")));
    let comes = || impact.gain_access.iter().chain(&impact.more_access);
    for org in &before.orgs {
        unknown.extend(unsure(comes(), ends, (org, directory), "was"));
    }
    for org in &after.orgs {
        unknown.extend(unsure(&impact.lose_access, ends, (org, directory), "is"));
    }
    unknown
}

/// Says of whom it cannot be told whether an org lets them in. Of people who had a part already a
/// listing tells, whole or not.
fn unsure<'a>(
    people: impl IntoIterator<Item = &'a PersonImpact>,
    ends: &Ends<'_>,
    (org, directory): (&OrgId, &Directory),
    verb: &str,
) -> Option<String> {
    let users: Vec<&str> = people
        .into_iter()
        .map(|person| person.id.as_str())
        .filter(|id| *id != EVERYBODY)
        .filter(|id| {
            let principal = Principal::from_platform(id);
            let Principal::User(user) = &principal else { return false };
            let is_told = directory.whole.contains(org)
                || ends.before.named(&principal).is_some() && directory.members.contains_key(org);
            let is_unknown = directory.member(org, user) == Lookup::Unknown;
            ends.minds_orgs(&principal) && !is_told && is_unknown
        })
        .collect();
    match users.as_slice() {
        [] => None,
        users if users.len() > NAMED => {
            Some(format!("which of {} people {verb} a member of {org}", users.len()))
        }
        users => Some(format!("whether {} {verb} a member of {org}", users.join(" or "))),
    }
}
