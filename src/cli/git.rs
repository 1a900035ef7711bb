//! The commit that a plan was made from, and what changed since another one, as `git` tells it.

mod change;

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};

use camino::Utf8Path;

pub use self::change::{Range, changed, contents};
use crate::plan::GitInfo;

/// Returns the commit that is checked out at `root`, and whether one of the files that were read
/// differs from it. `None` outside git, before the first commit, and where `git` is missing.
pub fn describe(root: &Utf8Path, files: &BTreeSet<&str>) -> Option<GitInfo> {
    let head = spawn(root, &["rev-parse", "--verify", "HEAD"])?;
    let tracked = spawn(root, &["ls-tree", "-r", "-z", "--name-only", "HEAD"])?;
    let changed = spawn(root, &["diff", "HEAD", "--name-only", "-z", "--relative"])?;
    let (head, tracked, changed) = (output(head)?, output(tracked)?, output(changed)?);
    let tracked = names(&tracked);
    let is_gone = |file: &&str| is_document(file) && !root.join(file).exists();
    let dirty = files.iter().any(|file| !tracked.contains(file))
        || names(&changed).iter().any(|file| files.contains(file) || is_gone(file));
    Some(GitInfo { commit: head.trim().to_owned(), dirty })
}

/// Returns the commit that is checked out, or nothing outside git.
pub fn commit(root: &Utf8Path) -> Option<String> {
    let head = output(spawn(root, &["rev-parse", "--verify", "HEAD"])?)?;
    Some(head.trim().to_owned())
}

/// Starts `git` without waiting, so that the three questions are answered side by side.
fn spawn(root: &Utf8Path, args: &[&str]) -> Option<Child> {
    command(root, args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()
}

fn command(root: &Utf8Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(args).stdin(Stdio::null());
    command
}

fn output(child: Child) -> Option<String> {
    let output = child.wait_with_output().ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok()
}

fn names(text: &str) -> BTreeSet<&str> {
    text.split('\0').filter(|name| !name.is_empty()).collect()
}

/// Tells whether trectl would read such a file, were it there.
fn is_document(file: &str) -> bool {
    let is_hidden = file.split('/').any(|part| part.starts_with('.'));
    !is_hidden && (file.ends_with(".yaml") || file.ends_with(".yml"))
}

/// Returns the path of `root` in its checkout, or nothing outside git.
pub fn prefix(root: &Utf8Path) -> Option<String> {
    let prefix = output(spawn(root, &["rev-parse", "--show-prefix"])?)?;
    Some(prefix.trim_end_matches(['\n', '/']).to_owned())
}
