//! The documents of a repository, checked against their schemas and typed.

use rayon::prelude::*;

use crate::diag::Diagnostic;
use crate::schema::document::{GroupDocument, ProfileDocument, ProjectDocument, TreDocument};
use crate::schema::{check, read};
use crate::source::{Document, Kind, Repository};

/// Fewer than this are not worth a thread.
const DOCUMENTS_AT_ONCE: usize = 16;

/// A document with its type and its tree.
#[derive(Debug, Clone)]
pub struct Typed<'a, T> {
    /// The tree, for the places of keys.
    pub source: &'a Document,
    /// What it says.
    pub value: T,
}

/// Every document of a repository that has the form of its kind, in path order.
#[derive(Debug, Clone, Default)]
pub struct Documents<'a> {
    /// TREs.
    pub tres: Vec<Typed<'a, TreDocument>>,
    /// Groups.
    pub groups: Vec<Typed<'a, GroupDocument>>,
    /// Profiles.
    pub profiles: Vec<Typed<'a, ProfileDocument>>,
    /// Project files; more than one is an error.
    pub projects: Vec<Typed<'a, ProjectDocument>>,
    /// Documents that do not have the form of their kind.
    pub broken: Vec<&'a Document>,
}

impl<'a> Documents<'a> {
    /// Reads the documents of a repository, and tells what is wrong with their form.
    pub fn read(repository: &'a Repository) -> (Self, Vec<Diagnostic>) {
        let all = &repository.documents;
        let checked: Vec<_> = all.par_iter().with_min_len(DOCUMENTS_AT_ONCE).map(one).collect();
        let mut documents = Self::default();
        let mut found = Vec::new();
        for (source, checked) in all.iter().zip(checked) {
            match checked {
                Ok(Read::Tre(value)) => documents.tres.push(Typed { source, value: *value }),
                Ok(Read::Group(value)) => documents.groups.push(Typed { source, value }),
                Ok(Read::Profile(value)) => documents.profiles.push(Typed { source, value }),
                Ok(Read::Project(value)) => {
                    documents.projects.push(Typed { source, value: *value });
                }
                Ok(Read::Seed) => {}
                Err(diagnostics) => {
                    found.extend(diagnostics);
                    documents.broken.push(source);
                }
            }
        }
        (documents, found)
    }
}

/// A document in its type.
enum Read {
    Tre(Box<TreDocument>),
    Group(GroupDocument),
    Profile(ProfileDocument),
    Project(Box<ProjectDocument>),
    /// Only the embedded platform reads seeds.
    Seed,
}

/// Checks the form of one document and reads it into its type.
fn one(document: &Document) -> Result<Read, Vec<Diagnostic>> {
    let found = check(document);
    if !found.is_empty() {
        return Err(found);
    }
    match document.kind {
        Kind::TrustedResearchEnvironment => read(document).map(Box::new).map(Read::Tre),
        Kind::Group => read(document).map(Read::Group),
        Kind::Profile => read(document).map(Read::Profile),
        Kind::Project => read(document).map(Box::new).map(Read::Project),
        Kind::PlatformSeed => Ok(Read::Seed),
    }
    .map_err(|diagnostic| vec![*diagnostic])
}
