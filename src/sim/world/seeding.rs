//! Turns a seed into a world, or says what in it contradicts itself: all problems at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::str::FromStr;
use std::sync::Arc;

use super::directory::{Directory, Listed, Membership, Object, Project};
use super::entity::{Inventory, Placed, Request, Slot, Step, Tre};
use super::{Change, World};
use crate::model::ids::{
    AssetRef, IdError, ObjectId, OrgId, Principal, ProjectId, RequestId, TreId, UserId,
};
use crate::platform::seed::{
    ObjectState, Seed, SeedInventory, SeedOrg, SeedProject, SeedRequest, SeedStep, SeedTre,
};
use crate::platform::wire::WireState;

/// Why a seed cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SeedError {
    /// Everything that is wrong with it; never empty.
    pub problems: Vec<SeedProblem>,
}

impl Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the seed contradicts itself: ")?;
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong with a seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedProblem {
    /// The document is of another kind or version.
    #[error("`{key}` is `{found}`; a seed has `{expected}`")]
    Document {
        /// `apiVersion` or `kind`.
        key: &'static str,
        /// What is written.
        found: String,
        /// What must be.
        expected: &'static str,
    },
    /// An id is not well formed.
    #[error("{place}: {source}")]
    Id {
        /// Where it is written.
        place: String,
        /// What is wrong with it.
        source: IdError,
    },
    /// An id is listed twice.
    #[error("{place}: `{id}` is listed twice")]
    Duplicate {
        /// Where it is written.
        place: String,
        /// The id.
        id: String,
    },
    /// An id is named that the seed does not list.
    #[error("{place}: `{id}` is not listed under `{list}`")]
    Unknown {
        /// Where it is named.
        place: String,
        /// The id.
        id: String,
        /// The list that it should be in.
        list: &'static str,
    },
    /// An asset lies in another project than the one it is named with.
    #[error("{place}: `{id}` does not lie in that project, but in `{project}`")]
    Elsewhere {
        /// Where it is named.
        place: String,
        /// The asset as it is named.
        id: String,
        /// Where it lies.
        project: String,
    },
    /// A TRE has a pending inventory and is not amending.
    #[error("`{tre}`: only a TRE that is amending has a pending inventory")]
    Pending {
        /// The TRE.
        tre: String,
    },
}

impl World {
    /// Returns a platform that knows what the seed lists, and nothing else.
    ///
    /// # Errors
    /// Everything in the seed that is not well formed or names what it does not list.
    pub fn seeded(seed: &Seed) -> Result<Self, SeedError> {
        let mut reader = SeedReader::default();
        reader.document(seed);
        let listed = reader.directory(seed);
        let actor: Option<UserId> = reader.user(&listed, "actor", &seed.actor);
        let tokens = seed
            .tokens
            .iter()
            .filter_map(|(token, user)| {
                // The token itself is a secret and stays out of the message.
                Some((token.clone(), reader.user(&listed, "tokens", user)?))
            })
            .collect();
        let tres: Vec<Tre> =
            seed.tres.iter().filter_map(|tre| reader.tre(seed, &listed, tre)).collect();
        let ids = reader.unique("tres", tres.iter().map(|tre| tre.id.clone()));
        let requests: Vec<Request> = seed
            .requests
            .iter()
            .filter_map(|request| reader.request(seed, &listed, &ids, request))
            .collect();
        reader.unique("requests", requests.iter().map(|request| request.id.clone()));
        let (Some(actor), true) = (actor, reader.problems.is_empty()) else {
            return Err(SeedError { problems: reader.problems });
        };
        let mut world = Self::of(actor, tokens, Directory::Listed(listed));
        let tres = tres.into_iter().map(|tre| Change::PutTre(Arc::new(tre)));
        let requests = requests.into_iter().map(|request| Change::PutRequest(Arc::new(request)));
        tres.chain(requests).for_each(|change| world.apply(change));
        Ok(world)
    }
}

/// Reads a seed and collects what is wrong with it.
#[derive(Default)]
struct SeedReader {
    problems: Vec<SeedProblem>,
}

impl SeedReader {
    fn document(&mut self, seed: &Seed) {
        let keys =
            [("apiVersion", &seed.api_version, "trectl/v1"), ("kind", &seed.kind, "PlatformSeed")];
        for (key, found, expected) in keys {
            if let Some(found) = found.as_ref().filter(|found| *found != expected) {
                let found = found.clone();
                self.problems.push(SeedProblem::Document { key, found, expected });
            }
        }
    }

    fn id<T: FromStr<Err = IdError>>(&mut self, place: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(id) => Some(id),
            Err(source) => {
                self.problems.push(SeedProblem::Id { place: place.to_owned(), source });
                None
            }
        }
    }

    /// Refuses ids that come twice, and returns each once.
    fn unique<T: Ord + Display>(
        &mut self,
        place: &str,
        ids: impl IntoIterator<Item = T>,
    ) -> BTreeSet<T> {
        let mut seen = BTreeSet::new();
        for id in ids {
            if seen.contains(&id) {
                let id = id.to_string();
                self.problems.push(SeedProblem::Duplicate { place: place.to_owned(), id });
            } else {
                seen.insert(id);
            }
        }
        seen
    }

    fn unknown(&mut self, place: &str, id: impl Display, list: &'static str) {
        let (place, id) = (place.to_owned(), id.to_string());
        self.problems.push(SeedProblem::Unknown { place, id, list });
    }

    fn directory(&mut self, seed: &Seed) -> Listed {
        let users: Vec<UserId> =
            seed.users.iter().filter_map(|user| self.id("users", user)).collect();
        let mut listed = Listed { users: self.unique("users", users), ..Listed::default() };
        for org in &seed.orgs {
            self.org(&mut listed, org);
        }
        for project in &seed.projects {
            self.project(&mut listed, project);
        }
        for record in &seed.records {
            let name = record.name.clone().unwrap_or_else(|| record.id.clone());
            self.object(
                &mut listed,
                "records",
                ("record-", &record.id, &record.project),
                (name, record.state, record.types.clone()),
            );
        }
        for file in &seed.files {
            let name = file.name.clone().unwrap_or_else(|| file.id.clone());
            self.object(
                &mut listed,
                "files",
                ("file-", &file.id, &file.project),
                (name, file.state, Vec::new()),
            );
        }
        listed
    }

    fn org(&mut self, listed: &mut Listed, org: &SeedOrg) {
        let Some(id) = self.id::<OrgId>("orgs", &org.id) else { return };
        let mut members = BTreeMap::new();
        for member in &org.members {
            let Some(user) = self.user(listed, &org.id, &member.id) else { continue };
            let membership =
                Membership { level: member.level, tre_management: member.tre_management };
            if members.insert(user, membership).is_some() {
                let (place, id) = (org.id.clone(), member.id.clone());
                self.problems.push(SeedProblem::Duplicate { place, id });
            }
        }
        if listed.orgs.insert(id, members).is_some() {
            let (place, id) = ("orgs".to_owned(), org.id.clone());
            self.problems.push(SeedProblem::Duplicate { place, id });
        }
    }

    fn project(&mut self, listed: &mut Listed, project: &SeedProject) {
        let SeedProject { id, region, bill_to, access } = project;
        let found: Option<ProjectId> = self.id("projects", id);
        let region = self.id(id, region);
        let bill_to = self.principal(listed, id, bill_to);
        let access: BTreeMap<_, _> = access
            .iter()
            .filter_map(|(person, level)| Some((self.principal(listed, id, person)?, *level)))
            .collect();
        let (Some(found), Some(region), Some(bill_to)) = (found, region, bill_to) else { return };
        if listed.projects.insert(found, Project { region, bill_to, access }).is_some() {
            let (place, id) = ("projects".to_owned(), id.clone());
            self.problems.push(SeedProblem::Duplicate { place, id });
        }
    }

    fn object(
        &mut self,
        listed: &mut Listed,
        list: &'static str,
        (prefix, id, project): (&str, &String, &String),
        (name, state, types): (String, ObjectState, Vec<String>),
    ) {
        let Some(found) = self.id::<ObjectId>(list, id) else { return };
        if !id.starts_with(prefix) {
            self.unknown(list, id, if prefix == "file-" { "records" } else { "files" });
            return;
        }
        let Some(project) = self.id::<ProjectId>(id, project) else { return };
        if !listed.projects.contains_key(&project) {
            self.unknown(id, &project, "projects");
        }
        if listed.objects.insert(found, Object { project, name, state, types }).is_some() {
            let (place, id) = (list.to_owned(), id.clone());
            self.problems.push(SeedProblem::Duplicate { place, id });
        }
    }

    fn user(&mut self, listed: &Listed, place: &str, text: &str) -> Option<UserId> {
        let user: UserId = self.id(place, text)?;
        if !listed.users.contains(&user) {
            self.unknown(place, &user, "users");
        }
        Some(user)
    }

    fn users(&mut self, listed: &Listed, place: &str, texts: &[String]) -> BTreeSet<UserId> {
        let users: Vec<_> =
            texts.iter().filter_map(|text| self.user(listed, place, text)).collect();
        self.unique(place, users)
    }

    fn principal(&mut self, listed: &Listed, place: &str, text: &str) -> Option<Principal> {
        if !text.starts_with("org-") {
            return self.user(listed, place, text).map(Principal::User);
        }
        self.listed_org(listed, place, text).map(Principal::Org)
    }

    fn listed_org(&mut self, listed: &Listed, place: &str, text: &str) -> Option<OrgId> {
        let org: OrgId = self.id(place, text)?;
        if !listed.orgs.contains_key(&org) {
            self.unknown(place, &org, "orgs");
        }
        Some(org)
    }

    fn tre(&mut self, seed: &Seed, listed: &Listed, tre: &SeedTre) -> Option<Tre> {
        let place = tre.id.as_str();
        let id: Option<TreId> = self.id("tres", place);
        let bill_to = self.listed_org(listed, place, &tre.bill_to);
        let region = self.id(place, &tre.region);
        let mut admins = self.users(listed, place, &tre.admins);
        if tre.admins.is_empty() {
            admins.extend(seed.actor.parse::<UserId>());
        }
        let creator = tre.created_by.as_ref().or(tre.admins.first()).unwrap_or(&seed.actor);
        let created_by = self.user(listed, place, creator);
        let people: Vec<_> = tre
            .authorized_users
            .iter()
            .filter_map(|text| self.principal(listed, place, text))
            .collect();
        let authorized_users = self.unique(place, people);
        let steps: Vec<Step> = tre
            .application_review_steps
            .iter()
            .filter_map(|step| self.step(listed, place, step))
            .collect();
        self.unique(place, steps.iter().map(|step| step.id.clone()));
        let active = self.inventory(listed, place, tre.inventory.active.as_ref());
        let pending = self.inventory(listed, place, tre.inventory.pending.as_ref());
        if pending.is_some() && tre.state != WireState::Amending {
            self.problems.push(SeedProblem::Pending { tre: place.to_owned() });
        }
        Some(Tre {
            id: id?,
            state: tre.state,
            name: tre.name.clone().unwrap_or_else(|| tre.id.clone()),
            description: tre.description.clone(),
            bill_to: bill_to?,
            region: region?,
            rate_card: tre.customized_rate_card.clone(),
            url: tre.customized_url.clone(),
            visibility: tre.visibility,
            admins,
            authorized_users,
            policies: tre.policies.clone(),
            active,
            pending,
            steps,
            created: tre.created,
            modified: tre.modified.unwrap_or(tre.created),
            created_by: created_by?,
        })
    }

    fn step(&mut self, listed: &Listed, place: &str, step: &SeedStep) -> Option<Step> {
        let SeedStep { id, name, description, reviewers } = step;
        let reviewers = self.users(listed, place, reviewers);
        let name = name.clone().unwrap_or_else(|| id.clone());
        let description = description.clone();
        Some(Step { id: self.id(place, id)?, name, description, reviewers })
    }

    fn inventory(
        &mut self,
        listed: &Listed,
        place: &str,
        inventory: Option<&SeedInventory>,
    ) -> Option<Inventory> {
        let SeedInventory {
            version,
            tabular_data,
            data_showcase,
            file_inventory,
            data_collections,
        } = inventory?;
        let slots = [
            (Slot::TabularData, tabular_data),
            (Slot::DataShowcase, data_showcase),
            (Slot::FileInventory, file_inventory),
            (Slot::DataCollections, data_collections),
        ];
        let assets = slots
            .into_iter()
            .filter_map(|(slot, text)| Some((slot, self.placed(listed, place, text.as_ref()?)?)))
            .collect();
        Some(Inventory { version: version.clone(), assets })
    }

    fn placed(&mut self, listed: &Listed, place: &str, text: &str) -> Option<Placed> {
        let AssetRef { project, object } = self.id(place, text)?;
        let Some(known) = listed.objects.get(&object) else {
            let list = if object.is_record() { "records" } else { "files" };
            self.unknown(place, &object, list);
            return None;
        };
        if project.is_some_and(|project| project != known.project) {
            let (place, id) = (place.to_owned(), text.to_owned());
            let project = known.project.to_string();
            self.problems.push(SeedProblem::Elsewhere { place, id, project });
        }
        Some(Placed { text: text.to_owned(), object, project: known.project.clone() })
    }

    fn request(
        &mut self,
        seed: &Seed,
        listed: &Listed,
        tres: &BTreeSet<TreId>,
        request: &SeedRequest,
    ) -> Option<Request> {
        let place = request.id.as_str();
        let id: Option<RequestId> = self.id("requests", place);
        let creator = request.created_by.as_ref().unwrap_or(&seed.actor);
        let created_by = self.user(listed, place, creator);
        let tre: TreId = self.id(place, &request.tre)?;
        if !tres.contains(&tre) {
            self.unknown(place, &tre, "tres");
        }
        Some(Request {
            id: id?,
            tre,
            name: request.name.clone().unwrap_or_else(|| request.id.clone()),
            state: request.state,
            approved: BTreeSet::new(),
            created: request.created,
            modified: request.modified.unwrap_or(request.created),
            created_by: created_by?,
        })
    }
}
