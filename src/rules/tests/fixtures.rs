//! Every code on its fixture: `tests/fixtures/diagnostics/<CODE>.yaml`, or a repository of that
//! name, with what a person is told beside it as `<CODE>.snap`.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::{build, codes};
use super::TODAY;
use crate::diag::render::human::{Color, render};
use crate::source::{Repository, load};

fn folder() -> Utf8PathBuf {
    let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize_utf8().unwrap();
    root.join("tests/fixtures/diagnostics")
}

/// Returns the repository of a code, from a file, from a folder, or made on the spot where it
/// cannot be kept in a repository of ours.
fn fixture(code: &str) -> Option<Repository> {
    let (file, repository) = (folder().join(format!("{code}.yaml")), folder().join(code));
    if file.is_file() {
        let content = std::fs::read(&file).unwrap();
        return Some(Repository::from_memory("repository", [(format!("{code}.yaml"), content)]));
    }
    if repository.is_dir() {
        return Some(load(&repository).unwrap());
    }
    match code {
        "TRE005" => {
            let content = vec![b'#'; 11 << 20];
            Some(Repository::from_memory("repository", [("large.yaml", content)]))
        }
        "TRE022" => Some(with_odd_name()),
        _ => None,
    }
}

/// Returns a repository with a file whose name is not Unicode.
fn with_odd_name() -> Repository {
    use std::os::unix::ffi::OsStrExt as _;

    let root = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"cardio\xff.yaml");
    std::fs::write(root.path().join(name), "").unwrap();
    load(Utf8Path::from_path(root.path()).unwrap()).unwrap()
}

#[test]
fn every_code_is_shown_by_its_fixture() {
    let mut missing = Vec::new();
    for code in codes() {
        let Some(repository) = fixture(code.id) else {
            missing.push(code.id);
            continue;
        };
        let mut found = build(&repository, TODAY).diagnostics;
        found.extend(repository.no_documents().filter(|_| code.id == "TRE027"));
        let shown = found.iter().any(|found| found.code == code);
        assert!(shown, "the fixture of {} does not show it: {found:#?}", code.id);
        let text = render(&found, &repository.sources, Color::Plain)
            .replace(repository.root.as_str(), "the/repository")
            .replace(folder().as_str(), "the");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(folder());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(code.id, text));
    }
    assert_eq!(missing, [""; 0], "codes without a fixture");
}

#[test]
fn every_fixture_is_picked_up() {
    let known: BTreeSet<&str> = codes().iter().map(|code| code.id).collect();
    for entry in folder().read_dir_utf8().unwrap() {
        let path = entry.unwrap().into_path();
        let stem = path.file_stem().unwrap();
        assert!(known.contains(stem), "{path} belongs to no code");
    }
}
