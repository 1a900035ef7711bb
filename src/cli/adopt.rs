//! The platform's values as changes of the documents: which value goes where, what cannot, and why.

mod steps;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::Value;

use crate::desired::{Desired, DesiredTre, Origin, People};
use crate::diag::Severity;
use crate::diff::Field;
use crate::model::{StepId, TreId, UserId};
use crate::plan::{Acceptance, DriftClass, DriftItem};
use crate::rules;
use crate::source::edit::{self, Edit, Refusal, Step};
use crate::source::{Kind, Node, Repository};
use steps::{order_of_steps, step_path, step_that_came};

/// What adopting makes of drift.
#[derive(Debug, Default)]
pub struct Adoption {
    /// Values that are in the documents now.
    pub adopted: Vec<Adopted>,
    /// What is left as it is.
    pub left: Vec<Left>,
    /// The new texts of the files that change.
    pub texts: BTreeMap<String, String>,
}

/// A value that was adopted.
#[derive(Debug)]
pub struct Adopted {
    /// The difference.
    pub item: DriftItem,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// A difference that is left.
#[derive(Debug)]
pub struct Left {
    /// The difference.
    pub item: DriftItem,
    /// Why, a full sentence.
    pub reason: String,
}

/// Which drift is adopted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What was edited on the platform.
    Edited,
    /// Changes of the repository that were not applied yet, too: they are lost.
    Everything,
}

/// Documents that are being changed.
#[derive(Debug)]
struct Work<'a> {
    repository: &'a Repository,
    desired: &'a Desired,
    today: Date,
    texts: BTreeMap<String, String>,
}

/// One change: what it is for, in which document of which file.
#[derive(Debug)]
struct Change {
    item: DriftItem,
    file: String,
    document: usize,
    edit: Edit,
}

/// Adopts drift as far as that can be.
pub fn adopt(
    (repository, desired, today): (&Repository, &Desired, Date),
    items: Vec<DriftItem>,
    reach: Reach,
) -> Adoption {
    let mut work = Work { repository, desired, today, texts: BTreeMap::new() };
    let mut left = Vec::new();
    let mut changes = Vec::new();
    for item in &items {
        match work.change(item, &items, reach) {
            Ok(change) => changes.push(change),
            Err(reason) => left.push(Left { item: item.clone(), reason }),
        }
    }
    let adopted = work.make_what_holds(changes, &mut left);
    let adopted = adopted.into_iter().map(|change| work.told(change)).collect();
    Adoption { adopted, left, texts: work.texts }
}

impl Work<'_> {
    /// Returns the change of the documents that makes a difference go away.
    fn change(&self, item: &DriftItem, all: &[DriftItem], reach: Reach) -> Result<Change, String> {
        if let Some(Acceptance { owner, until, .. }) = &item.accepted {
            return Err(format!("{owner} accepts it until {until}: remove that entry first."));
        }
        if item.class == DriftClass::Unapplied && reach == Reach::Edited {
            return Err("It was the repository that moved: `apply`, or `--adopt-unapplied`.".into());
        }
        let id = item.address.strip_prefix("tre.").unwrap_or(&item.address);
        let tre = self.desired.tres.get(&TreId::from_platform(id)).ok_or("It has no document.")?;
        let file = tre.range.file.to_string();
        let begin = tre.range.start.byte as usize;
        let text = self.repository.sources.text(&file).unwrap_or_default();
        let document = edit::document_at(text, begin).ok_or(by_hand(Refusal::Form))?;
        let node = self.repository.documents.iter().find(|other| other.node.range == tre.range);
        let node = &node.ok_or("It has no document.")?.node;
        let of_tre: Vec<&DriftItem> =
            all.iter().filter(|other| other.address == item.address).collect();
        let has_no_inventory =
            of_tre.iter().any(|other| other.key == "/inventory/version" && other.live.is_null());
        let edit = match edit_of(item, (tre, node), &of_tre)? {
            Edit::Unset(..) if has_no_inventory => return Err(NONE.to_owned()),
            edit => edit,
        };
        Ok(Change { item: item.clone(), file, document, edit })
    }

    /// Makes changes, and returns those that could be made and that trectl does not refuse. Where
    /// all of a file together are refused, they are made one by one.
    fn make_what_holds(&mut self, changes: Vec<Change>, left: &mut Vec<Left>) -> Vec<Change> {
        let mut leave = |change: Change, reason| left.push(Left { item: change.item, reason });
        let mut made = Vec::new();
        for change in changes {
            match self.edit(&change) {
                Ok(()) => made.push(change),
                Err(reason) => leave(change, reason),
            }
        }
        let refused: BTreeSet<String> =
            self.errors(None).into_iter().map(|(file, _)| file).collect();
        let (suspect, mut held): (Vec<_>, Vec<_>) =
            made.into_iter().partition(|change| refused.contains(&change.file));
        self.texts.retain(|file, _| !refused.contains(file));
        for change in suspect {
            match self.checked_edit(&change) {
                Ok(()) => held.push(change),
                Err(reason) => leave(change, reason),
            }
        }
        held
    }

    fn text(&self, file: &str) -> &str {
        let written = self.texts.get(file).map(String::as_str);
        written.or_else(|| self.repository.sources.text(file)).unwrap_or_default()
    }

    fn edit(&mut self, change: &Change) -> Result<(), String> {
        let Change { item: _, file, document, edit } = change;
        let edited = edit::edit(self.text(file), *document, edit).map_err(by_hand)?;
        self.texts.insert(file.clone(), edited);
        Ok(())
    }

    /// Makes a change unless trectl would refuse the document after it.
    fn checked_edit(&mut self, change: &Change) -> Result<(), String> {
        let before = self.texts.get(&change.file).cloned();
        self.edit(change)?;
        let Some((_, error)) = self.errors(Some(&change.file)).into_iter().next() else {
            return Ok(());
        };
        match before {
            Some(before) => self.texts.insert(change.file.clone(), before),
            None => self.texts.remove(&change.file),
        };
        Err(format!("trectl would refuse it: {error}"))
    }

    /// Returns the errors of the documents as they are now, each with its file; of one file, with
    /// all that its documents can refer to, where it is named.
    fn errors(&self, only: Option<&str>) -> Vec<(String, String)> {
        let is_tre = |file: &str| {
            let mut of_file = self.repository.documents.iter().filter(|doc| *doc.file == *file);
            of_file.all(|document| document.kind == Kind::TrustedResearchEnvironment)
        };
        let files = self.repository.sources.iter().map(|(file, _)| file);
        let files = files.filter(|file| only.is_none_or(|only| only == *file || !is_tre(file)));
        let files = files.map(|file| (file, self.text(file)));
        let repository = Repository::from_memory(self.repository.root.clone(), files);
        let found = rules::build(&repository, self.today).diagnostics.into_iter();
        let errors = found.filter(|found| found.severity == Severity::Error);
        let told = errors.filter_map(|error| Some((error.range?.file.to_string(), error.summary)));
        told.collect()
    }

    fn told(&self, change: Change) -> Adopted {
        let Change { item, file, document, edit } = change;
        let line = edit::line(self.text(&file), document, &edit).unwrap_or(1);
        Adopted { item, file, line }
    }
}

const NONE: &str = "The platform has none, and a document can only leave it unmanaged: remove the \
                    key by hand.";

/// Returns why only a person can make a change.
fn by_hand(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Shared => {
            "It is written through an anchor or an alias (`&`, `*`), which stand for more than this \
             value: change it by hand."
        }
        Refusal::Comments => {
            "It has comments inside or behind it that could then seem to be about something else: \
             change it by hand."
        }
        Refusal::Form => "It is written in a form that trectl does not change: change it by hand.",
    }
}

/// Returns the change of a document that asks for what is live.
fn edit_of(
    item: &DriftItem,
    (tre, node): (&DesiredTre, &Node),
    all: &[&DriftItem],
) -> Result<Edit, String> {
    let field = Field::of_key(&item.key)
        .ok_or("trectl takes no such id in a document, so that it cannot be listed.")?;
    let name = item.key.rsplit('/').next().unwrap_or_default();
    let set = |path: Vec<Step>| match &item.live {
        Value::Null => Err(NONE.to_owned()),
        live => Ok(Edit::Set(path, name.to_owned(), live.clone())),
    };
    match &field {
        Field::State if item.live.is_null() => {
            Err("The TRE is gone from the platform: remove its document.".to_owned())
        }
        Field::State
        | Field::Name
        | Field::Description
        | Field::Visibility
        | Field::BillTo
        | Field::Region
        | Field::CustomizedUrl
        | Field::CustomizedRateCard => set(Vec::new()),
        // `null` is the platform's default.
        Field::Policy(policy) => {
            Ok(Edit::Set(vec![key("policies")], policy.clone(), item.live.clone()))
        }
        Field::Admin(user) => person(vec![key("admins")], ways(tre.admins.as_ref(), user), item),
        Field::AuthorizedUser(user) => {
            person(vec![key("authorizedUsers")], ways(tre.authorized_users.as_ref(), user), item)
        }
        Field::Reviewer(step, user) => reviewer((step, user), (tre, node), item),
        Field::InventoryAsset(_) if item.live.is_null() => {
            Ok(Edit::Unset(vec![key("inventory")], name.to_owned()))
        }
        Field::InventoryVersion | Field::InventoryAsset(_) => set(vec![key("inventory")]),
        Field::StepName(step) | Field::StepDescription(step) => set(step_path(node, step)?),
        Field::ReviewStep(step) if item.live.is_null() => {
            Ok(Edit::Remove(vec![key("reviewSteps")], step.to_string()))
        }
        Field::ReviewStep(_) => step_that_came(item, node, all),
        Field::ReviewOrder => Ok(Edit::Order(vec![key("reviewSteps")], order_of_steps(node, all))),
        Field::Id => Err("An id is for ever: write it by hand.".to_owned()),
    }
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

fn reviewer(
    (step, user): (&StepId, &UserId),
    (tre, node): (&DesiredTre, &Node),
    item: &DriftItem,
) -> Result<Edit, String> {
    let steps = tre.review_steps.iter().flat_map(|steps| &steps.value);
    let list =
        steps.filter(|other| other.id.value == *step).find_map(|step| step.reviewers.as_ref());
    let mut path = step_path(node, step)?;
    path.push(key("reviewers"));
    person(path, ways(list, user), item)
}

fn ways<'p, T: Ord>(list: Option<&'p People<T>>, person: &T) -> &'p [Origin] {
    list.and_then(|list| list.members.get(person)).map_or(&[], Vec::as_slice)
}

/// Adds somebody to the TRE's own list, or takes them off it. Groups are shared, so that they stay.
fn person(path: Vec<Step>, ways: &[Origin], item: &DriftItem) -> Result<Edit, String> {
    match (item.live.as_str(), item.desired.as_str()) {
        (Some(person), _) => Ok(Edit::Add(path, person.to_owned())),
        (None, Some(person)) => match ways.iter().find_map(|way| way.path.last()) {
            None => Ok(Edit::Remove(path, person.to_owned())),
            Some(group) => Err(format!(
                "{person} is listed through group:{group}, which is not changed for one TRE: take \
                 them off the group, or list the others in place of it."
            )),
        },
        (None, None) => Err(NONE.to_owned()),
    }
}
