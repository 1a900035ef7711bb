//! A store in memory that does one thing wrong, or counts what it is asked for.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// What a store does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// It overwrites what it was asked to create.
    Overwrites,
    /// It looks whether the name is free, and writes later.
    LooksFirst,
    /// Every third object is written, and no answer comes.
    LosesAnswers,
    /// Every third object is not written, and no answer comes.
    LosesRequests,
    /// It takes no writes.
    ReadOnly,
}

/// What was asked for.
#[derive(Debug, Default)]
pub struct Counts {
    /// Objects that were to be created.
    pub puts: AtomicUsize,
    /// Objects that were read.
    pub gets: AtomicUsize,
    /// Listings.
    pub lists: AtomicUsize,
    /// Objects that listings named.
    pub listed: AtomicUsize,
    /// Objects that were removed.
    pub deletes: AtomicUsize,
}

impl Counts {
    /// Returns the number of all requests.
    pub fn requests(&self) -> usize {
        [&self.puts, &self.gets, &self.lists, &self.deletes]
            .map(|count| count.load(Ordering::Relaxed))
            .iter()
            .sum()
    }
}

/// A store with a flaw.
#[derive(Debug, Clone)]
pub struct Flawed {
    /// Where the objects are.
    pub inner: Arc<dyn ObjectStore>,
    /// What it does wrong.
    pub flaw: Flaw,
    /// What was asked for.
    pub counts: Arc<Counts>,
}

impl Flawed {
    /// Returns an empty store in memory.
    pub fn new(flaw: Flaw) -> Self {
        Self { inner: Arc::new(InMemory::new()), flaw, counts: Arc::default() }
    }

    async fn create(
        &self,
        at: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let number = self.counts.puts.fetch_add(1, Ordering::Relaxed) + 1;
        let overwriting = PutOptions { mode: PutMode::Overwrite, ..options.clone() };
        match self.flaw {
            Flaw::Overwrites => {
                // All who looked at the same time write at the same time.
                tokio::time::sleep(Duration::from_millis(3)).await;
                self.inner.put_opts(at, payload, overwriting).await
            }
            Flaw::LooksFirst => {
                let is_there = self.inner.get_opts(at, GetOptions::default()).await.is_ok();
                tokio::time::sleep(Duration::from_millis(3)).await;
                let options = if is_there { options } else { overwriting };
                self.inner.put_opts(at, payload, options).await
            }
            Flaw::LosesAnswers if number.is_multiple_of(3) => {
                self.inner.put_opts(at, payload, options).await?;
                Err(no_answer())
            }
            Flaw::LosesRequests if number.is_multiple_of(3) => Err(no_answer()),
            Flaw::ReadOnly => {
                Err(Error::PermissionDenied { path: at.to_string(), source: "read only".into() })
            }
            _ => self.inner.put_opts(at, payload, options).await,
        }
    }
}

/// Returns what a client says when no answer comes.
fn no_answer() -> Error {
    let cause = std::io::Error::from(std::io::ErrorKind::TimedOut);
    #[cfg(feature = "remote-state")]
    let cause = {
        let kind = object_store::client::HttpErrorKind::Timeout;
        object_store::client::HttpError::new(kind, cause)
    };
    Error::Generic { store: "flawed", source: Box::new(cause) }
}

impl fmt::Display for Flawed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a store with a flaw")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Flawed {
    async fn put_opts(
        &self,
        at: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.create(at, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(at, options).await
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult> {
        self.counts.gets.fetch_add(1, Ordering::Relaxed);
        self.inner.get_opts(at, options).await
    }

    fn delete_stream(
        &self,
        places: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let counts = Arc::clone(&self.counts);
        let places = places.inspect(move |_| _ = counts.deletes.fetch_add(1, Ordering::Relaxed));
        self.inner.delete_stream(places.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.counts.lists.fetch_add(1, Ordering::Relaxed);
        let counts = Arc::clone(&self.counts);
        let found = self.inner.list(prefix);
        found.inspect_ok(move |_| _ = counts.listed.fetch_add(1, Ordering::Relaxed)).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
