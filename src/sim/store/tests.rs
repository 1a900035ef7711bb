//! What happens when the disk fails in the middle.

use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::backends::InMemoryBackend;
use redb::{Builder, StorageBackend};
use serde_json::{Value, json};

use super::{Embedded, rows};
use crate::platform::{PlatformError, PlatformErrorKind, Transport};
use crate::sim::World;

/// A disk that is full from some moment on.
#[derive(Debug)]
struct Disk {
    content: InMemoryBackend,
    is_full: Arc<AtomicBool>,
}

impl Disk {
    fn room(&self) -> io::Result<()> {
        if self.is_full.load(Ordering::SeqCst) {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.content.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.content.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.room()?;
        self.content.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.room()?;
        self.content.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.room()?;
        self.content.write(offset, data)
    }
}

fn platform_on_a_disk() -> (Embedded, Arc<AtomicBool>) {
    let is_full = Arc::new(AtomicBool::new(false));
    let disk = Disk { content: InMemoryBackend::new(), is_full: Arc::clone(&is_full) };
    let db = Builder::new().create_with_backend(disk).unwrap();
    let txn = db.begin_write().unwrap();
    rows::write_world(&txn, &World::unseeded()).unwrap();
    txn.commit().unwrap();
    (Embedded::write(Path::new("platform.db"), db, Arc::new(|| 0)).unwrap(), is_full)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn create(platform: &Embedded, handle: &str) -> Result<Value, PlatformError> {
    let input =
        json!({ "handle": handle, "name": "N", "billTo": "org-a", "region": "aws:eu-west-2" });
    block_on(platform.post("/tre/new", input))
}

#[test]
fn a_full_disk_ends_the_platform_and_shows_nothing_that_is_not_on_it() {
    let (platform, is_full) = platform_on_a_disk();
    create(&platform, "one").unwrap();
    is_full.store(true, Ordering::SeqCst);
    let error = create(&platform, "two").unwrap_err();
    assert_eq!(error.kind, PlatformErrorKind::Store);
    assert!(error.is_outcome_unknown());
    is_full.store(false, Ordering::SeqCst);
    for (route, input) in [("/system/findTres", json!({})), ("/tre-one/activate", json!({}))] {
        let error = block_on(platform.post(route, input)).unwrap_err();
        assert_eq!(error.kind, PlatformErrorKind::Store, "{route}");
        assert_eq!(error.route, route);
    }
    assert_eq!(platform.commits(), 1);
}
