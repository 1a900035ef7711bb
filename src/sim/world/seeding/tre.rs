//! TREs and data access requests of a seed.

use std::collections::BTreeSet;

use super::error::SeedProblem;
use super::reader::SeedReader;
use crate::model::ids::{AssetRef, RequestId, TreId, UserId};
use crate::platform::seed::{Seed, SeedInventory, SeedRequest, SeedStep, SeedTre};
use crate::platform::wire::WireState;
use crate::sim::world::directory::Listed;
use crate::sim::world::entity::{Inventory, Placed, Request, Slot, Step, Tre};

impl SeedReader {
    pub(super) fn tre(&mut self, seed: &Seed, listed: &Listed, tre: &SeedTre) -> Option<Tre> {
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

    pub(super) fn request(
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
