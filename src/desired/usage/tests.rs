use super::*;

const TRE: &str = "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\n";
const GROUP: &str = "apiVersion: trectl/v1\nkind: Group\n";
const PROFILE: &str = "apiVersion: trectl/v1\nkind: Profile\n";

fn repository(files: &[(&str, String)]) -> Repository {
    Repository::from_memory(".", files.iter().map(|(path, text)| (*path, text.clone())))
}

fn now() -> Repository {
    repository(&[
        ("tres/a.yaml", format!("{TRE}id: tre-a\nadmins: [user-x, group:outer]\n")),
        ("tres/b.yaml", format!("{TRE}id: tre-b\nextends: [strict]\nnmae: broken\n")),
        (
            "tres/c.yaml",
            format!(
                "{TRE}id: tre-c\nreviewSteps: [{{id: s, reviewers: [group:inner]}}]\n\
                 inventory: {{fileInventory: {{path: inventory/c.tsv}}, dataCollections: {{path: \
                 inventory/c.json}}}}\n"
            ),
        ),
        ("tres/d.yaml", format!("{TRE}id: tre-d\nauthorizedUsers: [group:gone]\n")),
        ("groups/outer.yaml", format!("{GROUP}id: outer\nmembers: [group:inner]\n")),
        ("groups/inner.yaml", format!("{GROUP}id: inner\nmembers: [user-y, group:outer]\n")),
        ("profiles/strict.yaml", format!("{PROFILE}id: strict\nextends: [base]\n")),
        ("profiles/base.yaml", format!("{PROFILE}id: base\npolicies: {{}}\n")),
    ])
}

fn touched(before: &[(&str, String)], changed: &[&str]) -> Vec<String> {
    let usage = Usage::of(&now(), &repository(before));
    match usage.touched(&changed.iter().map(|file| (*file).to_owned()).collect()) {
        Touched::All => vec!["all".to_owned()],
        Touched::Some { tres, files: _ } => tres.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_tre_is_touched_by_whatever_it_is_made_of() {
    for (changed, expected) in [
        (&["tres/a.yaml"] as &[&str], &["tre-a"] as &[&str]),
        (&["groups/outer.yaml"], &["tre-a", "tre-c"]),
        (&["groups/inner.yaml"], &["tre-a", "tre-c"]),
        (&["profiles/strict.yaml"], &["tre-b"]),
        (&["profiles/base.yaml"], &["tre-b"]),
        (&["inventory/c.tsv"], &["tre-c"]),
        (&["inventory/c.json"], &["tre-c"]),
        (&["inventory/other.tsv", "README.md"], &[]),
        (&["profiles"], &["tre-b"]),
        (&["pro", "tres/a.yam"], &[]),
        (&["tres/a.yaml", "profiles/base.yaml"], &["tre-a", "tre-b"]),
        (&["trectl.yaml", "tres/a.yaml"], &["all"]),
        (&[], &[]),
    ] {
        assert_eq!(touched(&[], changed), expected, "{changed:?}");
    }
}

#[test]
fn what_is_gone_touches_what_was_there_and_who_used_it() {
    let old = [("tres/old.yaml", format!("{TRE}id: tre-old\n"))];
    assert_eq!(touched(&old, &["tres/old.yaml"]), ["tre-old"]);
    let gone = [("groups/gone.yaml", format!("{GROUP}id: gone\nmembers: []\n"))];
    assert_eq!(touched(&gone, &["groups/gone.yaml"]), ["tre-d"]);
    // A document that only moved from one file to another.
    let moved = [("tres/old.yaml", format!("{TRE}id: tre-a\n"))];
    assert_eq!(touched(&moved, &["tres/old.yaml", "tres/a.yaml"]), ["tre-a"]);
    // Both files count, and so does what it uses now and did not before.
    for changed in ["tres/old.yaml", "tres/a.yaml", "groups/outer.yaml"] {
        assert!(touched(&moved, &[changed]).contains(&"tre-a".to_owned()), "{changed}");
    }
}

#[test]
fn the_files_of_touched_tres_are_named_with_those_that_changed() {
    let usage = Usage::of(&now(), &repository(&[]));
    let changed = BTreeSet::from(["profiles/base.yaml".to_owned(), "README.md".to_owned()]);
    let Touched::Some { files, .. } = usage.touched(&changed) else { panic!("not all of it") };
    let expected = ["README.md", "profiles/base.yaml", "profiles/strict.yaml", "tres/b.yaml"];
    assert_eq!(files.into_iter().collect::<Vec<_>>(), expected);
}
