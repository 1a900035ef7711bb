//! A small seeded platform, and calls by raw routes.

mod door;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde_json::{Value, json};
use trectl::model::UserId;
use trectl::platform::PlatformError;
use trectl::platform::seed::Seed;
use trectl::sim::{Content, InMemory, World};

pub use door::{Door, Http, Through};

/// One row of the reference: an id, what it says, how well it is known, and what shows it.
#[derive(Clone, Copy)]
pub struct Row {
    pub id: &'static str,
    pub mark: Mark,
    pub statement: &'static str,
    /// Modules with a test each; none where no test can show it.
    pub shown_by: &'static [(&'static str, &'static str)],
}

/// How well a fact is known.
#[derive(Clone, Copy, Debug)]
pub enum Mark {
    /// Documented.
    D,
    /// Second hand.
    S,
    /// Assumed.
    A,
}

/// Declares the rows that a module tests; the test must exist.
macro_rules! rows {
    ($($id:literal $mark:ident $statement:literal => $test:ident;)*) => {
        pub const ROWS: &[$crate::support::Row] = &[$({
            const _: fn() = $test;
            $crate::support::Row {
                id: $id,
                mark: $crate::support::Mark::$mark,
                statement: $statement,
                shown_by: &[(module_path!(), stringify!($test))],
            }
        }),*];
    };
}
pub(crate) use rows;

pub const TABULAR: &str = "record-000000000000000000000001";
pub const SHOWCASE: &str = "record-000000000000000000000002";
pub const SHOWCASE_2: &str = "record-000000000000000000000003";
pub const FAR: &str = "record-000000000000000000000004";
pub const BILLED_ELSEWHERE: &str = "record-000000000000000000000005";
pub const HIDDEN: &str = "record-000000000000000000000006";
pub const OPEN: &str = "record-000000000000000000000007";
pub const PLAIN: &str = "record-000000000000000000000008";
pub const BESIDE_SHOWCASE: &str = "record-000000000000000000000009";
pub const FILES: &str = "file-000000000000000000000001";
pub const COLLECTIONS: &str = "file-000000000000000000000002";

pub const DATA: &str = "project-000000000000000000000001";
pub const SHOWROOM: &str = "project-000000000000000000000002";
pub const SHOWROOM_2: &str = "project-000000000000000000000003";
pub const FAR_AWAY: &str = "project-000000000000000000000004";
pub const FOREIGN: &str = "project-000000000000000000000005";
pub const CLOSED_OFF: &str = "project-000000000000000000000006";

pub const IN_REVIEW: &str = "treApplication-000000000000000000000001";
pub const APPROVED: &str = "treApplication-000000000000000000000002";

/// Amara acts and manages TREs for the biobank and the clinic; Jonas for the biobank only and
/// administers no project; Priya reviews; Li is authorized, Mei through the university; Sol has
/// no part in anything.
pub fn seed() -> Seed {
    let manager = |id: &str| json!({ "id": id, "level": "MEMBER", "treManagement": true });
    let member = |id: &str| json!({ "id": id });
    let project = |id: &str, region: &str, bill_to: &str, access: Value| json!({ "id": id, "region": region, "billTo": bill_to, "access": access });
    let record = |id: &str, project: &str| json!({ "id": id, "project": project });
    let home = "aws:eu-west-2";
    let value = json!({
        "apiVersion": "trectl/v1",
        "kind": "PlatformSeed",
        "actor": "user-amara",
        "tokens": { "secret-of-jonas": "user-jonas" },
        "users": [
            "user-amara", "user-jonas", "user-priya", "user-li", "user-mei", "user-sol",
        ],
        "orgs": [
            { "id": "org-biobank", "members": [
                { "id": "user-amara", "level": "ADMIN", "treManagement": true },
                manager("user-jonas"),
                member("user-priya"),
            ] },
            { "id": "org-clinic", "members": [manager("user-amara")] },
            { "id": "org-university", "members": [member("user-mei")] },
        ],
        "projects": [
            project(DATA, home, "org-biobank", json!({ "org-biobank": "VIEW" })),
            project(SHOWROOM, home, "org-biobank",
                json!({ "user-amara": "ADMINISTER", "user-jonas": "VIEW" })),
            project(SHOWROOM_2, home, "org-biobank",
                json!({ "user-amara": "VIEW", "user-jonas": "CONTRIBUTE" })),
            project(FAR_AWAY, "aws:us-east-1", "org-biobank", json!({ "org-biobank": "VIEW" })),
            project(FOREIGN, home, "org-university", json!({ "org-biobank": "VIEW" })),
            project(CLOSED_OFF, home, "org-biobank", json!({ "user-sol": "ADMINISTER" })),
        ],
        "records": [
            record(TABULAR, DATA),
            record(SHOWCASE, SHOWROOM),
            record(SHOWCASE_2, SHOWROOM_2),
            record(FAR, FAR_AWAY),
            record(BILLED_ELSEWHERE, FOREIGN),
            record(HIDDEN, CLOSED_OFF),
            { "id": OPEN, "project": DATA, "state": "open" },
            { "id": PLAIN, "project": DATA, "types": ["Report"] },
            record(BESIDE_SHOWCASE, SHOWROOM),
        ],
        "files": [record(FILES, DATA), record(COLLECTIONS, DATA)],
        "tres": [
            tre("tre-draft", "draft"),
            tre("tre-active", "active"),
            tre("tre-amending", "amending"),
            with(tre("tre-public", "active"), json!({ "visibility": "public" })),
            with(tre("tre-empty", "draft"), json!({
                "authorizedUsers": [], "inventory": {}, "applicationReviewSteps": [],
            })),
        ],
        "requests": [
            { "id": IN_REVIEW, "tre": "tre-active", "state": "in-review", "createdBy": "user-li" },
            { "id": APPROVED, "tre": "tre-active", "state": "approved", "createdBy": "user-li" },
        ],
    });
    serde_json::from_value(value).unwrap()
}

fn tre(id: &str, state: &str) -> Value {
    json!({
        "id": id,
        "state": state,
        "name": id,
        "description": "Whole-genome sequences.",
        "billTo": "org-biobank",
        "region": "aws:eu-west-2",
        "admins": ["user-amara", "user-jonas"],
        "authorizedUsers": ["org-university", "user-li"],
        "policies": { "downloadRestricted": true },
        "inventory": { "active": inventory("2025.2") },
        "applicationReviewSteps": [{
            "id": "governance",
            "name": "Data Governance Review",
            "description": "Checks policies.",
            "reviewers": ["user-priya"],
        }],
        "created": 1_000,
        "createdBy": "user-amara",
    })
}

/// The input of `setInventory` that fits the TREs of the seed.
pub fn inventory(version: &str) -> Value {
    json!({
        "version": version,
        "tabularData": TABULAR,
        "dataShowcase": SHOWCASE,
        "fileInventory": FILES,
        "dataCollections": COLLECTIONS,
    })
}

/// Returns an object with some of its fields replaced.
pub fn with(mut object: Value, fields: Value) -> Value {
    let fields = fields.as_object().unwrap().clone();
    object.as_object_mut().unwrap().extend(fields);
    object
}

/// A platform, and an account that calls it through a door.
#[derive(Clone)]
pub struct Calling<D> {
    /// The platform behind the door.
    pub platform: InMemory,
    pub door: D,
}

/// Calls the platform directly. The modules of scenarios name this by `super::support::Caller`: in
/// `over_http` they find another door there.
pub type Caller = Calling<InMemory>;

impl<D: Door> Calling<D> {
    /// Returns Amara on the seeded platform.
    pub fn amara() -> Self {
        Self::on(World::seeded(&seed()).unwrap())
    }

    /// Returns `user-local` on a platform without a seed.
    pub fn local() -> Self {
        Self::on(World::unseeded())
    }

    /// Returns the actor of a world.
    pub fn on(world: World) -> Self {
        let platform = InMemory::new(world);
        Self { door: D::to(&platform), platform }
    }

    /// Returns another account on the same platform.
    pub fn user(&self, name: &str) -> Self {
        self.acting_as(&format!("user-{name}"))
    }

    /// Returns another account on the same platform, by its id.
    pub fn acting_as(&self, id: &str) -> Self {
        let door = self.door.acting_as(UserId::from_platform(id));
        Self { platform: self.platform.clone(), door }
    }

    /// Makes a call.
    pub fn call(&self, route: &str, input: &Value) -> Result<Value, PlatformError> {
        self.door.call(route, input)
    }

    /// Puts content where an announcement says.
    pub fn put(&self, content: &Content) -> Result<Value, PlatformError> {
        self.door.put(content)
    }

    /// Makes a call that succeeds.
    pub fn ok(&self, route: &str, input: Value) -> Value {
        match self.call(route, &input) {
            Ok(answer) => answer,
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes a call that is refused and changes nothing, and returns the error type.
    pub fn refused(&self, route: &str, input: Value) -> String {
        let before = self.everything();
        match self.call(route, &input) {
            Ok(answer) => panic!("{route} with {input} is not refused but answers {answer}"),
            Err(error) => {
                assert_eq!(before, self.everything(), "{route} is refused and changes something");
                assert!(error.message.ends_with('.'), "`{}` is no sentence", error.message);
                error.kind.to_string()
            }
        }
    }

    /// Makes a call that succeeds and changes nothing.
    pub fn no_op(&self, route: &str, input: Value) {
        let before = self.everything();
        self.ok(route, input);
        assert_eq!(before, self.everything(), "{route} changes something");
    }

    /// Returns a TRE's description.
    pub fn tre(&self, id: &str) -> Value {
        self.ok(&format!("/{id}/describe"), json!({}))
    }

    /// Tells whether the account sees a TRE; what it does not see does not exist for it.
    pub fn sees(&self, id: &str) -> bool {
        match self.call(&format!("/{id}/describe"), &json!({})) {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind.to_string(), "ResourceNotFound");
                false
            }
        }
    }

    /// Returns the account's level in a project, or null.
    pub fn level(&self, project: &str) -> Value {
        let answer = self.call(&format!("/{project}/describe"), &json!({}));
        answer.map_or(Value::Null, |answer| answer["level"].clone())
    }

    /// Everything that calls can change, as text.
    fn everything(&self) -> String {
        format!("{:?}", self.platform.world())
    }
}

/// Runs a future whose transport never waits.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("an answer is waited for"),
    }
}
