//! Data access requests: draft, in review, approved or back for revision (D).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use super::directory::scramble;
use super::entity::Request;
use super::input::Input;
use super::refusal::{Outcome, Refusal};
use super::route::RequestChange;
use super::{Caller, Change, Decision, World};
use crate::model::ids::{RequestId, StepId, TreId, UserId};
use crate::platform::seed::RequestState;
use crate::platform::wire::WireState;

impl World {
    /// Returns a request that the user sees: who made it, the TRE's admins, its reviewers (A).
    pub(super) fn seen_request(&self, user: &UserId, id: &RequestId) -> Outcome<&Request> {
        let sees = |request: &&Request| {
            request.created_by == *user
                || self
                    .tres
                    .get(&request.tre)
                    .is_some_and(|tre| tre.admins.contains(user) || tre.has_reviewer(user))
        };
        self.requests.get(id).map(AsRef::as_ref).filter(sees).ok_or_else(|| Refusal::missing(id))
    }

    /// Creates a request of a TRE that the caller sees; only an active TRE takes new ones (D).
    pub(super) fn new_request(
        &self,
        caller: &Caller<'_>,
        mut input: Input<'_>,
    ) -> Outcome<Decision> {
        let tre: TreId = input.id("tre")?;
        let name = input.optional_text("name")?.map(str::to_owned);
        input.end()?;
        self.require_open(caller.user, &tre)?;
        let id = self.new_request_id(caller, &tre);
        let answer = json!({ "id": id });
        let request = Request {
            name: name.unwrap_or_else(|| id.to_string()),
            id,
            tre,
            state: RequestState::Draft,
            approved: BTreeSet::new(),
            created: caller.now,
            modified: caller.now,
            created_by: caller.user.clone(),
        };
        Ok(Decision { answer, changes: vec![Change::PutRequest(Arc::new(request))] })
    }

    /// Returns an id that no request has: it depends on who asks what, when, and on the requests
    /// that are there, so that the same calls give the same ids.
    fn new_request_id(&self, caller: &Caller<'_>, tre: &TreId) -> RequestId {
        let mut number = self.requests.len();
        loop {
            let text = format!("{tre} {} {} {number}", caller.user, caller.now);
            let id = RequestId::from_platform(&format!("treApplication-{}", scramble(&text)));
            if !self.requests.contains_key(&id) {
                return id;
            }
            number += 1;
        }
    }

    fn require_open(&self, user: &UserId, tre: &TreId) -> Outcome<()> {
        if self.seen_tre(user, tre)?.state == WireState::Active {
            Ok(())
        } else {
            Err(Refusal::state(format!("`{tre}` is not active and takes no requests.")))
        }
    }

    pub(super) fn change_request(
        &self,
        caller: &Caller<'_>,
        id: &RequestId,
        change: RequestChange,
        input: Input<'_>,
    ) -> Outcome<Decision> {
        let mut request = self.seen_request(caller.user, id)?.clone();
        match change {
            RequestChange::Submit => self.submit(caller.user, &mut request, input)?,
            RequestChange::Approve => self.approve(caller.user, &mut request, input)?,
            RequestChange::Reject => {
                self.deciding_step(caller.user, &request, input)?;
                request.state = RequestState::InRevision;
            }
        }
        request.modified = caller.now;
        let answer = json!({ "id": id });
        Ok(Decision { answer, changes: vec![Change::PutRequest(Arc::new(request))] })
    }

    fn submit(&self, user: &UserId, request: &mut Request, input: Input<'_>) -> Outcome<()> {
        input.end()?;
        if request.created_by != *user {
            return Err(Refusal::denied(format!("`{user}` did not make this request.")));
        }
        match request.state {
            RequestState::Draft | RequestState::InRevision => {}
            RequestState::InReview | RequestState::Approved => {
                return Err(Refusal::state(format!("`{}` was submitted already.", request.id)));
            }
        }
        self.require_open(user, &request.tre)?;
        request.approved.clear();
        request.state = RequestState::InReview;
        Ok(())
    }

    fn approve(&self, user: &UserId, request: &mut Request, input: Input<'_>) -> Outcome<()> {
        let step = self.deciding_step(user, request, input)?;
        request.approved.insert(step);
        let steps = self.tres.get(&request.tre).map(|tre| tre.steps.as_slice()).unwrap_or_default();
        if steps.iter().all(|step| request.approved.contains(&step.id)) {
            request.state = RequestState::Approved;
        }
        Ok(())
    }

    /// Returns the step that the caller decides, of a request that waits for a decision.
    fn deciding_step(
        &self,
        user: &UserId,
        request: &Request,
        mut input: Input<'_>,
    ) -> Outcome<StepId> {
        let id: StepId = input.id("stepId")?;
        input.end()?;
        let step = self
            .tres
            .get(&request.tre)
            .and_then(|tre| tre.steps.iter().find(|step| step.id == id))
            .ok_or_else(|| Refusal::missing(format_args!("review step {id}")))?;
        if !step.reviewers.contains(user) {
            return Err(Refusal::denied(format!("`{user}` is no reviewer of step `{id}`.")));
        }
        if request.state != RequestState::InReview {
            return Err(Refusal::state(format!("`{}` does not wait for review.", request.id)));
        }
        Ok(id)
    }
}
