//! A power cut at any point: whatever the disk may hold then, nothing that was acknowledged is lost,
//! and the next run finishes the work.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use rayon::prelude::*;
use trectl::sim::World;

use crate::disk::{self, Data, Disk, LEFT, Names, Tree, is_unfinished};
use crate::kill::{around_folders, tell};
use crate::platform::{Gate, Moment, Pass, Side, open};
use crate::shim::{self, Change};
use crate::stage::{Effect, Past, Stage, announces, converges, start, steady, undisturbed, wait};

/// A run that was written down: what it changed in the file system, and between which changes the
/// platform became what.
struct Recording {
    root: PathBuf,
    changes: Vec<Change>,
    marks: Vec<Mark>,
    effects: Vec<Effect>,
}

/// The platform after a call that took effect, and how many changes had been made by then.
#[derive(Clone)]
struct Mark {
    changes: usize,
    world: World,
    effects: Vec<Effect>,
}

/// Writes a first run down, with the shim set up in some way.
fn recording(settings: &[(&str, String)]) -> Recording {
    let folder = tempfile::TempDir::new().unwrap();
    let record = folder.path().join("record");
    let marks = Arc::new(Mutex::new(Vec::<Mark>::new()));
    let (seen, path) = (Arc::clone(&marks), record.clone());
    let gate: Gate = Arc::new(move |moment: Moment<'_>| {
        let effects: Vec<Effect> = effects(&moment);
        let mut seen = seen.lock().unwrap();
        let is_new = seen.last().is_none_or(|last| last.effects.len() < effects.len());
        if moment.side == Side::After && is_new {
            let changes = shim::read(&path).len();
            seen.push(Mark { changes, world: moment.platform.world(), effects });
        }
        Pass::On
    });
    let stage = Stage::new(Past::None, gate);
    let settings = [settings, &[("SHIM_RECORD", record.display().to_string())]].concat();
    stage.run(stage.shimmed(&steady(), &settings)).expect(0);
    let changes = shim::read(&record);
    let root = stage.root().to_owned();
    let mut whole = Disk::default();
    changes.iter().for_each(|change| whole.make(change, &root));
    let there = disk::read(&root.join(".trectl"));
    let there: Tree =
        there.into_iter().map(|(name, data)| (Path::new(".trectl").join(name), data)).collect();
    let mut seen = whole.seen();
    seen.remove(Path::new(".trectl"));
    assert_eq!(seen, there, "the shim has seen every change");
    let marks = marks.lock().unwrap().clone();
    Recording { root, changes, marks, effects: stage.effects() }
}

fn effects(moment: &Moment<'_>) -> Vec<Effect> {
    let calls = moment.platform.calls().into_iter().filter(|call| call.changes > Some(0));
    calls.map(|call| (call.route, call.input)).collect()
}

/// The run that all tests cut short.
fn usual() -> &'static Recording {
    static USUAL: OnceLock<Recording> = OnceLock::new();
    USUAL.get_or_init(|| recording(&[]))
}

/// What a power cut leaves: a disk, and a platform that knows nothing of it.
struct Cut<'a> {
    after: usize,
    left: (Names, Data),
    tree: Tree,
    mark: &'a Mark,
    /// How many segments were acknowledged to whoever wrote them.
    acknowledged: u64,
    /// Whether the next run is made: once for all disks that hold the same objects, and for some
    /// that hold unfinished ones beside them.
    is_run: bool,
}

/// Returns every different outcome of a power cut at every point.
fn cuts<'a>(changes: &[Change], recording: &'a Recording) -> Vec<Cut<'a>> {
    let mut disk = Disk::default();
    let mut found: BTreeMap<(usize, Tree), Cut<'a>> = BTreeMap::new();
    for after in 0..=changes.len() {
        if let Some(change) = after.checked_sub(1).and_then(|last| changes.get(last)) {
            disk.make(change, &recording.root);
        }
        let acknowledged = acknowledged(changes, after);
        for mark in marks(recording, after) {
            for left in LEFT {
                let tree = disk.cut(left.0, left.1);
                let key = (mark.effects.len(), tree.clone());
                // Of two equal outcomes the later one has promised more.
                let is_run = after % 64 == 0;
                found.insert(key, Cut { after, left, tree, mark, acknowledged, is_run });
            }
        }
    }
    let mut cuts: Vec<Cut<'a>> = found.into_values().collect();
    let mut met = BTreeSet::new();
    for cut in &mut cuts {
        let mut objects = cut.tree.clone();
        objects.retain(|name, _| !is_unfinished(name));
        cut.is_run |= met.insert((cut.mark.effects.len(), objects));
    }
    cuts
}

/// Returns what the platform may have become after so many changes.
fn marks(recording: &Recording, after: usize) -> Vec<&Mark> {
    let before = recording.marks.iter().rfind(|mark| mark.changes < after);
    let now = recording.marks.iter().filter(|mark| mark.changes == after);
    // A run begins with a mark that its first call leaves, before any change.
    before.or(recording.marks.first()).into_iter().chain(now).collect()
}

/// A segment is acknowledged once its first name is removed: that comes last.
fn acknowledged(changes: &[Change], after: usize) -> u64 {
    let made = changes.iter().take(after);
    let count = made.filter(|change| {
        matches!(change, Change::Removed(path) if path.display().to_string().contains("/journal/"))
    });
    count.count().try_into().unwrap()
}

/// Checks one outcome of a power cut.
fn survives(cut: &Cut<'_>, expected: &[Effect]) -> Result<(), String> {
    let mut stage = Stage::on(cut.mark.world.clone(), open());
    stage.earlier = cut.mark.effects.clone();
    disk::write(&cut.tree, stage.root());
    let journal = stage.journal()?;
    if journal.head.segment < cut.acknowledged {
        let (left, all) = (journal.head.segment, cut.acknowledged);
        return Err(format!("{all} segments were acknowledged, {left} are left"));
    }
    announces(&journal, &cut.mark.effects)?;
    if cut.is_run { converges(&stage, expected) } else { Ok(()) }
}

/// Cuts the power at every point of a run whose changes are these, and returns what is lost first.
/// Returns how many disks there were, and after how many of them the next run was made.
fn cut_everywhere(changes: &[Change], recording: &Recording) -> Result<(usize, usize), String> {
    let cuts = cuts(changes, recording);
    let runs = cuts.iter().filter(|cut| cut.is_run).count();
    // What goes wrong late in a run is found as fast as what goes wrong early.
    let wrong = cuts.par_iter().rev().find_map_any(|cut| {
        let why = survives(cut, &recording.effects).err()?;
        Some(format!("cut after {} changes, left {:?}: {why}", cut.after, cut.left))
    });
    wrong.map_or(Ok((cuts.len(), runs)), Err)
}

#[test]
fn a_power_cut_at_any_point_loses_nothing_that_was_acknowledged() {
    let began = Instant::now();
    let usual = usual();
    let cut = cut_everywhere(&usual.changes, usual);
    let (disks, runs) = cut.unwrap_or_else(|why| panic!("{why}"));
    tell(&format!(
        "{} changes of files, {disks} different disks after a power cut, {runs} runs after one; \
         {} s",
        usual.changes.len(),
        began.elapsed().as_secs()
    ));
}

#[test]
fn without_syncing_a_power_cut_loses_what_was_acknowledged() {
    let recording = recording(&[("SHIM_NOSYNC", "1".to_owned())]);
    let why = cut_everywhere(&recording.changes, &recording).unwrap_err();
    let is_lost = ["are left", "knows nothing", "is damaged"].iter().any(|how| why.contains(how));
    assert!(is_lost, "{why}");
}

#[test]
fn without_any_one_kind_of_sync_a_power_cut_loses_something() {
    let usual = usual();
    for (what, folder, is_data) in [
        ("the content of segments", "/journal/", true),
        ("the names of segments", "journal", false),
        ("the content of snapshots", "/applied/", true),
        ("the name of the journal's folder", "served", false),
        ("the name of the state's folder", "state", false),
        ("the name of trectl's folder", "", false),
    ] {
        let is_meant = |change: &Change| {
            let Change::Synced(path) = change else { return false };
            let path = format!("/{}", path.strip_prefix(&usual.root).unwrap().display());
            if is_data { path.contains(folder) } else { path.rsplit('/').next() == Some(folder) }
        };
        let without = |change: &Change| match is_meant(change) {
            true => Change::NotSynced,
            false => change.clone(),
        };
        let changes: Vec<Change> = usual.changes.iter().map(without).collect();
        assert_ne!(changes, usual.changes, "{what} are synced");
        let lost = cut_everywhere(&changes, usual);
        assert!(lost.is_err(), "{what} need not be synced");
    }
}

#[test]
fn what_a_killed_first_run_left_unsafe_is_safe_once_the_next_has_ended() {
    let expected = undisturbed(Past::None);
    let wrong: Vec<String> = around_folders(&expected)
        .into_par_iter()
        .filter_map(|point| {
            let stage = Stage::new(Past::None, open());
            let folder = tempfile::TempDir::new().unwrap();
            let record = folder.path().join("record");
            let record_to = ("SHIM_RECORD", record.display().to_string());
            let kill = ("SHIM_KILL", point.to_string());
            wait(start(stage.shimmed(&steady(), &[record_to.clone(), kill])));
            stage.run(stage.shimmed(&steady(), &[record_to])).expect(0);
            let mut disk = Disk::default();
            shim::read(&record).iter().for_each(|change| disk.make(change, stage.root()));
            let mut after = Stage::on(stage.platform.memory.world(), open());
            after.earlier = stage.effects();
            disk::write(&disk.cut(Names::Safe, Data::Gone), after.root());
            let journal = after.journal().and_then(|journal| announces(&journal, &after.earlier));
            journal.err().map(|why| format!("killed before change {point}: {why}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
