//! The documents of a repository, checked against their schemas and typed.

use serde::de::DeserializeOwned;

use crate::diag::Diagnostic;
use crate::schema::document::{GroupDocument, ProfileDocument, ProjectDocument, TreDocument};
use crate::schema::{check, read};
use crate::source::{Document, Kind, Repository};

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
        let mut documents = Self::default();
        let mut found = Vec::new();
        for document in &repository.documents {
            let before = found.len();
            found.extend(check(document));
            let is_well_formed = found.len() == before;
            if !(is_well_formed && documents.take(document, &mut found)) {
                documents.broken.push(document);
            }
        }
        (documents, found)
    }

    /// Reads a well-formed document into its type.
    fn take(&mut self, document: &'a Document, found: &mut Vec<Diagnostic>) -> bool {
        match document.kind {
            Kind::TrustedResearchEnvironment => push(&mut self.tres, document, found),
            Kind::Group => push(&mut self.groups, document, found),
            Kind::Profile => push(&mut self.profiles, document, found),
            Kind::Project => push(&mut self.projects, document, found),
            // Only the embedded platform reads seeds.
            Kind::PlatformSeed => true,
        }
    }
}

fn push<'a, T: DeserializeOwned>(
    typed: &mut Vec<Typed<'a, T>>,
    source: &'a Document,
    found: &mut Vec<Diagnostic>,
) -> bool {
    match read(source) {
        Ok(value) => {
            typed.push(Typed { source, value });
            true
        }
        Err(diagnostic) => {
            found.push(*diagnostic);
            false
        }
    }
}
