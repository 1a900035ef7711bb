//! Turns a seed into a world, or says what in it contradicts itself: all problems at once.

mod directory;
mod error;
mod reader;
mod tre;

use std::sync::Arc;

pub use self::error::{SeedError, SeedProblem};

use self::reader::SeedReader;
use super::directory::Directory;
use super::entity::{Request, Tre};
use super::{Change, World};
use crate::model::ids::UserId;
use crate::platform::seed::Seed;

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
