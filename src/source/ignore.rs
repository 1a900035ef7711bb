//! The project file's `ignore:` globs.

use std::sync::Arc;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::classify::PROJECT_FILE;
use super::{Node, codes, yaml};
use crate::diag::Diagnostic;

/// Which paths are left out.
///
/// As in `.gitignore`, a pattern without a `/` matches a name in every folder, others match the
/// path from the root; a matching folder is left out with all that is in it.
#[derive(Debug)]
pub(super) struct Ignore {
    globs: GlobSet,
    findings: Vec<Diagnostic>,
}

impl Ignore {
    /// Returns the patterns of a project file. One that cannot be read has none; why it cannot is
    /// reported where all files are parsed.
    pub(super) fn from_project(content: Option<&[u8]>) -> Self {
        let mut builder = GlobSetBuilder::new();
        let mut findings = Vec::new();
        let file: Arc<str> = Arc::from(PROJECT_FILE);
        let text = content.and_then(|content| yaml::decode(&file, content).ok());
        let trees = text.map(|text| yaml::parse(&file, text).trees).unwrap_or_default();
        for pattern in trees.iter().flat_map(|tree| patterns(&tree.node)) {
            match pattern.as_str().map(glob) {
                Some(Ok(glob)) => {
                    builder.add(glob);
                }
                Some(Err(error)) => findings.push(invalid(pattern, &error)),
                // The schema reports it.
                None => {}
            }
        }
        let globs = builder.build().unwrap_or_else(|_| GlobSet::empty());
        Self { globs, findings }
    }

    /// Tells whether a path, or a folder above it, is left out.
    pub(super) fn is_match(&self, path: &str) -> bool {
        !self.globs.is_empty()
            && path
                .match_indices('/')
                .map(|(at, _)| at)
                .chain([path.len()])
                .filter_map(|end| path.get(..end))
                .any(|part| self.globs.is_match(part))
    }

    /// Returns what is wrong with the patterns.
    pub(super) fn into_findings(self) -> Vec<Diagnostic> {
        self.findings
    }
}

fn patterns(node: &Node) -> &[Node] {
    let is_project = node.get("kind").and_then(Node::as_str) == Some("Project");
    let patterns = is_project.then(|| node.get("ignore").and_then(Node::items)).flatten();
    patterns.unwrap_or_default()
}

fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    let path = pattern.trim_start_matches("./").trim_end_matches('/');
    let anchored = match path.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None if path.contains('/') => path.to_owned(),
        None => format!("**/{path}"),
    };
    GlobBuilder::new(&anchored).literal_separator(true).build()
}

fn invalid(pattern: &Node, error: &globset::Error) -> Diagnostic {
    Diagnostic::error(
        &codes::IGNORE_GLOB,
        format!("The pattern is not a valid glob: {}.", error.kind()),
    )
    .at(&pattern.range)
    .help("Correct it, or put a `\\` before a character that means itself.")
}
