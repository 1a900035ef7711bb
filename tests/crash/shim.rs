//! The library that stands between the binary and the file system: `shim.c`, compiled once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// One change of the file system, as the shim wrote it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A file that was not there.
    Created(PathBuf),
    /// Bytes at the end of a file.
    Written(PathBuf, Vec<u8>),
    /// A file or folder whose content is safe from then on.
    Synced(PathBuf),
    /// A second name of a file.
    Linked(PathBuf, PathBuf),
    /// A name that is gone.
    Removed(PathBuf),
    /// A folder that was not there.
    Folder(PathBuf),
    /// A sync that a test has taken away.
    NotSynced,
}

static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("shim-{}.so", std::process::id()));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash/shim.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&path).arg(source);
    let status = compiler.status().unwrap_or_else(|error| panic!("`cc` cannot be run: {error}"));
    assert!(status.success(), "`cc` cannot compile tests/crash/shim.c");
    path
});

/// Puts the shim below a command. It looks at nothing outside of `folder`.
pub fn preload(command: &mut Command, folder: &Path) {
    command.env("LD_PRELOAD", &*LIBRARY).env("SHIM_FOLDER", folder);
}

/// Reads what the shim wrote down.
pub fn read(record: &Path) -> Vec<Change> {
    let text = std::fs::read_to_string(record).unwrap_or_default();
    text.lines().map(parse).collect()
}

fn parse(line: &str) -> Change {
    let mut words = line.split('\t');
    let (kind, path) = (words.next().unwrap(), PathBuf::from(words.next().unwrap()));
    let rest = words.next().unwrap();
    match kind {
        "c" => Change::Created(path),
        "w" => Change::Written(path, bytes(rest)),
        "s" => Change::Synced(path),
        "l" => Change::Linked(path, PathBuf::from(rest)),
        "u" => Change::Removed(path),
        "m" => Change::Folder(path),
        other => panic!("trectl makes no change of the kind `{other}` below its state"),
    }
}

fn bytes(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
