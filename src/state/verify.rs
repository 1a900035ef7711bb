//! Whether the journal is what was written: read from its first segment to its last.

use std::collections::BTreeMap;

use super::archive::Archive;
use super::chain::{Tail, Walk};
use super::ledger::Ledger;
use super::objects::{Listed, Objects};
use super::segment::{self, Head};
use super::snapshot::{self, Snapshot};
use super::{StateError, Store, archive};

/// What a journal holds that was found to be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many segments.
    pub segments: u64,
    /// How many of them are in archives.
    pub archived: u64,
    /// How many entries.
    pub entries: u64,
    /// The end.
    pub head: Head,
}

impl Store {
    /// Reads the whole journal and checks that each segment is as it was sealed, follows the one
    /// before it, was written under a token that did not fall, and says what can have happened;
    /// that none is missing before one that is there; and that the snapshots say the same.
    ///
    /// With the head that an earlier run printed, it also shows whether what that run wrote is
    /// still there: whoever can write can also write a whole other journal, but not with that head.
    ///
    /// # Errors
    ///
    /// Where any of that does not hold; the error names the object.
    pub async fn verify(&self, anchor: Option<&Head>) -> Result<Verified, StateError> {
        let objects = self.objects()?;
        // All that is listed before the walk lies on it, however much others write meanwhile.
        let rest = Rest {
            listed: archive::standing(&objects).await?,
            archives: archive::list(&objects).await?,
        };
        let mut snapshots = snapshot::all(&objects).await?;
        let mut ledger = Ledger::default();
        let mut entries = 0;
        let mut walk = Walk::behind(&objects, Tail::none());
        while let Some(stored) = walk.next().await? {
            for stamped in &stored.segment.entries {
                ledger.accept(&stamped.entry).map_err(|error| stored.corrupted(error))?;
                entries += 1;
            }
            let tail = walk.tail();
            if let Some((name, snapshot)) = snapshots.remove(&tail.head.segment) {
                agree(&objects, &name, &snapshot, &ledger, tail)?;
            }
            if let Some(anchor) = anchor.filter(|anchor| anchor.segment == tail.head.segment)
                && anchor.link != tail.head.link
            {
                return Err(self.unlike(anchor, &tail.head));
            }
        }
        let head = walk.tail().head.clone();
        rest.is_complete(&objects, &head, snapshots).await?;
        match anchor {
            Some(anchor) if anchor.segment > head.segment => Err(self.unlike(anchor, &head)),
            Some(anchor) if anchor.segment == 0 && *anchor != Head::none() => {
                Err(self.unlike(anchor, &Head::none()))
            }
            _ => {
                let archived = archive::end(&rest.archives);
                Ok(Verified { segments: head.segment, archived, entries, head })
            }
        }
    }

    fn unlike(&self, anchor: &Head, found: &Head) -> StateError {
        let (anchor, found) = (Box::new(anchor.clone()), Box::new(found.clone()));
        StateError::Anchor { location: self.location().to_string(), anchor, found }
    }
}

/// Tells whether a snapshot is what the segments up to it amount to.
fn agree(
    objects: &Objects,
    name: &str,
    snapshot: &Snapshot,
    ledger: &Ledger,
    tail: &Tail,
) -> Result<(), StateError> {
    let mut ledger = ledger.clone();
    ledger.end_run();
    let Snapshot { ledger: told, head, token } = snapshot;
    if (told, head, token) == (&ledger, &tail.head, &tail.token) {
        return Ok(());
    }
    Err(StateError::Corrupted {
        path: objects.place(name),
        is_spare: true,
        reason: "it does not say what the journal says".to_owned(),
    })
}

/// What is there besides what a walk meets.
struct Rest {
    listed: Vec<Listed>,
    archives: Vec<Archive>,
}

impl Rest {
    /// Tells whether nothing is there behind the end, and no copy differs from what is archived.
    async fn is_complete(
        &self,
        objects: &Objects,
        head: &Head,
        snapshots_behind: BTreeMap<u64, (String, Snapshot)>,
    ) -> Result<(), StateError> {
        let Self { listed, archives } = self;
        let later = |number: u64| number > head.segment;
        let mut segments = listed.iter().map(|listed| listed.name.as_str());
        let segment = segments.find(|name| segment::number(name).is_some_and(later));
        let archive = archives.iter().find(|archive| later(archive.last));
        let snapshot = snapshots_behind.values().next().map(|(name, _)| name.as_str());
        if let Some(found) = segment.or(archive.map(|archive| archive.name.as_str())).or(snapshot) {
            let missing = objects.place(&segment::name(head.segment + 1));
            let reason = format!("it is missing, and `{found}` is there");
            return Err(StateError::damaged(missing, reason));
        }
        for archive in archives {
            archive::copies(objects, archive, listed).await?;
        }
        Ok(())
    }
}
