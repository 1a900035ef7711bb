//! Policies: values that can be compared and values that cannot.

use serde_json::{Value, json};
use trectl::platform::seed::SeedTre;

use super::Sketch;
use super::parts::{
    FIRST, OPERATOR, SECOND, cross, documents, exchange, exchange_versions, in_every_state,
    inventory, live, live_step, or_unmanaged, parts, step,
};
use crate::world::document::Document;

fn lists() -> [Value; 3] {
    [json!(["app-a"]), json!(["app-b"]), json!(["app-a", "app-b"])]
}

fn live_policy(name: &'static str) -> impl Fn(&mut SeedTre, &Option<Value>) {
    move |tre, value| {
        let value = value.clone().map(|value| (name.to_owned(), value));
        tre.policies.extend(value);
    }
}

fn policy(name: &'static str) -> impl Fn(&mut Document, &Option<Value>) {
    move |document, value| {
        let value = value.clone().map(|value| (name.to_owned(), value));
        document.policies.extend(value);
    }
}

/// State × a switch × a list × the switch that cannot be switched off.
pub fn policies() -> Sketch {
    let (switches, lists) = ([json!(true)], lists());
    let lives = in_every_state(vec![live()], &[Some(FIRST)]);
    let lives = cross(lives, &or_unmanaged(&switches), live_policy("restricted"));
    let lives = cross(lives, &or_unmanaged(&lists), live_policy("allowedExecutables"));
    let lives = cross(lives, &or_unmanaged(&switches), live_policy("containsPHI"));
    let documents = documents(|all| {
        let switches = [json!(true), json!(false)];
        let all = cross(all, &or_unmanaged(&switches), policy("restricted"));
        let all = cross(all, &or_unmanaged(&lists), policy("allowedExecutables"));
        cross(all, &or_unmanaged(&switches), policy("containsPHI"))
    });
    let exchanges = vec![exchange(&[("app-a", "app-b")])];
    Sketch { name: "policies", actor: OPERATOR, lives, documents, exchanges }
}

/// State × a list × a number × a policy that nobody knows, whose values cannot be compared.
pub fn values() -> Sketch {
    let (lists, numbers) = (lists(), [json!(5), json!(20)]);
    let words = [json!("one"), json!("two")];
    let lives = in_every_state(vec![live()], &[Some(FIRST)]);
    let lives = cross(lives, &or_unmanaged(&lists[..2]), live_policy("allowedExecutables"));
    let lives = cross(lives, &or_unmanaged(&numbers), live_policy("databaseResultsRestricted"));
    let lives = cross(lives, &or_unmanaged(&words), live_policy("ofTheVendor"));
    let documents = documents(|all| {
        let lists = or_unmanaged(&[&lists[..2], &[json!(null)]].concat());
        let all = cross(all, &lists, policy("allowedExecutables"));
        let all = cross(all, &or_unmanaged(&numbers), policy("databaseResultsRestricted"));
        cross(all, &or_unmanaged(&words), policy("ofTheVendor"))
    });
    let exchanges = vec![exchange(&[("app-a", "app-b")]), exchange(&[("one", "two")])];
    Sketch { name: "values", actor: OPERATOR, lives, documents, exchanges }
}

/// Releases under policies: versions × a switch × values that cannot be compared × who decides.
pub fn releases() -> Sketch {
    let [a, b, _] = lists();
    let (on, off) = (json!(true), json!(false));
    let reviewers = parts(&["user-dan", "user-fay"]);
    let lives = in_every_state(vec![live()], &[Some(FIRST), Some(SECOND)]);
    let lives = cross(lives, &or_unmanaged(std::slice::from_ref(&on)), live_policy("restricted"));
    let known = or_unmanaged(&[a.clone(), b.clone()]);
    let lives = cross(lives, &known, live_policy("allowedExecutables"));
    let lives = cross(lives, &[()], |it, ()| it.authorized_users = vec!["user-eve".to_owned()]);
    let lives = cross(lives, &reviewers[1..], |it, to| {
        it.application_review_steps = vec![live_step("first", to)];
    });
    let documents = documents(|all| {
        let all = cross(all, &or_unmanaged(&[on, off]), policy("restricted"));
        let all = cross(all, &or_unmanaged(&[a, b]), policy("allowedExecutables"));
        let all = cross(all, &or_unmanaged(&reviewers[1..3]), |it, to| {
            it.steps = Some(vec![step("first", to.as_deref())]);
        });
        cross(all, &[None, Some(FIRST), Some(SECOND)], |it, to| it.inventory = inventory(*to))
    });
    let exchanges = vec![
        exchange(&[("app-a", "app-b")]),
        exchange(&[("user-dan", "user-fay")]),
        exchange_versions(),
    ];
    Sketch { name: "releases", actor: OPERATOR, lives, documents, exchanges }
}
