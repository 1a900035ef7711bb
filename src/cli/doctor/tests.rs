//! The checks that no embedded platform can fail: connections of every kind, and answers that are
//! not as the wire contract says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::connection::{First, clock, rate};
use super::link::{Link, Security, Setting};
use super::probe::Probe;
use super::report::{Check, Kind, Report, Status, Target};
use super::tre::Tres;
use super::{answer, human, org, showcase};
use crate::cli::args::Args;
use crate::cli::settings::{Environment, Settings};
use crate::model::{OrgId, UserId};
use crate::platform::seed::Seed;
use crate::platform::{Pending, PlatformError, PlatformErrorKind, Transport, Unreachable};
use crate::sim::{InMemory, World};

/// A connection to nowhere.
struct Wires {
    security: Security,
    ahead: Option<SignedDuration>,
    refused: u64,
}

impl Wires {
    fn tls() -> Self {
        Self { security: Security::Tls, ahead: Some(SignedDuration::from_secs(2)), refused: 0 }
    }
}

impl Link for Wires {
    fn address(&self) -> String {
        "https://api.dnanexus.com".to_owned()
    }

    fn settings(&self) -> Vec<Setting> {
        let setting = |name, value: Option<&str>, origin: &str| Setting {
            name,
            value: value.map(str::to_owned),
            origin: origin.to_owned(),
        };
        vec![
            setting("host", Some("api.dnanexus.com"), "the default"),
            setting("token", None, "`DX_SECURITY_CONTEXT`"),
        ]
    }

    fn security(&self) -> Security {
        self.security
    }

    fn ahead(&self) -> Option<SignedDuration> {
        self.ahead
    }

    fn refused_for_rate(&self) -> u64 {
        self.refused
    }
}

fn settings(flags: &[&str]) -> Settings {
    let args = ["trectl", "doctor"].iter().chain(flags);
    Settings::resolve(&Args::try_parse_from(args).unwrap().global, Environment::default())
}

fn page(checks: Vec<Check>) -> String {
    let target = Target {
        name: "production".to_owned(),
        platform: "https://api.dnanexus.com".to_owned(),
        operator: None,
    };
    human(&Report::new(Some(target), checks), &settings(&[]))
}

fn operator() -> UserId {
    UserId::from_platform("user-amara")
}

fn failing(kind: PlatformErrorKind, message: &str) -> Result<UserId, PlatformError> {
    Err(PlatformError::new("/system/whoami", kind, message))
}

#[test]
fn each_way_to_fail_has_a_cross_of_its_own_and_a_cure() {
    use PlatformErrorKind as Kind;
    let ways = [
        (Kind::Unreachable(Unreachable::Name), "no address for `api.dnanexus.com`."),
        (Kind::Unreachable(Unreachable::Refused), "connection refused."),
        (Kind::Unreachable(Unreachable::Tls), "certificate not trusted: unknown issuer."),
        (Kind::Unreachable(Unreachable::Proxy), "the proxy answered 407."),
        (Kind::Unreachable(Unreachable::Timeout), "nothing within 30 s."),
        (Kind::Unreachable(Unreachable::Other), "the network is odd."),
        (Kind::NoAnswer, "the connection was cut."),
        (Kind::InvalidAuthentication, "the token has expired."),
        (Kind::PermissionDenied, "the token is limited to a project."),
        (Kind::ServiceUnavailable, "down for maintenance."),
        (Kind::UnexpectedAnswer, "the body is HTML."),
    ];
    let mut all = String::new();
    for (kind, message) in ways {
        let whoami = failing(kind.clone(), message);
        let first = First::of(Some(&Wires::tls()), &whoami);
        let obstacle = first.obstacle().unwrap_or_else(|| panic!("{kind} is no obstacle"));
        let First { host, tls, token } = first;
        let checks = vec![host, tls, token];
        let failed: Vec<_> = checks.iter().filter(|check| check.status == Status::Failed).collect();
        assert_eq!(failed.len(), 1, "{kind}: {checks:?}");
        assert!(failed[0].cure.is_some(), "{kind}");
        all.push_str(&format!("---- {kind:?}: {obstacle}\n{}\n", page(checks)));
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_connection_that_works_is_told_with_its_protection() {
    let whoami = Ok(operator());
    let plain = Wires { security: Security::PlainToThisMachine, ..Wires::tls() };
    for (wires, expected) in [(Wires::tls(), "TLS 1.2 or newer"), (plain, "plain HTTP")] {
        let First { host, tls, token } = First::of(Some(&wires), &whoami);
        assert!(tls.message.contains(expected), "{}", tls.message);
        assert!(token.message.contains("user-amara"));
        assert!([host, tls, token].iter().all(|check| check.status == Status::Ok));
    }
}

#[test]
fn clocks_may_differ_by_a_minute() {
    let told = |seconds: Option<i64>| {
        let ahead = seconds.map(SignedDuration::from_secs);
        clock(Some(&Wires { ahead, ..Wires::tls() }))
    };
    for (seconds, status, words) in [
        (Some(60), Status::Ok, "Within 60 s"),
        (Some(-60), Status::Ok, "Within 60 s"),
        (Some(61), Status::Failed, "61 s behind"),
        (Some(-3_600), Status::Failed, "3600 s ahead of"),
        (None, Status::Unknown, "no `Date`"),
    ] {
        let check = told(seconds);
        assert_eq!(check.status, status, "{seconds:?}");
        assert!(check.message.contains(words), "{}", check.message);
        assert_eq!(check.cure.is_some(), status != Status::Ok);
    }
    assert_eq!(clock(None).status, Status::Skipped);
}

#[test]
fn refusals_for_too_many_calls_are_told() {
    let settings = settings(&["--rate-limit", "50"]);
    let fine = rate(Some(&Wires::tls()), &settings, 12);
    assert_eq!(fine.status, Status::Ok);
    assert!(fine.message.contains("50 calls a second") && fine.message.contains("none of 12"));
    assert!(fine.message.contains("second hand"), "what is not documented is not told as a fact");
    let refused = rate(Some(&Wires { refused: 3, ..Wires::tls() }), &settings, 12);
    assert_eq!(refused.status, Status::Unknown);
    assert!(refused.cure.unwrap().contains("--rate-limit"));
}

/// The platform of a seed, whose answers are changed on the way.
struct Altered<F> {
    platform: InMemory,
    alter: F,
}

impl<F: Fn(&str, &mut Value) -> Result<(), PlatformError> + Send + Sync> Transport for Altered<F> {
    fn post<'a>(&'a self, route: &'a str, input: Value) -> Pending<'a, Value> {
        Box::pin(async move {
            let mut answer = self.platform.call(route, &input)?;
            (self.alter)(route, &mut answer)?;
            Ok(answer)
        })
    }
}

fn probe<F>(tres: usize, alter: F) -> Probe
where
    F: Fn(&str, &mut Value) -> Result<(), PlatformError> + Send + Sync + 'static,
{
    let tre = |number: usize| {
        json!({
            "id": format!("tre-{number:02}"), "state": "draft", "billTo": "org-a",
            "region": "aws:eu-west-2",
            "inventory": {"active": {"version": "1", "dataShowcase": SHOWCASE}},
        })
    };
    let seed = json!({
        "actor": "user-amara",
        "users": ["user-amara"],
        "orgs": [
            {"id": "org-a", "members": [{"id": "user-amara", "treManagement": true}]},
            {"id": "org-b", "members": []},
        ],
        "projects": [{"id": PROJECT, "region": "aws:eu-west-2", "billTo": "org-a",
            "access": {"user-amara": "ADMINISTER"}}],
        "records": [{"id": SHOWCASE, "project": PROJECT}],
        "tres": (0..tres).map(tre).collect::<Vec<_>>(),
    });
    let seed: Seed = serde_json::from_value(seed).unwrap();
    let platform = InMemory::new(World::seeded(&seed).unwrap());
    Probe::new(Arc::new(Altered { platform, alter }))
}

const SHOWCASE: &str = "record-000000000000000000000001";
const PROJECT: &str = "project-000000000000000000000001";

/// Returns the descriptions in an answer.
fn descriptions<'a>(route: &str, answer: &'a mut Value) -> Vec<&'a mut Value> {
    if route.starts_with("/tre-") {
        return vec![answer];
    }
    let results = answer.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten();
    results.filter_map(|result| result.get_mut("describe")).collect()
}

async fn answers(probe: &Probe) -> Check {
    Tres::read(probe, None).await;
    answer::check(&probe.seen())
}

#[tokio::test]
async fn the_same_deviation_in_many_tres_is_one_line() {
    let probe = probe(40, |route, answer| {
        for tre in descriptions(route, answer) {
            let fields = tre.as_object_mut().unwrap();
            let url = fields.shift_remove("customizedURL").unwrap();
            fields.insert("customizedUrl".to_owned(), url);
            fields.insert("colour".to_owned(), json!("secret blue"));
            fields.shift_remove("class");
            if fields["id"] == "tre-07" {
                fields.insert("admins".to_owned(), json!("secret person"));
            }
        }
        Ok(())
    });
    let check = answers(&probe).await;
    assert_eq!(check.status, Status::Failed);
    assert_eq!(check.details.len(), 5);
    let first = &check.details[0];
    assert_eq!(first["kind"], "missing_field");
    assert_eq!((&first["count"], &first["mark"]), (&json!(40), &json!("assumed")));
    assert_eq!(first["examples"], json!(["tre-00", "tre-01", "tre-02"]));
    assert_eq!(first["needed"], true);
    assert!(!format!("{check:?}").contains("secret"), "values are not for reports");
    insta::assert_snapshot!(page(vec![check]));
}

#[tokio::test]
async fn what_trectl_does_not_look_at_is_a_question() {
    let probe = probe(2, |route, answer| {
        for tre in descriptions(route, answer) {
            tre["colour"] = json!("blue");
        }
        Ok(())
    });
    let check = answers(&probe).await;
    assert_eq!(check.status, Status::Unknown);
    assert_eq!(check.details[0]["kind"], "unknown_field");
}

#[tokio::test]
async fn answers_as_they_should_be_are_fine_also_where_a_listing_does_not_describe() {
    assert_eq!(answers(&probe(3, |_, _| Ok(()))).await.status, Status::Ok);
    assert_eq!(answers(&probe(0, |_, _| Ok(()))).await.status, Status::Skipped);
    let bare = probe(3, |route, answer| {
        if route == "/system/findTres" {
            for result in answer["results"].as_array_mut().unwrap() {
                result.as_object_mut().unwrap().shift_remove("describe");
            }
        }
        Ok(())
    });
    let tres = Tres::read(&bare, None).await;
    assert_eq!(tres.described.values().flatten().count(), 3);
    assert_eq!(answer::check(&bare.seen()).status, Status::Ok);
    assert_eq!(tres.check(&operator()).status, Status::Ok);
}

#[tokio::test]
async fn what_is_listed_and_may_not_be_described_is_wrong() {
    let denied = |route: &str, _: &mut Value| match route {
        "/tre-00/describe" => {
            Err(PlatformError::new(route, PlatformErrorKind::PermissionDenied, "Not for you."))
        }
        _ => Ok(()),
    };
    let refused = probe(5, denied);
    let check = Tres::read(&refused, None).await.check(&operator());
    assert_eq!(check.status, Status::Failed);
    assert_eq!(check.details[0]["tre"], "tre-00");
    insta::assert_snapshot!(page(vec![check]));
    let down = probe(5, |route, _| match route.ends_with("/describe") {
        true => Err(PlatformError::new(route, PlatformErrorKind::ServiceUnavailable, "Down.")),
        false => Ok(()),
    });
    let check = Tres::read(&down, None).await.check(&operator());
    assert_eq!(check.status, Status::Unknown);
}

#[tokio::test]
async fn a_listing_that_is_none_or_never_ends_is_told() {
    let none = probe(1, |route, answer| {
        if route == "/system/findTres" {
            *answer = json!({"tres": []});
        }
        Ok(())
    });
    let tres = Tres::read(&none, None).await;
    assert_eq!(tres.unlisted().unwrap().status, Status::Failed);
    assert_eq!(tres.check(&operator()).status, Status::Skipped);
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let endless = probe(1, move |route, answer| {
        if route == "/system/findTres" {
            counted.fetch_add(1, Ordering::Relaxed);
            answer["next"] = json!("");
        }
        Ok(())
    });
    Tres::read(&endless, None).await;
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn orgs_are_checked_for_members_and_for_the_permission() {
    let orgs = ["org-a", "org-b", "org-gone"].map(OrgId::from_platform);
    let all = probe(0, |_, _| Ok(()));
    let (readable, management) = org::checks(&all, &orgs[..1], &operator()).await;
    assert_eq!((readable.status, management.status), (Status::Ok, Status::Ok));
    let (readable, management) = org::checks(&all, &orgs, &operator()).await;
    assert_eq!((readable.status, management.status), (Status::Failed, Status::Failed));
    insta::assert_snapshot!(page(vec![readable, management]));
    let hiding = probe(0, |route, answer| {
        // A listing that hides who was not asked for.
        if route == "/org-a/findMembers" && answer["results"].as_array().unwrap().len() > 1 {
            answer["results"] = json!([]);
        }
        Ok(())
    });
    let (_, management) = org::checks(&hiding, &orgs[..1], &operator()).await;
    assert_eq!(management.status, Status::Ok);
}

#[tokio::test]
async fn a_showcase_takes_administer_on_its_project() {
    let told = async |level: Value, gone: bool| {
        let probe = probe(2, move |route, answer| {
            if route == format!("/{PROJECT}/describe") {
                if gone {
                    let kind = PlatformErrorKind::ResourceNotFound;
                    return Err(PlatformError::new(route, kind, "No such project."));
                }
                answer["level"] = level.clone();
            }
            Ok(())
        });
        let tres = Tres::read(&probe, None).await;
        showcase::check(&probe, &tres, &operator()).await
    };
    assert_eq!(told(json!("ADMINISTER"), false).await.status, Status::Ok);
    let view = told(json!("VIEW"), false).await;
    assert_eq!(view.status, Status::Failed);
    assert_eq!(view.details[0]["tres"], json!(["tre-00", "tre-01"]));
    assert_eq!(view.details[0]["level"], "VIEW");
    insta::assert_snapshot!(page(vec![view]));
    assert_eq!(told(json!(null), false).await.status, Status::Failed);
    assert_eq!(told(json!(null), true).await.status, Status::Failed);
    assert_eq!(told(json!(7), false).await.status, Status::Unknown);
    let nothing = probe(0, |_, _| Ok(()));
    let tres = Tres::read(&nothing, None).await;
    assert_eq!(showcase::check(&nothing, &tres, &operator()).await.status, Status::Skipped);
}

#[test]
fn every_check_has_a_name_of_its_own() {
    let ids: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.id()).collect();
    assert_eq!(ids.len(), Kind::ALL.len());
    // A title and its mark stand beside the message: 15 columns.
    assert!(Kind::ALL.iter().all(|kind| kind.title().len() <= 12));
}
