//! The embedded platform in memory only: for tests, and for commands that only read where there is
//! no store yet.

use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use super::World;
use crate::model::ids::UserId;
use crate::platform::{Pending, PlatformError, Transport};

/// A platform that is gone with the process. Clones share it. Its clock counts the calls.
#[derive(Debug, Clone)]
pub struct InMemory {
    shared: Arc<RwLock<(World, i64)>>,
    user: UserId,
}

impl InMemory {
    /// Returns a platform that holds a world; its actor calls.
    pub fn new(world: World) -> Self {
        let user = world.actor().clone();
        Self { shared: Arc::new(RwLock::new((world, 0))), user }
    }

    /// Returns the same platform, called by another account.
    #[must_use]
    pub fn acting_as(&self, user: UserId) -> Self {
        Self { shared: Arc::clone(&self.shared), user }
    }

    /// Returns the account that a token stands for.
    pub fn user_of_token(&self, token: &str) -> Option<UserId> {
        self.shared.read().unwrap_or_else(PoisonError::into_inner).0.user_of_token(token)
    }

    /// Returns the world as it is now.
    pub fn world(&self) -> World {
        self.shared.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// Makes a call.
    ///
    /// # Errors
    /// The platform's refusal.
    pub fn call(&self, route: &str, input: &Value) -> Result<Value, PlatformError> {
        let mut shared = self.shared.write().unwrap_or_else(PoisonError::into_inner);
        let (world, time) = &mut *shared;
        *time += 1;
        world.handle(&self.user, route, input, *time)
    }
}

impl Transport for InMemory {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move { self.call(route, &input) })
    }
}
