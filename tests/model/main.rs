//! The planner, checked on a finite model.
//!
//! A few small worlds are enumerated in full: every state of the TRE with every document. For each
//! case the properties of a plan are held against the embedded platform, and against a search for a
//! shortest way over that platform's own answers. What is right is read from the contract: only
//! [`planner`] knows how a plan is asked for.
//!
//! `cargo test --test model -- --nocapture` prints what was counted;
//! `MODEL_SLICE=doors` checks one slice alone.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod call;
mod case;
mod check;
mod consent;
mod coverage;
mod graph;
mod menu;
mod planner;
mod reach;
mod rename;
mod search;
mod slice;
mod tally;
mod tighten;
#[path = "../world/mod.rs"]
#[expect(dead_code, reason = "the laws use all of it")]
mod world;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use case::Case;
use check::{Bench, Broken};
use planner::{Part, lock_cells, transitions};
use slice::{Sketch, Slice, sketches};
use tally::{Property, SLICE_HEAD, SliceLine, Tally};

/// So many cases, at least, must be left once those are one that are the same by renaming.
const LEAST_CASES: usize = 100_000;

#[test]
fn every_plan_of_the_model_holds_the_contract() {
    let begin = Instant::now();
    let only = std::env::var("MODEL_SLICE").ok();
    let mut all = Tally::default();
    println!("{SLICE_HEAD}");
    let is_asked = |sketch: &Sketch| only.as_ref().is_none_or(|only| only == sketch.name);
    let sketches: Vec<Sketch> = sketches().into_iter().filter(is_asked).collect();
    let slices: Vec<Slice> = sketches.into_par_iter().map(Sketch::build).collect();
    println!("{} slices built in {:.1} s", slices.len(), begin.elapsed().as_secs_f64());
    for slice in slices {
        let begin = Instant::now();
        let tally = checked(&slice);
        let line = SliceLine {
            name: slice.name,
            states: slice.graph.starts,
            documents: slice.documents.len(),
            calls: slice.graph.calls.len(),
            time: begin.elapsed(),
            tally: &tally,
        };
        println!("{line}");
        all.add(tally);
    }
    let Tally { raw, canonical, .. } = all;
    let seconds = begin.elapsed().as_secs_f64();
    println!("{raw} cases, {canonical} up to renaming, in {seconds:.1} s\n\n{all}");
    if only.is_some() {
        return;
    }
    assert!(canonical >= LEAST_CASES);
    assert_eq!(lock_cells().difference(&all.cells).collect::<Vec<_>>(), Vec::<&(_, _)>::new());
    assert_eq!(transitions(), all.transitions);
    for (property, count) in Property::ALL.into_iter().zip(all.counts) {
        assert!(count.telling > 0, "no case tells anything of {property:?}");
    }
}

/// Checks every case of a slice, the small ones first; stops at the first that breaks a property.
fn checked(slice: &Slice) -> Tally {
    let states = slice.graph.starts;
    let first_broken = AtomicUsize::new(usize::MAX);
    let found: Mutex<Vec<(usize, Broken)>> = Mutex::new(Vec::new());
    let of_document = |document: usize| {
        let mut bench = Bench::of(slice.graph.nodes.len());
        bench.tally.raw = states;
        for live in 0..states {
            let rank = document * states + live;
            if !slice.renamings.is_first(live, document) {
                continue;
            }
            if first_broken.load(Ordering::Relaxed) < rank {
                break;
            }
            if let Err(broken) = bench.check(&Case::of(slice, live, document)) {
                first_broken.fetch_min(rank, Ordering::Relaxed);
                found.lock().unwrap().push((rank, broken));
                break;
            }
        }
        bench.tally
    };
    let documents = (0..slice.documents.len()).par_bridge().map(of_document);
    let tally = documents.reduce(Tally::default, |mut one, other| {
        one.add(other);
        one
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|(rank, _)| *rank);
    if let Some((rank, broken)) = found.first() {
        panic!("{}", report(&Case::of(slice, rank % states, rank / states), broken));
    }
    tally
}

/// Tells what a case breaks, for people.
fn report(case: &Case<'_>, broken: &Broken) -> String {
    let needed = consent::needed(case);
    let world = (case.live, &case.slice.graph.nodes[case.live].world);
    let inquiry = case.slice.planner.inquire(world, case.document_index);
    let answer = inquiry.plan(&needed, Part::Whole);
    let calls = answer.calls.iter().map(|call| format!("\n  {call}")).collect::<String>();
    let blocked = answer.blocked.iter().map(|it| format!("\n  {} {}", it.path, it.rule));
    format!(
        "\n{}\n{case}\nplan:     {:?}{calls}{}\n{}\n",
        broken.property.words(),
        answer.status,
        blocked.collect::<String>(),
        broken.what,
    )
}
