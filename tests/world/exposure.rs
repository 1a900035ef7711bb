//! A person's exposure, as the contract has it: which active inventory they reach, in which roles,
//! under which policies, in which state.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trectl::platform::seed::Seed;
use trectl::platform::wire::{TreDescription, WireInventory, WireState};

use super::goal::{is_loosest, is_same};

/// What somebody reaches in one TRE; nothing at all is `None`.
#[derive(Debug, Clone)]
pub struct Exposure {
    roles: BTreeSet<String>,
    inventory: WireInventory,
    policies: BTreeMap<String, Value>,
    state: u8,
}

/// Who can be exposed: everybody that a seed lists, and one who is not listed anywhere.
pub struct Audience {
    orgs_of: BTreeMap<String, BTreeSet<String>>,
}

impl Audience {
    /// Returns everybody on a platform that begins with a seed.
    pub fn of(seed: &Seed) -> Self {
        let orgs_of = |user: &String| {
            let with_user =
                seed.orgs.iter().filter(|org| org.members.iter().any(|member| member.id == *user));
            (user.clone(), with_user.map(|org| org.id.clone()).collect())
        };
        let stranger = ("user-stranger".to_owned(), BTreeSet::new());
        Self { orgs_of: seed.users.iter().map(orgs_of).chain([stranger]).collect() }
    }

    /// Returns every person.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        self.orgs_of.keys().map(String::as_str)
    }

    /// Returns what a person reaches in a TRE. A draft is visible to its admins only.
    pub fn exposure(&self, tre: Option<&TreDescription>, person: &str) -> Option<Exposure> {
        let tre = tre?;
        let inventory = tre.inventory.active.clone()?;
        let mut roles = BTreeSet::new();
        let is = |listed: &String| listed == person;
        if tre.admins.iter().any(is) {
            roles.insert("admin".to_owned());
        }
        if tre.state != WireState::Draft {
            let orgs = self.orgs_of.get(person)?;
            let listed = tre.authorized_users.iter().filter(|id| is(id) || orgs.contains(*id));
            roles.extend(listed.map(|id| format!("listed as {id}")));
            let steps = &tre.application_review_steps;
            let decided = steps.iter().filter(|step| step.reviewers.iter().any(is));
            roles.extend(decided.map(|step| reviewer_of(&step.id)));
            if tre.visibility == "public" {
                roles.insert("anybody".to_owned());
            }
        }
        let state = match tre.state {
            WireState::Draft => 0,
            WireState::Amending => 1,
            WireState::Active => 2,
        };
        let policies = set_policies(tre);
        (!roles.is_empty()).then_some(Exposure { roles, inventory, policies, state })
    }
}

/// The values before of policies that move between values that cannot be compared: that goes with
/// the loosenings, so what was counts as the stricter one.
pub type Incomparable = BTreeMap<String, Option<Value>>;

/// Returns the policies that a change moves between values that cannot be compared.
pub fn incomparable(
    before: Option<&TreDescription>,
    after: Option<&TreDescription>,
) -> Incomparable {
    let policies = |tre: Option<&TreDescription>| tre.map(set_policies).unwrap_or_default();
    let (old, new) = (policies(before), policies(after));
    let incomparable = old.keys().chain(new.keys()).filter(|name| {
        let (old, new) = (old.get(*name), new.get(*name));
        !is_at_least_as_strict(old, new) && !is_at_least_as_strict(new, old)
    });
    incomparable.map(|it| (it.clone(), old.get(it).cloned())).collect()
}

impl Exposure {
    /// Returns the exposure of somebody who does not decide these steps.
    pub fn without_steps(&self, steps: &BTreeSet<String>) -> Self {
        let mut less = self.clone();
        less.roles.retain(|role| !steps.iter().any(|step| *role == reviewer_of(step)));
        less
    }

    /// Tells whether an exposure is at most another one, within a change.
    pub fn is_at_most(one: Option<&Self>, other: Option<&Self>, change: &Incomparable) -> bool {
        let Some(one) = one else { return true };
        let Some(other) = other else { return false };
        one.roles.is_subset(&other.roles)
            && is_same(&one.inventory, &other.inventory)
            && one.state <= other.state
            && one.policies.keys().chain(other.policies.keys()).all(|name| {
                let (one, other) = (one.policies.get(name), other.policies.get(name));
                is_at_least_as_strict(one, other)
                    || change.get(name).is_some_and(|old| one == old.as_ref())
            })
    }
}

/// The two ends of a change, for one person.
pub struct Ends {
    pub before: Option<Exposure>,
    pub after: Option<Exposure>,
    incomparable: Incomparable,
    is_swapped_in: bool,
    swapped_steps: BTreeSet<String>,
}

impl Ends {
    /// Returns the two ends.
    pub fn of(
        audience: &Audience,
        before: Option<&TreDescription>,
        after: Option<&TreDescription>,
        person: &str,
    ) -> Self {
        Self {
            before: audience.exposure(before, person),
            after: audience.exposure(after, person),
            incomparable: incomparable(before, after),
            is_swapped_in: before
                .zip(after)
                .is_some_and(|(before, after)| is_swapped_in(before, after, person)),
            swapped_steps: before
                .zip(after)
                .map(|(before, after)| swapped_steps(before, after, person))
                .unwrap_or_default(),
        }
    }

    /// Tells whether this is somebody who comes in as a reviewer in time for a reactivation: not
    /// being headless outranks not being more open than both ends.
    pub fn is_swapped_in(&self, now: Option<&TreDescription>) -> bool {
        self.is_swapped_in && now.is_some_and(|now| now.state == WireState::Amending)
    }

    /// Tells whether an exposure is at most the one before, or at most the one after. Whoever
    /// replaces the last reviewers of a step holds its role before the step that they leave in
    /// return can lose theirs.
    pub fn allow(&self, exposure: Option<&Exposure>) -> bool {
        let without = exposure.map(|it| it.without_steps(&self.swapped_steps));
        self.is_at_most(exposure, self.after.as_ref())
            || self.is_at_most(exposure, self.before.as_ref())
            || (self.before.is_some() && self.is_at_most(without.as_ref(), self.before.as_ref()))
    }

    /// Tells whether an exposure is at most another one.
    pub fn is_at_most(&self, one: Option<&Exposure>, other: Option<&Exposure>) -> bool {
        Exposure::is_at_most(one, other, &self.incomparable)
    }
}

fn reviewer_of(step: &str) -> String {
    format!("reviewer of {step}")
}

/// Tells whether somebody replaces the last reviewers of a published step while a release is on.
pub fn is_swapped_in(before: &TreDescription, after: &TreDescription, person: &str) -> bool {
    let moves = match (&before.inventory.active, &after.inventory.active) {
        (Some(old), Some(new)) => !is_same(old, new),
        _ => false,
    };
    let is_released = moves && after.state == WireState::Active;
    is_released && !swapped_steps(before, after, person).is_empty()
}

/// Returns the published steps of which somebody replaces the last reviewers.
pub fn swapped_steps(
    before: &TreDescription,
    after: &TreDescription,
    person: &str,
) -> BTreeSet<String> {
    if before.state == WireState::Draft {
        return BTreeSet::new();
    }
    let steps = before.application_review_steps.iter().zip(&after.application_review_steps);
    let swapped = steps.filter(|(old, new)| {
        !old.reviewers.is_empty()
            && old.reviewers.iter().all(|reviewer| !new.reviewers.contains(reviewer))
            && new.reviewers.iter().any(|reviewer| reviewer == person)
    });
    swapped.map(|(_, step)| step.id.clone()).collect()
}

/// Returns the policies that forbid something.
fn set_policies(tre: &TreDescription) -> BTreeMap<String, Value> {
    let set = tre.policies.iter().filter(|(_, value)| !is_loosest(value));
    set.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Tells whether the first value of a policy forbids all that the second one does: on is stricter
/// than off, a larger number than a smaller one, a part of a list than the list, and anything than
/// a policy that was never set.
pub fn is_at_least_as_strict(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), None) => is_known(one),
        (None, Some(_)) => false,
        (Some(Value::Number(one)), Some(Value::Number(other))) => one.as_u64() >= other.as_u64(),
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            one.iter().all(|item| other.contains(item))
        }
        (Some(one), Some(other)) => one == other,
    }
}

/// Values of a policy that nobody knows cannot be compared, not even with none.
fn is_known(value: &Value) -> bool {
    !value.is_string()
}
