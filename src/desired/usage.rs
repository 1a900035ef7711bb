//! Which files each TRE is made of: its document, the groups and profiles that it uses, and the
//! assets of the repository that it names. Read from the trees, so that it can be told of invalid
//! documents too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::TreId;
use crate::source::{Kind, Node, PROJECT_FILE, Repository};

/// Lists of people in a TRE and in a group.
const PEOPLE: [&str; 3] = ["admins", "authorizedUsers", "members"];
/// Assets that may be files of the repository.
const ASSETS: [&str; 2] = ["fileInventory", "dataCollections"];

/// What documents use, and where they are.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    documents: BTreeMap<Name, Place>,
}

/// The kind and the id of a document: a reference names both.
type Name = (Kind, String);

/// The files that hold documents of one name, and what these use.
#[derive(Debug, Clone, Default)]
struct Place {
    files: BTreeSet<Arc<str>>,
    uses: BTreeSet<Name>,
}

/// What a change of files touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// Everything: what holds for all TREs has changed.
    All,
    /// Some of it.
    Some {
        /// The TREs, those that were there before the change and no longer are included.
        tres: BTreeSet<TreId>,
        /// The files that changed, and all that touched TREs are made of.
        files: BTreeSet<String>,
    },
}

impl Usage {
    /// Returns what documents use. `before` holds the files that changed as they were, so that a
    /// document that is gone, or that was used and is not there any more, is known too.
    pub fn of(now: &Repository, before: &Repository) -> Self {
        let mut usage = Self::default();
        for document in now.documents.iter().chain(&before.documents) {
            let Some(id) = document.node.get("id").and_then(Node::as_str) else { continue };
            let place = usage.documents.entry((document.kind, id.to_owned())).or_default();
            place.files.insert(Arc::clone(&document.file));
            place.files.extend(assets(&document.node));
            place.uses.extend(uses(&document.node));
        }
        usage
    }

    /// Returns what a change of these files touches. A path may be one of a folder, which stands
    /// for all that is in it.
    pub fn touched(&self, changed: &BTreeSet<String>) -> Touched {
        if changed.contains(PROJECT_FILE) {
            return Touched::All;
        }
        let mut tres = BTreeSet::new();
        let mut files = changed.clone();
        let is_tre = |(kind, _): &&Name| *kind == Kind::TrustedResearchEnvironment;
        for name in self.documents.keys().filter(is_tre) {
            let made_of = self.files(name);
            let Ok(id) = name.1.parse::<TreId>() else { continue };
            if made_of.iter().any(|file| is_among(file, changed)) {
                files.extend(made_of.iter().map(|file| (*file).to_owned()));
                tres.insert(id);
            }
        }
        Touched::Some { tres, files }
    }

    /// Returns every file that a document is made of, by way of whatever it uses.
    fn files<'a>(&'a self, name: &'a Name) -> BTreeSet<&'a str> {
        let mut files = BTreeSet::new();
        let mut seen = BTreeSet::from([name]);
        let mut open = vec![name];
        while let Some(place) = open.pop().map(|name| self.documents.get(name)) {
            let Some(Place { files: own, uses }) = place else { continue };
            files.extend(own.iter().map(AsRef::as_ref));
            open.extend(uses.iter().filter(|used| seen.insert(*used)));
        }
        files
    }
}

/// Tells whether a file, or a folder above it, is among these.
pub fn is_among(file: &str, paths: &BTreeSet<String>) -> bool {
    let folders = file.match_indices('/').filter_map(|(end, _)| file.get(..end));
    paths.contains(file) || folders.into_iter().any(|folder| paths.contains(folder))
}

/// Returns the groups and profiles that a document names.
fn uses(document: &Node) -> BTreeSet<Name> {
    let steps = document.get("reviewSteps").and_then(Node::items).unwrap_or_default();
    let reviewers = steps.iter().filter_map(|step| step.get("reviewers"));
    let people = PEOPLE.into_iter().filter_map(|key| document.get(key)).chain(reviewers);
    let groups = people
        .flat_map(strings)
        .filter_map(|entry| Some((Kind::Group, entry.strip_prefix("group:")?.to_owned())));
    let profiles = document.get("extends").into_iter().flat_map(strings);
    groups.chain(profiles.map(|id| (Kind::Profile, id.to_owned()))).collect()
}

fn strings(list: &Node) -> impl Iterator<Item = &str> {
    list.items().unwrap_or_default().iter().filter_map(Node::as_str)
}

/// Returns the files of the repository that an inventory names.
fn assets(document: &Node) -> impl Iterator<Item = Arc<str>> {
    let inventory = document.get("inventory");
    let assets = ASSETS.into_iter().filter_map(move |key| inventory?.get(key));
    assets.filter_map(|asset| asset.get("path")?.as_str()).map(Arc::from)
}

#[cfg(test)]
mod tests;
