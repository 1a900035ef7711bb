//! How many calls a plan makes: no more than it needs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use camino::Utf8PathBuf;
use jiff::civil::date;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::desired::Address;
use crate::plan::Status;
use crate::platform::{Call, Pending, Transport, Wire};
use crate::rules;
use crate::sim::{InMemory, World};
use crate::source::Repository;
use crate::state::{Entry, Journal, Owner, Patience, RunInfo, Store, StoredCall};

fn hash(prefix: &str, last: u32) -> String {
    format!("{prefix}-{last:0>24}")
}

/// A billing org with two TREs, another one with a third, and a research org that is listed.
fn seed() -> Value {
    let tre = |id: &str, bill_to: &str, place: u32| {
        json!({
            "id": id, "state": "active", "name": id, "billTo": bill_to, "region": "aws:eu-west-2",
            "admins": ["user-bot", "user-amara"], "authorizedUsers": ["org-leeds", "user-li"],
            "inventory": {"active": {
                "version": "1",
                "tabularData": hash("record", place),
                "dataShowcase": hash("record", place + 1),
            }},
            "applicationReviewSteps": [{"id": "governance", "reviewers": ["user-priya"]}],
        })
    };
    let project = |place: u32, bill_to: &str| {
        json!({
            "id": hash("project", place), "region": "aws:eu-west-2", "billTo": bill_to,
            "access": {"user-bot": "ADMINISTER"},
        })
    };
    let record = |place: u32, project: u32| json!({"id": hash("record", place), "project": hash("project", project)});
    json!({
        "actor": "user-bot",
        "users": ["user-bot", "user-amara", "user-jonas", "user-sofia", "user-li", "user-okafor",
                  "user-priya", "user-zoe"],
        "orgs": [
            {"id": "org-biobank", "members": [
                {"id": "user-bot", "treManagement": true},
                {"id": "user-amara", "treManagement": true},
                {"id": "user-jonas", "treManagement": true},
                {"id": "user-sofia", "treManagement": true},
            ]},
            {"id": "org-clinic", "members": [
                {"id": "user-bot", "treManagement": true},
                {"id": "user-amara", "treManagement": true},
            ]},
            {"id": "org-leeds", "members": [{"id": "user-okafor"}]},
        ],
        "projects": [project(1, "org-biobank"), project(2, "org-biobank"), project(3, "org-clinic"),
                     project(4, "org-clinic")],
        "records": [record(1, 1), record(2, 2), record(3, 3), record(4, 4), record(5, 1)],
        "tres": [tre("tre-a", "org-biobank", 1), tre("tre-b", "org-biobank", 1),
                 tre("tre-c", "org-clinic", 3)],
    })
}

/// Returns the document of a TRE as it is live.
fn document(id: &str, bill_to: &str, place: u32) -> String {
    let (tabular, showcase) = (hash("record", place), hash("record", place + 1));
    format!(
        "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: {id}\nstate: active\n\
         name: {id}\nadmins: [user-amara]\nauthorizedUsers: [org-leeds, user-li]\ninventory:\n  \
         version: \"1\"\n  tabularData: {tabular}\n  dataShowcase: {showcase}\n\
         billTo: {bill_to}\nregion: aws:eu-west-2\n\
         reviewSteps:\n  - {{id: governance, reviewers: [user-priya]}}\n"
    )
}

const PROJECT: &str = "apiVersion: trectl/v1\nkind: Project\ntargets:\n  local:\n    \
                       platform: {embedded: .trectl/platform.db}\n    \
                       select: {billTo: [org-biobank, org-clinic]}\n";

/// Notes every call.
struct Counting {
    platform: InMemory,
    routes: Arc<Mutex<Vec<String>>>,
}

impl Transport for Counting {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let named = match (route, input.get("id").and_then(Value::as_str)) {
                ("/system/findTres", Some(id)) => format!("{route} {id}"),
                _ => route.to_owned(),
            };
            self.routes.lock().unwrap().push(named);
            self.platform.call(route, &input)
        })
    }
}

/// A repository beside a platform, and all that it takes to plan.
struct Bench {
    folder: TempDir,
    files: Vec<(&'static str, String)>,
    reader: Wire<Counting>,
}

impl Bench {
    /// Returns three TREs that are as their documents ask.
    fn new() -> Self {
        let seed = serde_json::from_value(seed()).unwrap();
        let platform = InMemory::new(World::seeded(&seed).unwrap());
        let files = vec![
            ("trectl.yaml", PROJECT.to_owned()),
            ("tres/a.yaml", document("tre-a", "org-biobank", 1)),
            ("tres/b.yaml", document("tre-b", "org-biobank", 1)),
            ("tres/c.yaml", document("tre-c", "org-clinic", 3)),
        ];
        let reader = Wire(Counting { platform, routes: Arc::default() });
        Self { folder: TempDir::new().unwrap(), files, reader }
    }

    /// Replaces text in a document.
    fn edit(mut self, path: &str, from: &str, to: &str) -> Self {
        let (_, text) = self.files.iter_mut().find(|(file, _)| *file == path).unwrap();
        assert!(text.contains(from), "{text}");
        *text = text.replace(from, to);
        self
    }

    fn session(&self) -> Session {
        let root = Utf8PathBuf::from_path_buf(self.folder.path().to_owned()).unwrap();
        let files = self.files.iter().map(|(path, text)| (*path, text.as_str()));
        let repository = Repository::from_memory(root, files);
        let today = date(2026, 5, 1);
        let built = rules::build(&repository, today);
        let desired = built.desired.unwrap_or_else(|| panic!("{:?}", built.diagnostics));
        let target = desired.project.targets["local"].clone();
        Session { repository, desired, target, address: Address::default(), today }
    }

    /// Makes a plan. `git` is not asked: a child process would hold the locks of other tests.
    async fn make(&self, request: &Request) -> Result<Planned, Failure> {
        let source = Source { digest: "sha256:0".to_owned(), git: None };
        super::plan(&self.session(), &self.reader, request, source).await
    }

    /// Makes a plan, and returns it with the calls that it took, in the order of their names.
    async fn plan(&self, only: &[&str]) -> (Result<Plan, Failure>, Vec<String>) {
        let only: Vec<TreId> = only.iter().map(|id| TreId::from_platform(id)).collect();
        let planned = self.make(&Request::new(&only, &[])).await;
        let mut routes = std::mem::take(&mut *self.reader.0.routes.lock().unwrap());
        routes.sort();
        (planned.map(|planned| planned.plan), routes)
    }

    /// Returns the calls of a plan besides those that every plan makes.
    async fn extra(&self) -> (Plan, Vec<String>) {
        let (plan, routes) = self.plan(&[]).await;
        let base = ["/system/findTres", "/system/findTres", "/system/whoami"];
        assert_eq!(routes.iter().filter(|route| base.contains(&route.as_str())).count(), 3);
        let extra = routes.into_iter().filter(|route| !base.contains(&route.as_str()));
        (plan.unwrap(), extra.collect())
    }
}

const REQUESTS: &str = "/system/findTreApplications";

#[tokio::test]
async fn without_a_change_it_asks_who_acts_and_lists_each_org_once() {
    let (plan, routes) = Bench::new().plan(&[]).await;
    assert_eq!(plan.unwrap().summary.no_op, 3);
    assert_eq!(routes, ["/system/findTres", "/system/findTres", "/system/whoami"]);
}

#[tokio::test]
async fn a_few_tres_are_read_on_their_own_and_planned_as_they_would_be_with_all() {
    let bench = Bench::new().edit("tres/a.yaml", "name: tre-a", "name: Another");
    let (all, _) = bench.plan(&[]).await;
    let (some, routes) = bench.plan(&["tre-a", "tre-c"]).await;
    let read = ["/system/findTres tre-a", "/system/findTres tre-c", "/system/whoami"];
    assert_eq!(routes, [&[REQUESTS, REQUESTS], &read[..]].concat());
    let (all, some) = (all.unwrap(), some.unwrap());
    let digest = |plan: &Plan, name: &str| {
        plan.resource_changes.iter().find(|change| change.name == name).unwrap().digest.clone()
    };
    assert_eq!(some.resource_changes.len(), 2);
    assert_eq!(digest(&all, "tre-a"), digest(&some, "tre-a"));
}

#[tokio::test]
async fn a_name_that_is_nowhere_is_held_against_all_that_there_are() {
    let mut bench = Bench::new();
    bench.files.retain(|(path, _)| *path != "tres/b.yaml");
    let (failed, routes) = bench.plan(&["tre-bb"]).await;
    assert_eq!(failed.unwrap_err().hints, ["Did you mean `tre-b`?"]);
    let all = ["/system/findTres", "/system/findTres"];
    assert_eq!(routes, [&all[..], &["/system/findTres tre-bb", "/system/whoami"]].concat());
    // A TRE without a document is there to be named.
    let (plan, routes) = bench.plan(&["tre-b"]).await;
    assert_eq!(plan.unwrap().summary.unmanaged, 1);
    assert_eq!(routes, ["/system/findTres tre-b", "/system/whoami"]);
}

#[tokio::test]
async fn a_tre_of_another_selection_is_none_here_however_it_is_read() {
    let mut bench = Bench::new().edit("trectl.yaml", ", org-clinic]", "]");
    bench.files.retain(|(path, _)| *path != "tres/c.yaml");
    let (failed, _) = bench.plan(&["tre-c"]).await;
    assert!(failed.unwrap_err().message.contains("There is no TRE `tre-c`"));
}

#[tokio::test]
async fn people_who_are_named_somewhere_take_no_call() {
    // A user of one TRE becomes a reviewer of another, a reviewer an authorized user.
    let bench = Bench::new().edit("tres/a.yaml", "[user-priya]", "[user-priya, user-li]").edit(
        "tres/c.yaml",
        "[org-leeds, user-li]",
        "[org-leeds, user-li, user-priya]",
    );
    let (plan, extra) = bench.extra().await;
    assert_eq!(plan.summary.update, 2);
    // Whether the reviewer was an authorized user already, the listed org tells.
    assert_eq!(extra, [&["/org-leeds/findMembers"], &[REQUESTS; 4][..]].concat());
}

#[tokio::test]
async fn a_person_whom_nobody_names_takes_one_call_however_often_they_come_in() {
    let bench = Bench::new().edit("tres/a.yaml", "user-li]", "user-li, user-zoe]").edit(
        "tres/b.yaml",
        "user-li]",
        "user-li, user-zoe, user-nobody]",
    );
    let (plan, extra) = bench.extra().await;
    assert_eq!((plan.summary.update, plan.summary.blocked), (1, 1));
    let people = ["/user-nobody/describe", "/user-zoe/describe"];
    let org = ["/org-leeds/findMembers"];
    assert_eq!(extra, [&org, &[REQUESTS; 4][..], &people[..]].concat());
}

#[tokio::test]
async fn an_org_is_listed_once_for_all_its_admins() {
    let bench = Bench::new()
        .edit("tres/a.yaml", "[user-amara]", "[user-amara, user-jonas, user-sofia]")
        .edit("tres/b.yaml", "[user-amara]", "[user-amara, user-jonas]");
    let (plan, extra) = bench.extra().await;
    assert_eq!(plan.summary.update, 2);
    // Both orgs are asked about once: who may be an admin, and who was in already.
    let orgs = ["/org-biobank/findMembers", "/org-leeds/findMembers"];
    assert_eq!(extra, [&orgs, &[REQUESTS; 4][..]].concat());
}

#[tokio::test]
async fn a_listed_org_is_listed_once_for_everybody_who_leaves() {
    let bench = Bench::new().edit("tres/a.yaml", "[org-leeds, user-li]", "[org-leeds]").edit(
        "tres/b.yaml",
        "[org-leeds, user-li]",
        "[org-leeds]",
    );
    let (plan, extra) = bench.extra().await;
    assert_eq!(plan.resource_changes[0].impact.lose_access.len(), 1);
    assert_eq!(extra, [&["/org-leeds/findMembers"], &[REQUESTS; 4][..]].concat());
}

#[tokio::test]
async fn assets_are_looked_up_only_for_the_tre_whose_inventory_changes() {
    let bench = Bench::new().edit("tres/a.yaml", "version: \"1\"", "version: \"2\"").edit(
        "tres/a.yaml",
        &hash("record", 1),
        &hash("record", 5),
    );
    let (plan, extra) = bench.extra().await;
    assert_eq!(plan.summary.steps, 3);
    let looked_up = [
        ("project", 1, "describe"),
        ("project", 2, "describe"),
        ("record", 2, "describe"),
        ("record", 5, "describe"),
    ]
    .map(|(class, place, method)| format!("/{}/{method}", hash(class, place)));
    let mut expected = looked_up.to_vec();
    expected.extend([REQUESTS, REQUESTS].map(str::to_owned));
    assert_eq!(extra, expected);
}

#[tokio::test]
async fn creating_a_draft_takes_one_listing_of_the_billing_org() {
    let mut bench = Bench::new();
    let document = "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-d\n\
                    state: draft\nname: D\nadmins: [user-amara, user-jonas]\nbillTo: org-biobank\n\
                    region: aws:eu-west-2\nauthorizedUsers: [user-li, org-leeds]\n";
    bench.files.push(("tres/d.yaml", document.to_owned()));
    let (plan, extra) = bench.extra().await;
    assert_eq!(plan.summary.create, 1);
    assert_eq!(extra, ["/org-biobank/findMembers"]);
}

/// A call of which nobody knows what became is looked into, whatever else is asked for.
#[tokio::test]
async fn what_an_earlier_run_left_open_is_read_too() {
    let bench = Bench::new().edit("tres/a.yaml", "name: tre-a", "name: Another");
    leave_open(&bench.session().state().unwrap()).await;
    let planned = bench.make(&only("tre-a")).await.unwrap();
    assert!(planned.loaded.unsettled().is_empty());
    let routes = bench.reader.0.routes.lock().unwrap().clone();
    assert!(routes.contains(&"/system/findTres tre-c".to_owned()), "{routes:?}");
    assert!(!routes.contains(&"/system/findTres".to_owned()), "{routes:?}");
}

fn only(id: &str) -> Request {
    Request::new(&[TreId::from_platform(id)], &[])
}

async fn leave_open(store: &Store) {
    let owner = Owner {
        pid: 1,
        host: "host".to_owned(),
        started: "2026-05-01T10:00:00Z".to_owned(),
        command: "trectl apply".to_owned(),
        job_url: None,
        commit: None,
        process: None,
    };
    let info = RunInfo {
        command: "trectl apply".to_owned(),
        target: "local".to_owned(),
        operator: UserId::from_platform("user-bot"),
        commit: None,
        digest: "sha256:0".to_owned(),
    };
    let lock = store.lock(&owner, Patience::of(Duration::ZERO)).await.unwrap();
    let clock: crate::state::Clock = Arc::new(|| "2026-05-01T10:00:00Z".to_owned());
    let journal =
        Journal::begin(lock, store.load().await.unwrap(), "run-1", info, clock).await.unwrap();
    let tre = TreId::from_platform("tre-c");
    let call = StoredCall::of(&tre, &Call::Deactivate);
    let entries = vec![
        Entry::TreStarted {
            tre: tre.clone(),
            digest: "sha256:1".to_owned(),
            steps: vec![call.clone()],
            confirmed: 0,
            baseline: crate::model::AppliedTre::of_state(crate::model::TreState::Active),
        },
        Entry::Intent { tre, step: 1, route: "/tre-c/deactivate".to_owned(), call },
    ];
    journal.append(entries).await.unwrap();
}

#[tokio::test]
async fn requests_are_counted_only_where_something_changes() {
    let bench = Bench::new().edit("tres/b.yaml", "name: tre-b", "name: Another");
    let (plan, extra) = bench.extra().await;
    assert_eq!(plan.resource_changes[1].status, Status::Ready);
    assert_eq!(extra, [REQUESTS; 2]);
}
