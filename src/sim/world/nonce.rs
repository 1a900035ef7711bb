//! Nonces: the same call twice has the effect of once.

use std::sync::Arc;

use serde_json::Value;

use super::entity::Nonce;
use super::input::Input;
use super::refusal::{Outcome, Refusal};
use super::{Caller, Change, Decision, World};

/// How long a nonce is remembered (S).
const NONCE_LIFE_MS: i64 = 60 * 60 * 1000;
/// How long a nonce may be, in bytes (S).
const NONCE_BYTES: usize = 128;

impl World {
    /// Creates something, or repeats the answer where the nonce of the input was used before.
    pub(super) fn create_once<'a>(
        &self,
        caller: &Caller<'_>,
        input: &'a Value,
        create: impl FnOnce(Input<'a>) -> Outcome<Decision>,
    ) -> Outcome<Decision> {
        let mut fields = Input::of(input)?;
        let nonce = fields.optional_text("nonce")?;
        let Some(nonce) = nonce else { return create(fields) };
        if nonce.len() > NONCE_BYTES {
            return Err(Refusal::input(format!("`nonce` is longer than {NONCE_BYTES} bytes.")));
        }
        let key = format!("{} {nonce}", caller.user);
        let is_fresh = |known: &Nonce| caller.now.saturating_sub(known.time) < NONCE_LIFE_MS;
        if let Some(known) = self.nonces.get(&key).filter(|known| is_fresh(known)) {
            return if known.input == *input {
                Ok(Decision::unchanged(known.answer.clone()))
            } else {
                Err(Refusal::input("`nonce` was used within the last hour with other input."))
            };
        }
        let mut decision = create(fields)?;
        let stale = self.nonces.iter().filter(|(_, known)| !is_fresh(known));
        decision.changes.extend(stale.map(|(key, _)| Change::DropNonce(key.clone())));
        let answer = decision.answer.clone();
        let known = Nonce { time: caller.now, input: input.clone(), answer };
        decision.changes.push(Change::PutNonce(key, Arc::new(known)));
        Ok(decision)
    }
}
