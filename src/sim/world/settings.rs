//! A TRE's life and its settings: create, update, activate, deactivate, destroy.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::json;

use super::entity::Tre;
use super::input::{Input, parse};
use super::refusal::{Outcome, Refusal};
use super::{Caller, Change, Decision, World};
use crate::model::ids::{OrgId, Region, TreId, UserId};
use crate::platform::seed::SeedVisibility;
use crate::platform::wire::WireState;

impl World {
    pub(super) fn create(&self, caller: &Caller<'_>, mut input: Input<'_>) -> Outcome<Decision> {
        let id: TreId = parse("handle", &format!("tre-{}", input.text("handle")?))?;
        let name = input.text("name")?.to_owned();
        let description = input.optional_text("description")?.unwrap_or_default().to_owned();
        let bill_to: OrgId = input.id("billTo")?;
        let region: Region = input.id("region")?;
        let rate_card = input.value("customizedRateCard").filter(|v| !v.is_null()).cloned();
        let url = input.nullable_text("customizedURL")?.flatten().map(str::to_owned);
        input.end()?;
        self.require_management(caller.user, &bill_to)?;
        if self.tres.contains_key(&id) {
            return Err(Refusal::input(format!("The handle of `{id}` is taken.")));
        }
        let answer = json!({ "id": id });
        let tre = Tre {
            id,
            state: WireState::Draft,
            name,
            description,
            bill_to,
            region,
            rate_card,
            url,
            visibility: SeedVisibility::Private,
            admins: BTreeSet::from([caller.user.clone()]),
            authorized_users: BTreeSet::new(),
            policies: BTreeMap::new(),
            active: None,
            pending: None,
            steps: Vec::new(),
            created: caller.now,
            modified: caller.now,
            created_by: caller.user.clone(),
        };
        Ok(Decision { answer, changes: vec![Change::PutTre(Arc::new(tre))] })
    }

    /// Refuses who may not create TREs for an org (D).
    fn require_management(&self, user: &UserId, org: &OrgId) -> Outcome<()> {
        if !self.directory.has_org(org) {
            return Err(Refusal::missing(org));
        }
        if self.directory.may_manage(org, user) {
            Ok(())
        } else {
            Err(Refusal::denied(format!("`{user}` does not hold treManagement in `{org}`.")))
        }
    }

    pub(super) fn update(&self, user: &UserId, tre: &mut Tre, mut input: Input<'_>) -> Outcome<()> {
        if let Some(name) = input.optional_text("name")? {
            name.clone_into(&mut tre.name);
        }
        if let Some(description) = input.optional_text("description")? {
            description.clone_into(&mut tre.description);
        }
        if let Some(visibility) = input.optional_text("visibility")? {
            tre.visibility = visibility_of(visibility)?;
        }
        let bill_to: Option<OrgId> = input.optional_id("billTo")?;
        let region: Option<Region> = input.optional_id("region")?;
        let rate_card = input.value("customizedRateCard");
        let url = input.nullable_text("customizedURL")?;
        input.end()?;
        let freezes = bill_to.is_some() || region.is_some() || rate_card.is_some() || url.is_some();
        if freezes && tre.is_published() {
            return Err(Refusal::state(format!(
                "`{}` was published: its region, billTo, customizedRateCard and customizedURL \
                 are frozen.",
                tre.id
            )));
        }
        if let Some(org) = bill_to.filter(|org| *org != tre.bill_to) {
            self.require_management(user, &org)?;
            self.require_managing_admins(&org, &tre.admins)?;
            tre.bill_to = org;
        }
        if let Some(region) = region {
            tre.region = region;
        }
        if let Some(rate_card) = rate_card {
            tre.rate_card = Some(rate_card.clone()).filter(|value| !value.is_null());
        }
        if let Some(url) = url {
            tre.url = url.map(str::to_owned);
        }
        Ok(())
    }

    /// Refuses admins that do not hold treManagement in the org that pays (A).
    pub(super) fn require_managing_admins<'a>(
        &self,
        org: &OrgId,
        admins: impl IntoIterator<Item = &'a UserId>,
    ) -> Outcome<()> {
        match admins.into_iter().find(|admin| !self.directory.may_manage(org, admin)) {
            Some(admin) => Err(Refusal::input(format!(
                "`{admin}` does not hold treManagement in `{org}` and cannot be an admin of its \
                 TREs."
            ))),
            None => Ok(()),
        }
    }

    pub(super) fn activate(
        &self,
        caller: &Caller<'_>,
        tre: &mut Tre,
        input: Input<'_>,
    ) -> Outcome<()> {
        input.end()?;
        match tre.state {
            WireState::Active => {
                return Err(Refusal::state(format!("`{}` is active already.", tre.id)));
            }
            WireState::Draft => self.require_publishable(caller, tre)?,
            WireState::Amending => {
                if let Some(pending) = tre.pending.take() {
                    tre.active = Some(pending);
                }
            }
        }
        tre.state = WireState::Active;
        Ok(())
    }

    fn require_publishable(&self, caller: &Caller<'_>, tre: &Tre) -> Outcome<()> {
        let id = &tre.id;
        if tre.steps.is_empty() {
            return Err(Refusal::state(format!("`{id}` has no review step.")));
        }
        if let Some(step) = tre.steps.iter().find(|step| step.reviewers.is_empty()) {
            let step = &step.id;
            return Err(Refusal::state(format!("Review step `{step}` of `{id}` has no reviewer.")));
        }
        let inventory = tre
            .active
            .as_ref()
            .ok_or_else(|| Refusal::state(format!("`{id}` has no inventory.")))?;
        self.require_fit(caller, tre, inventory)
    }

    pub(super) fn deactivate(tre: &mut Tre, input: Input<'_>) -> Outcome<()> {
        input.end()?;
        if tre.state != WireState::Active {
            return Err(Refusal::state(format!("`{}` is not active.", tre.id)));
        }
        tre.state = WireState::Amending;
        Ok(())
    }

    /// Deletes a TRE with its data access requests; its handle is free again (A).
    pub(super) fn destroy(
        &self,
        caller: &Caller<'_>,
        id: &TreId,
        input: Input<'_>,
    ) -> Outcome<Decision> {
        let tre = self.seen_tre(caller.user, id)?;
        self.require_admin(caller.user, tre)?;
        input.end()?;
        if tre.state == WireState::Active {
            return Err(Refusal::state(format!("`{id}` is active; deactivate it first.")));
        }
        let requests = self.requests_of.get(id).into_iter().flatten();
        let mut changes: Vec<_> = requests.map(|id| Change::DropRequest(id.clone())).collect();
        changes.push(Change::DropTre(id.clone()));
        Ok(Decision { answer: json!({ "id": id }), changes })
    }
}

fn visibility_of(text: &str) -> Outcome<SeedVisibility> {
    match text {
        "private" => Ok(SeedVisibility::Private),
        "public" => Ok(SeedVisibility::Public),
        _ => Err(Refusal::input("`visibility` must be `private` or `public`.")),
    }
}
