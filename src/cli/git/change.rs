//! What differs between the working tree and where it left the history of a revision.

use std::collections::BTreeSet;
use std::io::{Seek as _, Write as _};
use std::process::Stdio;

use camino::Utf8Path;

use super::{command, is_document, prefix};
use crate::cli::failure::Failure;

/// The way from a commit to the working tree.
#[derive(Debug, Clone)]
pub struct Range {
    /// The commit that the checkout and the revision have in common.
    pub merge_base: String,
    /// The paths below the root that differ, files that git does not track included.
    pub files: BTreeSet<String>,
}

/// Returns what differs between the working tree at `root` and where it left the history of a
/// revision.
///
/// # Errors
///
/// Where git is missing, `root` is in no checkout, or the common history is not there.
pub fn changed(root: &Utf8Path, revision: &str) -> Result<Range, Failure> {
    git(root, &["rev-parse", "--show-toplevel"]).map_err(|error| {
        Failure::usage(format!("`--changed` needs git, and `{root}` is in no checkout."))
            .because(error)
            .hint("Run it in a clone of the repository, with `git` installed.")
    })?;
    let commit = format!("{revision}^{{commit}}");
    let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
    let commit = line(git(root, &args).map_err(|_| unknown(root, revision))?);
    let merge_base =
        line(git(root, &["merge-base", "HEAD", &commit]).map_err(|_| apart(root, revision))?);
    let diff = ["diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff"];
    let tracked = git(root, &[&diff as &[&str], &[&merge_base, "--"]].concat());
    // What git is told to ignore is read all the same.
    let others = ["ls-files", "--others", "-z", "--", "*.yaml", "*.yml", "inventory"];
    let (tracked, others) = (tracked.map_err(unread)?, git(root, &others).map_err(unread)?);
    let files = names(&tracked).chain(names(&others)).collect();
    Ok(Range { merge_base, files })
}

/// Returns those of some files that would be read as documents, as they were in a commit.
///
/// # Errors
///
/// Where git does not answer.
pub fn contents(
    root: &Utf8Path,
    commit: &str,
    files: &BTreeSet<String>,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let prefix = match prefix(root).unwrap_or_default() {
        prefix if prefix.is_empty() => prefix,
        prefix => format!("{prefix}/"),
    };
    // Each question is a line.
    let is_asked = |file: &&String| {
        is_document(file) && !file.starts_with("inventory/") && !file.contains('\n')
    };
    let asked: Vec<&String> = files.iter().filter(is_asked).collect();
    let mut questions = tempfile::tempfile().map_err(unread)?;
    for file in &asked {
        writeln!(questions, "{commit}:{prefix}{file}").map_err(unread)?;
    }
    questions.rewind().map_err(unread)?;
    let output = command(root, &["cat-file", "--batch"])
        .stdin(Stdio::from(questions))
        .output()
        .map_err(unread)?;
    let mut rest = output.stdout.as_slice();
    let mut contents = Vec::new();
    for file in asked {
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { break };
        let (head, behind) = rest.split_at(end);
        let head = String::from_utf8_lossy(head);
        let mut words = head.rsplit(' ');
        let (size, kind) = (words.next().and_then(|size| size.parse().ok()), words.next());
        let behind = behind.get(1..).unwrap_or_default();
        let Some((content, after)) = size.and_then(|size: usize| behind.split_at_checked(size))
        else {
            // It was not there.
            rest = behind;
            continue;
        };
        if kind == Some("blob") {
            contents.push((file.clone(), content.to_vec()));
        }
        rest = after.get(1..).unwrap_or_default();
    }
    Ok(contents)
}

/// Runs git to its end; an error tells what git says.
fn git(root: &Utf8Path, args: &[&str]) -> Result<Vec<u8>, std::io::Error> {
    let output = command(root, args).output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(std::io::Error::other(said))
}

fn line(output: Vec<u8>) -> String {
    String::from_utf8_lossy(&output).trim().to_owned()
}

/// Returns paths; a folder that is a checkout of its own stands for all that is in it.
fn names(output: &[u8]) -> impl Iterator<Item = String> {
    output
        .split(|byte| *byte == 0)
        .map(|name| String::from_utf8_lossy(name).trim_end_matches('/').to_owned())
        .filter(|name| !name.is_empty())
}

fn unread(error: std::io::Error) -> Failure {
    Failure::files("`git` cannot be asked what changed.").because(error)
}

fn unknown(root: &Utf8Path, revision: &str) -> Failure {
    let failure = Failure::usage(format!("`--changed {revision}`: git knows no such commit here."));
    match is_shallow(root) {
        true => failure.hint(format!("{DEEPEN} Then name it with its remote: `origin/main`.")),
        false => failure.hint(
            "Fetch it first: `git fetch origin`, and name a branch of the remote as `origin/main`.",
        ),
    }
}

fn apart(root: &Utf8Path, revision: &str) -> Failure {
    let failure = Failure::usage(format!(
        "`--changed {revision}`: the checkout and `{revision}` have no commit in common."
    ));
    match is_shallow(root) {
        true => failure.hint(DEEPEN),
        false => failure.hint("Name a revision of the same history, or a commit that was read."),
    }
}

const DEEPEN: &str = "The clone is shallow. Fetch its whole history: `fetch-depth: 0` for \
                      `actions/checkout`, `GIT_DEPTH: 0` in GitLab, `git fetch --unshallow` by hand.";

fn is_shallow(root: &Utf8Path) -> bool {
    let said = git(root, &["rev-parse", "--is-shallow-repository"]);
    said.is_ok_and(|said| line(said) == "true")
}
