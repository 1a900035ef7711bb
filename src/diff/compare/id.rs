//! The id, which no document can change and some ask to.

use serde_json::json;

use super::{Comparison, Values};
use crate::diff::{Effect, Field};

impl Comparison<'_> {
    /// A document that names an earlier id asks for another id of the TRE that has that one.
    pub(super) fn id(&mut self) {
        let desired = self.sides.desired;
        let Some(previously) = &desired.previously else { return };
        let values = Values {
            before: json!(previously.value),
            after: json!(desired.id.value),
            applied: None,
        };
        let path = Field::Id.key();
        self.push(Field::Id, path, values, Effect::Neutral, Some(&previously.range));
    }
}
