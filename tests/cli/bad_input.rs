//! Bad input and faults: a diagnostic with its place or a clear error, bounded time, and nothing
//! touched.

use crate::harness::{DRAFT, Repo};

/// Asserts that every command refuses a file, says where, and touches nothing.
fn refused(name: &str, content: impl AsRef<[u8]>, words: &[&str]) {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.write("tres/bad.yaml", content.as_ref());
    for command in [&["validate"] as &[&str], &["plan"], &["apply", "--auto-approve"], &["drift"]] {
        let run = repo.run(command).expect(1);
        for words in words {
            assert!(run.stderr.contains(words), "{name}: `{words}` is not in:\n{}", run.stderr);
        }
        assert!(run.stderr.len() < 20_000, "{name}: {} bytes of complaint", run.stderr.len());
    }
    assert!(!repo.at(".trectl").exists(), "{name}: something was written");
}

#[test]
fn files_that_are_no_yaml() {
    refused("broken", "a: [1,\n", &["tres/bad.yaml:"]);
    refused("tabs", "a:\n\tb: 1\n", &["tres/bad.yaml:2:"]);
    refused("not UTF-8", b"name: \xff\xfe\n", &["tres/bad.yaml", "UTF-8"]);
    refused("empty", "", &["tres/bad.yaml", "empty"]);
}

#[test]
fn files_that_are_too_much() {
    let big = "# filler\n".repeat(50 * 1024 * 1024 / 9);
    refused("50 MB", big, &["tres/bad.yaml"]);
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    refused("alias bomb", bomb, &["tres/bad.yaml:"]);
    refused("deep nesting", "[".repeat(100_000), &["tres/bad.yaml:"]);
    refused("deep mappings", "{a: ".repeat(100_000), &["tres/bad.yaml:"]);
}

#[test]
fn documents_that_contradict_each_other() {
    refused("duplicate key", format!("{DRAFT}name: Again\n"), &["tres/bad.yaml:8:1", "name"]);
    refused("two documents with one id", DRAFT, &["tres/one.yaml:3", "tres/bad.yaml:3", "tre-one"]);
}

#[test]
fn no_document_at_all() {
    let repo = Repo::empty();
    for command in ["validate", "plan", "apply", "drift"] {
        let path = repo.path().canonicalize().unwrap();
        repo.run(&[command]).expect(1).complains(path.to_str().unwrap()).complains("trectl new");
    }
    repo.run(&["import"]).expect(0);
    assert!(!repo.at(".trectl").exists());
}

#[test]
fn folders_and_targets_that_are_not_there() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.run(&["-C", "missing", "plan"]).expect(1).complains("missing").complains("-C DIR");
    repo.run(&["-C", "tres/one.yaml", "plan"]).expect(1);
    repo.run(&["plan", "--target", "lokal"]).expect(1).complains("Did you mean `local`?");
    repo.write(
        "trectl.yaml",
        "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
         a: {platform: {embedded: .trectl/a.db}}\n  b: {platform: {embedded: .trectl/b.db}}\n",
    );
    repo.run(&["plan"]).expect(1).complains("--target").complains("`a`, `b`");
}

#[cfg(not(feature = "remote-state"))]
#[test]
fn a_bucket_needs_a_program_that_was_built_for_it() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    repo.write(
        "trectl.yaml",
        "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
         far: {platform: {embedded: .trectl/p.db}, state: 's3://bucket/x'}\n",
    );
    repo.run(&["plan", "--target", "far"]).expect(1).complains("--features remote-state");
    repo.run(&["validate"]).expect(0);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_root_and_unreadable_folders() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let outside = Repo::with(&[("one.yaml", DRAFT)]);
    let repo = Repo::with(&[("tres/one.yaml", DRAFT)]);
    symlink(outside.at("one.yaml"), repo.at("tres/link.yaml")).unwrap();
    repo.run(&["plan"]).expect(1).complains("tres/link.yaml");
    std::fs::remove_file(repo.at("tres/link.yaml")).unwrap();

    let locked = repo.at("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o000)).unwrap();
    // Whoever may read everything anyway has no unreadable folders.
    if std::fs::read_dir(&locked).is_err() {
        repo.run(&["plan"]).expect(1).complains("locked");
    }
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn a_store_that_is_damaged_or_something_else() {
    let repo = Repo::applied(DRAFT);
    repo.write(".trectl/platform.db", "this is no store");
    repo.run(&["plan"]).expect(1).complains("platform.db");
    repo.run(&["apply", "--auto-approve"]).expect(1);
    assert_eq!(repo.read(".trectl/platform.db"), "this is no store");
}

#[test]
fn a_journal_that_is_damaged() {
    let repo = Repo::applied(DRAFT);
    std::fs::remove_dir_all(repo.at(".trectl/state/applied")).unwrap();
    let journal = ".trectl/state/journal/000000000001.json";
    let text = repo.read(journal);
    repo.write(journal, text.replacen('{', "nonsense", 1));
    repo.run(&["plan"]).expect(1).complains("000000000001.json");
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    repo.run(&["apply", "--auto-approve"]).expect(1);
}

#[test]
fn a_folder_that_cannot_be_made() {
    let repo = Repo::with(&[("tres/one.yaml", DRAFT), (".trectl", "a file in the way")]);
    repo.run(&["apply", "--auto-approve"]).expect(1).complains(".trectl");
}
