//! Reads ids, and collects what is wrong with a seed instead of stopping at the first problem.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use super::error::SeedProblem;
use crate::model::ids::{IdError, OrgId, Principal, UserId};
use crate::platform::seed::Seed;
use crate::sim::world::directory::Listed;

/// Reads a seed and collects what is wrong with it.
#[derive(Default)]
pub(super) struct SeedReader {
    pub(super) problems: Vec<SeedProblem>,
}

impl SeedReader {
    pub(super) fn document(&mut self, seed: &Seed) {
        let keys =
            [("apiVersion", &seed.api_version, "trectl/v1"), ("kind", &seed.kind, "PlatformSeed")];
        for (key, found, expected) in keys {
            if let Some(found) = found.as_ref().filter(|found| *found != expected) {
                let found = found.clone();
                self.problems.push(SeedProblem::Document { key, found, expected });
            }
        }
    }

    pub(super) fn id<T: FromStr<Err = IdError>>(&mut self, place: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(id) => Some(id),
            Err(source) => {
                self.problems.push(SeedProblem::Id { place: place.to_owned(), source });
                None
            }
        }
    }

    /// Refuses ids that come twice, and returns each once.
    pub(super) fn unique<T: Ord + Display>(
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

    pub(super) fn unknown(&mut self, place: &str, id: impl Display, list: &'static str) {
        let (place, id) = (place.to_owned(), id.to_string());
        self.problems.push(SeedProblem::Unknown { place, id, list });
    }

    pub(super) fn user(&mut self, listed: &Listed, place: &str, text: &str) -> Option<UserId> {
        let user: UserId = self.id(place, text)?;
        if !listed.users.contains(&user) {
            self.unknown(place, &user, "users");
        }
        Some(user)
    }

    pub(super) fn users(
        &mut self,
        listed: &Listed,
        place: &str,
        texts: &[String],
    ) -> BTreeSet<UserId> {
        let users: Vec<_> =
            texts.iter().filter_map(|text| self.user(listed, place, text)).collect();
        self.unique(place, users)
    }

    pub(super) fn principal(
        &mut self,
        listed: &Listed,
        place: &str,
        text: &str,
    ) -> Option<Principal> {
        if !text.starts_with("org-") {
            return self.user(listed, place, text).map(Principal::User);
        }
        self.listed_org(listed, place, text).map(Principal::Org)
    }

    pub(super) fn listed_org(&mut self, listed: &Listed, place: &str, text: &str) -> Option<OrgId> {
        let org: OrgId = self.id(place, text)?;
        if !listed.orgs.contains_key(&org) {
            self.unknown(place, &org, "orgs");
        }
        Some(org)
    }
}
