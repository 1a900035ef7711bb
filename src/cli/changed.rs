//! What changed since a revision, and which TREs that touches.

use std::collections::BTreeSet;

use super::failure::Failure;
use super::git;
use super::planning::Request;
use crate::desired::{Touched, Usage, is_among};
use crate::diag::{Diagnostic, Sources};
use crate::model::TreId;
use crate::plan::ChangedSince;
use crate::source::{Document, Repository};

/// What changed, and what that touches.
#[derive(Debug, Clone)]
pub struct Changed {
    since: String,
    merge_base: String,
    touched: Touched,
}

impl Changed {
    /// Compares the working tree with where it left the history of a revision.
    ///
    /// # Errors
    ///
    /// Where git is missing, or does not know the revision or its common history.
    pub fn since(repository: &Repository, revision: &str) -> Result<Self, Failure> {
        let git::Range { merge_base, mut files } = git::changed(&repository.root, revision)?;
        let before = git::contents(&repository.root, &merge_base, &files)?;
        let before = Repository::from_memory(repository.root.clone(), before);
        files.extend(by_link(repository, &files));
        let touched = Usage::of(repository, &before).touched(&files);
        Ok(Self { since: revision.to_owned(), merge_base, touched })
    }

    /// Narrows a request to what is touched.
    pub fn narrow(&self, request: &mut Request) {
        let Touched::Some { tres, files: _ } = &self.touched else { return };
        let named = request.only.clone().unwrap_or_default();
        request.untold = tres.difference(&named).cloned().collect();
        request.only = Some(match request.only.take() {
            Some(only) => only.intersection(tres).cloned().collect(),
            None => tres.clone(),
        });
    }

    /// Tells whether a finding is about what changed, or about what touched TREs are made of.
    /// One without a place is about everything.
    pub fn concerns(&self, finding: &Diagnostic) -> bool {
        let related = finding.related.iter().map(|related| &related.range);
        let mut places = finding.range.iter().chain(related);
        finding.range.is_none() || places.any(|range| self.covers(&range.file))
    }

    /// Tells whether a document changed, or is a part of a touched TRE.
    pub fn holds(&self, document: &Document) -> bool {
        self.covers(&document.file)
    }

    /// Returns the texts of what changed and of what touched TREs are made of.
    pub fn sources(&self, sources: &Sources) -> Sources {
        let mut covered = Sources::default();
        for (file, text) in sources.iter().filter(|(file, _)| self.covers(file)) {
            covered.insert(file.into(), text.into());
        }
        covered
    }

    fn covers(&self, file: &str) -> bool {
        match &self.touched {
            Touched::All => true,
            Touched::Some { tres: _, files } => is_among(file, files),
        }
    }

    /// Returns what is told of it; `tres` are those that are there to be told of.
    pub fn info<'a>(&self, tres: impl IntoIterator<Item = &'a TreId>) -> ChangedSince {
        let touched = match &self.touched {
            Touched::All => tres.into_iter().map(ToString::to_string).collect(),
            Touched::Some { tres, files: _ } => tres.iter().map(ToString::to_string).collect(),
        };
        let Self { since, merge_base, touched: _ } = self;
        ChangedSince { since: since.clone(), merge_base: merge_base.clone(), tres: touched }
    }
}

/// Returns the files that are read by way of a link, where what the link leads to has changed.
fn by_link(repository: &Repository, changed: &BTreeSet<String>) -> Vec<String> {
    let root = &repository.root;
    let files = repository.sources.iter().map(|(file, _)| file);
    let leads_to_change = |file: &&str| {
        let real = root.join(file).canonicalize_utf8().ok();
        let real = real.as_deref().and_then(|real| real.strip_prefix(root).ok());
        real.is_some_and(|real| real.as_str() != *file && is_among(real.as_str(), changed))
    };
    files.filter(leads_to_change).map(str::to_owned).collect()
}
