//! One case: a state of the TRE, a document, what the document amounts to, and which calls lead
//! there directly.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

use serde_json::{Value, json};
use trectl::model::DesiredState;
use trectl::platform::wire::{TreDescription, WireInventory, WireStep};

use super::call::{
    Call, append_word, inventory_word, person_word, policy_word, removal_word, reviewer_of,
    setting_word, text_word,
};
use super::slice::Slice;
use crate::world::document::Document;
use crate::world::goal::{goal, is_same, normal};

/// Returns the settings of `update`, by their names on the wire.
pub fn settings(tre: &TreDescription) -> [(&'static str, Cow<'_, Value>); 7] {
    let text = |text: &String| Cow::Owned(Value::String(text.clone()));
    [
        ("name", text(&tre.name)),
        ("description", text(&tre.description)),
        ("visibility", text(&tre.visibility)),
        ("billTo", text(&tre.bill_to)),
        ("region", text(&tre.region)),
        ("customizedURL", tre.customized_url.as_ref().map_or(Cow::Owned(Value::Null), text)),
        (
            "customizedRateCard",
            tre.customized_rate_card.as_ref().map_or(Cow::Owned(Value::Null), Cow::Borrowed),
        ),
    ]
}

/// The words of a menu as bits, so that a call is compared with a case at once.
pub struct Words {
    bits: HashMap<String, u32>,
    /// What each call writes.
    calls: Vec<u128>,
}

impl Words {
    pub fn of(calls: &[Call]) -> Self {
        let mut words = Self { bits: HashMap::new(), calls: Vec::new() };
        for call in calls {
            let mut written = 0;
            for word in call.words() {
                let next = u32::try_from(words.bits.len()).unwrap();
                written |= 1_u128 << *words.bits.entry(word).or_insert(next);
            }
            words.calls.push(written);
        }
        assert!(words.bits.len() <= 128, "{} words are too many", words.bits.len());
        words
    }

    /// Returns the calls that write nothing but these words.
    fn calls(&self, allowed: &[String]) -> Vec<usize> {
        let bits = allowed.iter().filter_map(|word| self.bits.get(word));
        let allowed = bits.fold(0_u128, |set, bit| set | 1 << bit);
        let calls = self.calls.iter().enumerate();
        calls.filter(|(_, written)| **written & !allowed == 0).map(|(call, _)| call).collect()
    }
}

/// One case.
pub struct Case<'a> {
    pub slice: &'a Slice,
    /// The state in which the TRE is.
    pub live: usize,
    pub document_index: usize,
    /// What the document asks for.
    pub goal: Option<TreDescription>,
    /// The state that this is; `None` where no state of the slice is like it, so that nothing
    /// leads there.
    pub goal_node: Option<usize>,
    /// The direct calls, once somebody asks for them: most cases have no way to look for.
    direct: OnceCell<Vec<usize>>,
}

impl<'a> Case<'a> {
    pub fn of(slice: &'a Slice, live: usize, document_index: usize) -> Self {
        let before = slice.graph.nodes[live].tre.as_ref();
        let document = &slice.documents[document_index];
        let goal = goal(before, document, slice.actor);
        let goal_node = slice.graph.goal(goal.as_ref());
        Self { slice, live, document_index, goal, goal_node, direct: OnceCell::new() }
    }

    /// Returns the direct calls.
    pub fn direct(&self) -> &[usize] {
        self.direct.get_or_init(|| {
            let words = direct_words(self.before(), self.goal.as_ref(), self.document());
            self.slice.words.calls(&words)
        })
    }

    pub fn document(&self) -> &'a Document {
        &self.slice.documents[self.document_index]
    }

    pub fn before(&self) -> Option<&'a TreDescription> {
        self.slice.graph.nodes[self.live].tre.as_ref()
    }

    /// Tells whether the TRE is there and the acting account does not see it.
    pub fn is_hidden(&self) -> bool {
        !self.slice.graph.nodes[self.live].is_seen
    }

    /// Tells whether a call would give out a pending inventory that the document does not name
    /// (contract 5.7).
    pub fn gives_out_unseen(&self, node: usize, call: usize) -> bool {
        let graph = &self.slice.graph;
        let tre = graph.nodes[node].tre.as_ref();
        let pending = tre.and_then(|tre| tre.inventory.pending.as_ref());
        graph.calls[call].method() == "activate"
            && pending
                .is_some_and(|pending| !self.named().is_some_and(|named| is_same(&named, pending)))
    }

    /// Returns the inventory that the document names.
    pub fn named(&self) -> Option<WireInventory> {
        self.document().inventory.as_ref().map(wire)
    }
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "slice:    {} ({} acts)", self.slice.name, self.slice.actor)?;
        match self.before() {
            None => writeln!(f, "live:     no TRE")?,
            Some(tre) => {
                let mut tre = json!(normal(tre));
                if let Some(fields) = tre.as_object_mut() {
                    let is_empty = |value: &Value| {
                        [json!(null), json!(""), json!([]), json!({}), json!(0)].contains(value)
                    };
                    fields.retain(|key, value| {
                        !is_empty(value) && !["id", "createdBy"].contains(&&**key)
                    });
                }
                let hidden = if self.is_hidden() { " (not seen)" } else { "" };
                writeln!(f, "live:     {tre}{hidden}")?;
            }
        }
        write!(f, "document: {:?}", self.document())
    }
}

fn wire(inventory: &trectl::platform::seed::SeedInventory) -> WireInventory {
    serde_json::from_value(json!(inventory)).unwrap()
}

/// Returns what may be written on a direct way (contract 5.2): the lifecycle is free, nothing is
/// deleted unasked, each field, policy and entry of a list goes once from its live to its desired
/// value.
fn direct_words(
    before: Option<&TreDescription>,
    goal: Option<&TreDescription>,
    document: &Document,
) -> Vec<String> {
    let of = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    if document.state == DesiredState::Deleted {
        return of(&["deactivate", "destroy"]);
    }
    let Some(goal) = goal else { return Vec::new() };
    let mut words = of(&["activate", "deactivate"]);
    if before.is_none() {
        words.push("create".to_owned());
    }
    words.extend(changed_settings(before, goal));
    words.extend(policies(before, goal));
    words.extend(inventory(before, document));
    let none = Vec::new();
    let lists = [
        ("admin", before.map_or(&none, |tre| &tre.admins), &goal.admins),
        ("user", before.map_or(&none, |tre| &tre.authorized_users), &goal.authorized_users),
    ];
    for (role, live, wanted) in lists {
        words.extend(people(role, live, wanted));
    }
    words.extend(pipeline(before.map_or(&[], |tre| &tre.application_review_steps), goal));
    words
}

fn changed_settings(before: Option<&TreDescription>, goal: &TreDescription) -> Vec<String> {
    let live = before.map(settings);
    let differs = |index: usize, value: &Value| match &live {
        Some(live) => *live[index].1 != *value,
        None => !(value.is_null() || *value == "" || *value == "private"),
    };
    let wanted = settings(goal).into_iter().enumerate();
    let changed = wanted.filter(|(index, (_, value))| differs(*index, value));
    changed.map(|(_, (key, value))| setting_word(key, &value)).collect()
}

/// A policy that was never set counts as its loosest value, so writing that changes nothing.
fn policies(before: Option<&TreDescription>, goal: &TreDescription) -> Vec<String> {
    let (live, wanted) = (before.map(normal), normal(goal));
    let differs = |name: &&String| {
        live.as_ref().and_then(|live| live.policies.get(*name)) != wanted.policies.get(*name)
    };
    let names = goal.policies.keys().filter(differs);
    names.map(|name| policy_word(name, &goal.policies[name])).collect()
}

/// The inventory is one value: the pending one if there is one, else the one that is set.
fn inventory(before: Option<&TreDescription>, document: &Document) -> Option<String> {
    let wanted = document.inventory.as_ref()?;
    let live = before.map(|tre| &tre.inventory);
    let live = live.and_then(|live| live.pending.as_ref().or(live.active.as_ref()));
    let is_there = live.is_some_and(|live| is_same(live, &wire(wanted)));
    (!is_there).then(|| inventory_word(&json!(wanted)))
}

fn people(role: &str, live: &[String], wanted: &[String]) -> Vec<String> {
    let (live, wanted): (BTreeSet<_>, BTreeSet<_>) =
        (live.iter().collect(), wanted.iter().collect());
    let goes = live.difference(&wanted).map(|person| person_word("-", role, person));
    let comes = wanted.difference(&live).map(|person| person_word("+", role, person));
    goes.chain(comes).collect()
}

/// The longest prefix of the desired order that stands in that order already stays and is edited in
/// place; the rest is taken out and appended, each with its reviewers (contract 5).
fn pipeline(live: &[WireStep], goal: &TreDescription) -> Vec<String> {
    let wanted = &goal.application_review_steps;
    let mut rest = live.iter();
    let kept: Vec<(&WireStep, &WireStep)> = wanted
        .iter()
        .map_while(|step| Some((rest.find(|live| live.id == step.id)?, step)))
        .collect();
    let is_kept = |step: &WireStep| kept.iter().any(|(live, _)| live.id == step.id);
    let mut words: Vec<String> = live
        .iter()
        .filter(|step| !is_kept(step))
        .map(|step| removal_word(&json!(step.id)))
        .collect();
    words.extend(wanted.iter().skip(kept.len()).map(|step| append_word(&json!(step))));
    for (live, step) in kept {
        let id = json!(step.id);
        if live.name != step.name {
            words.push(text_word(&id, "name", &json!(step.name)));
        }
        if live.description != step.description {
            words.push(text_word(&id, "description", &json!(step.description)));
        }
        words.extend(people(&reviewer_of(&id), &live.reviewers, &step.reviewers));
    }
    words
}
