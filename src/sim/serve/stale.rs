//! The last answers to what was read, for those that are to be out of date.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;

use super::protocol::Reply;
use crate::model::ids::UserId;

/// Who asked what, and where.
pub(super) type Question = (UserId, String, Bytes);

/// Keeps answers.
pub(super) struct Memory {
    /// Whether anything is kept.
    pub is_on: bool,
    answers: Mutex<BTreeMap<Question, Reply>>,
}

impl Memory {
    pub(super) fn new(is_on: bool) -> Self {
        Self { is_on, answers: Mutex::default() }
    }

    pub(super) fn keep(&self, question: Question, reply: Reply) {
        self.answers().insert(question, reply);
    }

    /// Returns the last answer to a question.
    pub(super) fn last(&self, question: &Question) -> Option<Reply> {
        self.answers().get(question).cloned()
    }

    fn answers(&self) -> MutexGuard<'_, BTreeMap<Question, Reply>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
