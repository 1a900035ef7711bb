//! Every route answers as the wire contract says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use trectl::platform::seed::Seed;
use trectl::platform::wire::contract::{ROUTES, Route};
use trectl::sim::World;

use super::support::{Caller, inventory, seed};

/// The seeds of the tests and of the examples, found on disk, each with a name.
fn worlds() -> Vec<(String, Seed)> {
    let mut found = vec![("support".to_owned(), seed())];
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for folder in fs::read_dir(examples).unwrap() {
        let file = folder.unwrap().path().join("platform-seed.yaml");
        if let Ok(text) = fs::read_to_string(&file) {
            found.push((file.display().to_string(), serde_yaml::from_str(&text).unwrap()));
        }
    }
    assert!(found.len() > 2, "the seeds of the examples are not found");
    found
}

/// Compares every answer that a route gives, and notes the routes that answered.
struct Comparing<'a> {
    caller: &'a Caller,
    world: &'a str,
    answered: &'a mut BTreeSet<String>,
}

impl Comparing<'_> {
    /// Makes a call, which may be refused, and returns its answer.
    fn call(&mut self, path: &str, input: Value) -> Option<Value> {
        let route = Route::of(path).unwrap_or_else(|| panic!("{path} is not in the contract"));
        let unknown = route.compare_input(&input);
        assert_eq!(unknown, [], "{path} is asked with {input}");
        let answer = self.caller.call(path, &input).ok()?;
        let deviations = route.compare(&answer);
        assert_eq!(deviations, [], "{}: {path} answers {answer:#}", self.world);
        self.answered.insert(route.at.to_string());
        Some(answer)
    }

    fn read_all(&mut self, seed: &Seed) {
        self.call("/system/whoami", json!({}));
        for describe in [json!(true), json!(false)] {
            let page = self.call("/system/findTres", json!({ "describe": describe, "limit": 2 }));
            assert!(page.is_some_and(|page| page["results"].is_array()));
        }
        let people = seed.users.iter().chain(seed.orgs.iter().map(|org| &org.id));
        let projects = seed.projects.iter().map(|project| &project.id);
        let objects = seed.records.iter().map(|record| &record.id);
        let objects = objects.chain(seed.files.iter().map(|file| &file.id));
        let requests = seed.requests.iter().map(|request| &request.id);
        let tres = seed.tres.iter().map(|tre| &tre.id);
        for id in people.chain(projects).chain(objects).chain(requests).chain(tres) {
            self.call(&format!("/{id}/describe"), json!({}));
        }
        for org in &seed.orgs {
            self.call(&format!("/{}/findMembers", org.id), json!({}));
        }
        for tre in &seed.tres {
            let asked = json!({ "tre": tre.id, "describe": true });
            self.call("/system/findTreApplications", asked);
            self.call(&format!("/{}/getDataTypeGroups", tre.id), json!({}));
        }
    }

    /// Goes once through every route that changes something.
    fn change_all(&mut self) {
        let mut done = |path: &str, input: Value| {
            self.call(path, input).unwrap_or_else(|| panic!("{path} is refused"))
        };
        let new = json!({
            "handle": "new", "name": "New", "description": "", "billTo": "org-biobank",
            "region": "aws:eu-west-2", "customizedRateCard": { "hour": 1 },
            "customizedURL": null, "nonce": "once",
        });
        done("/tre/new", new);
        let update = json!({
            "name": "N", "description": "D", "visibility": "public", "billTo": "org-biobank",
            "region": "aws:eu-west-2", "customizedRateCard": null, "customizedURL": "https://x",
        });
        done("/tre-new/update", update);
        done("/tre-new/setPolicies", json!({ "policies": { "restricted": true } }));
        done("/tre-new/setInventory", inventory("1"));
        let step = json!({ "id": "a", "name": "A", "description": "", "reviewers": [] });
        done("/tre-new/addApplicationReviewStep", step.clone());
        let text = json!({ "id": "a", "name": "B", "description": "B" });
        done("/tre-new/updateApplicationReviewStep", text);
        done("/tre-new/removeApplicationReviewStep", json!({ "id": "a" }));
        done("/tre-new/addApplicationReviewStep", step);
        let reviewers = json!({ "stepId": "a", "reviewers": ["user-amara", "user-priya"] });
        done("/tre-new/addApplicationReviewers", reviewers.clone());
        done("/tre-new/addAdmins", json!({ "admins": ["user-jonas"] }));
        done("/tre-new/removeAdmins", json!({ "admins": ["user-jonas"] }));
        let users = json!({ "authorizedUsers": ["user-li", "org-university"] });
        done("/tre-new/addAuthorizedUsers", users.clone());
        done("/tre-new/removeAuthorizedUsers", users);
        done("/tre-new/activate", json!({}));
        for verb in ["approve", "reject"] {
            let request = done("/treApplication/new", json!({ "tre": "tre-new", "name": "R" }));
            let id = request["id"].as_str().unwrap();
            done(&format!("/{id}/submit"), json!({}));
            done(&format!("/{id}/{verb}"), json!({ "stepId": "a" }));
            done(&format!("/{id}/describe"), json!({}));
        }
        done("/tre-new/deactivate", json!({}));
        let mut one = reviewers;
        one["reviewers"] = json!(["user-priya"]);
        done("/tre-new/removeApplicationReviewers", one);
        done("/tre-new/destroy", json!({}));
    }
}

#[test]
fn the_embedded_platform_answers_as_the_wire_contract_says() {
    let mut answered = BTreeSet::new();
    for (world, seed) in worlds() {
        let actor = Caller::on(World::seeded(&seed).unwrap());
        for user in &seed.users {
            let caller = actor.acting_as(user);
            let mut comparing =
                Comparing { caller: &caller, world: &world, answered: &mut answered };
            comparing.read_all(&seed);
        }
    }
    let caller = Caller::amara();
    Comparing { caller: &caller, world: "support", answered: &mut answered }.change_all();
    let uploads = |route: &&Route| route.at.to_string().starts_with("/file");
    let rest: Vec<_> = ROUTES
        .iter()
        .filter(|route| !uploads(route))
        .map(|route| route.at.to_string())
        .filter(|path| !answered.contains(path))
        .collect();
    assert_eq!(rest, [""; 0], "these routes never answered");
}
