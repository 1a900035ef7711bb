//! Snapshots of the live platform that are kept beside the state, so that whoever may read the
//! state can plan without an account.
//!
//! Their names sort by time, so the newest is the last. They are no part of the journal: nothing
//! that is applied depends on them, and they take no lock.

use jiff::Timestamp;

use super::objects::{Created, Objects};
use super::{StateError, Store};

const FOLDER: &str = "live";
/// So many are kept: a plan may be reading the one before the newest.
const KEPT: usize = 3;

impl Store {
    /// Keeps a snapshot at a time, and removes all but the newest few.
    ///
    /// # Errors
    ///
    /// Where the store cannot be written.
    pub async fn keep_live(
        &self,
        at: Timestamp,
        digest: &str,
        bytes: Vec<u8>,
    ) -> Result<(), StateError> {
        let objects = self.objects()?;
        let hex: String = digest.rsplit(':').next().unwrap_or_default().chars().take(12).collect();
        let name = format!("{FOLDER}/{}-{hex}.json", at.strftime("%Y%m%dT%H%M%S%3fZ"));
        // Of the same moment and content there is one already.
        let (Created::New | Created::Taken) = objects.create(&name, bytes).await?;
        objects.settle_folders()?;
        let names = names(&objects).await?;
        for old in names.iter().rev().skip(KEPT) {
            objects.remove(old).await?;
        }
        Ok(())
    }

    /// Returns the newest snapshot that is kept, by its name for people.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    pub async fn newest_live(&self) -> Result<Option<(String, Vec<u8>)>, StateError> {
        let objects = self.objects()?;
        for name in names(&objects).await?.iter().rev() {
            // One that is gone meanwhile has newer ones behind it, or there is none at all.
            if let Some(bytes) = objects.read(name).await? {
                return Ok(Some((objects.place(name).into_string(), bytes)));
            }
        }
        Ok(None)
    }
}

async fn names(objects: &Objects) -> Result<Vec<String>, StateError> {
    let listed = objects.list(FOLDER).await?;
    Ok(listed.into_iter().map(|it| it.name).filter(|name| name.ends_with(".json")).collect())
}
