//! Listings, page by page: TREs, data access requests, members of an org.

use std::collections::BTreeSet;
use std::fmt::Display;

use serde_json::{Value, json};

use super::World;
use super::describe::{Fields, wants_description};
use super::directory::{Directory, Membership};
use super::entity::Tre;
use super::input::Input;
use super::refusal::{Outcome, Refusal};
use crate::model::ids::{OrgId, Principal, RequestId, TreId, UserId};
use crate::platform::seed::{MemberLevel, RequestState};
use crate::platform::wire::WireState;

/// How many results a page has at most, and where no limit is asked for (A).
const PAGE: usize = 1_000;

/// Where a page begins and how long it is (D).
struct Paging<'a> {
    starting: &'a str,
    limit: usize,
}

impl<'a> Paging<'a> {
    fn read(input: &mut Input<'a>) -> Outcome<Self> {
        let starting = match input.value("starting") {
            None | Some(Value::Null) => "",
            Some(value) => value
                .as_str()
                .ok_or_else(|| Refusal::input("`starting` must be what `next` was."))?,
        };
        let limit = match input.value("limit") {
            None => PAGE,
            Some(value) => value
                .as_u64()
                .and_then(|limit| usize::try_from(limit).ok())
                .filter(|limit| (1..=PAGE).contains(limit))
                .ok_or_else(|| Refusal::input(format!("`limit` must be from 1 to {PAGE}.")))?,
        };
        Ok(Self { starting, limit })
    }

    /// Returns a page of `items`, which begin where the page begins; `next` is the id of the first
    /// item that is left.
    fn page<K: Display, T>(
        &self,
        items: impl Iterator<Item = (K, T)>,
        show: impl Fn(&K, T) -> Outcome<Value>,
    ) -> Outcome<Value> {
        let mut results = Vec::new();
        for (key, item) in items {
            if results.len() == self.limit {
                return Ok(json!({ "results": results, "next": key.to_string() }));
            }
            results.push(show(&key, item)?);
        }
        Ok(json!({ "results": results, "next": null }))
    }
}

/// Returns one result of a listing.
fn result(id: impl Display, description: Option<Value>) -> Value {
    let id = id.to_string();
    match description {
        Some(description) => json!({ "id": id, "describe": description }),
        None => json!({ "id": id }),
    }
}

/// Returns the description of a result, where it was asked for.
fn description(fields: Option<&Fields<'_>>, all: impl Fn() -> Value) -> Outcome<Option<Value>> {
    fields.map(|fields| fields.select(all())).transpose()
}

impl World {
    pub(super) fn find_tres(&self, user: &UserId, mut input: Input<'_>) -> Outcome<Value> {
        let bill_to: Option<OrgId> = input.optional_id("billTo")?;
        let state = input.optional_text("state")?.map(tre_state).transpose()?;
        let id: Option<TreId> = input.optional_id("id")?;
        let fields = wants_description(&mut input)?;
        let paging = Paging::read(&mut input)?;
        input.end()?;
        let fits = |tre: &Tre| {
            bill_to.as_ref().is_none_or(|org| *org == tre.bill_to)
                && state.is_none_or(|state| state == tre.state)
                && id.as_ref().is_none_or(|id| *id == tre.id)
                && self.sees(user, tre)
        };
        let found = self
            .tres
            .range(TreId::from_platform(paging.starting)..)
            .filter(|(_, tre)| fits(tre))
            .map(|(id, tre)| (id, tre.as_ref()));
        paging
            .page(found, |id, tre| Ok(result(id, description(fields.as_ref(), || tre.describe())?)))
    }

    pub(super) fn find_requests(&self, user: &UserId, mut input: Input<'_>) -> Outcome<Value> {
        let tre: TreId = input.id("tre")?;
        let state = input.optional_text("state")?.map(request_state).transpose()?;
        let fields = wants_description(&mut input)?;
        let paging = Paging::read(&mut input)?;
        input.end()?;
        self.seen_tre(user, &tre)?;
        let start = RequestId::from_platform(paging.starting);
        let found = self
            .requests_of
            .get(&tre)
            .into_iter()
            .flat_map(|requests| requests.range(start.clone()..))
            .filter_map(|id| Some((id, self.requests.get(id)?)))
            .filter(|(_, request)| state.is_none_or(|state| state == request.state))
            .filter(|(id, _)| self.seen_request(user, id).is_ok());
        paging.page(found, |id, request| {
            Ok(result(id, description(fields.as_ref(), || request.describe())?))
        })
    }

    pub(super) fn find_members(&self, org: &OrgId, mut input: Input<'_>) -> Outcome<Value> {
        let id: Option<UserId> = input.optional_id("id")?;
        let level = input.optional_text("level")?.map(member_level).transpose()?;
        let paging = Paging::read(&mut input)?;
        input.end()?;
        if !self.directory.has_org(org) {
            return Err(Refusal::missing(org));
        }
        let start = UserId::from_platform(paging.starting);
        let users: BTreeSet<UserId> = match (&id, &*self.directory) {
            (Some(id), _) => BTreeSet::from([id.clone()]),
            (None, Directory::Open) => self.seen_users(),
            (None, Directory::Listed(listed)) => {
                listed.orgs.get(org).into_iter().flat_map(|org| org.keys().cloned()).collect()
            }
        };
        let found = users
            .range(start..)
            .filter_map(|user| Some((user, self.directory.membership(org, user)?)))
            .filter(|(_, membership)| level.is_none_or(|level| level == membership.level));
        paging.page(found, |user, membership| {
            let Membership { level, tre_management } = membership;
            Ok(json!({ "id": user, "level": level, "treManagement": tre_management }))
        })
    }

    /// Returns who acts and everybody who has a part in a TRE: all that a platform without a
    /// directory can list.
    fn seen_users(&self) -> BTreeSet<UserId> {
        let in_tre = |tre: &Tre| {
            let listed = tre.authorized_users.iter().filter_map(|id| match id {
                Principal::User(user) => Some(user.clone()),
                Principal::Org(_) => None,
            });
            let reviewers = tre.steps.iter().flat_map(|step| step.reviewers.iter().cloned());
            let all = tre.admins.iter().cloned().chain(listed).chain(reviewers);
            all.chain([tre.created_by.clone()]).collect::<Vec<_>>()
        };
        let mut users: BTreeSet<_> = self.tres.values().flat_map(|tre| in_tre(tre)).collect();
        users.insert(self.actor.clone());
        users
    }
}

fn tre_state(text: &str) -> Outcome<WireState> {
    match text {
        "draft" => Ok(WireState::Draft),
        "active" => Ok(WireState::Active),
        "amending" => Ok(WireState::Amending),
        _ => Err(Refusal::input("`state` must be `draft`, `active` or `amending`.")),
    }
}

fn request_state(text: &str) -> Outcome<RequestState> {
    match text {
        "draft" => Ok(RequestState::Draft),
        "in-review" => Ok(RequestState::InReview),
        "approved" => Ok(RequestState::Approved),
        "in-revision" => Ok(RequestState::InRevision),
        _ => Err(Refusal::input(
            "`state` must be `draft`, `in-review`, `approved` or `in-revision`.",
        )),
    }
}

fn member_level(text: &str) -> Outcome<MemberLevel> {
    match text {
        "ADMIN" => Ok(MemberLevel::Admin),
        "MEMBER" => Ok(MemberLevel::Member),
        _ => Err(Refusal::input("`level` must be `ADMIN` or `MEMBER`.")),
    }
}
