//! The small world of the tests: who and what is there, the documents that ask for changes, and
//! what the contract says of goals and of exposure. Nothing here knows how a plan is made.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use jiff::civil::{Date, date};

pub mod directory;
pub mod document;
pub mod exposure;
pub mod goal;
pub mod headless;

/// The day on which plans are made unless told otherwise.
pub const TODAY: Date = date(2026, 5, 1);

/// Returns what a future gives that never waits: the embedded platform answers at once.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a platform in memory never waits"),
    }
}
