//! File contents to a [`Repository`]: pure, in path order, on every core.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use camino::Utf8PathBuf;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::classify::{PROJECT_FILE, classify};
use super::{Document, Ignore, Kind, Repository, codes, yaml};
use crate::diag::{Diagnostic, Position, Range, Sources};

/// The number of files for each of which a thread is worth its start.
const FILES_PER_THREAD: usize = 16;

impl Repository {
    /// Returns what files say, given their paths below the root, with `/` between folders, and
    /// their contents. Files that the project file ignores are left out.
    pub fn from_memory<P, C>(
        root: impl Into<Utf8PathBuf>,
        files: impl IntoIterator<Item = (P, C)>,
    ) -> Self
    where
        P: Into<Arc<str>>,
        C: Into<Vec<u8>>,
    {
        let mut files: BTreeMap<Arc<str>, Vec<u8>> =
            files.into_iter().map(|(path, content)| (path.into(), content.into())).collect();
        let ignore = Ignore::from_project(files.get(PROJECT_FILE).map(Vec::as_slice));
        files.retain(|path, _| !ignore.is_match(path));
        let files: Vec<_> = files.into_iter().collect();
        assemble(root.into(), read_all(&files, read), ignore.into_findings())
    }

    /// Tells whether there is anything to plan or check: a TRE, a group or a profile.
    pub fn has_documents(&self) -> bool {
        self.documents.iter().any(|document| match document.kind {
            Kind::TrustedResearchEnvironment | Kind::Group | Kind::Profile => true,
            Kind::Project | Kind::PlatformSeed => false,
        })
    }

    /// Returns the finding for a repository without any TRE, group or profile.
    pub fn no_documents(&self) -> Option<Diagnostic> {
        (!self.has_documents()).then(|| {
            Diagnostic::error(
                &codes::NO_DOCUMENTS,
                format!("No TRE, group or profile is written below `{}`.", self.root),
            )
            .help(
                "Name the folder of the repository with `-C DIR`. `trectl import` writes documents \
                 for the TREs that are there, `trectl new` a first one.",
            )
        })
    }
}

/// A file as it was read.
#[derive(Debug)]
pub(super) struct ReadFile {
    path: Arc<str>,
    text: Arc<str>,
    documents: Vec<Document>,
    findings: Vec<Diagnostic>,
    digest: [u8; 32],
}

/// Parses one file.
pub(super) fn read((path, content): &(Arc<str>, Vec<u8>)) -> ReadFile {
    let digest = Sha256::digest(content).into();
    let text = match yaml::decode(path, content) {
        Ok(text) => text,
        Err(finding) => {
            // Kept to show the place; a file beyond the limit has none that is worth it.
            let is_large = finding.code == &codes::TOO_LARGE;
            let shown = if is_large { "".into() } else { String::from_utf8_lossy(content) };
            return ReadFile {
                path: Arc::clone(path),
                text: Arc::from(shown),
                documents: Vec::new(),
                findings: vec![*finding],
                digest,
            };
        }
    };
    let yaml::File { trees, broken: mut findings } = yaml::parse(path, text);
    if trees.is_empty() && findings.is_empty() {
        findings.extend(empty(path, text));
    }
    let mut documents = Vec::with_capacity(trees.len());
    for tree in trees {
        let mut classified = classify(path, tree);
        documents.extend(classified.document);
        findings.append(&mut classified.findings);
    }
    findings.extend(second_project(&documents));
    findings.sort_by_key(|finding| finding.range.as_ref().map(|range| range.start.byte));
    ReadFile { path: Arc::clone(path), text: Arc::from(text), documents, findings, digest }
}

fn empty(path: &Arc<str>, text: &str) -> Option<Diagnostic> {
    let is_blank = text.trim_start_matches('\u{feff}').trim().is_empty();
    // An empty project file marks the root, which is a use of its own.
    if path.as_ref() == PROJECT_FILE {
        return None;
    }
    let finding = if is_blank {
        Diagnostic::error(&codes::EMPTY_FILE, format!("The file `{path}` is empty."))
    } else {
        Diagnostic::warning(&codes::EMPTY_FILE, format!("The file `{path}` holds no document."))
    };
    let start = Position { line: 1, column: 1, byte: 0 };
    let range = Range { file: Arc::clone(path), start, end: start };
    Some(finding.at(&range).help("Write a document, or remove the file."))
}

fn second_project(documents: &[Document]) -> Vec<Diagnostic> {
    let place = |document: &Document| {
        document.node.get("kind").map_or(document.node.range.clone(), |kind| kind.range.clone())
    };
    let mut projects = documents.iter().filter(|document| document.kind == Kind::Project);
    let Some(first) = projects.next() else { return Vec::new() };
    projects
        .map(|second| {
            Diagnostic::error(&codes::PROJECT_PLACE, "A second project document is not allowed.")
                .at(&place(second))
                .with(&place(first), "the first one")
                .help("Merge the two.")
        })
        .collect()
}

/// Applies a function to every item, side by side where there are many; the order is kept.
pub(super) fn read_all<T: Sync, R: Send>(
    items: &[T],
    read: impl Fn(&T) -> R + Send + Sync,
) -> Vec<R> {
    items.par_iter().with_min_len(FILES_PER_THREAD).map(read).collect()
}

/// Puts files, which are in path order, together.
pub(super) fn assemble(
    root: Utf8PathBuf,
    files: Vec<ReadFile>,
    findings: Vec<Diagnostic>,
) -> Repository {
    let mut sources = Sources::default();
    let mut documents = Vec::new();
    let mut diagnostics = findings;
    let mut digest = Sha256::new();
    for file in files {
        let ReadFile { path, text, documents: of_file, findings, digest: content } = file;
        digest.update((path.len() as u64).to_le_bytes());
        digest.update(path.as_bytes());
        digest.update(content);
        documents.extend(of_file);
        diagnostics.extend(findings);
        sources.insert(path, text);
    }
    diagnostics.sort_by(|left, right| {
        let file = |finding: &Diagnostic| finding.range.as_ref().map(|range| range.file.clone());
        file(left).cmp(&file(right))
    });
    let mut name = String::from("sha256:");
    for byte in digest.finalize() {
        // Writing to a `String` cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    Repository { root, documents, sources, diagnostics, digest: name }
}
