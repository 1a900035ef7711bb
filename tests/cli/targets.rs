//! `targets`

use crate::harness::{ACTIVE, Repo};

const PROJECT: &str = "\
apiVersion: trectl/v1
kind: Project
defaultTarget: leeds
targets:
  leeds: {platform: {dnanexus: {}}, state: state/leeds, select: {billTo: [org-leeds, org-leeds-nhs]}}
  oslo: {platform: {dnanexus: {host: api.example.org}}}
  sandbox: {platform: {embedded: .trectl/platform.db}}
";

#[test]
fn every_target_is_listed_with_what_a_pipeline_needs() {
    let repo = Repo::with(&[("trectl.yaml", PROJECT), ("tres/one.yaml", ACTIVE)]);
    insta::assert_snapshot!(repo.run(&["targets"]).expect(0).stdout);
    let json = repo.run(&["targets", "--format", "json"]).expect(0).json();
    let targets = json["targets"].as_array().unwrap();
    let names: Vec<&str> = targets.iter().map(|target| target["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["leeds", "oslo", "sandbox"]);
    assert_eq!(targets[0]["select"]["billTo"][1], "org-leeds-nhs");
    assert_eq!((&targets[0]["default"], &targets[1]["default"]), (&true.into(), &false.into()));
    assert_eq!(targets[0]["platform"], "api.dnanexus.com");
    assert_eq!(targets[1]["platform"], "api.example.org");
    assert_eq!(targets[2]["platform"], "embedded");
    assert_eq!(targets[0]["state"], "state/leeds");
    assert_eq!(targets[1]["state"], ".trectl/state/oslo");
}

#[test]
fn it_works_with_nothing_written_and_without_a_default() {
    let json = Repo::empty().run(&["targets", "--format", "json"]).expect(0).json();
    assert_eq!(json["targets"][0]["name"], "local");
    assert_eq!(json["targets"][0]["default"], true);
    let without = PROJECT.replace("defaultTarget: leeds\n", "");
    let repo = Repo::with(&[("trectl.yaml", &without)]);
    let json = repo.run(&["targets", "--format", "json"]).expect(0).json();
    assert!(json["targets"].as_array().unwrap().iter().all(|target| target["default"] == false));
    let repo = Repo::with(&[("trectl.yaml", "kind: Project\n")]);
    assert_eq!(repo.run(&["targets", "--format", "json"]).expect(1).json()["errored"], true);
}
