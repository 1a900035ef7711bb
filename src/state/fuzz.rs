//! The readers of a state as functions of bytes that anybody may have written: for `fuzz/`, and for
//! the bounded run that `cargo test` makes. None of them may panic or go on for ever.

use std::sync::Arc;

use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;
use object_store::path::Path;

use super::segment::{self, Head, Segment};
use super::{Location, Standing, Store, snapshot};

/// A reader: tells whether it takes the bytes for its own.
pub type Target = fn(&[u8]) -> bool;

/// Every reader, by the name of its folder in `fuzz/corpus`.
pub const TARGETS: [(&str, Target); 5] = [
    ("segment", segment),
    ("snapshot", snapshot),
    ("claim", claim),
    ("head", head),
    ("chain", |bytes| followed(bytes).is_some()),
];

/// Gives bytes to a reader.
pub fn run(name: &str, bytes: &[u8]) {
    for (target, reads) in TARGETS {
        if target == name {
            reads(bytes);
        }
    }
}

/// Reads a segment of the journal. One that is taken can be written again.
fn segment(bytes: &[u8]) -> bool {
    segment::decode::<Segment>(bytes).is_ok_and(|(segment, _)| segment.encode().is_ok())
}

/// Reads a snapshot.
fn snapshot(bytes: &[u8]) -> bool {
    snapshot::decode(bytes).is_ok()
}

/// Looks at a lock that somebody claimed in these words.
fn claim(bytes: &[u8]) -> bool {
    let objects = [("lock/000000000001-claim.json".to_owned(), bytes)];
    let standing = in_memory(objects, async |store| store.standing().await.ok());
    matches!(standing, Some(Standing::Held { owner: Some(_), .. }))
}

/// Reads the head of a journal as people keep it, and writes it again.
fn head(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Ok(head) = text.parse::<Head>() else { return false };
    head.to_string().parse() == Ok(head)
}

/// Loads a state of which each line is an object: a snapshot behind `applied `, else the next
/// segment. Returns the end of the journal where it is taken.
pub fn followed(bytes: &[u8]) -> Option<Head> {
    let mut segments = 0;
    let objects =
        bytes.split(|byte| *byte == b'\n').map(|line| match line.strip_prefix(b"applied ") {
            Some(snapshot) => (format!("applied/{segments:012}.json"), snapshot),
            None => {
                segments += 1;
                (segment::name(segments), line)
            }
        });
    in_memory(objects, async |store| Some(store.load().await.ok()?.head().clone()))
}

/// Does something with a store that holds these objects.
fn in_memory<'a, T>(
    objects: impl IntoIterator<Item = (String, &'a [u8])>,
    work: impl AsyncFnOnce(Store) -> Option<T>,
) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().ok()?;
    runtime.block_on(async {
        let memory = InMemory::new();
        for (name, bytes) in objects {
            memory.put(&Path::from(name), bytes.to_vec().into()).await.ok()?;
        }
        let location = Location::Opened(Arc::new(memory), Path::default(), "memory".to_owned());
        work(Store::at(location)).await
    })
}
