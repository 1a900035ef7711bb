//! The platform, the state store, and what is remembered: plays one act after the other.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::json;
use trectl::apply::{TreResult, is_rest};
use trectl::desired::ConsentKind;
use trectl::diff;
use trectl::model::{PolicyTable, TreId, UserId};
use trectl::plan::{self, Allow, Plan, Status, TreChange, saved};
use trectl::state::Loaded;

use super::checks;
use super::memory::Memory;
use super::run::{Made, Mishap};
use super::script::{Act, Apply, How, Script};
use crate::support::cast;
use crate::support::office::Office;
use crate::support::stage::{Stage, Terms, change};
use crate::world::directory::TRE;
use crate::world::goal::{goal, normal};

pub const OPERATOR: &str = "user-olga";

/// What happened in all lives, so that none of it is held to nothing.
static MET: Mutex<BTreeMap<&str, usize>> = Mutex::new(BTreeMap::new());

pub fn met(what: &'static str) {
    *MET.lock().unwrap().entry(what).or_insert(0) += 1;
}

const ALL: [&str; 18] = [
    "applied whole",
    "blocked",
    "by a consent of the document",
    "conflict",
    "created",
    "deleted",
    "killed and made again",
    "made again as the rest",
    "nothing to do",
    "orphaned",
    "out of sight",
    "published",
    "released",
    "revert",
    "saved and applied",
    "saved and stale",
    "stopped on the way",
    "tightened",
];

pub fn assert_everything_was_met() {
    let met = MET.lock().unwrap();
    for what in ALL {
        assert!(met.get(what).is_some_and(|count| *count > 5), "seldom or never: {what}\n{met:?}");
    }
}

pub struct Theatre {
    pub stage: Stage,
    pub office: Office,
    pub memory: Option<Memory>,
    pub saved: Option<Saved>,
}

/// A plan that was kept, and the consents it was made with.
pub struct Saved {
    pub plan: Plan,
    pub script: Script,
}

impl Theatre {
    pub fn open(_: &Script) -> Self {
        Self { stage: cast::stage(None), office: Office::new(), memory: None, saved: None }
    }

    /// Returns the state, with everything settled that earlier runs left open.
    pub fn loaded(&self) -> Loaded {
        let mut loaded = self.office.load();
        loaded.settle(&self.stage.live()).unwrap();
        loaded
    }

    pub fn plan(&self, script: &Script, loaded: &Loaded, terms: Terms) -> Plan {
        let applied = loaded.applied().get(&TreId::from_platform(TRE)).cloned();
        let terms = Terms { today: script.today, ..terms.after(applied) };
        self.stage.plan_all(script.is_there.then(|| script.document.resolved(TRE)), &terms)
    }

    pub fn play(&mut self, script: &Script, act: &Act) {
        match act {
            Act::ByHand((route, input)) => self.by_hand(route, input),
            Act::Save if script.is_there => {
                let plan = || self.plan(script, &self.loaded(), Terms::consented());
                let again = plan();
                let plan = plan();
                assert_eq!(json!(plan).to_string(), json!(again).to_string(), "not the same bytes");
                self.saved = Some(Saved { plan, script: script.clone() });
            }
            Act::Apply(apply) if script.is_there => self.apply(script, apply),
            _ => {}
        }
    }

    /// Another admin calls, if there is one.
    fn by_hand(&self, route: &str, input: &serde_json::Value) {
        let admins = self.stage.describe().map(|tre| tre.admins).unwrap_or_default();
        let other = admins.iter().find(|admin| *admin != OPERATOR).or(admins.first());
        let Some(other) = other else { return };
        // What the platform refuses is refused.
        let _ = self.stage.platform().acting_as(UserId::from_platform(other)).call(route, input);
    }

    fn apply(&mut self, script: &Script, apply: &Apply) {
        if !self.stage.is_in_sight() {
            met("out of sight");
            return;
        }
        let loaded = self.loaded();
        let terms = terms(apply);
        let plan = self.plan(script, &loaded, terms);
        if matches!(apply.how, How::Saved) && !self.is_fresh(&plan, &loaded) {
            return;
        }
        let planned = change(&plan).clone();
        if matches!(apply.how, How::Stopped(_)) && planned.status == Status::Ready {
            // It was reviewed, so it can be gone on with, unless something moves.
            self.saved = Some(Saved { plan: plan.clone(), script: script.clone() });
        }
        let mishap = match apply.how {
            How::Stopped(after) => Mishap::Stopped(after),
            How::Killed(call, side) => Mishap::Killed(call, side),
            How::Whole | How::TightenOnly | How::Saved => Mishap::None,
        };
        let made = self.run(script, apply, plan, loaded, mishap);
        if made.outcome.is_none() {
            self.again(script, apply, &planned, made.states.len() - 1);
        }
    }

    /// Makes a run, holds the laws against it, and remembers what it did.
    fn run(
        &mut self,
        script: &Script,
        apply: &Apply,
        plan: Plan,
        loaded: Loaded,
        mishap: Mishap,
    ) -> Made {
        let planned = change(&plan).clone();
        let before = self.stage.describe();
        let is_tightening = matches!(apply.how, How::TightenOnly);
        let is_settled = matches!(planned.status, Status::Ready | Status::NoOp | Status::Released);
        let mut records = BTreeMap::new();
        if is_settled && !is_tightening {
            let record = diff::record(&script.document.resolved(TRE), &PolicyTable::default());
            records.insert(TreId::from_platform(TRE), record);
        }
        let calls = self.stage.platform().calls().len();
        let made = self.office.run(&self.stage, plan, loaded, records, mishap);
        let calls = self.stage.platform().calls().split_off(calls);
        checks::run(script, apply, &planned, &made, &calls, self.memory.as_ref());

        let done = made.states.len() - 1;
        if done > 0 {
            let begin = Memory::before(self.memory.take(), before.as_ref(), &planned.steps);
            let mut steps = planned.steps.iter().take(done);
            self.memory = steps.try_fold(begin, Memory::absorb);
        }
        let is_whole = match &made.outcome {
            None => false,
            Some(outcome) => match outcome.tres.values().next() {
                Some(report) => matches!(report.result, TreResult::Applied),
                None => is_settled,
            },
        };
        if is_whole && !is_tightening {
            self.memory = Memory::of(&script.document);
            self.is_done(script, apply, before.as_ref());
        }
        count(&planned, apply, &made);
        made
    }

    /// After a whole run the platform is as the document asks, and planning again gives nothing.
    fn is_done(
        &self,
        script: &Script,
        apply: &Apply,
        before: Option<&trectl::platform::wire::TreDescription>,
    ) {
        let wanted = goal(before, &script.document, OPERATOR);
        let is = self.stage.describe();
        assert_eq!(is.as_ref().map(normal), wanted.as_ref().map(normal));
        let again = self.plan(script, &self.loaded(), terms(apply));
        let planned = change(&again);
        assert_eq!(planned.status, Status::NoOp, "{planned:?}");
        assert!(planned.fields.is_empty() && planned.steps.is_empty(), "{planned:?}");
        assert!(planned.released.is_empty(), "it is shown twice: {:?}", planned.released);
        assert!(again.resource_drift.is_empty(), "{:?}", again.resource_drift);
    }

    /// A run that was killed is made again: what is left is done, and nothing a second time.
    fn again(&mut self, script: &Script, apply: &Apply, first: &TreChange, done: usize) {
        let loaded = self.loaded();
        let mut whole = Apply { how: How::Whole, ..apply.clone() };
        let mut plan = self.plan(script, &loaded, terms(&whole));
        if asks_more_than_creating(first, change(&plan)) {
            met("asked for more on the way");
            whole.allows = true;
            plan = self.plan(script, &loaded, terms(&whole));
        }
        let rest = change(&plan).clone();
        assert!(
            matches!(rest.status, Status::Ready | Status::NoOp | Status::Released),
            "what was begun does not go on: {rest:?}"
        );
        if is_rest(&loaded, first, &rest) {
            met("made again as the rest");
        }
        let made = self.run(script, &whole, plan, loaded, Mishap::None);
        assert_eq!(
            done + made.states.len() - 1,
            first.steps.len(),
            "{:?} were planned, {done} of them done, and then {:?}",
            first.steps,
            rest.steps
        );
        met("killed and made again");
    }

    /// Tells whether the saved plan is what would be done now.
    pub fn is_fresh(&self, fresh: &Plan, loaded: &Loaded) -> bool {
        let Some(Saved { plan: saved, .. }) = &self.saved else { return false };
        let named = saved::named(saved, "local", None).unwrap();
        let is_rest = |old: &TreChange, new: &TreChange| is_rest(loaded, old, new);
        let result = saved::compare(saved, fresh, &named, is_rest);
        if result.is_err() {
            met("saved and stale");
            return false;
        }
        let steps = |plan: &Plan| -> Vec<_> {
            let steps = &change(plan).steps;
            steps.iter().map(|step| (step.route.clone(), step.input.clone())).collect()
        };
        let is_reviewed = named.is_empty() || steps(saved).ends_with(&steps(fresh));
        assert!(is_reviewed, "nobody reviewed {:?}", change(fresh).steps);
        if !named.is_empty() && change(fresh).status == Status::Ready {
            met("saved and applied");
        }
        !named.is_empty()
    }
}

/// Returns what a run is made under.
pub fn terms(apply: &Apply) -> Terms {
    let terms = match apply.allows {
        true => Terms::consented(),
        false => Terms { allow: Vec::<Allow>::new(), ..Terms::unconsented() },
    };
    match apply.how {
        How::TightenOnly => terms.tighten_only(),
        _ => terms,
    }
}

/// Creating takes no consent to loosen, but going on with a draft that was just created does: what
/// a new TRE begins with is then compared with what it is to be.
fn asks_more_than_creating(first: &TreChange, rest: &TreChange) -> bool {
    first.steps.iter().any(|step| step.operation.as_str() == "create")
        && rest.missing_consents == [ConsentKind::Loosen]
}

fn count(planned: &TreChange, apply: &Apply, made: &Made) {
    let done = made.states.len() - 1;
    match planned.status {
        Status::Blocked => met("blocked"),
        Status::NoOp => met("nothing to do"),
        Status::Released => met("released"),
        _ => {}
    }
    if done == 0 {
        return;
    }
    if matches!(apply.how, How::TightenOnly) {
        met("tightened");
    } else if done < planned.steps.len() {
        met("stopped on the way");
    } else {
        met("applied whole");
    }
    for (operation, what) in
        [("create", "created"), ("delete", "deleted"), ("publish", "published")]
    {
        if planned.steps.iter().any(|step| step.operation.as_str() == operation) {
            met(what);
        }
    }
    if planned.given_consents.iter().any(|given| given.by == "document") {
        met("by a consent of the document");
    }
}

/// Returns the part of a plan that is about the TRE, if it is in the plan at all.
pub fn part(plan: &plan::Plan) -> Option<&TreChange> {
    plan.resource_changes.iter().find(|change| change.name == TRE)
}
