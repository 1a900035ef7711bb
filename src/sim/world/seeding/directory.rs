//! Users, orgs, projects, records and files of a seed.

use std::collections::BTreeMap;

use super::error::SeedProblem;
use super::reader::SeedReader;
use crate::model::ids::{IdError, ObjectId, OrgId, ProjectId, UserId};
use crate::platform::seed::{Seed, SeedFile, SeedOrg, SeedProject, SeedRecord};
use crate::sim::world::directory::{Listed, Membership, Object, Project};

impl SeedReader {
    pub(super) fn directory(&mut self, seed: &Seed) -> Listed {
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
            self.record(&mut listed, record);
        }
        for file in &seed.files {
            self.file(&mut listed, file);
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

    fn record(&mut self, listed: &mut Listed, record: &SeedRecord) {
        let SeedRecord { id, project, name, state, types } = record;
        let Some(found) = self.object_id("records", "record-", "a record id", id) else { return };
        let Some(project) = self.listed_project(listed, id, project) else { return };
        let name = name.clone().unwrap_or_else(|| id.clone());
        let object = Object { project, name, state: *state, types: types.clone() };
        self.object(listed, "records", found, object);
    }

    fn file(&mut self, listed: &mut Listed, file: &SeedFile) {
        let SeedFile { id, project, name, state } = file;
        let Some(found) = self.object_id("files", "file-", "a file id", id) else { return };
        let Some(project) = self.listed_project(listed, id, project) else { return };
        let name = name.clone().unwrap_or_else(|| id.clone());
        let object = Object { project, name, state: *state, types: Vec::new() };
        self.object(listed, "files", found, object);
    }

    fn object(&mut self, listed: &mut Listed, place: &str, id: ObjectId, object: Object) {
        if listed.objects.insert(id.clone(), object).is_some() {
            let (place, id) = (place.to_owned(), id.to_string());
            self.problems.push(SeedProblem::Duplicate { place, id });
        }
    }

    /// Reads the id of an object of one kind.
    fn object_id(
        &mut self,
        place: &str,
        prefix: &str,
        what: &'static str,
        text: &str,
    ) -> Option<ObjectId> {
        let id: ObjectId = self.id(place, text)?;
        if text.starts_with(prefix) {
            return Some(id);
        }
        let expected = "records stand under `records`, files under `files`";
        let source = IdError { text: text.to_owned(), what, expected };
        self.problems.push(SeedProblem::Id { place: place.to_owned(), source });
        None
    }

    fn listed_project(&mut self, listed: &Listed, place: &str, text: &str) -> Option<ProjectId> {
        let project: ProjectId = self.id(place, text)?;
        if !listed.projects.contains_key(&project) {
            self.unknown(place, &project, "projects");
        }
        Some(project)
    }
}
