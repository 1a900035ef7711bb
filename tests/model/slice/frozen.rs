//! Settings that publishing freezes, and texts that it does not.

use serde_json::json;

use super::Sketch;
use super::parts::{OPERATOR, cross, documents, exchange, in_every_state, live, or_unmanaged};
use crate::world::directory::{BILLING, REGIONS};

const NAMES: [&str; 2] = ["Genomics", "Proteomics"];
const TEXTS: [&str; 2] = ["Of the cohort.", "Of everybody."];
const STEP_NAMES: [&str; 2] = ["Governance", "Ethics"];
const STEP_TEXTS: [&str; 2] = ["Checks policies.", "Checks people."];
const URLS: [&str; 2] = ["https://one.example", "https://two.example"];

/// State × name × description × a review step's name × its description.
pub fn texts() -> Sketch {
    let lives = in_every_state(vec![live()], &[Some(0)]);
    let lives = cross(lives, &NAMES, |it, to| it.name = Some((*to).to_owned()));
    let lives = cross(lives, &TEXTS, |it, to| it.description = (*to).to_owned());
    let lives = cross(lives, &STEP_NAMES, |it, to| {
        it.application_review_steps[0].name = Some((*to).to_owned());
    });
    let lives = cross(lives, &STEP_TEXTS, |it, to| {
        it.application_review_steps[0].description = (*to).to_owned();
    });
    let documents = documents(|all| {
        let text = |to: &Option<&str>| to.map(str::to_owned);
        let all = cross(all, &or_unmanaged(&NAMES), |it, to| it.name = text(to));
        let all = cross(all, &or_unmanaged(&TEXTS), |it, to| it.description = text(to));
        let all = cross(all, &or_unmanaged(&STEP_NAMES), |it, to| {
            it.steps.iter_mut().flatten().for_each(|step| step.name = text(to));
        });
        cross(all, &or_unmanaged(&STEP_TEXTS), |it, to| {
            it.steps.iter_mut().flatten().for_each(|step| step.description = text(to));
        })
    });
    let exchanges =
        [NAMES, TEXTS, STEP_NAMES, STEP_TEXTS].map(|[one, other]| exchange(&[(one, other)]));
    Sketch { name: "texts", actor: OPERATOR, lives, documents, exchanges: exchanges.into() }
}

/// State × region × billing org × address × rate card × name, without an inventory, which would
/// bind the draft to its region.
pub fn frozen() -> Sketch {
    let cards = [json!("card-a"), json!("card-b")];
    let lives = in_every_state(vec![live()], &[None]);
    let lives = cross(lives, &REGIONS, |it, to| it.region = (*to).to_owned());
    let lives = cross(lives, &BILLING[..2], |it, to| it.bill_to = (*to).to_owned());
    let lives = cross(lives, &or_unmanaged(&URLS), |it, to| {
        it.customized_url = to.map(str::to_owned);
    });
    let lives =
        cross(lives, &or_unmanaged(&cards), |it, to| it.customized_rate_card.clone_from(to));
    let documents = documents(|all| {
        let text = |to: &Option<&str>| to.map(str::to_owned);
        let all = cross(all, &or_unmanaged(&REGIONS), |it, to| it.region = text(to));
        let all = cross(all, &or_unmanaged(&BILLING[..2]), |it, to| it.bill_to = text(to));
        let all = cross(all, &or_unmanaged(&URLS), |it, to| it.url = text(to));
        let all = cross(all, &or_unmanaged(&cards), |it, to| it.rate_card.clone_from(to));
        cross(all, &or_unmanaged(&NAMES), |it, to| it.name = text(to))
    });
    let exchanges = vec![
        exchange(&[(REGIONS[0], REGIONS[1])]),
        exchange(&[(URLS[0], URLS[1])]),
        exchange(&[("card-a", "card-b")]),
    ];
    Sketch { name: "frozen", actor: OPERATOR, lives, documents, exchanges }
}
