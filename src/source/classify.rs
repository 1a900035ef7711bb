//! Trees to documents: whose they are, and of which kind.

use std::sync::Arc;

use super::yaml::Tree;
use super::{Document, Kind, Node, NodeValue, codes};
use crate::diag::{Diagnostic, did_you_mean};

/// The file of the root that may hold the project document.
pub const PROJECT_FILE: &str = "trectl.yaml";

/// The `apiVersion` of every document of ours.
pub const API_VERSION: &str = "trectl/v1";

/// The group of our `apiVersion`s.
const GROUP: &str = "trectl";

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::TrustedResearchEnvironment,
        Self::Group,
        Self::Profile,
        Self::Project,
        Self::PlatformSeed,
    ];

    /// Returns the name as it is written in `kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TrustedResearchEnvironment => "TrustedResearchEnvironment",
            Self::Group => "Group",
            Self::Profile => "Profile",
            Self::Project => "Project",
            Self::PlatformSeed => "PlatformSeed",
        }
    }

    /// Returns the kind with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a tree turned out to be.
#[derive(Debug, Default)]
pub(super) struct Classified {
    /// The document, if it is one of ours that can be used.
    pub document: Option<Document>,
    /// What is wrong.
    pub findings: Vec<Diagnostic>,
}

/// Returns what a tree is. Of a document that names another group nothing is reported.
pub(super) fn classify(file: &Arc<str>, tree: Tree) -> Classified {
    let Tree { node, mut findings } = tree;
    let kind = match owner(&node) {
        Owner::Other(finding) => {
            return Classified { document: None, findings: finding.into_iter().collect() };
        }
        Owner::Unclear(finding) => Err(finding),
        Owner::Ours => kind(&node),
    };
    match kind {
        Ok(Kind::Project) if file.as_ref() != PROJECT_FILE => {
            findings.push(misplaced_project(&node));
            Classified { document: None, findings }
        }
        Ok(kind) => {
            Classified { document: Some(Document { kind, file: Arc::clone(file), node }), findings }
        }
        Err(finding) => {
            findings.push(*finding);
            Classified { document: None, findings }
        }
    }
}

enum Owner {
    Ours,
    /// Somebody else, with a warning where that may be a slip.
    Other(Option<Diagnostic>),
    Unclear(Box<Diagnostic>),
}

fn owner(node: &Node) -> Owner {
    if !matches!(node.value, NodeValue::Map(_)) {
        return Owner::Unclear(Box::new(not_a_mapping(node)));
    }
    let Some(written) = node.get("apiVersion") else {
        return Owner::Unclear(Box::new(no_api_version(node)));
    };
    let Some(version) = written.as_str() else {
        let finding = Diagnostic::error(&codes::NO_API_VERSION, "The `apiVersion` is not text.")
            .at(&written.range)
            .help(format!("Write `apiVersion: {API_VERSION}`."));
        return Owner::Unclear(Box::new(finding));
    };
    match version.split_once('/') {
        _ if version == API_VERSION => Owner::Ours,
        Some((GROUP, _)) => Owner::Unclear(Box::new(newer(written, version))),
        _ if did_you_mean(version, [API_VERSION, GROUP]).is_some() => {
            Owner::Other(Some(similar(written, version)))
        }
        _ => Owner::Other(None),
    }
}

fn kind(node: &Node) -> Result<Kind, Box<Diagnostic>> {
    let names = || Kind::ALL.map(Kind::as_str);
    let list = || format!("Write one of {}.", names().map(|name| format!("`{name}`")).join(", "));
    let Some(written) = node.get("kind") else {
        let place = node.entry("apiVersion").map_or(&node.range, |entry| &entry.key_range);
        let finding = Diagnostic::error(&codes::UNKNOWN_KIND, "The document has no `kind`.");
        return Err(Box::new(finding.at(place).help(list())));
    };
    let Some(name) = written.as_str() else {
        let finding = Diagnostic::error(&codes::UNKNOWN_KIND, "The `kind` is not text.");
        return Err(Box::new(finding.at(&written.range).help(list())));
    };
    Kind::from_name(name).ok_or_else(|| {
        let help = match did_you_mean(name, names()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => list(),
        };
        let summary = format!("The kind `{name}` is unknown.");
        Box::new(Diagnostic::error(&codes::UNKNOWN_KIND, summary).at(&written.range).help(help))
    })
}

fn not_a_mapping(node: &Node) -> Diagnostic {
    let what = match node.value {
        NodeValue::List(_) => "a list",
        NodeValue::Null => "nothing",
        _ => "a single value",
    };
    Diagnostic::error(
        &codes::NOT_A_MAPPING,
        format!("The document is {what}; a mapping of keys to values is expected."),
    )
    .at(&node.range)
    .help(format!("Start the document with `apiVersion: {API_VERSION}` and `kind: …`."))
}

fn no_api_version(node: &Node) -> Diagnostic {
    let (place, near) = match &node.value {
        NodeValue::Map(entries) => (
            entries.first().map_or(&node.range, |entry| &entry.key_range),
            entries.iter().find(|entry| did_you_mean(&entry.key, ["apiVersion"]).is_some()),
        ),
        _ => (&node.range, None),
    };
    let finding = Diagnostic::error(&codes::NO_API_VERSION, "The document has no `apiVersion`.");
    match near {
        Some(entry) => finding
            .at(&entry.key_range)
            .help(format!("Did you mean `apiVersion` instead of `{}`?", entry.key)),
        None => finding.at(place).help(format!(
            "Add `apiVersion: {API_VERSION}`, or list the file under `ignore:` in \
             `{PROJECT_FILE}` if it is not a document of trectl."
        )),
    }
}

fn newer(written: &Node, version: &str) -> Diagnostic {
    Diagnostic::error(
        &codes::NEWER_API_VERSION,
        format!("`{version}` needs a newer trectl; this one understands `{API_VERSION}`."),
    )
    .at(&written.range)
    .help(format!("Update trectl, or write `apiVersion: {API_VERSION}`."))
}

fn similar(written: &Node, version: &str) -> Diagnostic {
    Diagnostic::warning(
        &codes::SIMILAR_API_VERSION,
        format!("The document is passed over, since `{version}` is not `{API_VERSION}`."),
    )
    .at(&written.range)
    .help(format!("Did you mean `{API_VERSION}`?"))
}

fn misplaced_project(node: &Node) -> Diagnostic {
    let place = node.get("kind").map_or(&node.range, |kind| &kind.range);
    Diagnostic::error(
        &codes::PROJECT_PLACE,
        format!("A document of kind `Project` stands outside `{PROJECT_FILE}` of the root."),
    )
    .at(place)
    .help(format!("Move it to `{PROJECT_FILE}` in the root."))
}
