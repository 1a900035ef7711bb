//! What whoever takes a lock from a run that did not let go writes first: from then on that run
//! can add nothing more, since its next segment's name is taken.

use super::StateError;
use super::chain::{self, Tail};
use super::entry::{Entry, TakeReason};
use super::lock::{Lock, Owner};
use super::objects::{Created, Objects};
use super::segment::{self, FORMAT_VERSION, Head, Segment, Stamped};
use super::snapshot;

/// A lock that is taken from a holder that did not let go.
#[derive(Debug)]
pub(super) struct Takeover {
    pub from: Owner,
    pub reason: TakeReason,
}

/// Says in the journal that the lock was taken from somebody; returns its end.
pub(super) async fn write(lock: &Lock, takeover: Takeover, by: &Owner) -> Result<Head, StateError> {
    let Takeover { from, reason } = takeover;
    let objects = Objects::open(lock.location())?;
    let snapshot::Snapshot { ledger: _, head, token } = snapshot::read(&objects).await?;
    let mut tail = Tail { head, token };
    loop {
        tail = chain::follow(&objects, tail, |_| Ok(())).await?;
        let entry =
            Entry::LockTaken { from: from.clone(), by: Some(by.clone()), reason: Some(reason) };
        let segment = Segment {
            format_version: FORMAT_VERSION.to_owned(),
            segment: tail.head.segment + 1,
            previous: tail.head.link.clone(),
            token: lock.token(),
            run: format!("lock-{}", lock.token()),
            entries: vec![Stamped { at: by.started.clone(), entry }],
        };
        let name = segment::name(segment.segment);
        let (bytes, link) = segment
            .encode()
            .map_err(|error| StateError::io("written", &objects.place(&name), error.into()))?;
        // The run from which it was taken may have written once more: that counts.
        if objects.create(&name, bytes).await? == Created::New {
            return Ok(Head { segment: segment.segment, link });
        }
    }
}
