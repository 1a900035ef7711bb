//! What a rule sees, and the questions that several rules ask.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::desired::{Documents, Groups, Resolved, Typed};
use crate::diag::{Range, Severity};
use crate::model::{DesiredState, StepId};
use crate::schema::document::{Id, Person, ProjectDocument, TreDocument};
use crate::source::{Kind, Node, Repository, Spanned};

/// What a rule sees.
pub struct Context<'a> {
    /// The documents and what they resolve to.
    pub resolved: &'a Resolved<'a>,
    /// The day on which consents are judged, in UTC.
    pub today: Date,
    unread: Unread<'a>,
}

/// What is there and could not be read.
#[derive(Default)]
struct Unread<'a> {
    /// Documents without their form that have an id.
    documents: BTreeSet<(Kind, &'a str)>,
    /// Everything that could be an id in files with an error that kept them from being read.
    words: BTreeSet<&'a str>,
    /// There is a file whose very text could not be read.
    has_lost_text: bool,
    is_empty: bool,
}

/// A list of people in a document.
pub struct List<'a> {
    /// Whose list it is.
    pub role: Role<'a>,
    /// The list.
    pub entries: &'a Spanned<Vec<Id<Person>>>,
    /// The place of the key that it stands behind.
    pub key_range: &'a Range,
}

/// What the people in a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role<'a> {
    /// TRE admins.
    Admins,
    /// Authorized users.
    AuthorizedUsers,
    /// Reviewers of a step.
    Reviewers(&'a StepId),
    /// Members of a group.
    Members,
}

impl<'a> Context<'a> {
    /// Returns what the rules see of a resolved repository.
    pub fn new(resolved: &'a Resolved<'a>, today: Date) -> Self {
        Self { resolved, today, unread: Unread::of(resolved) }
    }

    /// Returns the documents.
    pub fn documents(&self) -> &'a Documents<'a> {
        &self.resolved.documents
    }

    /// Returns the groups, resolved.
    pub fn groups(&self) -> &'a Groups {
        &self.resolved.groups
    }

    /// Returns the TREs that are not to be deleted: of the others nothing but id and consents
    /// counts.
    pub fn kept_tres(&self) -> impl Iterator<Item = &'a Typed<'a, TreDocument>> {
        let tres = self.documents().tres.iter();
        tres.filter(|tre| tre.value.state.value != DesiredState::Deleted)
    }

    /// Returns the project file that counts, if there is one.
    pub fn project(&self) -> Option<&'a ProjectDocument> {
        self.documents().projects.first().map(|document| &document.value)
    }

    /// Tells whether something of that kind and id may be there although it could not be read:
    /// its document does not have its form, or stands in a file that is no YAML. What refers to
    /// it must then not be blamed.
    pub fn may_exist(&self, kind: Kind, id: &str) -> bool {
        let Unread { documents, words, has_lost_text, is_empty: _ } = &self.unread;
        *has_lost_text || documents.contains(&(kind, id)) || words.contains(id)
    }

    /// Tells whether every document was read, so that what is not there is truly absent.
    pub fn is_complete(&self) -> bool {
        self.unread.is_empty
    }
}

impl<'a> Unread<'a> {
    fn of(resolved: &'a Resolved<'a>) -> Self {
        let Repository { sources, diagnostics, .. } = resolved.repository;
        let broken = &resolved.documents.broken;
        let documents = broken.iter().filter_map(|document| {
            Some((document.kind, document.node.get("id").and_then(Node::as_str)?))
        });
        let mut unread =
            Self { documents: documents.collect(), is_empty: broken.is_empty(), ..Self::default() };
        let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error);
        let places = errors.filter_map(|found| found.range.as_ref());
        let files: BTreeSet<&str> = places.map(|range| range.file.as_ref()).collect();
        for file in files {
            unread.is_empty = false;
            match sources.text(file).filter(|text| !text.is_empty()) {
                Some(text) => unread.words.extend(text.split(|c: char| !is_id_part(c))),
                None => unread.has_lost_text = true,
            }
        }
        unread
    }
}

/// Tells whether a character can be part of the id of a group or profile.
fn is_id_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

/// Returns every list of people in a TRE's document.
pub fn lists<'a>(tre: &'a Typed<'a, TreDocument>) -> Vec<List<'a>> {
    let node = &tre.source.node;
    let TreDocument { admins, authorized_users, review_steps, .. } = &tre.value;
    let mut lists = Vec::new();
    if let Some(entries) = admins {
        lists.push(list(Role::Admins, entries, node, "admins"));
    }
    if let Some(entries) = authorized_users {
        lists.push(list(Role::AuthorizedUsers, entries, node, "authorizedUsers"));
    }
    let step_nodes = node.get("reviewSteps").and_then(Node::items).unwrap_or_default();
    for (step, node) in review_steps.iter().flat_map(|steps| &steps.value).zip(step_nodes) {
        if let Some(entries) = &step.value.reviewers {
            let role = Role::Reviewers(&step.value.id.value.0);
            lists.push(list(role, entries, node, "reviewers"));
        }
    }
    lists
}

fn list<'a>(
    role: Role<'a>,
    entries: &'a Spanned<Vec<Id<Person>>>,
    node: &'a Node,
    key: &str,
) -> List<'a> {
    List { role, entries, key_range: key_range(node, key).unwrap_or(&entries.range) }
}

/// Returns the place of a key, which underlines better than the whole value behind it.
pub fn key_range<'a>(node: &'a Node, key: &str) -> Option<&'a Range> {
    node.entry(key).map(|entry| &entry.key_range)
}

/// Returns the lists of people in all documents, those in groups included.
pub fn all_lists<'a>(context: &Context<'a>) -> impl Iterator<Item = List<'a>> {
    let groups = context
        .documents()
        .groups
        .iter()
        .map(|group| list(Role::Members, &group.value.members, &group.source.node, "members"));
    context.kept_tres().flat_map(lists).chain(groups)
}

/// How many findings of one rule come with a suggestion: looking for one costs a comparison with
/// every known name.
pub const MOST_SUGGESTIONS: usize = 100;

/// Returns a few of the known names, for a message to somebody who may have meant one of them.
pub fn some_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<&str> = names.collect();
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
