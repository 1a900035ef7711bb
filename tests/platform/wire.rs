//! `Wire`: both halves of the seam over the embedded platform.

use std::collections::BTreeMap;

use serde_json::json;
use trectl::model::{OrgId, PolicyValue, Principal, TreId, UserId};
use trectl::platform::{Call, PlatformErrorKind, Reader, Transport, Wire, Writer};

use super::support::{Caller, SHOWROOM, TABULAR, Through, now};

fn amara() -> Wire<impl Transport> {
    Wire(Through(Caller::amara().door))
}

fn tre(id: &str) -> TreId {
    TreId::from_platform(id)
}

#[test]
fn the_reader_reads() {
    let wire = amara();
    assert_eq!(now(wire.whoami()).unwrap().as_str(), "user-amara");
    let biobank = OrgId::from_platform("org-biobank");
    let tres = now(wire.find_tres(Some(&biobank))).unwrap();
    assert_eq!(tres.len(), 5);
    assert_eq!(tres[0].tre.id, "tre-active");
    assert_eq!(tres[0].raw["class"], "tre");
    assert_eq!(now(wire.find_tres(Some(&OrgId::from_platform("org-clinic")))).unwrap().len(), 0);
    let members = now(wire.find_members(&biobank, None)).unwrap();
    assert_eq!(members.len(), 3);
    let jonas = UserId::from_platform("user-jonas");
    assert!(now(wire.find_members(&biobank, Some(&jonas))).unwrap()[0].tre_management);
    let project = now(wire.describe_object(SHOWROOM, None)).unwrap().unwrap();
    assert_eq!(project.level.as_deref(), Some("ADMINISTER"));
    let counts = now(wire.count_requests(&tre("tre-active"))).unwrap();
    assert_eq!((counts.in_review, counts.approved), (1, 1));
}

#[test]
fn what_is_not_found_is_none() {
    let wire = amara();
    assert!(now(wire.describe_tre(&tre("tre-none"))).unwrap().is_none());
    assert!(now(wire.describe_tre(&tre("tre-draft"))).unwrap().is_some());
    assert!(now(wire.exists(&Principal::from_platform("org-clinic"))).unwrap());
    assert!(!now(wire.exists(&Principal::from_platform("user-nobody"))).unwrap());
    assert!(now(wire.describe_object(TABULAR, Some(SHOWROOM))).unwrap().is_none());
    let nowhere = OrgId::from_platform("org-nowhere");
    let error = now(wire.find_members(&nowhere, None)).unwrap_err();
    assert_eq!(error.kind, PlatformErrorKind::ResourceNotFound);
}

#[test]
fn the_writer_writes() {
    let wire = amara();
    let policies = BTreeMap::from([("restricted".to_owned(), PolicyValue::Bool(true))]);
    now(wire.execute(&tre("tre-active"), &Call::SetPolicies(policies))).unwrap();
    let described = now(wire.describe_tre(&tre("tre-active"))).unwrap().unwrap();
    assert_eq!(described.tre.policies["restricted"], json!(true));
    let error = now(wire.execute(&tre("tre-active"), &Call::Delete)).unwrap_err();
    assert_eq!(error.kind, PlatformErrorKind::InvalidState);
    assert_eq!(error.route, "/tre-active/destroy");
}
