//! Field by field: what differs, what was last applied there, whether it lets more in.

mod id;
mod steps;

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

use super::field::{Field, escape};
use super::{Effect, OriginClass};
use crate::desired::{DesiredTre, People};
use crate::diag::Range;
use crate::lifecycle::{self, Setting, Verdict, Way};
use crate::model::{
    AppliedTre, Asset, Inventory, PolicyTable, PolicyValue, Strictness, Tre, TreState, Visibility,
};

/// One field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The field.
    pub field: Field,
    /// A JSON Pointer into the TRE as it will be, or into the live one for what is removed.
    pub path: String,
    /// The live value; null for what is added.
    pub before: Value,
    /// The value that is asked for; null for what is removed.
    pub after: Value,
    /// What was last applied; null without a record.
    pub applied: Value,
    /// What the lock rules say of it in the live state.
    pub lock: Verdict,
    /// Whether it lets more in.
    pub effect: Effect,
    /// Who moved.
    pub origin: OriginClass,
    /// Where it is written.
    pub range: Option<Range>,
}

/// The three sides of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// What the repository asks for.
    pub desired: &'a DesiredTre,
    /// What is live, if the TRE exists.
    pub before: Option<&'a Tre>,
    /// What will be, if the TRE is to exist: see [`super::target`].
    pub after: Option<&'a Tre>,
    /// What was last applied, if there is a record.
    pub applied: Option<&'a AppliedTre>,
}

/// Returns every field that differs, in the order of the YAML.
pub fn changes(sides: Sides<'_>, policies: &PolicyTable) -> Vec<Change> {
    let mut comparison = Comparison { sides, policies, found: Vec::new() };
    comparison.state();
    if let Some(after) = sides.after {
        comparison.id();
        comparison.texts(after);
        comparison.policies(after);
        comparison.people(after);
        comparison.inventory(after);
        comparison.frozen(after);
        comparison.review_steps(after);
    }
    comparison.found.sort_by(|a, b| (&a.field, &a.path).cmp(&(&b.field, &b.path)));
    comparison.found
}

struct Comparison<'a> {
    sides: Sides<'a>,
    policies: &'a PolicyTable,
    found: Vec<Change>,
}

/// The three values of one field.
struct Values {
    before: Value,
    after: Value,
    applied: Option<Value>,
}

impl Comparison<'_> {
    fn push(
        &mut self,
        field: Field,
        path: String,
        values: Values,
        effect: Effect,
        range: Option<&Range>,
    ) {
        let Values { before, after, applied } = values;
        let origin = match (&applied, self.sides.applied) {
            (_, None) => OriginClass::First,
            (None, Some(_)) => OriginClass::Change,
            (Some(applied), Some(_)) => match (*applied == after, *applied == before) {
                (true, _) => OriginClass::Revert,
                (false, true) => OriginClass::Change,
                (false, false) => OriginClass::Conflict,
            },
        };
        let live = self.sides.before.map(|tre| tre.state);
        let lock = match (field.setting(), live) {
            (Some(setting), Some(state)) => lifecycle::lock(setting).verdict(state),
            // No state opens the id, so neither does being new.
            (Some(Setting::Id), None) => Verdict::Immutable,
            (Some(_), None) => Verdict::Open,
            (None, _) => match lifecycle::way(live, self.sides.desired.state.value) {
                Way::Open([_, _, ..]) if live.is_some() => Verdict::ViaMaintenance,
                Way::Open(_) => Verdict::Open,
                Way::Forbidden(_) => Verdict::Locked,
            },
        };
        self.found.push(Change {
            field,
            path,
            before,
            after,
            applied: applied.unwrap_or(Value::Null),
            lock,
            effect,
            origin,
            range: range.cloned(),
        });
    }

    /// Compares one value that is written as a whole.
    fn value<T: PartialEq + Serialize>(
        &mut self,
        field: Field,
        range: Option<&Range>,
        (before, after): (Option<&T>, &T),
        applied: Option<&T>,
        effect: Effect,
    ) {
        let Some(range) = range else { return };
        if before == Some(after) {
            return;
        }
        let path = field.key();
        let values = Values {
            before: json!(before),
            after: json!(after),
            applied: applied.map(|applied| json!(applied)),
        };
        self.push(field, path, values, effect, Some(range));
    }

    fn state(&mut self) {
        let Sides { desired, before, after, applied } = self.sides;
        let live = before.map(|tre| tre.state);
        let wanted = after.map(|tre| tre.state);
        if live == wanted {
            return;
        }
        let values = Values {
            before: json!(live),
            after: json!(desired.state.value),
            applied: applied.map(|applied| json!(applied.state)),
        };
        let effect = match (live, wanted) {
            (None, Some(TreState::Draft)) => Effect::Neutral,
            (live, wanted) if wanted > live => Effect::Loosens,
            _ => Effect::Tightens,
        };
        self.push(Field::State, "/state".to_owned(), values, effect, Some(&desired.state.range));
    }

    fn texts(&mut self, after: &Tre) {
        let Sides { desired, before, applied, .. } = self.sides;
        self.value(
            Field::Name,
            desired.name.as_ref().map(|at| &at.range),
            (before.map(|tre| &tre.name), &after.name),
            applied.and_then(|applied| applied.name.as_ref()),
            Effect::Neutral,
        );
        self.value(
            Field::Description,
            desired.description.as_ref().map(|at| &at.range),
            (before.map(|tre| &tre.description), &after.description),
            applied.and_then(|applied| applied.description.as_ref()),
            Effect::Neutral,
        );
        let effect = match (before.map(|tre| tre.visibility), after.visibility) {
            (None, Visibility::Private) => Effect::Neutral,
            (_, Visibility::Public) => Effect::Loosens,
            (Some(_), Visibility::Private) => Effect::Tightens,
        };
        self.value(
            Field::Visibility,
            desired.visibility.as_ref().map(|at| &at.range),
            (before.map(|tre| &tre.visibility), &after.visibility),
            applied.and_then(|applied| applied.visibility.as_ref()),
            effect,
        );
    }

    fn policies(&mut self, after: &Tre) {
        let Sides { desired, before, applied, .. } = self.sides;
        for (name, wanted) in &desired.policies {
            let live = before
                .and_then(|tre| tre.policies.get(name))
                .map_or(PolicyValue::Default, |value| self.policies.normalize(name, value));
            let value = after
                .policies
                .get(name)
                .map_or(PolicyValue::Default, |value| self.policies.normalize(name, value));
            let effect = match self.policies.compare(name, &live, &value) {
                // What is the loosest value anyway is not set on a new TRE either.
                Strictness::Same => continue,
                Strictness::Stricter => Effect::Tightens,
                Strictness::Looser => Effect::Loosens,
                Strictness::Incomparable => Effect::Incomparable,
            };
            let path = format!("/policies/{}", escape(name));
            let values = Values {
                before: if before.is_some() { spelled(&live) } else { Value::Null },
                after: json!(wanted.value),
                applied: applied
                    .and_then(|applied| applied.policies.get(name))
                    .map(|value| self.aligned(name, value, (&live, &wanted.value))),
            };
            self.push(Field::Policy(name.clone()), path, values, effect, Some(&wanted.range));
        }
    }

    /// Returns the applied value of a policy in the spelling of the side that it means the same as.
    fn aligned(
        &self,
        name: &str,
        applied: &PolicyValue,
        (live, wanted): (&PolicyValue, &PolicyValue),
    ) -> Value {
        if self.policies.compare(name, applied, wanted) == Strictness::Same {
            json!(wanted)
        } else if self.policies.compare(name, applied, live) == Strictness::Same {
            spelled(live)
        } else {
            json!(applied)
        }
    }

    fn people(&mut self, after: &Tre) {
        let Sides { desired, before, applied, .. } = self.sides;
        if let Some(wanted) = &desired.admins {
            self.list(
                |user| Field::Admin(user.clone()),
                ["/admins"; 2],
                before.map(|tre| &tre.admins),
                (&after.admins, applied.and_then(|applied| applied.admins.as_ref())),
                wanted,
            );
        }
        if let Some(wanted) = &desired.authorized_users {
            self.list(
                |person| Field::AuthorizedUser(person.clone()),
                ["/authorizedUsers"; 2],
                before.map(|tre| &tre.authorized_users),
                (
                    &after.authorized_users,
                    applied.and_then(|applied| applied.authorized_users.as_ref()),
                ),
                wanted,
            );
        }
    }

    /// Compares a list of people entry by entry: each is there or not. The list may stand at one
    /// path live and at another in the TRE as it will be.
    fn list<T: Ord + Clone + Serialize>(
        &mut self,
        field: impl Fn(&T) -> Field,
        [path_before, path_after]: [&str; 2],
        before: Option<&BTreeSet<T>>,
        (after, applied): (&BTreeSet<T>, Option<&BTreeSet<T>>),
        wanted: &People<T>,
    ) {
        let nobody = BTreeSet::new();
        let before = before.unwrap_or(&nobody);
        if before == after {
            return;
        }
        let recorded = |person: &T| {
            applied.map(|list| if list.contains(person) { json!(person) } else { Value::Null })
        };
        for (index, person) in before.iter().enumerate() {
            if !after.contains(person) {
                let values =
                    Values { before: json!(person), after: Value::Null, applied: recorded(person) };
                let path = format!("{path_before}/{index}");
                self.push(field(person), path, values, Effect::Tightens, Some(&wanted.range));
            }
        }
        for (index, person) in after.iter().enumerate() {
            // The creator is an admin of what it creates, listed or not: nothing to compare.
            let Some(ways) = wanted.members.get(person) else { continue };
            if !before.contains(person) {
                let values =
                    Values { before: Value::Null, after: json!(person), applied: recorded(person) };
                let path = format!("{path_after}/{index}");
                let range = ways.first().map_or(&wanted.range, |way| &way.range);
                self.push(field(person), path, values, Effect::Loosens, Some(range));
            }
        }
    }

    fn inventory(&mut self, after: &Tre) {
        let Sides { desired, before, applied, .. } = self.sides;
        let (Some(wanted), Some(after)) = (&desired.inventory, &after.inventory) else { return };
        let before = before.and_then(|tre| tre.inventory.as_ref());
        let applied = applied.and_then(|applied| applied.inventory.as_ref());
        self.value(
            Field::InventoryVersion,
            Some(&wanted.version_range),
            (before.map(|inventory| &inventory.version), &after.version),
            applied.map(|inventory| &inventory.version),
            Effect::Incomparable,
        );
        for asset in Asset::ALL {
            let of = |inventory: Option<&Inventory>| {
                inventory.and_then(|inventory| inventory.asset(asset)).cloned()
            };
            let (live, value) = (of(before), of(Some(after)));
            let is_same = match (&live, &value) {
                (Some(live), Some(value)) => live.is_same(value),
                (None, None) => true,
                _ => false,
            };
            if is_same {
                continue;
            }
            let field = Field::InventoryAsset(asset);
            let path = field.key();
            let range = wanted.asset_ranges.get(&asset).unwrap_or(&wanted.range);
            let values = Values {
                before: json!(live),
                after: json!(value),
                applied: applied.map(|inventory| match (of(Some(inventory)), &value) {
                    (Some(old), Some(value)) if old.is_same(value) => json!(value),
                    (old, _) => json!(old),
                }),
            };
            self.push(field, path, values, Effect::Incomparable, Some(range));
        }
    }

    fn frozen(&mut self, after: &Tre) {
        let Sides { desired, before, applied, .. } = self.sides;
        self.value(
            Field::BillTo,
            desired.bill_to.as_ref().map(|at| &at.range),
            (before.map(|tre| &tre.bill_to), &after.bill_to),
            applied.and_then(|applied| applied.bill_to.as_ref()),
            Effect::Neutral,
        );
        self.value(
            Field::Region,
            desired.region.as_ref().map(|at| &at.range),
            (before.map(|tre| &tre.region), &after.region),
            applied.and_then(|applied| applied.region.as_ref()),
            Effect::Neutral,
        );
        if let Some(url) = &after.customized_url {
            self.value(
                Field::CustomizedUrl,
                desired.customized_url.as_ref().map(|at| &at.range),
                (before.and_then(|tre| tre.customized_url.as_ref()), url),
                applied.and_then(|applied| applied.customized_url.as_ref()),
                Effect::Neutral,
            );
        }
        if let Some(card) = &after.customized_rate_card {
            self.value(
                Field::CustomizedRateCard,
                desired.customized_rate_card.as_ref().map(|at| &at.range),
                (before.and_then(|tre| tre.customized_rate_card.as_ref()), card),
                applied.and_then(|applied| applied.customized_rate_card.as_ref()),
                Effect::Neutral,
            );
        }
    }
}

/// A policy's value as a person reads it: a platform's default that was never set is null.
fn spelled(value: &PolicyValue) -> Value {
    json!(value)
}
