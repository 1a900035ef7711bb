//! The same with the state in a bucket of the server that `tests/remote/with-s3` starts: runs that
//! are killed at every call and every request that writes, that lose answers, that are crowded and
//! put to sleep.

mod faults;
mod kill;
mod together;

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::TryStreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use trectl::desired::{BucketUrl, Cloud};
use trectl::state::{Location, Store};

use crate::disk::Tree;
use crate::harness::Repo;
use crate::place::Place;
use crate::platform::{Gate, RUNTIME};
use crate::proxy::{Door, Proxy};
use crate::stage::{Effect, Past, Stage, goes_well, steady};

/// A bucket, and the proxy through which runs reach it. The test itself goes straight to the server.
struct Bucket {
    url: BucketUrl,
    proxy: Arc<Proxy>,
    objects: AmazonS3,
}

impl Bucket {
    /// Returns a new bucket behind a door.
    fn behind(door: Door) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let bucket = format!("trectl-crash-{}-{number}", std::process::id());
        let server = std::env::var("AWS_ENDPOINT_URL");
        let server = server.unwrap_or_else(|_| panic!("`tests/remote/with-s3` names a server"));
        let (_, port) = server.rsplit_once(':').unwrap();
        let proxy = Arc::new(Proxy::new(port.parse().unwrap(), door));
        // Somebody may have chosen one before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = reqwest::Client::new().put(format!("{server}/{bucket}")).send();
        assert!(RUNTIME.block_on(made).unwrap().status().is_success());
        let url =
            BucketUrl { cloud: Cloud::S3, bucket: bucket.clone(), prefix: "state".to_owned() };
        let objects = AmazonS3Builder::from_env().with_bucket_name(bucket).with_allow_http(true);
        Self { url, proxy, objects: objects.build().unwrap() }
    }

    fn path(&self, name: &std::path::Path) -> Path {
        Path::from(format!("{}/{}", self.url.prefix, name.display()))
    }

    fn listed(&self) -> Vec<PathBuf> {
        let prefix = Path::from(self.url.prefix.as_str());
        let listed = self.objects.list(Some(&prefix)).try_collect::<Vec<_>>();
        let listed = RUNTIME.block_on(listed).unwrap();
        let names = listed.iter().map(|meta| meta.location.prefix_match(&prefix).unwrap());
        let mut names: Vec<PathBuf> =
            names.map(|parts| parts.map(|part| part.as_ref().to_owned()).collect()).collect();
        names.sort();
        names
    }
}

impl Place for Bucket {
    fn setting(&self) -> String {
        format!(", state: \"{}\"", self.url)
    }

    fn reach(&self, command: &mut Command) {
        command
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.proxy.port))
            .env("AWS_ACCESS_KEY_ID", "example")
            .env("AWS_SECRET_ACCESS_KEY", "example")
            .env("AWS_REGION", "us-east-1");
    }

    fn store(&self) -> Store {
        Store::at(Location::Bucket(self.url.clone()))
    }

    fn objects(&self) -> Tree {
        let read = |name: &PathBuf| {
            let path = self.path(name);
            let bytes = async { self.objects.get(&path).await?.bytes().await };
            Some(RUNTIME.block_on(bytes).unwrap().to_vec())
        };
        self.listed().into_iter().map(|name| (name.clone(), read(&name))).collect()
    }

    fn names(&self) -> Vec<PathBuf> {
        self.listed()
    }

    fn fill(&self, objects: &Tree) {
        let put = async {
            for (name, content) in objects {
                // A bucket has no folders.
                let Some(content) = content else { continue };
                self.objects.put(&self.path(name), content.clone().into()).await.unwrap();
            }
        };
        RUNTIME.block_on(put);
    }
}

/// Returns a stage whose state is in a bucket behind a door.
fn stage(gate: Gate, door: Door) -> Stage {
    Stage::at(|_: &Repo| Box::new(Bucket::behind(door)), Past::Found, gate)
}

/// What a run does that nothing disturbs.
struct Undisturbed {
    /// What takes effect, in order.
    effects: Vec<Effect>,
    /// How many calls it makes, reading calls included.
    calls: usize,
    /// The requests to the bucket that write, in order, as method and path.
    writes: Vec<String>,
}

fn undisturbed() -> Undisturbed {
    let bucket = Bucket::behind(crate::proxy::open_door());
    let proxy = Arc::clone(&bucket.proxy);
    let gate = crate::platform::open();
    let stage = Stage::at(|_: &Repo| Box::new(bucket), Past::Found, gate);
    let (effects, calls) = goes_well(&stage, stage.command(&steady()));
    Undisturbed { effects, calls, writes: proxy.writes() }
}
