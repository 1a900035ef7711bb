//! Plans that were built by hand, one for each kind of news: every renderer is tested on them.

use serde_json::{Value, json};

use super::{Options, Palette, Purpose, Verbosity};
use crate::plan::{ChangedSince, Plan};

/// Every plan with its name and the exit status that goes with it.
pub fn all() -> Vec<(&'static str, Plan, u8)> {
    vec![
        ("changes_beside_a_blocked_one", changes_beside_a_blocked_one(), 3),
        (
            "a_new_tre_that_is_published_and_one_that_is_deleted",
            a_new_tre_that_is_published_and_one_that_is_deleted(),
            0,
        ),
        ("consents_that_are_missing", consents_that_are_missing(), 3),
        ("orphans_released_settings_and_warnings", orphans_released_settings_and_warnings(), 0),
        ("nothing_to_do_is_one_line_for_many", nothing_to_do_is_one_line_for_many(), 0),
    ]
}

/// Returns a plan of so many TREs, with all kinds of news among them.
pub fn fleet(count: usize) -> Plan {
    let mut kinds: Vec<_> = all().into_iter().map(|(_, plan, _)| plan).collect();
    let changes: Vec<_> = kinds
        .iter_mut()
        .flat_map(|plan| plan.resource_changes.drain(..8.min(plan.resource_changes.len())))
        .collect();
    let mut plan = kinds.swap_remove(0);
    plan.resource_changes = changes.into_iter().cycle().take(count).collect();
    for (number, change) in plan.resource_changes.iter_mut().enumerate() {
        change.name = format!("tre-{number:05}");
    }
    plan
}

/// Builds a plan around entries; summary and status follow from what is passed.
pub fn plan(changes: Value, summary: Value) -> Plan {
    let mut all = json!({
        "create": 0, "update": 0, "delete": 0, "no_op": 0, "blocked": 0, "orphaned": 0,
        "unmanaged": 0, "released": 0, "steps": 0
    });
    merge(&mut all, summary);
    let changes: Vec<Value> = changes.as_array().unwrap().iter().map(change).collect();
    let applyable = changes.iter().any(|change| change["status"] == "ready");
    serde_json::from_value(json!({
        "format_version": "1.0", "trectl_version": "0.1.0", "timestamp": "2026-05-06T14:02:09Z",
        "applyable": applyable, "complete": true, "errored": false,
        "source": {"digest": "sha256:00", "git": {"commit": "a1c9f04d", "dirty": false}},
        "target": {"name": "production", "platform": "api.dnanexus.com", "operator": "user-amara"},
        "summary": all,
        "resource_changes": changes,
        "resource_drift": []
    }))
    .unwrap()
}

/// Completes an entry with what most tests do not care about.
pub fn change(given: &Value) -> Value {
    let mut change = json!({
        "address": "tre.x", "type": "tre", "name": "tre-x", "status": "ready",
        "digest": "sha256:11",
        "change": {"actions": ["update"], "before": null, "after": null},
        "live_state": "active", "desired_state": "active", "fields": [], "steps": [],
        "blocked": [], "missing_consents": [], "consent_requests": [], "given_consents": [],
        "impact": {
            "gain_access": [], "lose_access": [], "keep_access": [], "loosened": [],
            "tightened": [], "requests": {"in_review": 0, "approved": 0},
            "unknown": ["existing projects"]
        },
        "released": [], "warnings": [], "range": place("tres/x.yaml", 1)
    });
    merge(&mut change, given.clone());
    change
}

pub fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

pub fn place(file: &str, line: u32) -> Value {
    json!({"filename": file, "line": line, "column": 3, "end_line": line, "end_column": 9})
}

pub fn field(path: &str, before: Value, after: Value, effect: &str, at: Value) -> Value {
    json!({
        "path": path, "before": before, "after": after, "lock": "open", "effect": effect,
        "origin": "change", "range": at
    })
}

pub fn step(number: usize, operation: &str, input: Value, reason: &str) -> Value {
    json!({
        "id": format!("tre-x/{number}"), "operation": operation, "route": "/tre-x/route",
        "input": input, "consents": [], "reason": reason
    })
}

pub fn options(exit: u8) -> Options {
    Options {
        width: 80,
        palette: Palette::Plain,
        verbosity: Verbosity::Normal,
        invocation: "trectl".to_owned(),
        purpose: Purpose::Read { exit, apply: "trectl apply".to_owned() },
        read_on: Some(jiff::civil::date(2026, 5, 6)),
        snapshot_age: None,
    }
}

pub fn users(count: usize, name: &str, via: Value) -> Vec<Value> {
    let user = |n| json!({"id": format!("user-{name}{n:02}"), "via": via, "gives": listed()});
    (1..=count).map(user).collect()
}

/// What being listed gives in an active TRE with a Data Showcase.
fn listed() -> Value {
    let grant = |right| json!({"right": right, "evidence": "documented"});
    json!(["find", "send_requests", "read_showcase_project"].map(grant))
}

pub fn members() -> Value {
    let mut fields: Vec<Value> = (1..=12)
        .map(|n| {
            let id = json!(format!("user-leeds{n:02}"));
            let path = format!("/authorizedUsers/{}", n + 3);
            field(&path, Value::Null, id, "loosens", place("groups/leeds.yaml", 8 + n))
        })
        .collect();
    for (n, id) in ["user-okafor", "user-silva", "user-wu"].into_iter().enumerate() {
        let path = format!("/authorizedUsers/{n}");
        fields.push(field(
            &path,
            json!(id),
            Value::Null,
            "tightens",
            place("tres/cardio.yaml", 19),
        ));
    }
    fields.push(field(
        "/reviewSteps/0/reviewers/1",
        Value::Null,
        json!("user-priya"),
        "loosens",
        place("tres/cardio.yaml", 31),
    ));
    let before: Vec<String> = (0..7).map(|n| format!("user-old{n}")).collect();
    let after: Vec<String> = (0..16).map(|n| format!("user-new{n}")).collect();
    json!({
        "name": "tre-cardio",
        "change": {
            "before": {"authorizedUsers": before, "reviewSteps": [{"id": "governance"}]},
            "after": {
                "authorizedUsers": after, "reviewSteps": [{"id": "governance"}],
                "inventory": {"dataShowcase": "record-0123456789BFGJKPQVXYZbfg"}
            }
        },
        "fields": fields,
        "steps": [
            step(1, "remove_authorized_users",
                json!({"authorizedUsers": ["user-okafor", "user-silva", "user-wu"]}),
                "Take 3 authorized users off the list."),
            step(2, "add_reviewers", json!({"stepId": "governance", "reviewers": ["user-priya"]}),
                "Let 1 more reviewer decide `governance`."),
            step(3, "add_authorized_users", json!({"authorizedUsers": (1..=12).collect::<Vec<_>>()}),
                "Let 12 authorized users in."),
        ],
        "impact": {
            "gain_access": users(12, "leeds", json!(["authorized user", "group:leeds"])),
            "lose_access": [{"id": "user-okafor", "via": ["authorized user"]}],
            "keep_access": [
                {"id": "user-silva", "via": ["admin"]}, {"id": "user-wu", "via": ["admin"]}
            ],
            "more_access": [{
                "id": "user-priya", "via": ["reviewer of governance"],
                "gives": [{"right": "decide_step", "step": "governance", "evidence": "documented"}]
            }],
            "review": [{
                "step": "governance", "path": "/reviewSteps/0/reviewers", "reviewers_before": 1,
                "reviewers_after": 1, "leaves": ["user-old"], "comes": ["user-priya"], "in_review": 1
            }],
            "requests": {"in_review": 1, "approved": 4}
        }
    })
}

pub fn release() -> Value {
    json!({
        "name": "tre-genomics",
        "change": {
            "before": {"inventory": {"version": "2025.2"}},
            "after": {"inventory": {"version": "2026.1"}}
        },
        "fields": [
            field("/inventory/fileInventory", json!("file-0123456789BFGJKPQVXYZbfg"),
                json!("file-1123456789BFGJKPQVXYZbfg"), "incomparable", place("tres/genomics.yaml", 20)),
            field("/inventory/version", json!("2025.2"), json!("2026.1"), "incomparable",
                place("tres/genomics.yaml", 17)),
            field("/policies/downloadRestricted", Value::Null, json!(true), "tightens",
                place("profiles/baseline.yaml", 4)),
        ],
        "steps": [
            step(1, "set_policies", json!({"policies": {"downloadRestricted": true}}),
                "Set downloadRestricted to true."),
            step(2, "deactivate", json!({}), "Deactivate: only in Maintenance the inventory can change."),
            step(3, "set_inventory", json!({"version": "2026.1"}),
                "Install 2026.1 as the pending inventory."),
            step(4, "reactivate", json!({}), "Reactivate: 2026.1 goes live, and requests are taken again."),
        ],
        "given_consents": [{
            "consent": "maintenance", "by": "document", "until": "2026-05-20",
            "ticket": "DAC-2026-114", "range": place("tres/genomics.yaml", 31)
        }],
        "impact": {"requests": {"in_review": 5, "approved": 37}}
    })
}

pub fn blocked() -> Value {
    json!({
        "name": "tre-oncology", "status": "blocked", "change": {
            "actions": ["no-op"],
            "after": {"reviewSteps": [{"id": "a"}, {"id": "b"}, {"id": "ethics"}]}
        },
        "fields": [
            field("/reviewSteps/2", Value::Null, json!({"id": "ethics", "name": "Ethics"}), "neutral",
                place("tres/oncology.yaml", 44)),
            field("/description", json!("Old."), json!("New."), "neutral",
                place("tres/oncology.yaml", 6)),
        ],
        "blocked": [{
            "path": "/reviewSteps/2", "rule": "review-pipeline-locked",
            "message": "Publishing froze the review steps for good; Maintenance does not unlock them.",
            "remedy": "a) Put the ethics reviewers into the step datagovernance: reviewers of \
                existing steps may change at any time.\nb) Start a TRE beside this one, with three \
                steps: trectl new tre-oncology-2 --from tre-oncology",
            "evidence": "documented", "range": place("tres/oncology.yaml", 44)
        }]
    })
}

pub fn changes_beside_a_blocked_one() -> Plan {
    plan(
        json!([
            {"name": "tre-imaging", "status": "no_op", "change": {"actions": ["no-op"]}},
            members(), release(), blocked()
        ]),
        json!({"update": 2, "blocked": 1, "no_op": 1, "steps": 7}),
    )
}

pub fn a_new_tre_that_is_published_and_one_that_is_deleted() -> Plan {
    let at = |line| place("tres/new.yaml", line);
    let new = json!({
        "name": "tre-new", "live_state": null, "change": {
            "actions": ["create"],
            "after": {
                "billTo": "org-biobank", "region": "aws:eu-west-2", "authorizedUsers": ["org-leeds"],
                "inventory": {"version": "1"}, "reviewSteps": [{"id": "governance"}, {"id": "ethics"}]
            }
        },
        "fields": [
            field("/name", Value::Null, json!("A\u{1b}[31m new one"), "neutral", at(5)),
            field("/billTo", Value::Null, json!("org-biobank"), "neutral", at(6)),
            field("/visibility", Value::Null, json!("public"), "loosens", at(8)),
            field("/inventory", Value::Null, json!({"version": "1"}), "incomparable", at(12)),
            field("/reviewSteps/0", Value::Null, json!({"id": "governance"}), "neutral", at(20)),
        ],
        "steps": [
            step(1, "create", json!({"handle": "new"}), "The TRE is not there yet; it begins as a draft."),
            step(2, "set_inventory", json!({"version": "1"}), "Set the inventory 1."),
            step(3, "publish", json!({}), "Publish: it opens for requests, for good."),
        ],
        "given_consents": [
            {"consent": "publish", "by": "command_line", "until": null, "ticket": null, "range": null}
        ],
        "impact": {
            "gain_access": [
                {"id": "org-fjord", "via": ["authorized user"], "gives": listed()},
                {"id": "org-leeds", "via": ["authorized user"], "gives": listed(), "members": 40},
                {
                    "id": "everybody", "via": ["public"],
                    "gives": [
                        {"right": "find", "evidence": "documented"},
                        {"right": "send_requests", "evidence": "assumed"}
                    ]
                }
            ],
            "unknown": ["members of org-fjord"]
        }
    });
    let gone = json!({
        "name": "tre-gone", "desired_state": "deleted",
        "change": {"actions": ["delete"], "before": {}},
        "steps": [
            step(1, "deactivate", json!({}), "Deactivate: an active TRE cannot be deleted."),
            step(2, "delete", json!({}), "Delete the TRE, for good."),
        ],
        "impact": {"requests": {"in_review": 1, "approved": 2}}
    });
    plan(json!([new, gone]), json!({"create": 1, "delete": 1, "steps": 5}))
}

pub fn consents_that_are_missing() -> Plan {
    let open = json!({
        "name": "tre-open", "status": "unconsented",
        "fields": [
            field("/visibility", json!("private"), json!("public"), "loosens", place("tres/open.yaml", 7)),
            {
                "path": "/policies/restricted", "before": true, "after": null, "lock": "open",
                "effect": "loosens", "origin": "revert", "range": place("profiles/base.yaml", 3)
            },
            {
                "path": "/name", "before": "Theirs", "after": "Ours", "lock": "open",
                "effect": "neutral", "origin": "conflict", "range": place("tres/open.yaml", 5)
            },
        ],
        "steps": [step(1, "update", json!({"visibility": "public"}), "Make it public.")],
        "missing_consents": ["loosen", "mass-removal"],
        "consent_requests": [
            {
                "consent": "loosen", "reason": "It becomes less strict in 2 settings.",
                "values": {"/policies/restricted": null, "/visibility": "public"},
                "rejected": ["The entry at tres/open.yaml:30 lapsed on 2026-05-01."]
            },
            {
                "consent": "mass-removal", "reason": "12 of 20 people lose their last role; 30 % may.",
                "values": {"/authorizedUsers": ["user-a"]}, "rejected": []
            },
        ]
    });
    plan(json!([open]), json!({"update": 1, "steps": 1}))
}

pub fn orphans_released_settings_and_warnings() -> Plan {
    let mut plan = plan(
        json!([
            {
                "name": "tre-lost", "status": "orphaned", "desired_state": null, "range": null,
                "change": {"actions": ["no-op"]},
                "warnings": ["Its document is gone. Nothing is deleted: write `state: deleted` to delete it."]
            },
            {
                "name": "tre-let-go", "status": "released", "change": {"actions": ["no-op"]},
                "released": ["/policies/restricted", "/authorizedUsers"]
            },
        ]),
        json!({"orphaned": 1, "released": 1, "unmanaged": 2}),
    );
    plan.changed = Some(ChangedSince {
        since: "origin/main".to_owned(),
        merge_base: "b2d4e6f8a0c1".to_owned(),
        tres: vec!["tre-let-go".to_owned(), "tre-lost".to_owned()],
    });
    plan
}

pub fn nothing_to_do_is_one_line_for_many() -> Plan {
    let changes: Vec<Value> = (0..12)
        .map(|n| json!({"name": format!("tre-{n}"), "status": "no_op", "change": {"actions": ["no-op"]}}))
        .collect();
    let mut plan = plan(json!(changes), json!({"no_op": 12}));
    plan.target.platform = "embedded".to_owned();
    plan.source.git = None;
    plan
}
