//! What `import` writes plans to nothing, for every TRE that the operator can see.

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use trectl::platform::seed::{Seed, SeedTre};

use crate::support::scene::scenes;
use crate::world::directory::seed;

/// How many TREs are imported at once.
const TRES: usize = 150;

/// Returns so many TREs, the same ones in every run.
pub fn tres(count: usize) -> Vec<SeedTre> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let scenes = scenes();
    let mut drawn =
        std::iter::from_fn(|| Some(scenes.new_tree(&mut runner).unwrap().current().live));
    let mut tres = Vec::new();
    while tres.len() < count {
        if let Some(tre) = drawn.next().flatten() {
            tres.push(SeedTre { id: format!("tre-{:03}", tres.len()), ..tre });
        }
    }
    tres
}

/// Returns the command in a folder, without anything from the environment.
pub fn trectl(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trectl"));
    command.env_clear().arg("-C").arg(root);
    command
}

#[test]
fn what_is_imported_plans_to_nothing() {
    let (_, groups) = imported(&[]);
    assert_eq!(groups, 0);
}

#[test]
fn what_is_imported_with_groups_plans_to_nothing() {
    let (root, groups) = imported(&["--groups"]);
    assert!(groups > 5, "only {groups} groups");
    let names_one = |file: &str| file.contains("group:");
    let tres = fs::read_dir(root.path().join("tres")).unwrap();
    let texts = tres.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let naming = texts.filter(|text| names_one(text)).count();
    assert!(naming > TRES / 4, "only {naming} documents name a group");
}

/// Writes what the platform of a folder begins with, and the project file that names it.
pub fn write_platform(root: &Path, tres: Vec<SeedTre>) {
    let seed = Seed {
        api_version: Some("trectl/v1".to_owned()),
        kind: Some("PlatformSeed".to_owned()),
        tres,
        ..seed("user-olga")
    };
    fs::write(root.join("seed.yaml"), serde_json::to_string(&seed).unwrap()).unwrap();
    let project = "apiVersion: trectl/v1\nkind: Project\ntargets:\n  local: \
                   {platform: {embedded: .trectl/platform.db, seed: seed.yaml}}\n";
    fs::write(root.join("trectl.yaml"), project).unwrap();
}

/// Imports many TREs, sees that they plan to nothing, and returns how many groups there are.
fn imported(flags: &[&str]) -> (tempfile::TempDir, usize) {
    let root = tempfile::tempdir().unwrap();
    write_platform(root.path(), tres(TRES));

    let import = trectl(root.path()).arg("import").args(flags).output().unwrap();
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    let files = fs::read_dir(root.path().join("tres")).unwrap().count();
    assert!(files > TRES / 2, "only {files} of {TRES} are imported");
    let plan =
        trectl(root.path()).args(["plan", "--detailed-exitcode", "--format", "json"]).output();
    let plan = plan.unwrap();
    let text = String::from_utf8(plan.stderr).unwrap();
    let json: Value = serde_json::from_slice(&plan.stdout).unwrap();
    let changes: Vec<&Value> = json["resource_changes"]
        .as_array()
        .unwrap_or_else(|| panic!("{json}\n{text}"))
        .iter()
        .filter(|change| change["status"] != "no_op")
        .collect();
    assert!(changes.is_empty(), "{} change, the first one: {}", changes.len(), changes[0]);
    assert_eq!(json["summary"]["no_op"], files);
    assert_eq!(plan.status.code(), Some(0), "{text}");
    let groups = fs::read_dir(root.path().join("groups")).map_or(0, Iterator::count);
    (root, groups)
}
