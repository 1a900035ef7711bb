//! Nothing that disrupts, opens or cannot be undone is executed without its consent, and a consent
//! is for one change.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::{Value, json};
use trectl::desired::{Consent, ConsentKind};
use trectl::model::{AppliedTre, DesiredState, TreId, TreState, Visibility};
use trectl::plan::{Allow, Status, TreChange};
use trectl::platform::seed::{SeedTre, SeedVisibility};
use trectl::platform::wire::{TreDescription, WireState};

use crate::support::cast::{document, people, policies, release, stage, step, tre};
use crate::support::check;
use crate::support::scene::{Scene, scenes};
use crate::support::stage::{Terms, change, operations};
use crate::world::TODAY;
use crate::world::document::{Document, range};
use crate::world::exposure::is_at_least_as_strict;
use crate::world::goal::goal;

#[test]
fn every_change_of_the_table_needs_its_consent() {
    check(2_500, scenes(), |scene| {
        let stage = scene.stage();
        let plan = stage.plan(&scene.document, &Terms::unconsented());
        let planned = change(&plan);
        if !matches!(planned.status, Status::Ready | Status::Unconsented) {
            return Ok(());
        }
        let Some(needed) = needed(&scene, stage.seen().as_ref(), planned) else { return Ok(()) };
        let missing: BTreeSet<_> = planned.missing_consents.iter().copied().collect();
        prop_assert_eq!(&missing, &needed, "of {:?}", operations(planned));
        prop_assert_eq!(planned.status == Status::Unconsented, !needed.is_empty());
        let by_steps: BTreeSet<_> = planned.steps.iter().flat_map(|step| &step.consents).collect();
        prop_assert!(by_steps.iter().all(|consent| needed.contains(*consent)));
        let allow = |consent: &ConsentKind| Allow { consent: *consent, tre: None };
        let allowed = Terms { allow: needed.iter().map(allow).collect(), ..Terms::unconsented() };
        let plan = stage.plan(&scene.document, &allowed);
        prop_assert_eq!(change(&plan).status, Status::Ready);
        prop_assert_eq!(operations(change(&plan)), operations(planned));
        Ok(())
    });
}

/// Returns the consents that the contract asks for; `None` where it leaves room.
fn needed(
    scene: &Scene,
    before: Option<&TreDescription>,
    planned: &TreChange,
) -> Option<BTreeSet<ConsentKind>> {
    let does = |name: &str| operations(planned).iter().any(|operation| operation == name);
    if does("delete") {
        return Some(BTreeSet::from([ConsentKind::Delete]));
    }
    let mut needed = BTreeSet::new();
    if does("deactivate") {
        needed.insert(ConsentKind::Maintenance);
    }
    if does("publish") {
        needed.insert(ConsentKind::Publish);
    }
    let after = goal(before, &scene.document, scene.actor)?;
    let Some(before) = before else { return Some(needed) };
    let is_looser = |name: &String| {
        let forbids = |tre: &TreDescription| {
            tre.policies
                .get(name)
                .filter(|value| !matches!(value, Value::Null | Value::Bool(false)))
                .cloned()
        };
        !is_at_least_as_strict(forbids(&after).as_ref(), forbids(before).as_ref())
    };
    let goes_public = before.visibility == "private" && after.visibility == "public";
    if scene.document.policies.keys().any(is_looser) || goes_public {
        needed.insert(ConsentKind::Loosen);
    }
    if removes_many(before, &after, scene.actor)? {
        needed.insert(ConsentKind::MassRemoval);
    }
    Some(needed)
}

/// Tells whether a list is emptied, or too many lose their last role; `None` where that depends on
/// whether the operator counts.
fn removes_many(before: &TreDescription, after: &TreDescription, operator: &str) -> Option<bool> {
    let leaves_only_operator = |admins: &[String]| admins.iter().all(|admin| admin == operator);
    if leaves_only_operator(&after.admins) && !leaves_only_operator(&before.admins) {
        return None;
    }
    let is_emptied = |before: &[String], after: &[String]| !before.is_empty() && after.is_empty();
    let steps = after.application_review_steps.iter().filter_map(|step| {
        let old = before.application_review_steps.iter().find(|old| old.id == step.id)?;
        Some((old, step))
    });
    if is_emptied(&before.authorized_users, &after.authorized_users)
        || steps.into_iter().any(|(old, new)| is_emptied(&old.reviewers, &new.reviewers))
    {
        return Some(true);
    }
    let everybody = |tre: &TreDescription| -> BTreeSet<String> {
        let reviewers = tre.application_review_steps.iter().flat_map(|step| &step.reviewers);
        tre.admins.iter().chain(&tre.authorized_users).chain(reviewers).cloned().collect()
    };
    let (had, have) = (everybody(before), everybody(after));
    let lost = had.difference(&have).count();
    let is_much = |had: usize| had >= 10 && lost * 100 > had * 30;
    (is_much(had.len()) == is_much(had.len() - 1)).then(|| is_much(had.len()))
}

/// Returns an entry of a document, bound to values.
fn entry(allow: ConsentKind, values: &[(&str, Value)], until: Option<Date>) -> Consent {
    let values: BTreeMap<String, Value> =
        values.iter().map(|(pointer, value)| ((*pointer).to_owned(), value.clone())).collect();
    Consent { allow, values, until, ticket: None, range: range() }
}

/// Returns what is missing when a document with these consents is planned.
fn missing(live: &SeedTre, asked: &Document, consents: Vec<Consent>) -> Vec<ConsentKind> {
    missing_after(None, live, asked, consents)
}

fn missing_after(
    applied: Option<AppliedTre>,
    live: &SeedTre,
    asked: &Document,
    consents: Vec<Consent>,
) -> Vec<ConsentKind> {
    let asked = Document { consents, ..asked.clone() };
    let plan = stage(Some(live.clone())).plan(&asked, &Terms::unconsented().after(applied));
    change(&plan).missing_consents.clone()
}

#[test]
fn a_consent_is_bound_to_the_exact_new_values() {
    use ConsentKind::{Delete, Loosen, Maintenance, MassRemoval, Publish};
    let active = tre(WireState::Active);
    let closed = document(DesiredState::Maintenance);
    let gone = document(DesiredState::Deleted);
    let loosened = Document {
        policies: policies(&[("restricted", json!(false))]),
        ..document(DesiredState::Active)
    };
    let public =
        Document { visibility: Some(Visibility::Public), ..document(DesiredState::Active) };
    let emptied = Document { users: people(&[]), ..document(DesiredState::Active) };
    let draft = tre(WireState::Draft);
    let rows: [(&SeedTre, &Document, ConsentKind, &str, Value, Value); 7] = [
        (&active, &release(), Maintenance, "/inventory/version", json!("2"), json!("3")),
        (&active, &closed, Maintenance, "/state", json!("maintenance"), json!("active")),
        (&active, &gone, Delete, "/state", json!("deleted"), json!("maintenance")),
        (&active, &loosened, Loosen, "/policies/restricted", json!(false), json!(true)),
        (&active, &public, Loosen, "/visibility", json!("public"), json!("private")),
        (&active, &emptied, MassRemoval, "/authorizedUsers", json!([]), json!(["user-eve"])),
        (
            &draft,
            &document(DesiredState::Active),
            Publish,
            "/state",
            json!("active"),
            json!("draft"),
        ),
    ];
    for (live, asked, kind, pointer, right, wrong) in rows {
        let given =
            |values: &[(&str, Value)]| missing(live, asked, vec![entry(kind, values, None)]);
        assert_eq!(missing(live, asked, Vec::new()), [kind], "{pointer}");
        assert_eq!(given(&[(pointer, right.clone())]), [], "{pointer}");
        assert_eq!(given(&[(pointer, wrong.clone())]), [kind], "{pointer}");
        assert_eq!(given(&[]), [kind], "{pointer}");
        assert_eq!(given(&[("/name", json!("Genomics"))]), [kind], "{pointer}");
        let wrong_too = [(pointer, right.clone()), ("/name", json!("Another"))];
        assert_eq!(given(&wrong_too), [kind], "{pointer}");
        for other in ConsentKind::ALL.into_iter().filter(|other| *other != kind) {
            let consents = vec![entry(other, &[(pointer, right.clone())], None)];
            assert_eq!(missing(live, asked, consents), [kind], "{pointer}");
        }
    }
}

#[test]
fn a_consent_holds_to_the_end_of_its_last_day() {
    let active = tre(WireState::Active);
    let until = |day| {
        let values = [("/inventory/version", json!("2"))];
        missing(&active, &release(), vec![entry(ConsentKind::Maintenance, &values, Some(day))])
    };
    assert_eq!(until(TODAY), []);
    assert_eq!(until(date(2026, 4, 30)), [ConsentKind::Maintenance]);
    assert_eq!(until(date(2027, 1, 1)), []);
}

#[test]
fn a_list_may_be_left_out_of_a_consent_only_with_a_last_day() {
    let active = tre(WireState::Active);
    let emptied = Document { users: people(&[]), ..document(DesiredState::Active) };
    let with =
        |until| missing(&active, &emptied, vec![entry(ConsentKind::MassRemoval, &[], until)]);
    assert_eq!(with(Some(TODAY)), []);
    assert_eq!(with(None), [ConsentKind::MassRemoval]);
    let values = [("/inventory/version", json!("2"))];
    let unbound = |until| {
        missing(&active, &release(), vec![entry(ConsentKind::Maintenance, &[], Some(until))])
    };
    assert_eq!(unbound(TODAY), [ConsentKind::Maintenance]);
    let bound = vec![entry(ConsentKind::Maintenance, &values, None)];
    assert_eq!(missing(&active, &release(), bound), []);
}

#[test]
fn each_loosening_needs_a_consent_of_its_own() {
    let mut live = tre(WireState::Active);
    live.policies.insert("protected".to_owned(), json!(true));
    let both = Document {
        policies: policies(&[("restricted", json!(false)), ("protected", json!(null))]),
        ..document(DesiredState::Active)
    };
    let one = entry(ConsentKind::Loosen, &[("/policies/restricted", json!(false))], None);
    let other = entry(ConsentKind::Loosen, &[("/policies/protected", json!(null))], None);
    assert_eq!(missing(&live, &both, vec![one.clone()]), [ConsentKind::Loosen]);
    assert_eq!(missing(&live, &both, vec![one, other]), []);
}

#[test]
fn allowing_one_tre_allows_no_other_one() {
    let of = |tre: &str| Allow {
        consent: ConsentKind::Maintenance,
        tre: Some(TreId::from_platform(tre)),
    };
    let with = |allow| {
        let terms = Terms { allow: vec![allow], ..Terms::unconsented() };
        change(&stage(Some(tre(WireState::Active))).plan(&release(), &terms)).status
    };
    assert_eq!(with(of("tre-other")), Status::Unconsented);
    assert_eq!(with(of("tre-case")), Status::Ready);
}

#[test]
fn undoing_an_edit_that_closed_something_needs_a_consent() {
    use ConsentKind::{Loosen, Publish, Revert};
    let live = tre(WireState::Active);
    let applied = |fill: &dyn Fn(&mut AppliedTre)| {
        let mut applied = AppliedTre::of_state(TreState::Active);
        fill(&mut applied);
        Some(applied)
    };
    let active = || document(DesiredState::Active);

    let loosened = Document { policies: policies(&[("restricted", json!(false))]), ..active() };
    let was_loose = applied(&|applied| {
        applied.policies.insert("restricted".to_owned(), json!(false).into());
    });
    assert_eq!(missing_after(was_loose, &live, &loosened, Vec::new()), [Loosen, Revert]);

    let back = Document { users: people(&["user-eve", "user-gus"]), ..active() };
    let was_listed = applied(&|applied| {
        let users = ["user-eve", "user-gus"];
        applied.authorized_users = Some(users.map(|user| user.parse().unwrap()).into());
    });
    assert_eq!(missing_after(was_listed.clone(), &live, &back, Vec::new()), [Revert]);
    let given = entry(Revert, &[("/authorizedUsers", json!(["user-gus", "user-eve"]))], None);
    assert_eq!(missing_after(was_listed, &live, &back, vec![given]), []);

    let removed = Document { users: people(&["user-gus"]), ..active() };
    let was_less = applied(&|applied| applied.authorized_users = Some([].into()));
    assert_eq!(missing_after(was_less, &live, &removed, Vec::new()), []);

    let amending = tre(WireState::Amending);
    let was_active = applied(&|_| {});
    assert_eq!(missing_after(was_active.clone(), &amending, &active(), Vec::new()), [Revert]);
    let draft = tre(WireState::Draft);
    assert_eq!(missing_after(was_active, &draft, &active(), Vec::new()), [Revert, Publish]);

    let private = SeedTre { visibility: SeedVisibility::Private, ..live };
    let public = Document { visibility: Some(Visibility::Public), ..active() };
    let was_public = applied(&|applied| applied.visibility = Some(Visibility::Public));
    assert_eq!(missing_after(was_public, &private, &public, Vec::new()), [Loosen, Revert]);
}

#[test]
fn many_removals_need_a_consent_only_above_the_guard() {
    let user = |index: usize| format!("org-{}", ["ash", "birch", "cedar"][index % 3]);
    let everybody = ["user-dan", "user-eve", "user-fay", "user-gus", "user-ann", "user-cat"];
    let mut live = tre(WireState::Active);
    live.admins = vec!["user-olga".to_owned(), "user-ben".to_owned()];
    live.authorized_users = everybody.iter().map(|user| (*user).to_owned()).collect();
    live.authorized_users.extend((0..3).map(user));
    // Ten besides the operator: `user-ben`, nine who are listed; both reviewers are listed, too.
    let without = |gone: &[&str]| {
        let left = live.authorized_users.iter().filter(|user| !gone.contains(&user.as_str()));
        let users = Some(left.cloned().collect());
        let asked = Document { users, ..document(DesiredState::Active) };
        missing(&live, &asked, Vec::new())
    };
    assert_eq!(without(&["user-eve", "user-gus", "user-ann"]), []);
    assert_eq!(
        without(&["user-eve", "user-gus", "user-ann", "user-cat"]),
        [ConsentKind::MassRemoval]
    );
    // Reviewers keep a role.
    assert_eq!(without(&["user-eve", "user-gus", "user-ann", "user-dan", "user-fay"]), []);
    live.authorized_users.pop();
    let fewer = Document { users: people(&["user-dan"]), ..document(DesiredState::Active) };
    assert_eq!(missing(&live, &fewer, Vec::new()), [], "nine are too few for the guard");
}

#[test]
fn closing_is_part_of_tightening_only_where_it_is_consented_to() {
    let closed = document(DesiredState::Maintenance);
    let tightened = |terms: Terms| {
        let plan = stage(Some(tre(WireState::Active))).plan(&closed, &terms.tighten_only());
        operations(change(&plan))
    };
    assert_eq!(tightened(Terms::unconsented()), [""; 0]);
    assert_eq!(tightened(Terms::consented()), ["deactivate"]);
}

#[test]
fn allowing_one_thing_allows_no_other_one() {
    for consent in ConsentKind::ALL {
        let terms = Terms { allow: vec![Allow { consent, tre: None }], ..Terms::unconsented() };
        let plan = stage(Some(tre(WireState::Active))).plan(&release(), &terms);
        let is_given = consent == ConsentKind::Maintenance;
        assert_eq!(change(&plan).status == Status::Ready, is_given, "{consent:?}");
    }
}

#[test]
fn tightening_does_not_wait_for_a_last_reviewer() {
    let asked = Document {
        users: people(&["user-gus"]),
        steps: Some(vec![step("first", people(&["user-cat"])), step("second", people(&[]))]),
        ..document(DesiredState::Active)
    };
    let stage = stage(Some(tre(WireState::Active)));
    let plan = stage.plan(&asked, &Terms::unconsented().tighten_only());
    assert_eq!(operations(change(&plan)), ["remove_authorized_users"]);
}
