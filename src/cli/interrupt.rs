//! SIGINT and SIGTERM: the first asks for a clean stop, the second ends the process.

use std::sync::{Arc, OnceLock};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::exit::Status;
use super::failure::{Failure, FailureKind};

/// Waits for signals while it lives.
#[derive(Debug)]
pub struct Interrupt {
    token: CancellationToken,
    received: Arc<OnceLock<Status>>,
    task: JoinHandle<()>,
}

impl Interrupt {
    /// Starts to listen. Must be called inside the runtime.
    ///
    /// # Errors
    ///
    /// Where the system refuses a signal handler.
    pub fn listen() -> std::io::Result<Self> {
        let token = CancellationToken::new();
        let received = Arc::new(OnceLock::new());
        let mut signals = Signals::new()?;
        let task = tokio::spawn({
            let (token, received) = (token.clone(), Arc::clone(&received));
            async move {
                let status = signals.next().await;
                let _ = received.set(status);
                token.cancel();
                let status = signals.next().await;
                std::process::exit(status.code().into());
            }
        });
        Ok(Self { token, received, task })
    }

    /// Returns the token that a signal cancels.
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Returns the exit status that the signal asks for, if one came.
    pub fn received(&self) -> Option<Status> {
        self.received.get().copied()
    }

    /// Waits for a future unless a signal comes first.
    ///
    /// # Errors
    ///
    /// Where a signal came first.
    pub async fn or<T>(&self, future: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.token.cancelled() => Err(self.failure()),
            // A call that waits to be made again ends with its last error once the signal comes,
            // which is not why the run ends.
            value = future => match self.token.is_cancelled() {
                true => Err(self.failure()),
                false => Ok(value),
            },
        }
    }

    /// Does work that blocks beside the runtime, and waits for it unless a signal comes first.
    ///
    /// # Errors
    ///
    /// Where a signal came first, or the work broke off.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        self.or(tokio::task::spawn_blocking(work)).await?.map_err(|error| {
            Failure::files("The run broke off; please report this.").because(error)
        })
    }

    fn failure(&self) -> Failure {
        let kind = match self.received() {
            Some(Status::TERMINATED) => FailureKind::Terminated,
            _ => FailureKind::Interrupted,
        };
        Failure::new(kind, "The run was interrupted before it changed anything.")
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Status {
        tokio::select! {
            _ = self.interrupt.recv() => Status::INTERRUPTED,
            _ = self.terminate.recv() => Status::TERMINATED,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Status {
        let _ = tokio::signal::ctrl_c().await;
        Status::INTERRUPTED
    }
}
