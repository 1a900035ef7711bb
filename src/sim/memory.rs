//! The embedded platform in memory only: for tests, and for commands that only read where there is
//! no store yet.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use serde_json::Value;

use super::world::Route;
use super::{Content, LoggedCall, World};
use crate::model::ids::UserId;
use crate::platform::{Pending, PlatformError, Transport};

/// A platform that is gone with the process. Clones share it. Its clock counts the calls.
#[derive(Debug, Clone)]
pub struct InMemory {
    shared: Arc<RwLock<Shared>>,
    user: UserId,
}

#[derive(Debug)]
struct Shared {
    world: World,
    /// How many calls were made.
    time: i64,
    log: Vec<LoggedCall>,
}

impl InMemory {
    /// Returns a platform that holds a world; its actor calls.
    pub fn new(world: World) -> Self {
        let user = world.actor().clone();
        let shared = Shared { world, time: 0, log: Vec::new() };
        Self { shared: Arc::new(RwLock::new(shared)), user }
    }

    /// Returns the same platform, called by another account.
    #[must_use]
    pub fn acting_as(&self, user: UserId) -> Self {
        Self { shared: Arc::clone(&self.shared), user }
    }

    /// Returns the account that a token stands for.
    pub fn user_of_token(&self, token: &str) -> Option<UserId> {
        self.read().world.user_of_token(token)
    }

    /// Returns the world as it is now.
    pub fn world(&self) -> World {
        self.read().world.clone()
    }

    /// Returns the log of the calls that wanted to change something, oldest first.
    pub fn calls(&self) -> Vec<LoggedCall> {
        self.read().log.clone()
    }

    /// Makes a call.
    ///
    /// # Errors
    /// The platform's refusal.
    pub fn call(&self, route: &str, input: &Value) -> Result<Value, PlatformError> {
        let mut shared = self.shared.write().unwrap_or_else(PoisonError::into_inner);
        let Shared { world, time, log } = &mut *shared;
        *time += 1;
        let decided = world.decide(&self.user, route, input, *time);
        if Route::is_change(route) {
            let input = input.to_string();
            log.push(LoggedCall::of(*time, &self.user, route, input.as_bytes(), &decided));
        }
        world.take(decided)
    }

    /// Takes the content of a part of a file; in memory it is checked and not kept.
    ///
    /// # Errors
    /// The platform's refusal.
    pub fn put(&self, content: &Content) -> Result<Value, PlatformError> {
        let mut shared = self.shared.write().unwrap_or_else(PoisonError::into_inner);
        let Shared { world, time, log } = &mut *shared;
        *time += 1;
        let decided = world.decide_content(content, *time);
        let sender = world.sender(content).unwrap_or(&self.user);
        log.push(LoggedCall::of(*time, sender, content.place(), &content.bytes, &decided));
        world.take(decided)
    }

    fn read(&self) -> RwLockReadGuard<'_, Shared> {
        self.shared.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for InMemory {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move { self.call(route, &input) })
    }
}
