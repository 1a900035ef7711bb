//! What the lock rules say is what the platform does: each setting in each state, and each way from
//! state to state, found out by making the calls.

use serde_json::{Value, json};
use trectl::lifecycle::{self, Verdict};
use trectl::model::{DesiredState, TreState, Visibility};
use trectl::plan::Status;
use trectl::platform::seed::{SeedInventories, SeedInventory, SeedTre};
use trectl::platform::wire::WireState;

use crate::support::cast::{document, people, policies, stage, step, tre};
use crate::support::stage::{Stage, Terms, change, operations};
use crate::world::directory::{TRE, inventories};
use crate::world::document::{Document, Step};

const STATES: [WireState; 3] = [WireState::Draft, WireState::Active, WireState::Amending];

/// A setting by its key, the call that changes it, and the document that asks for that.
struct Setting {
    key: &'static str,
    method: &'static str,
    input: Value,
    /// None for the id: another id is another TRE.
    asks: Option<fn(&mut Document)>,
}

fn setting(
    key: &'static str,
    method: &'static str,
    input: Value,
    asks: fn(&mut Document),
) -> Setting {
    Setting { key, method, input, asks: Some(asks) }
}

fn update(key: &'static str, value: Value, asks: fn(&mut Document)) -> Setting {
    setting(key, "update", json!({ key: value }), asks)
}

fn settings() -> Vec<Setting> {
    let id = json!({ "id": "tre-other" });
    let added = json!({ "id": "third", "name": "third", "description": "", "reviewers": [] });
    let mut settings = vec![Setting { key: "id", method: "update", input: id, asks: None }];
    settings.extend([
        update("name", json!("N"), |it| it.name = Some("N".to_owned())),
        update("description", json!("D"), |it| it.description = Some("D".to_owned())),
        update("visibility", json!("public"), |it| it.visibility = Some(Visibility::Public)),
        setting("policies", "setPolicies", json!({ "policies": { "protected": true } }), |it| {
            it.policies = policies(&[("protected", json!(true))]);
        }),
        setting("admins", "addAdmins", json!({ "admins": ["user-ann"] }), |it| {
            it.admins = people(&["user-olga", "user-ann"]);
        }),
        setting(
            "authorizedUsers",
            "addAuthorizedUsers",
            json!({ "authorizedUsers": ["user-gus"] }),
            |it| it.users = people(&["user-eve", "user-gus"]),
        ),
        setting("inventory", "setInventory", on_the_wire(next()), |it| it.inventory = Some(next())),
        update("billTo", json!("org-birch"), |it| it.bill_to = Some("org-birch".to_owned())),
        update("region", json!("aws:us-east-1"), |it| it.region = Some("aws:us-east-1".to_owned())),
        update("customizedURL", json!("U"), |it| it.url = Some("U".to_owned())),
        update("customizedRateCard", json!(1), |it| it.rate_card = Some(json!(1))),
        setting("reviewSteps", "addApplicationReviewStep", added, |it| {
            it.steps = Some(["first", "second", "third"].map(|id| step(id, None)).into());
        }),
        setting(
            "reviewSteps[].name, reviewSteps[].description",
            "updateApplicationReviewStep",
            json!({ "id": "first", "name": "N" }),
            |it| {
                let first = Step { name: Some("N".to_owned()), ..step("first", None) };
                it.steps = Some(vec![first, step("second", None)]);
            },
        ),
        setting(
            "reviewSteps[].reviewers",
            "addApplicationReviewers",
            json!({ "stepId": "first", "reviewers": ["user-gus"] }),
            |it| {
                let first = step("first", people(&["user-dan", "user-gus"]));
                it.steps = Some(vec![first, step("second", None)]);
            },
        ),
    ]);
    settings
}

fn next() -> SeedInventory {
    inventories().swap_remove(1)
}

fn on_the_wire(inventory: SeedInventory) -> Value {
    json!({
        "version": inventory.version,
        "tabularData": inventory.tabular_data,
        "dataShowcase": inventory.data_showcase,
    })
}

impl Setting {
    /// Where the TRE lies is judged by its inventory too, and who pays by its admins: neither is
    /// what is asked here.
    fn live(&self, state: WireState) -> SeedTre {
        let mut live = SeedTre { admins: vec!["user-olga".to_owned()], ..tre(state) };
        if matches!(self.key, "billTo" | "region") {
            live.inventory = SeedInventories::default();
        }
        live
    }

    fn is_taken(&self, stage: &Stage) -> bool {
        stage.call(&format!("/{TRE}/{}", self.method), &self.input).is_ok()
    }

    /// Finds out what holds in a state.
    fn verdict(&self, state: WireState) -> Verdict {
        let on_stage = stage(Some(self.live(state)));
        if self.is_taken(&on_stage) {
            return Verdict::Open;
        }
        if on_stage.call(&format!("/{TRE}/deactivate"), &json!({})).is_ok()
            && self.is_taken(&on_stage)
        {
            return Verdict::ViaMaintenance;
        }
        let is_ever_taken = |state| self.is_taken(&stage(Some(self.live(state))));
        if STATES.into_iter().any(is_ever_taken) { Verdict::Locked } else { Verdict::Immutable }
    }
}

fn named(state: WireState) -> (TreState, DesiredState) {
    match state {
        WireState::Draft => (TreState::Draft, DesiredState::Draft),
        WireState::Active => (TreState::Active, DesiredState::Active),
        WireState::Amending => (TreState::Maintenance, DesiredState::Maintenance),
    }
}

#[test]
fn what_is_explained_is_what_the_platform_does() {
    let settings = settings();
    assert_eq!(lifecycle::explain(None, None).len(), settings.len());
    for setting in settings {
        for state in STATES {
            let explained = lifecycle::explain(None, Some(named(state).0));
            let row = explained.into_iter().find(|row| row.field == setting.key).unwrap();
            let ruling = row.states[0].verdict;
            assert_eq!(ruling, setting.verdict(state), "{} while {state:?}", setting.key);
        }
    }
}

#[test]
fn what_may_change_is_planned() {
    for setting in settings() {
        let Some(asks) = setting.asks else { continue };
        for state in STATES {
            let mut asked = document(named(state).1);
            asks(&mut asked);
            let plan = stage(Some(setting.live(state))).plan(&asked, &Terms::consented());
            let planned = change(&plan);
            let verdict = setting.verdict(state);
            let about = format!("{} while {state:?}: {planned:?}", setting.key);
            assert!(!planned.fields.is_empty(), "{about}");
            assert!(planned.fields.iter().all(|field| field.lock == verdict), "{about}");
            let is_blocked = matches!(verdict, Verdict::Locked | Verdict::Immutable);
            let status = if is_blocked { Status::Blocked } else { Status::Ready };
            assert_eq!(planned.status, status, "{about}");
            let passes = operations(planned).iter().any(|operation| operation == "deactivate");
            assert_eq!(passes, verdict == Verdict::ViaMaintenance, "{about}");
        }
    }
}

/// A document that can be created and published.
fn complete(state: DesiredState) -> Document {
    Document {
        name: Some("New".to_owned()),
        bill_to: Some("org-ash".to_owned()),
        region: Some("aws:eu-west-2".to_owned()),
        inventory: Some(inventories().swap_remove(0)),
        steps: Some(vec![step("first", people(&["user-dan"]))]),
        ..document(state)
    }
}

/// Takes one edge of the lifecycle, as an operation's name; creating fills the draft too.
fn take(stage: &Stage, edge: &str) -> bool {
    let call = |method: &str, input: Value| stage.call(&format!("/{TRE}/{method}"), &input).is_ok();
    let is_draft = stage.describe().is_some_and(|tre| tre.state == WireState::Draft);
    match edge {
        "create" => {
            let new = json!({ "handle": "case", "name": "New", "billTo": "org-ash", "region": "aws:eu-west-2" });
            let added =
                json!({ "id": "first", "name": "", "description": "", "reviewers": ["user-dan"] });
            stage.call("/tre/new", &new).is_ok()
                && call("setInventory", on_the_wire(inventories().swap_remove(0)))
                && call("addApplicationReviewStep", added)
        }
        "publish" => is_draft && call("activate", json!({})),
        "reactivate" => !is_draft && call("activate", json!({})),
        "deactivate" => call("deactivate", json!({})),
        _ => call("destroy", json!({})),
    }
}

/// Returns how open a state is.
fn openness(state: Option<WireState>) -> u8 {
    match state {
        None => 0,
        Some(WireState::Draft) => 1,
        Some(WireState::Amending) => 2,
        Some(WireState::Active) => 3,
    }
}

/// Returns a shortest way to a state that is never more open than both of its ends, and deletes
/// only what is to be deleted.
fn way(live: Option<WireState>, wanted: Option<WireState>) -> Option<Vec<&'static str>> {
    const EDGES: [&str; 5] = ["create", "publish", "deactivate", "reactivate", "delete"];
    let is_there = |stage: &Stage| stage.describe().map(|tre| tre.state);
    let mut ways: Vec<Vec<&str>> = vec![Vec::new()];
    while let Some(way) = ways.first().cloned() {
        ways.remove(0);
        let on_stage = stage(live.map(tre));
        let taken = way.iter().all(|edge| {
            let is_meant = *edge != "delete" || wanted.is_none();
            let open = openness(live).max(openness(wanted));
            is_meant && take(&on_stage, edge) && openness(is_there(&on_stage)) <= open
        });
        if taken && is_there(&on_stage) == wanted {
            return Some(way);
        }
        if taken && way.len() < 3 {
            ways.extend(EDGES.map(|edge| [way.clone(), vec![edge]].concat()));
        }
    }
    None
}

#[test]
fn a_way_is_planned_where_the_platform_has_one() {
    let desired = [
        (DesiredState::Draft, Some(WireState::Draft)),
        (DesiredState::Active, Some(WireState::Active)),
        (DesiredState::Maintenance, Some(WireState::Amending)),
        (DesiredState::Deleted, None),
    ];
    for live in [None].into_iter().chain(STATES.map(Some)) {
        for (asked, wanted) in desired {
            let document = if live.is_none() { complete(asked) } else { document(asked) };
            let plan = stage(live.map(tre)).plan(&document, &Terms::consented());
            let planned = change(&plan);
            let about = format!("from {live:?} to {asked}: {:?}", planned.blocked);
            let Some(way) = way(live, wanted) else {
                assert_eq!(planned.status, Status::Blocked, "{about}");
                continue;
            };
            let status = if way.is_empty() { Status::NoOp } else { Status::Ready };
            assert_eq!(planned.status, status, "{about}");
            let edges = ["create", "publish", "deactivate", "reactivate", "delete"];
            let mut taken = operations(planned);
            taken.retain(|operation| edges.contains(&operation.as_str()));
            assert_eq!(taken, way, "{about}");
        }
    }
}
