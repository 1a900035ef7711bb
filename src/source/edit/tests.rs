//! Edits of single values: what changes, and that nothing else does.

use serde_json::json;

use super::*;

fn path(steps: &str) -> Vec<Step> {
    steps
        .split('/')
        .filter(|step| !step.is_empty())
        .map(|step| match step.parse() {
            Ok(index) => Step::Item(index),
            Err(_) => Step::Key(step.to_owned()),
        })
        .collect()
}

fn set(steps: &str, key: &str, value: Value) -> Edit {
    Edit::Set(path(steps), key.to_owned(), value)
}

fn add(steps: &str, item: &str) -> Edit {
    Edit::Add(path(steps), item.to_owned())
}

fn remove(steps: &str, item: &str) -> Edit {
    Edit::Remove(path(steps), item.to_owned())
}

fn unset(steps: &str, key: &str) -> Edit {
    Edit::Unset(path(steps), key.to_owned())
}

#[test]
fn one_value_changes_and_nothing_else() {
    let rows = [
        ("a: 1 # one\nb: x\n", set("", "b", json!("z")), "a: 1 # one\nb: z\n"),
        ("a: 'x' # one\n", set("", "a", json!("y: z")), "a: 'y: z' # one\n"),
        ("a: \"x\"\n", set("", "a", json!("y")), "a: \"y\"\n"),
        ("a: x\n", set("", "a", json!("no")), "a: \"no\"\n"),
        ("a: x\n", set("", "a", json!("2026.1")), "a: \"2026.1\"\n"),
        ("a: x\n", set("", "a", json!("y # z")), "a: \"y # z\"\n"),
        ("a: |\n  x\n  y\n# c\nb: 1\n", set("", "a", json!("z")), "a: z\n# c\nb: 1\n"),
        ("a: >-\n  x\n  y\nb: 1\n", set("", "a", json!("z")), "a: z\nb: 1\n"),
        ("a: true\n", set("", "a", json!(null)), "a: null\n"),
        ("a: {b: 1, c: 2} # c\n", set("a", "c", json!(3)), "a: {b: 1, c: 3} # c\n"),
        ("a: {b: 1}\n", set("a", "c", json!("x")), "a: {b: 1, c: x}\n"),
        ("a: {}\n", set("a", "c", json!(false)), "a: {c: false}\n"),
        ("a:\n  b: 1 # b\nz: 1", set("a", "c", json!(2)), "a:\n  b: 1 # b\n  c: 2\nz: 1"),
        ("a: 1", set("p", "c", json!(2)), "a: 1\np: {c: 2}"),
        ("a: 1\r\nb: 2\r\n", set("", "c", json!(3)), "a: 1\r\nb: 2\r\nc: 3\r\n"),
        ("- a: 1\n  b: 2\n- a: 3\n", set("0", "c", json!(3)), "- a: 1\n  b: 2\n  c: 3\n- a: 3\n"),
        ("a:\n  - x\n  - y\n", set("", "a", json!(["z"])), "a:\n  [\"z\"]\n"),
    ];
    check(&rows);
}

#[test]
fn entries_come_and_go() {
    let rows = [
        ("a: [x, y] # c\n", add("a", "user-z"), "a: [x, y, user-z] # c\n"),
        ("a: []\n", add("a", "z"), "a: [z]\n"),
        ("a: [ ]\n", add("a", "z"), "a: [z ]\n"),
        ("a: [x, y,]\n", add("a", "z"), "a: [x, y, z,]\n"),
        ("a: [\n  x,\n  y\n]\n", add("a", "z"), "a: [\n  x,\n  y,\n  z\n]\n"),
        (
            "a:\n  - x\n  - y # y\n# c\nb: 1\n",
            add("a", "z"),
            "a:\n  - x\n  - y # y\n  - z\n# c\nb: 1\n",
        ),
        ("a:\n- x\nb: 1\n", add("a", "z"), "a:\n- x\n- z\nb: 1\n"),
        ("a:\n  - x", add("a", "z"), "a:\n  - x\n  - z"),
        ("a: [x, y, z]\n", remove("a", "x"), "a: [y, z]\n"),
        ("a: [x, y, z]\n", remove("a", "z"), "a: [x, y]\n"),
        ("a: [x]\n", remove("a", "x"), "a: []\n"),
        ("a: [x,]\n", remove("a", "x"), "a: []\n"),
        ("a: [\n  x, # x\n  y # y\n]\n", remove("a", "y"), "a: [\n  x # x\n   # y\n]\n"),
        ("a: [\n  x, # x\n  y\n]\n", remove("a", "y"), "a: [\n  x # x\n]\n"),
        ("a: [\n  x, # x\n  y\n]\n", remove("a", "x"), "a: [\n  # x\n  y\n]\n"),
        ("a:\n  - x\n  - y\n", remove("a", "x"), "a:\n  - y\n"),
        ("a:\n  - x # x\n  - y\n", remove("a", "x"), "a:\n   # x\n  - y\n"),
        ("a:\n  - x\nb: 1\n", remove("a", "x"), "a: []\nb: 1\n"),
        ("a: # c\n- x\nb: 1\n", remove("a", "x"), "a: # c\n []\nb: 1\n"),
        ("a:\n  # c\n  - x # d\nb: 1\n", remove("a", "x"), "a:\n  # c\n   [] # d\nb: 1\n"),
        ("a:\n  - x\n  - y\nb: 1", remove("a", "y"), "a:\n  - x\nb: 1"),
        ("a:\n  b: 1\n  c: 2 # c\n", unset("a", "b"), "a:\n  c: 2 # c\n"),
        ("a: {b: 1, c: 2}\n", unset("a", "c"), "a: {b: 1}\n"),
    ];
    check(&rows);
}

#[test]
fn only_the_named_document_changes() {
    let text = "a: [x]\n---\na: [x]\n";
    assert_eq!(document_at(text, 11), Some(1));
    let edited = edit(text, 1, &add("a", "z"));
    assert_eq!(edited.as_deref(), Some("a: [x]\n---\na: [x, z]\n"));
    assert_eq!(line(text, 1, &add("a", "x")), Some(3));
}

#[test]
fn what_is_shared_in_a_file_is_left_alone() {
    for (text, edit) in [
        ("a: &p [x]\nb: *p\n", add("a", "z")),
        ("a: &p [x]\nb: *p\n", remove("b", "x")),
        ("a: &p x\nb: *p\n", set("", "a", json!("z"))),
        ("a:\n  - x # x\n  - y\n", set("", "a", json!(["z"]))),
        ("a: [x]\n", remove("a", "z")),
        ("a: [x]\n", add("b", "z")),
        ("a: [x\n", add("a", "z")),
    ] {
        assert_eq!(super::edit(text, 0, &edit), None, "{text}");
    }
}

fn check(rows: &[(&str, Edit, &str)]) {
    for (text, change, wanted) in rows {
        let edited = edit(text, 0, change);
        assert_eq!(edited.as_deref(), Some(*wanted), "{text:?} {change:?}");
    }
}
