//! Repositories on a disk.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};

use super::{PROJECT, TRE, shown};
use crate::source::{Repository, find_root, load};

/// A folder that is removed afterwards.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    pub(super) fn path(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.0.path()).unwrap().canonicalize_utf8().unwrap()
    }

    fn files(&self) -> Vec<String> {
        let read = load(&self.path()).unwrap();
        read.sources.iter().map(|(file, _)| file.to_owned()).collect()
    }
}

#[test]
fn the_root_is_the_nearest_folder_with_a_project_file() {
    let folder = Folder::new(&[("trectl.yaml", PROJECT), ("tres/deep/a.yaml", TRE)]);
    let root = folder.path();
    for below in ["", "tres", "tres/deep", "tres/../tres"] {
        assert_eq!(find_root(&root.join(below)).unwrap(), root, "{below}");
    }
    let other = Folder::new(&[("tres/a.yaml", TRE)]);
    assert_eq!(find_root(&other.path().join("tres")).unwrap(), other.path().join("tres"));
    let error = find_root(&root.join("missing")).unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
    assert!(error.hint().contains("-C DIR"), "{}", error.hint());
    assert!(find_root(&root.join("trectl.yaml")).is_err());
}

#[test]
fn what_does_not_belong_is_left_out() {
    let project = format!(
        "{PROJECT}ignore: [charts, '*.tmpl.yaml', /docs/*.yaml, 'x/**/y.yml', 'with/slash/']\n"
    );
    let folder = Folder::new(&[
        ("trectl.yaml", project.as_str()),
        ("a.yaml", TRE),
        ("b.yml", TRE),
        ("readme.md", TRE),
        (".hidden.yaml", TRE),
        (".github/ci.yaml", TRE),
        ("inventory/a.yaml", TRE),
        ("tres/inventory/a.yaml", TRE),
        ("other/trectl.yaml", PROJECT),
        ("other/a.yaml", TRE),
        ("deep/charts/a.yaml", TRE),
        ("charts/b/a.yaml", TRE),
        ("tres/c.tmpl.yaml", TRE),
        ("docs/a.yaml", TRE),
        ("docs/b/a.yaml", TRE),
        ("x/1/2/y.yml", TRE),
        ("with/slash/a.yaml", TRE),
    ]);
    let expected = ["a.yaml", "b.yml", "docs/b/a.yaml", "trectl.yaml", "tres/inventory/a.yaml"];
    assert_eq!(folder.files(), expected);

    let read = load(&folder.path()).unwrap();
    let files: Vec<_> = read.sources.iter().collect();
    assert_eq!(Repository::from_memory(folder.path(), files).digest, read.digest);
}

#[test]
fn a_large_file_is_not_read() {
    let folder = Folder::new(&[("a.yaml", TRE)]);
    let large = fs::File::create(folder.path().join("large.yaml")).unwrap();
    large.set_len(50 * 1024 * 1024).unwrap();
    let read = load(&folder.path()).unwrap();
    assert_eq!(
        shown(&read.diagnostics),
        ["TRE005 large.yaml:1:1 The file `large.yaml` has 50 MiB; at most 10 MiB are read."]
    );
    assert_eq!(read.documents.len(), 1);
}

#[cfg(unix)]
pub(super) mod links {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    /// Returns a folder with links and a name that are refused.
    pub(in crate::source::tests) fn refused() -> Folder {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = Folder::new(&[("tres/a.yaml", TRE)]);
        let root = folder.path();
        symlink("/", root.join("tres/outside")).unwrap();
        symlink("missing", root.join("tres/gone.yaml")).unwrap();
        let name = std::ffi::OsStr::from_bytes(b"\xe9.yaml");
        fs::write(root.as_std_path().join(name), TRE).unwrap();
        folder
    }

    #[test]
    fn links_inside_are_followed_once() {
        let folder =
            Folder::new(&[("tres/a.yaml", TRE), (".shared/b.yaml", TRE), ("z/c.yaml", TRE)]);
        let root = folder.path();
        for (target, link) in [
            ("../.shared/b.yaml", "tres/b.yaml"),
            ("../.shared/b.yaml", "tres/same.yaml"),
            ("a.yaml", "tres/again.yaml"),
            ("..", "tres/loop"),
            ("z", "also-z"),
            ("self.yaml", "self.txt"),
        ] {
            symlink(target, root.join(link)).unwrap();
        }
        assert_eq!(folder.files(), ["tres/a.yaml", "tres/b.yaml", "z/c.yaml"]);
        assert_eq!(shown(&load(&root).unwrap().diagnostics), Vec::<String>::new());
    }

    #[test]
    fn links_to_the_outside_or_to_nothing_are_refused() {
        let outside = Folder::new(&[("o/a.yaml", TRE)]);
        let folder = Folder::new(&[("a.yaml", TRE)]);
        let (root, target) = (folder.path(), outside.path());
        symlink(target.join("o/a.yaml"), root.join("file.yaml")).unwrap();
        symlink(target.join("o"), root.join("folder")).unwrap();
        symlink(target.join("o"), root.join(".hidden")).unwrap();
        symlink("missing", root.join("gone.yaml")).unwrap();
        symlink("ring.yaml", root.join("ring.yaml")).unwrap();
        let read = load(&root).unwrap();
        let found: Vec<_> = shown(&read.diagnostics)
            .into_iter()
            .map(|line| line.replace(target.as_str(), "OUTSIDE"))
            .collect();
        assert_eq!(found.len(), 4, "{found:#?}");
        assert_eq!(
            found[0],
            "TRE020 file.yaml:1:1 The link `file.yaml` leads to `OUTSIDE/o/a.yaml`, outside of the repository."
        );
        assert_eq!(
            found[1],
            "TRE020 folder:1:1 The link `folder` leads to `OUTSIDE/o`, outside of the repository."
        );
        assert!(found[2].starts_with("TRE021 gone.yaml:1:1 The link `gone.yaml` leads nowhere"));
        assert!(found[3].starts_with("TRE021 ring.yaml:1:1 The link `ring.yaml` leads nowhere"));
        assert_eq!(read.documents.len(), 1);
    }

    #[test]
    fn what_cannot_be_read_stops_with_its_path_and_a_cure() {
        let folder = Folder::new(&[("tres/a.yaml", TRE)]);
        let file = folder.path().join("tres/a.yaml");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
        // A superuser reads everything, and there is nothing to see.
        if fs::read(&file).is_ok() {
            return;
        }
        let error = load(&folder.path()).unwrap_err();
        assert_eq!(error.to_string(), "cannot read the file `tres/a.yaml`");
        assert!(error.hint().contains("Make `tres/a.yaml` readable"), "{}", error.hint());
    }

    #[test]
    fn a_name_that_is_not_unicode_is_refused() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = Folder::new(&[]);
        let name = std::ffi::OsStr::from_bytes(b"\xe9.yaml");
        fs::write(folder.path().as_std_path().join(name), TRE).unwrap();
        let found = shown(&load(&folder.path()).unwrap().diagnostics);
        assert_eq!(
            found,
            ["TRE022 \u{fffd}.yaml:1:1 The name of `\u{fffd}.yaml` is not valid Unicode."]
        );
    }
}
