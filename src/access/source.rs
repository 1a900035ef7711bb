//! Where a repository asks for a path: the groups on the way, and the line.

use super::Path;
use crate::desired::{DesiredTre, Origin, People};
use crate::model::{Principal, UserId};

/// What a repository says of a path in one TRE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source<'a> {
    /// The repository does not manage that list: it stays as it is on the platform.
    Unmanaged,
    /// The list is managed, and they are not in it.
    Absent,
    /// They are asked for, in each of these ways.
    Asked(&'a [Origin]),
}

/// Returns what a document says of somebody's path. An org is asked for as an authorized user; its
/// members are in by the org's own entry.
pub fn sources<'a>(desired: &'a DesiredTre, id: &Principal, path: &Path) -> Source<'a> {
    let user = match id {
        Principal::User(user) => Some(user),
        Principal::Org(_) => None,
    };
    match path {
        Path::Admin => of_user(desired.admins.as_ref(), user),
        Path::Listed => of(desired.authorized_users.as_ref(), id),
        Path::Member { org } => of(desired.authorized_users.as_ref(), &Principal::Org(org.clone())),
        Path::Reviewer { step } => {
            let Some(steps) = &desired.review_steps else { return Source::Unmanaged };
            match steps.value.iter().find(|asked| asked.id.value == *step) {
                Some(asked) => of_user(asked.reviewers.as_ref(), user),
                None => Source::Absent,
            }
        }
        Path::Public => Source::Unmanaged,
    }
}

fn of_user<'a>(people: Option<&'a People<UserId>>, user: Option<&UserId>) -> Source<'a> {
    match (people, user) {
        (None, _) => Source::Unmanaged,
        (Some(_), None) => Source::Absent,
        (Some(people), Some(user)) => found(people.members.get(user)),
    }
}

fn of<'a>(people: Option<&'a People<Principal>>, id: &Principal) -> Source<'a> {
    people.map_or(Source::Unmanaged, |people| found(people.members.get(id)))
}

fn found(ways: Option<&Vec<Origin>>) -> Source<'_> {
    ways.map_or(Source::Absent, |ways| Source::Asked(ways))
}
