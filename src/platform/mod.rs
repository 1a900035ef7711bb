//! The seam to the platform: two halves of one interface, the calls that change something, the
//! wire types with their evidence marks, and the error type.
//!
//! `plan` and `drift` only ever hold a [`Reader`]; only `apply` holds a [`Writer`]. Everything
//! that speaks the wire format is a [`Transport`], and [`Wire`] turns any transport into both
//! halves, so that the embedded platform and an account over HTTP are read by the same code.

mod call;
mod client;
mod error;
mod gather;
mod parse;
pub mod repeat;
pub mod seed;
pub mod wire;

use std::future::Future;
use std::pin::Pin;

use futures_util::TryFutureExt as _;
use serde_json::Value;

pub use call::{Call, NewStep, NewTre, Operation, TreUpdate};
pub use client::Wire;
pub use error::{Effect, PlatformError, PlatformErrorKind, Unreachable};
pub use gather::gather;
pub use parse::CallError;

use crate::model::{OrgId, Principal, RequestCounts, TreId, UserId};

/// A future that the seam returns; boxed so that both halves can be held as trait objects.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, PlatformError>> + Send + 'a>>;

/// What the platform says of a call besides its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Names the call in the vendor's logs; `None` where the transport learns of none.
    pub request_id: Option<String>,
}

/// Carries one call in the platform's wire format: a route and a JSON body in, a JSON body out.
pub trait Transport: Send + Sync {
    /// Makes the call, and returns when its effect is durable.
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value>;

    /// Makes the call, and returns its receipt beside the answer.
    fn post_with_receipt<'a>(
        &'a self,
        route: &'a str,
        input: Value,
    ) -> Pending<'a, (Value, Receipt)> {
        Box::pin(self.post(route, input).map_ok(|answer| (answer, Receipt::default())))
    }
}

impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        T::post(self, route, input)
    }

    fn post_with_receipt<'a>(
        &'a self,
        route: &'a str,
        input: Value,
    ) -> Pending<'a, (Value, Receipt)> {
        T::post_with_receipt(self, route, input)
    }
}

/// The reading half.
pub trait Reader: Send + Sync {
    /// Returns the acting account.
    fn whoami(&self) -> Pending<'_, UserId>;
    /// Returns every TRE that the operator can see, billed to `bill_to` where that is given.
    fn find_tres<'a>(&'a self, bill_to: Option<&'a OrgId>) -> Pending<'a, Vec<Described>>;
    /// Returns one TRE as the listing shows it, or `None` where it shows none.
    fn find_tre<'a>(&'a self, id: &'a TreId) -> Pending<'a, Option<Described>>;
    /// Returns one TRE, or `None` where there is none that the operator can see.
    fn describe_tre<'a>(&'a self, id: &'a TreId) -> Pending<'a, Option<Described>>;
    /// Returns the members of an org, or only `user` where that is given.
    fn find_members<'a>(
        &'a self,
        org: &'a OrgId,
        user: Option<&'a UserId>,
    ) -> Pending<'a, Vec<wire::OrgMember>>;
    /// Tells whether a person or an org exists.
    fn exists<'a>(&'a self, id: &'a Principal) -> Pending<'a, bool>;
    /// Returns a project, record or file, or `None` where the operator can see none.
    fn describe_object<'a>(
        &'a self,
        id: &'a str,
        project: Option<&'a str>,
    ) -> Pending<'a, Option<wire::ObjectDescription>>;
    /// Counts the data access requests of a TRE.
    fn count_requests<'a>(&'a self, tre: &'a TreId) -> Pending<'a, RequestCounts>;
}

/// The writing half.
pub trait Writer: Send + Sync {
    /// Executes one call on one TRE, and returns when its effect is durable.
    fn execute<'a>(&'a self, tre: &'a TreId, call: &'a Call) -> Pending<'a, Receipt>;
}

/// A TRE's description, typed, and as it came.
#[derive(Debug, Clone)]
pub struct Described {
    /// What trectl understands of it.
    pub tre: wire::TreDescription,
    /// The whole answer.
    pub raw: Value,
}
