//! Edits of single values: what changes, and that nothing else does.

use serde_json::json;

use super::*;

fn path(steps: &str) -> Vec<Step> {
    steps
        .split('/')
        .filter(|step| !step.is_empty())
        .map(|step| match step.strip_prefix('@') {
            Some(id) => Step::Item(id.to_owned()),
            None => Step::Key(step.to_owned()),
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
        (
            "- id: x\n  b: 2\n- id: y\n",
            set("@x", "c", json!(3)),
            "- id: x\n  b: 2\n  c: 3\n- id: y\n",
        ),
        ("a:\n  - x\n  - y\n", set("", "a", json!(["z"])), "a: [\"z\"]\n"),
        ("a:\n- x\n- y\nb: 1\n", set("", "a", json!(["z"])), "a: [\"z\"]\nb: 1\n"),
        ("a: # c\n  - x\n", set("", "a", json!(["z"])), "a: [\"z\"] # c\n"),
        ("b: &b\n- x\na: *b # c\n", set("", "a", json!(["z"])), "b: &b\n- x\na: [\"z\"] # c\n"),
        ("a: # c\n- x", set("", "a", json!(null)), "a: null # c\n"),
        ("a: ['#x', y]\n", set("", "a", json!(["z"])), "a: [\"z\"]\n"),
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
        ("a:\n  - x # x\n  - y\n", remove("a", "x"), "a:\n  # x\n  - y\n"),
        ("a:\n  - x\nb: 1\n", remove("a", "x"), "a: []\nb: 1\n"),
        ("a: # c\n- x\nb: 1\n", remove("a", "x"), "a: [] # c\nb: 1\n"),
        ("a:\n  # c\n  - x # d\nb: 1\n", remove("a", "x"), "a: []\n  # c\n  # d\nb: 1\n"),
        ("a:\n  - x\n  - y\nb: 1", remove("a", "y"), "a:\n  - x\nb: 1"),
        ("a:\n  b: 1\n  c: 2 # c\n", unset("a", "b"), "a:\n  c: 2 # c\n"),
        ("a: {b: 1, c: 2}\n", unset("a", "c"), "a: {b: 1}\n"),
    ];
    check(&rows);
}

fn insert(behind: &[&str], item: Value) -> Edit {
    let behind = behind.iter().map(|id| (*id).to_owned()).collect();
    Edit::Insert(path("a"), behind, item.as_object().unwrap().clone())
}

fn order(ids: &[&str]) -> Edit {
    Edit::Order(path("a"), ids.iter().map(|id| (*id).to_owned()).collect())
}

/// A list of mappings with comments wherever they can be.
const ENTRIES: &str = "\
a: # list
  # For the list.

  # For x.
  - id: x # x1
    # x2
    n: '#' # x3
    p:
      - u # x4
    # x5
  # For y.
  - id: y
    d: |  # y1
      # text

  - {id: z, p: [u]} # z1
  # Last.
b: 1
";

#[test]
fn mappings_are_written_as_their_neighbours_are() {
    let new = json!({"id": "new", "d": "Two: words", "p": ["u", "1"], "q": []});
    let x5 = "    # x5\n";
    let like_x =
        "  - id: new\n    d: \"Two: words\"\n    p:\n      - u\n      - \"1\"\n    q: []\n";
    let y1 = "      # text\n";
    let like_y = "  - id: new\n    d: \"Two: words\"\n    p: [u, \"1\"]\n    q: []\n";
    let z1 = "p: [u]} # z1\n";
    let like_z = "  - {id: new, d: \"Two: words\", p: [u, \"1\"], q: []}\n";
    let behind = |line: &str, new: &str| ENTRIES.replace(line, &format!("{line}{new}"));
    let first = ENTRIES.replace("  # For x.", &format!("{like_x}  # For x."));
    let (like_x, like_y, like_z) = (behind(x5, like_x), behind(y1, like_y), behind(z1, like_z));
    check(&[
        (ENTRIES, insert(&["gone", "x"], new.clone()), &like_x),
        (ENTRIES, insert(&["y", "x"], new.clone()), &like_y),
        (ENTRIES, insert(&["z"], new.clone()), &like_z),
        (ENTRIES, insert(&["gone"], new), &first),
    ]);
    let new = || json!({"id": "new", "p": ["u"]});
    check(&[
        (
            "a:\n-   id: x\n    p:\n    - v",
            insert(&["x"], new()),
            "a:\n-   id: x\n    p:\n    - v\n-   id: new\n    p:\n    - u",
        ),
        (
            "a:\r\n  - id: x\r\nb: 1\r\n",
            insert(&[], new()),
            "a:\r\n  - id: new\r\n    p: [u]\r\n  - id: x\r\nb: 1\r\n",
        ),
        ("a: [] # c\nb: 1\n", insert(&[], new()), "a: # c\n  - id: new\n    p: [u]\nb: 1\n"),
        ("a: []\nb:\n- 1\n", insert(&[], new()), "a:\n- id: new\n  p: [u]\nb:\n- 1\n"),
        (
            "a: [{ id: x }, { id: y }]\n",
            insert(&["x"], new()),
            "a: [{ id: x }, { id: new, p: [u] }, { id: y }]\n",
        ),
        (
            "a: [\n  {id: x},\n  {id: y}\n]\n",
            insert(&[], new()),
            "a: [\n  {id: new, p: [u]},\n  {id: x},\n  {id: y}\n]\n",
        ),
        (
            "{\"a\": [{\"id\": \"x\"}]}",
            insert(&["x"], new()),
            "{\"a\": [{\"id\": \"x\"}, {\"id\": \"new\", \"p\": [\"u\"]}]}",
        ),
        ("{\"a\": []}", insert(&["x"], new()), "{\"a\": [{\"id\": \"new\", \"p\": [\"u\"]}]}"),
    ]);
}

#[test]
fn mappings_go_and_their_comments_stay() {
    let x = "  - id: x # x1\n    # x2\n    n: '#' # x3\n    p:\n      - u # x4\n";
    let without_x = ENTRIES.replace(x, "  # x1\n  # x2\n  # x3\n  # x4\n");
    let y = "  - id: y\n    d: |  # y1\n      # text\n";
    let without_y = ENTRIES.replace(y, "  # y1\n");
    let without_z = ENTRIES.replace("  - {id: z, p: [u]} # z1", "  # z1");
    let last = "a:\n  # c\n  - id: x # d\n    n: 1\nb: 1\n";
    check(&[
        (ENTRIES, remove("a", "x"), &without_x),
        (ENTRIES, remove("a", "y"), &without_y),
        (ENTRIES, remove("a", "z"), &without_z),
        (last, remove("a", "x"), "a: []\n  # c\n  # d\nb: 1\n"),
        ("a: [{id: x}, {id: y}]\n", remove("a", "x"), "a: [{id: y}]\n"),
        (
            "a: [\n  { # c\n    id: x # d\n  }, # e\n  {id: y}\n]\n",
            remove("a", "x"),
            "a: [\n  # c\n  # d\n  # e\n  {id: y}\n]\n",
        ),
        (
            "a: [\n  {id: x},\n  { # c\n    id: y # d\n  } # e\n]\n",
            remove("a", "y"),
            "a: [\n  {id: x}\n  # c\n  # d\n   # e\n]\n",
        ),
    ]);
}

#[test]
fn mappings_move_with_their_comments() {
    let y = "  # For y.\n  - id: y\n    d: |  # y1\n      # text\n";
    let x = ENTRIES.split("list.\n\n").nth(1).unwrap().split("  # For y.").next().unwrap();
    let z = "  - {id: z, p: [u]} # z1\n";
    let (head, tail) = ("a: # list\n  # For the list.\n\n", "  # Last.\nb: 1\n");
    assert_eq!(format!("{head}{x}{y}\n{z}{tail}"), ENTRIES);
    let yx = format!("{head}{y}{x}\n{z}{tail}");
    let zxy = format!("{head}{z}{x}\n{y}{tail}");
    check(&[
        (ENTRIES, order(&["y", "x"]), &yx),
        (ENTRIES, order(&["z", "gone", "x", "y"]), &zxy),
        (ENTRIES, order(&["x", "z"]), ENTRIES),
        ("a:\n- id: x # x\n- id: y", order(&["y", "x"]), "a:\n- id: y\n- id: x # x"),
        ("a:\r\n- id: x\r\n- id: y\r\n", order(&["y", "x"]), "a:\r\n- id: y\r\n- id: x\r\n"),
        ("a: [{id: x},\n {id: y}]", order(&["y", "x"]), "a: [{id: y},\n {id: x}]"),
    ]);
}

#[test]
fn only_the_named_document_changes() {
    let text = "a: [x]\n---\na: [x]\n";
    assert_eq!(document_at(text, 11), Some(1));
    let edited = edit(text, 1, &add("a", "z"));
    assert_eq!(edited.as_deref(), Ok("a: [x]\n---\na: [x, z]\n"));
    assert_eq!(line(text, 1, &add("a", "x")), Some(3));
}

#[test]
fn dashes_below_the_key_and_items_in_braces() {
    let new = || json!({"id": "new", "p": ["u"]});
    let two = "a:\n- {id: x} # x\n# y\n- {id: y}\nb: 1\n";
    let own = "a:\n  -   \n    id: x\n  - # of y\n    # too\n    id: y\nb: 1\n";
    check(&[
        (two, insert(&["x"], new()), &two.replace("# y", "- {id: new, p: [u]}\n# y")),
        (two, insert(&["y"], new()), &two.replace("b:", "- {id: new, p: [u]}\nb:")),
        (two, insert(&[], new()), &two.replace("a:", "a:\n- {id: new, p: [u]}")),
        (two, remove("a", "y"), &two.replace("- {id: y}\n", "")),
        (two, remove("a", "x"), &two.replace("- {id: x} ", "")),
        (two, order(&["y", "x"]), "a:\n# y\n- {id: y}\n- {id: x} # x\nb: 1\n"),
        ("a:\n- {id: x}\n", remove("a", "x"), "a: []\n"),
        ("a:\n- [x]\n- y\n", add("a", "z"), "a:\n- [x]\n- y\n- z\n"),
        ("a:\n-\t{id: x}\n", insert(&["x"], new()), "a:\n-\t{id: x}\n-\t{id: new, p: [u]}\n"),
        (own, insert(&["x"], new()), &own.replace("  - #", "  -\n    id: new\n    p: [u]\n  - #")),
        (own, insert(&["y"], new()), &own.replace("b:", "  -\n    id: new\n    p: [u]\nb:")),
        (own, remove("a", "y"), "a:\n  -   \n    id: x\n  # of y\n  # too\nb: 1\n"),
        (
            own,
            order(&["y", "x"]),
            "a:\n  - # of y\n    # too\n    id: y\n  -   \n    id: x\nb: 1\n",
        ),
        (
            "a:\r\n-\r\n  {id: x}\r\n",
            insert(&["x"], new()),
            "a:\r\n-\r\n  {id: x}\r\n-\r\n  {id: new, p: [u]}\r\n",
        ),
        ("a:\n- x # x\n  # more\nb: 1\n", add("a", "z"), "a:\n- x # x\n  # more\n- z\nb: 1\n"),
    ]);
}

#[test]
fn the_first_mapping_of_an_empty_list() {
    let new = || json!({"id": "new"});
    let rows = [
        ("a:\n  []\nb: 1\n", "a:\n  - id: new\nb: 1\n"),
        ("a: # a\n  # none\n  []", "a: # a\n  # none\n  - id: new"),
        ("a:\n  [ ] # none\nb: 1\n", "a:\n  # none\n  - id: new\nb: 1\n"),
        ("a: [\n]\nb: 1\n", "a:\n  - id: new\nb: 1\n"),
        ("a: [ # none\n  # yet\n]\n", "a: [ # none\n  {id: new}\n  # yet\n]\n"),
    ];
    check(&rows.map(|(text, wanted)| (text, insert(&["x"], new()), wanted)));
}

#[test]
fn comments_in_brackets_stay_with_their_entries() {
    let rows = [
        ("a: [\n  x,\n  y, # y\n]\n", "a: [\n  x,\n  y, # y\n  new,\n]\n"),
        ("a: [\n  x, # x\n  y # y\n]\n", "a: [\n  x, # x\n  y, # y\n  new\n]\n"),
        ("a: [\n  x,\n  y,\n]\n", "a: [\n  x,\n  y,\n  new,\n]\n"),
        ("a: [\n  x # x\n  , y # y\n]\n", "a: [\n  x # x\n  , y, # y\n  new\n]\n"),
        (
            "a: [x, # x\n  y # y\n    # more\n  # last\n]\n",
            "a: [x, # x\n  y, # y\n    # more\n  new\n  # last\n]\n",
        ),
        ("a: [x, # x\n]\n", "a: [x, # x\n    new,\n]\n"),
        ("a: [x, # x\n  y]\n", "a: [x, # x\n  y,\n  new]\n"),
        ("a: [x, y] # both\n", "a: [x, y, new] # both\n"),
        ("a: ['#',\n y, 'z #']\n", "a: ['#',\n y, 'z #', new]\n"),
        ("a: [ # none\n]\n", "a: [ # none\n  new\n]\n"),
        ("a: [\r\n  x, # x\r\n]\r\n", "a: [\r\n  x, # x\r\n  new,\r\n]\r\n"),
        ("{\"a\": [\n  \"x\" # x\n ]}", "{\"a\": [\n  \"x\", # x\n  new\n ]}"),
    ];
    check(&rows.map(|(text, wanted)| (text, add("a", "new"), wanted)));
    let map = "a: {\n  b: 1, # b\n  c: 2 # c\n}\n";
    let steps = "a: [\n  # For x.\n  {id: x}, # x\n    # x too\n  # For y.\n  {id: y} # y\n]\n";
    let tight = "a: [{id: x}, # x\n  {id: y}]\n";
    let new = || json!({"id": "new"});
    check(&[
        (map, set("a", "d", json!(3)), "a: {\n  b: 1, # b\n  c: 2, # c\n  d: 3\n}\n"),
        (steps, insert(&["x"], new()), &steps.replace("  # For y", "  {id: new},\n  # For y")),
        (steps, insert(&["y"], new()), &steps.replace("} # y", "}, # y\n  {id: new}")),
        (steps, insert(&[], new()), &steps.replace("  # For x", "  {id: new},\n  # For x")),
        (tight, insert(&[], new()), &tight.replace("[", "[{id: new},\n  ")),
        (tight, insert(&["x"], new()), &tight.replace("# x", "# x\n  {id: new},")),
        (tight, insert(&["y"], new()), &tight.replace("y}", "y},\n  {id: new}")),
        (tight, remove("a", "x"), "a: [ # x\n  {id: y}]\n"),
    ]);
}

#[test]
fn what_only_a_person_can_change_is_left_and_said_why() {
    use Refusal::{Comments, Form, Shared};
    let new = || json!({"id": "n"});
    for (text, edit, why) in [
        ("a: &p [x]\nb: *p\n", add("a", "z"), Shared),
        ("a: &p [x]\nb: *p\n", remove("b", "x"), Shared),
        ("a: &p x\nb: *p\n", set("", "a", json!("z")), Shared),
        ("a: &l\n  - id: x\nb: *l\n", insert(&[], new()), Shared),
        ("a:\n  - &x {id: x}\nb: *x\n", remove("a", "x"), Shared),
        ("a:\n  - id: x\n    p: &p [u]\n  - id: y\n    p: *p\n", order(&["y", "x"]), Shared),
        ("a:\n  - x # x\n  - y\n", set("", "a", json!(["z"])), Comments),
        ("a:\n- x # x\n", set("", "a", json!(["z"])), Comments),
        ("a: [{id: x}, { # c\n id: y}]\n", remove("a", "y"), Comments),
        ("a: [{id: x}, # x\n {id: y}]\n", order(&["y", "x"]), Comments),
        ("a: [\n  x,\n  y] # y\n", add("a", "z"), Comments),
        ("a: [\n  {id: x}, {id: y} # y\n]\n", insert(&["x"], new()), Comments),
        ("a: [x]\n", remove("a", "z"), Form),
        ("a: [x]\n", add("b", "z"), Form),
        ("a: [x\n", add("a", "z"), Form),
        ("a:\n  - !!map {id: x}\n", insert(&["x"], new()), Form),
    ] {
        assert_eq!(super::edit(text, 0, &edit), Err(why), "{text}");
    }
}

fn check(rows: &[(&str, Edit, &str)]) {
    for (text, change, wanted) in rows {
        let edited = edit(text, 0, change);
        assert_eq!(edited.as_deref(), Ok(*wanted), "{text:?} {change:?}");
    }
}
