//! Durability: what is announced before it is done, what is synced, who may write, what became of
//! a call, and that a journal which was tampered with shows. `docs/durability.md` tells of it.

use crate::mutants::mutant::{Mutant, Site, Table, Test};

/// A place where a promise is kept, the unit tests that hold it, and the crash tests.
struct Kept {
    site: Site,
    lib: &'static [&'static str],
    crash: &'static [&'static str],
}

const fn kept(
    file: &'static str,
    find: &'static str,
    replace: &'static str,
    lib: &'static [&'static str],
    crash: &'static [&'static str],
) -> Kept {
    Kept { site: Site { file, find, replace }, lib, crash }
}

/// The processes of the crash tests get a clean environment; a mutant has to live in them, too.
const INHERITED: Site = Site {
    file: "tests/cli/harness.rs",
    find: r#".env_clear().env("HOME", self.path());"#,
    replace: r#".env_clear().env("HOME", self.path());
        command.envs(std::env::vars().filter(|(name, _)| name == "TRECTL_MUTANT"));"#,
};

const CUT: &str = "power::a_power_cut_at_any_point_loses_nothing_that_was_acknowledged";

const KEPT: &[Kept] = &[
    kept(
        "src/apply/task.rs",
        "        self.flush().await.map_err(|error| failed(Some(about()), error.into()))?;
        let (tre, id, operation) = (self.tre.clone(), step.id.clone(), step.operation);
        self.shared.tell(&Event::StepStarted { tre, step: id, operation });
        let (result, failure) = self.make(call).await;",
        r#"        let early = match mutant("intent.after-the-call") {
            true => Some(self.make(call).await),
            false => None,
        };
        if !mutant("intent.with-the-outcome") {
            self.flush().await.map_err(|error| failed(Some(about()), error.into()))?;
        }
        let (tre, id, operation) = (self.tre.clone(), step.id.clone(), step.operation);
        self.shared.tell(&Event::StepStarted { tre, step: id, operation });
        let (result, failure) = match early {
            Some(made) => made,
            None => self.make(call).await,
        };"#,
        &["apply::tests::faults::no_call_is_made_that_the_journal_does_not_take"],
        &[CUT],
    ),
    kept(
        "src/state/objects.rs",
        "LocalFileSystem::new().with_fsync(true)",
        r#"LocalFileSystem::new().with_fsync(!mutant("sync.objects"))"#,
        &[],
        &[CUT],
    ),
    kept(
        "src/state/lock/mod.rs",
        "match Objects::open(location)?.settle_folders() {",
        r#"match Objects::open(location)?.settle_folders().map(|()| ()) {
            _ if mutant("takeover.unsaid") => Ok(None),"#,
        &["state::tests::fencing::who_sleeps_past_the_lease_can_write_no_more"],
        &[],
    ),
    kept(
        "src/state/writer.rs",
        "            Created::Taken => Err(self.hold.lost()),",
        r#"            Created::Taken if mutant("fence.taken") => {
                self.gauge.advance(Head { segment: number, link });
                Ok(())
            }
            Created::Taken => Err(self.hold.lost()),"#,
        &["state::tests::fencing::who_sleeps_past_the_lease_can_write_no_more"],
        &[],
    ),
    kept(
        "src/state/lock/mod.rs",
        "    if standing.epoch() != epoch {
        objects.remove(&name).await?;",
        r#"    if standing.epoch() != epoch && !mutant("fence.old-epoch") {
        objects.remove(&name).await?;"#,
        &["state::tests::fencing::an_old_epoch_that_was_tidied_away_cannot_be_claimed_again"],
        &[],
    ),
    kept(
        "src/apply/settle.rs",
        "        Ok(live) if is_visible(call, live.as_ref().map(|live| &live.tre)) => Settled::Done,
        Ok(_) => Settled::NotDone,
        Err(_) if error.is_outcome_unknown() => Settled::Unknown,
        Err(_) => Settled::NotDone,",
        r#"        Ok(live)
            if is_visible(call, live.as_ref().map(|live| &live.tre)) && !mutant("settle.done") =>
        {
            Settled::Done
        }
        Ok(_) if mutant("settle.not-done") => Settled::Done,
        Ok(_) => Settled::NotDone,
        Err(_) if error.is_outcome_unknown() && !mutant("settle.unknown") => Settled::Unknown,
        Err(_) if mutant("settle.refused") => Settled::Unknown,
        Err(_) => Settled::NotDone,"#,
        &[],
        &[],
    ),
    kept(
        "src/apply/settle.rs",
        "    if error.kind == PlatformErrorKind::InvalidAuthentication {",
        r#"    if error.kind == PlatformErrorKind::InvalidAuthentication
        && !mutant("settle.authentication")
    {"#,
        &["apply::tests::faults::who_is_not_known_is_not_asked_what_became_of_a_call"],
        &[],
    ),
    kept(
        "src/state/ledger.rs",
        "                true => StepResult::Seen,
                false => StepResult::NotSeen,",
        r#"                true if mutant("settle.next-done") => StepResult::NotSeen,
                true => StepResult::Seen,
                false if mutant("settle.next-not-done") => StepResult::Seen,
                false => StepResult::NotSeen,"#,
        &["state::tests::durability::an_intent_without_an_outcome_is_settled_by_what_the_platform_shows"],
        &[],
    ),
    kept(
        "src/state/chain.rs",
        "            .follows(&self.tail.head, self.tail.token)
",
        r#"            .follows(&self.tail.head, self.tail.token)
            .or_else(|reason| if mutant("chain.unlinked") { Ok(()) } else { Err(reason) })
"#,
        &[
            "state::tests::durability::a_segment_that_was_made_anew_does_not_fit_the_ones_behind_it",
            "state::tests::verification::a_token_that_falls_is_named",
        ],
        &[],
    ),
    kept(
        "src/state/verify.rs",
        "                && anchor.link != tail.head.link",
        r#"                && anchor.link != tail.head.link
                && !mutant("chain.anchor")"#,
        &[
            "state::tests::verification::a_history_that_is_written_anew_does_not_hold_the_head_that_was_kept",
        ],
        &[],
    ),
    kept(
        "src/state/verify.rs",
        "            Some(anchor) if anchor.segment > head.segment => Err(self.unlike(anchor, &head)),",
        r#"            Some(anchor) if anchor.segment > head.segment && !mutant("chain.cut") => {
                Err(self.unlike(anchor, &head))
            }"#,
        &["state::tests::verification::a_cut_tail_shows_by_a_snapshot_or_by_the_head_that_was_kept"],
        &[],
    ),
    kept(
        "src/state/archive.rs",
        "        let Some(line) = lines.get(index).filter(|line| **line == bytes) else {",
        r#"        let is_same = |line: &&Vec<u8>| **line == bytes || mutant("archive.unlike");
        let Some(line) = lines.get(index).filter(is_same) else {"#,
        &["state::tests::compaction::an_archive_that_does_not_hold_what_it_says_removes_nothing"],
        &[],
    ),
    kept(
        "src/state/archive.rs",
        "        copies.push(Copy { name: name.to_owned(), is_fence });",
        r#"        let is_fence = is_fence && !mutant("archive.fence");
        copies.push(Copy { name: name.to_owned(), is_fence });"#,
        &["state::tests::compaction::a_sleeper_finds_its_place_taken_even_where_all_was_archived"],
        &[],
    ),
];

/// Which tests hold each branch of the settling.
const SETTLED: &[(&str, &[&str])] = &[
    (
        "settle.done",
        &[
            "apply::tests::lost::what_took_effect_is_seen_and_not_made_again",
            "apply::tests::faults::a_lost_answer_is_settled_by_reading_whatever_the_call",
        ],
    ),
    (
        "settle.not-done",
        &[
            "apply::tests::faults::a_failure_without_effect_leaves_no_trace",
            "apply::tests::lost::a_call_that_was_lost_on_its_way_is_made_again_within_its_intent",
        ],
    ),
    (
        "settle.unknown",
        &[
            "apply::tests::lost::what_cannot_be_looked_for_is_not_made_again",
            "apply::tests::faults::what_nobody_can_tell_is_found_out_by_the_next_run",
        ],
    ),
    (
        "settle.refused",
        &["apply::tests::faults::a_refusal_is_believed_where_the_platform_cannot_be_asked"],
    ),
];

/// Adds a mutant for each promise.
pub fn add(table: &mut Table) {
    table.sites.push(INHERITED);
    for Kept { site, lib, crash } in KEPT {
        table.sites.push(*site);
        for id in site.ids() {
            let settled = SETTLED.iter().filter(|(of, _)| *of == id).flat_map(|(_, tests)| *tests);
            let of_lib = lib.iter().chain(settled).map(|name| Test::lib(name));
            let tests = of_lib.chain(crash.iter().map(|name| Test::crash(name))).collect();
            table.mutants.push(Mutant { id, file: site.file, tests });
        }
    }
}
