//! The JSON of a plan and its schema: every plan fits, and keys that a later version adds are no
//! reason to refuse a plan.

use serde_json::Value;

use crate::harness::{Repo, misfits};

/// Adds a key to every object that has keys of its own, and not somebody's values.
fn grow(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            let is_open = |key: &str| matches!(key, "before" | "after" | "input" | "values");
            for (_, value) in entries.iter_mut().filter(|(key, _)| !is_open(key)) {
                grow(value);
            }
            entries.insert("key_of_a_later_version".to_owned(), Value::from([1]));
        }
        Value::Array(items) => items.iter_mut().for_each(grow),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn plans_of_every_example_fit_also_once_they_have_grown() {
    for (example, status) in [("tre-configs", 0), ("refused-configs", 3), ("by-hand", 3)] {
        let repo = Repo::example(example);
        let schema = repo.run(&["schema", "plan"]).expect(0).json();
        let mut plan = repo.run(&["plan", "--format", "json"]).expect(status).json();
        assert_eq!(misfits(&schema, &plan), [] as [String; 0], "{example}");
        grow(&mut plan);
        assert_eq!(misfits(&schema, &plan), [] as [String; 0], "{example}, grown");
        repo.write("grown.json", plan.to_string());
        let shown =
            repo.run(&["show", "--plan", "grown.json", "--format", "json"]).expect(0).json();
        assert_eq!(shown["summary"]["steps"], plan["summary"]["steps"], "{example}");
        plan["resource_changes"][0]["status"] = "nonsense".into();
        assert_ne!(misfits(&schema, &plan), [] as [String; 0], "{example}, broken");
    }
}
