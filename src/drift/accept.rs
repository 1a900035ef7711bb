//! Which drift a document accepts, and why an entry that is there no longer counts.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::desired::AcceptedDrift;
use crate::diff::Change;

/// By whom, why and until when a value of the platform is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Acceptance {
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Where it was decided.
    pub ticket: String,
    /// The last day (UTC) on which it holds.
    pub until: String,
}

impl fmt::Display for Acceptance {
    /// Writes who answers for it, until when, where it was decided, and why.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner, reason, ticket, until } = self;
        write!(f, "by {owner} until {until} ({ticket}): {reason}")
    }
}

/// What the entries of a document make of one difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// No entry is about it.
    Unnamed,
    /// It is accepted.
    Accepted(Acceptance),
    /// An entry is about it and does not count, for this reason: a full sentence.
    Rejected(String),
}

/// Judges one difference on a day (UTC). An entry holds to the end of its last day, and only
/// while the platform has the very value that it names.
pub fn judge(entries: &[AcceptedDrift], change: &Change, today: Date) -> Judgement {
    let path = change.field.key();
    let Some(entry) = entries.iter().find(|entry| entry.path == path) else {
        return Judgement::Unnamed;
    };
    let AcceptedDrift { path: _, live, owner, reason, ticket, until, range } = entry;
    let place = format!("{}:{}", range.file, range.start.line);
    if *until < today {
        return Judgement::Rejected(format!(
            "It was accepted at {place} by {owner} ({ticket}) until {until}, which is past."
        ));
    }
    if *live != change.before {
        return Judgement::Rejected(format!(
            "Accepted at {place} by {owner} ({ticket}) is the live value {}; it has moved since.",
            plain(live)
        ));
    }
    Judgement::Accepted(Acceptance {
        owner: owner.clone(),
        reason: reason.clone(),
        ticket: ticket.clone(),
        until: until.to_string(),
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("`{text}`"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use crate::diag::{Position, Range};
    use crate::diff::{Effect, Field, OriginClass};
    use crate::lifecycle::Verdict;

    const DAY: Date = date(2026, 12, 31);

    fn entry(path: &str, live: &str) -> AcceptedDrift {
        let (start, end) = (Position::default(), Position::default());
        AcceptedDrift {
            path: path.to_owned(),
            live: json!(live),
            owner: "user-amara".to_owned(),
            reason: "Agreed.".to_owned(),
            ticket: "DAC-7".to_owned(),
            until: DAY,
            range: Range { file: Arc::from("one.yaml"), start, end },
        }
    }

    fn judged(entries: &[AcceptedDrift], today: Date) -> Judgement {
        let change = Change {
            field: Field::Name,
            path: "/name".to_owned(),
            before: json!("Theirs"),
            after: json!("Ours"),
            applied: json!("Ours"),
            lock: Verdict::Open,
            effect: Effect::Neutral,
            origin: OriginClass::Revert,
            range: None,
        };
        judge(entries, &change, today)
    }

    #[test]
    fn an_entry_holds_to_the_end_of_its_last_day() {
        let entries = [entry("/name", "Theirs")];
        for today in [date(2026, 1, 1), DAY] {
            assert!(matches!(judged(&entries, today), Judgement::Accepted(_)), "on {today}");
        }
        let after = judged(&entries, date(2027, 1, 1));
        assert!(matches!(&after, Judgement::Rejected(why) if why.contains("past")), "{after:?}");
    }

    #[test]
    fn an_entry_holds_for_its_own_setting_with_that_very_value() {
        let other = entry("/description", "Theirs");
        assert_eq!(judged(std::slice::from_ref(&other), DAY), Judgement::Unnamed);
        let both = [other, entry("/name", "Theirs")];
        assert!(matches!(judged(&both, DAY), Judgement::Accepted(_)));
        let moved = judged(&[entry("/name", "theirs")], DAY);
        assert!(matches!(&moved, Judgement::Rejected(why) if why.contains("moved")), "{moved:?}");
    }
}
