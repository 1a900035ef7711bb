//! What `drift --adopt` writes is what the platform has, and nothing else changes.
//!
//! A fleet is imported and applied, each document laid out in one of five ways with comments
//! wherever they can be. Then the platform is another one: the same TREs with other settings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use trectl::platform::seed::{SeedStep, SeedTre};

use crate::import::{trectl, tres, write_platform};

const TRES: usize = 120;

/// Where an item is: the TRE and the setting.
type Place = (String, String);

#[test]
fn what_is_adopted_is_no_drift_any_more_and_all_else_stays() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    let mut before = tres(2 * TRES);
    let mut after = before.split_off(TRES);
    for (index, (tre, old)) in after.iter_mut().zip(&before).enumerate() {
        tre.id.clone_from(&old.id);
        tre.application_review_steps = other_steps(old, &tre.application_review_steps, index);
    }
    write_platform(root, before);
    json(root, &["import", "--groups"], 0);
    let texts = lay_out(root);
    json(root, &["apply", "--auto-approve"], 0);
    assert_eq!(places(&json(root, &["drift"], 0)["drift"]), BTreeSet::new());
    fs::remove_file(root.join(".trectl/platform.db")).unwrap();
    write_platform(root, after);

    let drift = places(&json(root, &["drift"], 2)["drift"]);
    let told = json(root, &["drift", "--adopt"], 2);
    let (adopted, left) = (places(&told["adopted"]), places(&told["left"]));
    assert!(adopted.is_disjoint(&left));
    assert_eq!(adopted.union(&left).cloned().collect::<BTreeSet<_>>(), drift);
    assert!(adopted.len() > drift.len() / 2, "{} of {}", adopted.len(), drift.len());
    for kind in ["/name", "/policies/", "/admins/", "/authorizedUsers/", "/inventory/", "/state"] {
        assert!(adopted.iter().any(|(_, key)| key.starts_with(kind)), "no {kind} was adopted");
    }
    for (what, count) in steps_that_came_went_moved(&told["adopted"]) {
        assert!(count >= 20, "only {count} steps {what}");
    }
    let left_in = told["left"].as_array().unwrap().iter();
    let by_hand = left_in
        .filter(|left| left["reason"].as_str().unwrap().ends_with("change it by hand."))
        .map(|left| left["key"].as_str().unwrap());
    // Only what is to be replaced as a whole, or to change its order in brackets, with comments
    // inside.
    let keys: BTreeSet<&str> = by_hand.collect();
    let may_be = ["/reviewSteps", "/policies/allowedExecutables", "/customizedRateCard"];
    assert!(keys.is_subset(&BTreeSet::from(may_be)), "{keys:?}");
    json(root, &["validate"], 0);
    let rest = places(&json(root, &["drift"], 2)["drift"]);
    let still: Vec<_> = adopted.intersection(&rest).collect();
    assert!(still.is_empty(), "adopted, and drift all the same: {still:#?}");
    let new: Vec<_> = rest.difference(&left).collect();
    assert!(new.is_empty(), "no drift before, and drift now: {new:#?}");
    for (file, old) in &texts {
        let new = fs::read_to_string(root.join(file)).unwrap();
        let address = format!("tre.{}", yaml(old)["id"].as_str().unwrap_or_default());
        let keys: Vec<&str> = adopted
            .iter()
            .filter(|(other, _)| *other == address)
            .map(|(_, key)| key.as_str())
            .collect();
        is_little_else(old, &new, &keys);
        for (comment, entry) in commented_entries(&new) {
            let before = commented_entries(old)[&comment];
            assert!(
                entry.is_empty() || before.is_empty() || entry == before,
                "#c{comment}: {entry}\n{old}\n---\n{new}"
            );
        }
    }
}

/// Returns review steps of which some went, came and moved.
fn other_steps(old: &SeedTre, drawn: &[SeedStep], seed: usize) -> Vec<SeedStep> {
    let mut steps = old.application_review_steps.clone();
    for (step, drawn) in steps.iter_mut().zip(drawn) {
        step.reviewers.clone_from(&drawn.reviewers);
    }
    if seed % 2 == 1 && steps.len() > 1 {
        steps.remove(seed / 2 % steps.len());
    }
    let turn = seed / 3 % steps.len().max(1);
    steps.rotate_left(turn);
    for came in 0..seed % 3 {
        let step = SeedStep {
            id: format!("came{came}"),
            name: [None, Some("It's: \"new\" # here".to_owned())][seed / 2 % 2].clone(),
            description: ["", "Two\nlines.", "no"][seed / 4 % 3].to_owned(),
            reviewers: vec!["user-eve".to_owned(), "user-ben".to_owned()],
        };
        steps.insert((seed / 5 + came) % (steps.len() + 1), step);
    }
    steps
}

/// Counts them by what became of them.
fn steps_that_came_went_moved(adopted: &Value) -> [(&'static str, usize); 3] {
    let mut counts = [("came", 0), ("went", 0), ("moved", 0)];
    for item in adopted.as_array().unwrap() {
        let words: Vec<&str> = item["key"].as_str().unwrap().split('/').skip(1).collect();
        match words.as_slice() {
            ["reviewSteps", _] if item["live"].is_null() => counts[1].1 += 1,
            ["reviewSteps", _] => counts[0].1 += 1,
            ["reviewSteps"] => counts[2].1 += 1,
            _ => {}
        }
    }
    counts
}

/// Asserts that only the settings changed, and few lines.
fn is_little_else(old: &str, new: &str, keys: &[&str]) {
    if keys.is_empty() {
        assert_eq!(old, new);
        return;
    }
    assert_eq!(comments(old), comments(new), "{old}\n-----\n{new}");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let changed = lines(old).difference(&lines(new)).count();
    // A setting is in a line; what goes from the end of brackets takes a comma of the line before.
    let of_steps = keys.iter().filter(|key| key.matches('/').count() == 2);
    let steps = of_steps.filter(|key| key.starts_with("/reviewSteps/")).count();
    let most = 2 * keys.len() + 12 * steps;
    assert!(changed <= most, "{changed} lines for {keys:?}\n{old}\n-----\n{new}");
    let settings: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('/').nth(1)).collect();
    let kept = |text: &str| {
        let mut document = yaml(text);
        document.as_object_mut().unwrap().retain(|key, _| !settings.contains(key.as_str()));
        document
    };
    assert_eq!(kept(old), kept(new));
}

/// Returns all comments in an order of their own, since they move with the steps that they are in.
fn comments(text: &str) -> Vec<&str> {
    let rests = text.split("#c").skip(1);
    let mut comments: Vec<&str> = rests.filter_map(|rest| rest.split_whitespace().next()).collect();
    comments.sort_unstable();
    comments
}

/// Returns each comment with what its line says: nothing, or a key or an entry of a list.
fn commented_entries(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter_map(|line| line.split_once("#c"));
    let entries = lines.map(|(line, comment)| {
        let entry = line.trim().trim_end_matches(',').trim_start_matches("- ");
        let entry = match entry.split_once(": ") {
            Some(("{id" | "id" | "\"id\"", _)) => entry.split(',').next().unwrap(),
            Some((key, _)) => key,
            // A whole value may be another one.
            None if matches!(entry, "]" | "}") => "",
            None => entry.trim_end_matches(':'),
        };
        (comment.trim(), entry)
    });
    entries.collect()
}

/// Reads a document with a parser that is not ours.
fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// Lays every document out anew and returns the texts.
fn lay_out(root: &Path) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let files = ["tres", "groups"].map(|folder| (folder, fs::read_dir(root.join(folder)).unwrap()));
    for (folder, entries) in files {
        for entry in entries {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let file = format!("{folder}/{name}");
            let text = fs::read_to_string(root.join(&file)).unwrap();
            texts.insert(file, text);
        }
    }
    for (index, (file, text)) in texts.iter_mut().enumerate() {
        let mut document = yaml(text);
        // The platform tells lists in an order of its own.
        for list in ["admins", "authorizedUsers"] {
            if let Some(people) = document.get_mut(list).and_then(Value::as_array_mut) {
                people.reverse();
            }
        }
        let plain = match index % 5 {
            0 => text.clone(),
            1 => serde_yaml::to_string(&document).unwrap(),
            2 => serde_json::to_string_pretty(&document).unwrap(),
            3 => in_lists(&document, |key, items| format!("{key}:\n- {}\n", items.join("\n- "))),
            _ => in_lists(&document, |key, items| {
                let comma = [",", ""][index / 5 % 2];
                format!("{key}: [\n  {}{comma}\n]\n", items.join(",\n  "))
            }),
        };
        let commented = commented(&plain, index);
        // Inside text of several lines a comment would be none.
        let is_same =
            serde_yaml::from_str::<Value>(&commented).is_ok_and(|read| read == yaml(&plain));
        *text = if is_same { commented } else { plain };
        fs::write(root.join(file), &text).unwrap();
    }
    texts
}

/// Writes a document, a key a line, with its lists as they are to be.
fn in_lists(document: &Value, list: impl Fn(&str, &[String]) -> String) -> String {
    let entry = |(key, value): (&String, &Value)| match value.as_array() {
        Some(items) if !items.is_empty() => {
            list(key, &items.iter().map(in_braces).collect::<Vec<_>>())
        }
        _ => format!("{key}: {}\n", in_braces(value)),
    };
    document.as_object().unwrap().iter().map(entry).collect()
}

/// Writes a value in a line.
fn in_braces(value: &Value) -> String {
    let Some(entries) = value.as_object() else { return value.to_string() };
    let entries = entries.iter().map(|(key, value)| format!("{key}: {}", in_braces(value)));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
}

fn commented(text: &str, seed: usize) -> String {
    let lines = text.lines().enumerate().map(|(number, line)| match (number * 7 + seed) % 3 {
        0 => format!("{line}\n"),
        _ => format!("{line} #c{number}\n"),
    });
    lines.collect()
}

fn places(items: &Value) -> BTreeSet<Place> {
    let text = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    let items = items.as_array().unwrap().iter();
    items.map(|item| (text(item, "address"), text(item, "key"))).collect()
}

fn json(root: &Path, args: &[&str], status: i32) -> Value {
    let output = trectl(root).args(args).args(["--format", "json"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{args:?}\n{told}\n{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}
