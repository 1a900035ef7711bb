//! Guards: many people at once, how many TREs are in Maintenance, an account that is no longer
//! taken, and who is left behind

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::harness::{ACTIVE, DRAFT, Repo, Run};
use crate::served::Served;
use crate::standin::StandIn;

/// Returns `user-01`, `user-02`, … in flow style.
fn users(range: std::ops::RangeInclusive<usize>) -> String {
    let ids: Vec<String> = range.map(|number| format!("user-{number:02}")).collect();
    ids.join(", ")
}

/// Returns a document whose 20 people are one admin, one reviewer and 18 users.
fn of_twenty() -> String {
    ACTIVE.replace("[user-li, user-okafor]", &format!("[{}]", users(1..=18)))
}

/// Returns why a plan asks for `mass-removal`, and what `for` would name.
fn asks(run: &Run) -> Option<(String, Value)> {
    let plan = run.json();
    let of = |value: &Value, key: &str| value.get(key).cloned().unwrap_or_default();
    let requests = plan.pointer("/resource_changes/0/consent_requests").unwrap();
    let mut requests = requests.as_array().unwrap().iter();
    let asked = requests.find(|asked| of(asked, "consent") == "mass-removal")?;
    Some((of(asked, "reason").as_str().unwrap().to_owned(), of(asked, "values")))
}

fn plan(repo: &Repo) -> Run {
    repo.run(&["plan", "--format", "json"])
}

#[test]
fn exactly_the_limit_may_go_and_one_more_takes_a_consent() {
    let repo = Repo::applied(&of_twenty());
    // 6 of 20 are 30 percent.
    repo.edit("tres/one.yaml", &users(1..=18), &users(7..=18));
    assert_eq!(asks(&plan(&repo).expect(0)), None);
    repo.edit("tres/one.yaml", &users(7..=18), &users(8..=18));
    let (reason, values) = asks(&plan(&repo).expect(3)).unwrap();
    assert_eq!(
        reason,
        "7 of 20 people and orgs lose their last role in this TRE. The guard `massRemoval` lets 30 \
         percent go without a consent, which is 6 here."
    );
    assert_eq!(values["/authorizedUsers"].as_array().unwrap().len(), 11);
}

#[test]
fn what_the_message_says_to_paste_gives_the_consent() {
    let repo = Repo::applied(&of_twenty());
    repo.edit("tres/one.yaml", &users(1..=18), &users(8..=18));
    let shown = repo.run(&["plan"]).expect(3).stdout;
    let entry = shown.lines().find_map(|line| line.trim().strip_prefix("- {allow")).unwrap();
    repo.run(&["plan", "--allow", "mass-removal:tre-one"]).expect(0);
    let text = repo.read("tres/one.yaml");
    repo.write("tres/one.yaml", format!("{text}consents:\n  - {{allow{entry}\n"));
    repo.run(&["apply", "--auto-approve"]).expect(0).says("given: mass-removal, until");
}

#[test]
fn who_goes_through_a_group_counts() {
    let document = ACTIVE.replace("[user-li, user-okafor]", "[group:leeds]");
    let group = |members: &str| {
        format!("apiVersion: trectl/v1\nkind: Group\nid: leeds\nmembers: [{members}]\n")
    };
    let repo = Repo::with(&[("tres/one.yaml", &document), ("leeds.yaml", &group(&users(1..=18)))]);
    repo.run(&["apply", "--auto-approve"]).expect(0);
    // The document of the TRE stays as it is, byte for byte.
    repo.write("leeds.yaml", group(&users(8..=18)));
    let (reason, _) = asks(&plan(&repo).expect(3)).unwrap();
    assert!(reason.starts_with("7 of 20 people and orgs"), "{reason}");
}

#[test]
fn a_person_counts_once_and_only_who_loses_the_last_role() {
    // Eight of the users are reviewers too, so there are 19 people in all.
    let both = of_twenty().replace("[user-priya]", &format!("[{}]", users(1..=8)));
    let repo = Repo::applied(&both);
    repo.edit(
        "tres/one.yaml",
        &format!("authorizedUsers: [{}]", users(1..=18)),
        &format!("authorizedUsers: [{}]", users(9..=18)),
    );
    assert_eq!(asks(&plan(&repo).expect(0)), None, "they stay on as reviewers");
    repo.edit("tres/one.yaml", &format!("reviewers: [{}]", users(1..=8)), "reviewers: [user-01]");
    let (reason, values) = asks(&plan(&repo).expect(3)).unwrap();
    assert!(reason.starts_with("7 of 19 people and orgs"), "{reason}");
    let lists: Vec<&String> = values.as_object().unwrap().keys().collect();
    assert_eq!(lists, ["/authorizedUsers", "/reviewSteps/0/reviewers"]);
}

#[test]
fn few_people_may_go_and_the_figures_are_those_of_the_project() {
    // One admin, one reviewer, two users: fewer than `leastPeople`.
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "[user-li, user-okafor]", "[user-li]");
    assert_eq!(asks(&plan(&repo).expect(0)), None);
    repo.write(
        "trectl.yaml",
        "apiVersion: trectl/v1\nkind: Project\n\
         targets: {local: {platform: {embedded: .trectl/platform.db}}}\n\
         guards: {massRemoval: {percent: 20, leastPeople: 4}}\n",
    );
    let (reason, _) = asks(&plan(&repo).expect(3)).unwrap();
    assert!(
        reason.starts_with("1 of 4 people and orgs") && reason.contains("lets 20 percent"),
        "{reason}"
    );
}

#[test]
fn an_emptied_list_takes_a_consent_however_short_it_is() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "[user-li, user-okafor]", "[]");
    let (reason, values) = asks(&plan(&repo).expect(3)).unwrap();
    assert_eq!(reason, "`/authorizedUsers` has 2 people and orgs on the platform and is emptied.");
    assert_eq!(values, json!({"/authorizedUsers": []}));
    // A deletion has a consent of its own, and no guard.
    repo.edit("tres/one.yaml", "state: active", "state: deleted");
    let run = plan(&repo).expect(3);
    assert_eq!(asks(&run), None);
    assert_eq!(run.json()["resource_changes"][0]["missing_consents"], json!(["delete"]));
}

/// Returns a served platform with some active TREs, and their release written.
fn releases(names: &[&str], windows: u32) -> Served {
    let served = Served::new(&[]);
    for name in names {
        served.repo.write(&format!("tres/{name}.yaml"), ACTIVE.replace("tre-one", name));
    }
    served.run(&["apply", "--auto-approve", "--allow", "publish"]).expect(0);
    for name in names {
        let file = format!("tres/{name}.yaml");
        served.repo.edit(&file, "\"2025.2\"", "\"2026.1\"");
        served.repo.edit(&file, "record-0123", "record-1123");
    }
    limit(&served, windows);
    served
}

/// Says how many windows may be open. A restart of the platform writes the file anew.
fn limit(served: &Served, windows: u32) {
    let project = served.repo.read("trectl.yaml");
    served.repo.write("trectl.yaml", format!("{project}guards: {{openWindows: {windows}}}\n"));
}

const RELEASE: &[&str] =
    &["apply", "--auto-approve", "--allow", "maintenance", "--retry-for", "0s"];

/// Returns a text without its line breaks.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the most TREs that were in Maintenance at once, by the calls that took effect.
fn most_at_once(served: &mut Served) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for (route, _) in served.effects() {
        match route.rsplit('/').next() {
            Some("deactivate") => open += 1,
            Some("activate") => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

#[test]
fn no_more_are_in_maintenance_at_once_than_allowed() {
    let names = ["tre-a", "tre-b", "tre-c", "tre-d", "tre-e"];
    for windows in [1, 2] {
        let mut served = releases(&names, windows);
        served.run(RELEASE).expect(0);
        let most = most_at_once(&mut served);
        assert!((1..=windows as usize).contains(&most), "{most} at once, {windows} allowed");
    }
}

/// Returns the last lines with each TRE named by what became of it: which of them is the first to go
/// into Maintenance is a matter of chance.
fn by_role(text: &str) -> String {
    let (_, left) = text.split_once("without new requests: ").unwrap();
    let left = left.split('.').next().unwrap();
    let mut text = text.replace(left, "tre-left");
    let mut others: Vec<&str> = ["tre-a", "tre-b", "tre-c"].into();
    others.retain(|name| *name != left);
    for (name, role) in others.into_iter().zip(["tre-held", "tre-too"]) {
        text = text.replace(name, role);
    }
    text
}

#[test]
fn who_stays_in_maintenance_counts_for_the_others_and_is_named_last() {
    let mut served = releases(&["tre-a", "tre-b", "tre-c"], 1);
    served.restart(&["--fault", "500:/tre-*/setInventory"]);
    limit(&served, 1);
    // Who needs no window goes on.
    served.repo.write("tres/d.yaml", DRAFT.replace("tre-one", "tre-d"));
    let run = served.run(RELEASE).expect(6).says("✓ tre-d");
    let last = flat(run.stdout.trim_end().rsplit("\n\n").next().unwrap());
    insta::with_settings!({filters => vec![(r"\d+:[0-9a-f]{64}", "[head]")]}, {
        insta::assert_snapshot!("left_in_maintenance", by_role(&last).replace(". ", ".\n"));
    });
    // The same command goes on, and no window is opened before the one that is open is closed.
    served.restart(&[]);
    limit(&served, 1);
    served.run(RELEASE).expect(0);
    assert_eq!(most_at_once(&mut served), 1);
}

#[test]
fn two_windows_stop_at_two() {
    let mut served = releases(&["tre-a", "tre-b", "tre-c", "tre-d"], 2);
    served.restart(&["--fault", "500:/tre-*/setInventory"]);
    limit(&served, 2);
    let args = [RELEASE, &["--format", "json"]].concat();
    let report = served.run(&args).expect(6).json();
    let left = report["left_in_maintenance"].as_array().unwrap();
    assert_eq!(left.len(), 2, "{left:?}");
    let results = report["tres"].as_array().unwrap().iter();
    assert_eq!(results.filter(|tre| tre["result"] == "no_window").count(), 2);
}

#[test]
fn an_account_that_is_no_longer_taken_ends_the_run_for_all() {
    static CREATED: AtomicUsize = AtomicUsize::new(0);
    let seed = "\
apiVersion: trectl/v1
kind: PlatformSeed
actor: user-bot
users: [user-bot]
orgs: [{id: org-biobank, members: [{id: user-bot, level: MEMBER, treManagement: true}]}]
";
    // The token ends with the second TRE that is created, whichever that is.
    let platform = StandIn::new(seed, None, |route, answer| {
        if CREATED.load(Ordering::SeqCst) == 2 {
            *answer =
                json!({"error": {"type": "InvalidAuthentication", "message": "It has expired."}});
        }
        CREATED.fetch_add(usize::from(route == "/tre/new"), Ordering::SeqCst);
    });
    for name in ["tre-a", "tre-b", "tre-c", "tre-d"] {
        let draft = DRAFT.replace("tre-one", name);
        platform.repo.write(&format!("tres/{name}.yaml"), draft);
    }
    let args = ["apply", "--auto-approve", "--parallelism", "1"];
    let run = platform.run(&args).expect(6);
    let text = flat(&run.stdout);
    assert!(text.contains("The platform no longer accepts the account"), "{text}");
    let counted = ["✓ tre-", "NOT READ BACK", "not begun"].map(|words| text.matches(words).count());
    assert_eq!(counted, [1, 1, 2], "{text}");
    assert!(text.contains("with a token that is accepted"), "{text}");
}
