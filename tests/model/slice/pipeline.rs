//! The review pipeline: which steps, in which order, and who decides them.

use trectl::platform::seed::{SeedStep, SeedTre};

use super::Sketch;
use super::parts::{
    FIRST, OPERATOR, SECOND, cross, documents, exchange, exchange_versions, in_every_state,
    inventory, live, live_step, or_unmanaged, parts, step,
};
use crate::world::document::{Document, Step};

/// Returns every list of different steps, short ones first, each step in each of its forms.
fn lists<T: Clone>(ids: &[&str], longest: usize, forms: impl Fn(&str) -> Vec<T>) -> Vec<Vec<T>> {
    let mut lists: Vec<(Vec<&str>, Vec<T>)> = vec![(Vec::new(), Vec::new())];
    let mut from = 0;
    for _ in 0..longest {
        let end = lists.len();
        for at in from..end {
            for id in ids.iter().filter(|id| !lists[at].0.contains(*id)).collect::<Vec<_>>() {
                for form in forms(id) {
                    let (mut ids, mut steps) = lists[at].clone();
                    ids.push(id);
                    steps.push(form);
                    lists.push((ids, steps));
                }
            }
        }
        from = end;
    }
    lists.into_iter().map(|(_, steps)| steps).collect()
}

fn live_steps(tre: &mut SeedTre, steps: &Vec<SeedStep>) {
    tre.application_review_steps.clone_from(steps);
}

fn steps(document: &mut Document, steps: &Option<Vec<Step>>) {
    document.steps.clone_from(steps);
}

/// State × every order of up to three steps, each with the same reviewer, written or not.
pub fn order() -> Sketch {
    let ids = ["first", "second", "third"];
    let reviewer: &[&str] = &["user-dan"];
    let known = lists(&ids, 3, |id| vec![live_step(id, reviewer)]);
    let lives = in_every_state(vec![live()], &[Some(FIRST)]);
    let wanted = lists(&ids, 3, |id| vec![step(id, None), step(id, Some(reviewer))]);
    Sketch {
        name: "order",
        actor: OPERATOR,
        lives: cross(lives, &known, live_steps),
        documents: documents(|all| cross(all, &or_unmanaged(&wanted), steps)),
        exchanges: vec![exchange(&[("first", "second")]), exchange(&[("second", "third")])],
    }
}

/// Versions × up to two steps × every set of two reviewers for each: the last reviewer of a step
/// is replaced before, while and after the TRE is reactivated.
pub fn reviewers() -> Sketch {
    let ids = ["first", "second"];
    let reviewers = parts(&["user-dan", "user-fay"]);
    let known = lists(&ids, 2, |id| reviewers.iter().map(|it| live_step(id, it)).collect());
    let lives = in_every_state(vec![live()], &[Some(FIRST), Some(SECOND)]);
    let wanted = lists(&ids, 2, |id| {
        or_unmanaged(&reviewers).into_iter().map(|it| step(id, it.as_deref())).collect()
    });
    let documents = documents(|all| {
        let all = cross(all, &or_unmanaged(&wanted), steps);
        cross(all, &[Some(FIRST), Some(SECOND)], |it, to| it.inventory = inventory(*to))
    });
    Sketch {
        name: "reviewers",
        actor: OPERATOR,
        lives: cross(lives, &known, live_steps),
        documents,
        exchanges: vec![
            exchange(&[("first", "second")]),
            exchange(&[("user-dan", "user-fay")]),
            exchange_versions(),
        ],
    }
}
