//! `--format markdown`: a plan as one comment of a pull request, on the real binary.

use crate::harness::{ACTIVE, Repo};

fn assert_page(name: &str, page: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"Plan `[0-9a-f-]+`", "Plan `0000-0000`");
    settings.add_filter(r"read \d{4}-\d\d-\d\d \d\d:\d\d UTC", "read 2026-05-06 14:02 UTC");
    settings.add_filter(r"until: 20\d\d-\d\d-\d\d", "until: 2026-05-31");
    settings.bind(|| insta::assert_snapshot!(name, page));
}

#[test]
fn a_pull_request_with_every_kind_of_change() {
    let run = Repo::example("tre-configs").run(&["plan", "--format", "markdown"]).expect(0);
    assert_page("tre_configs", &run.stdout);
}

#[test]
fn a_pull_request_that_asks_for_what_cannot_be() {
    let run = Repo::example("refused-configs").run(&["plan", "--format", "markdown"]).expect(3);
    assert_page("refused_configs", &run.stdout);
}

#[test]
fn a_saved_plan_renders_as_the_same_page() {
    let repo = Repo::example("refused-configs");
    let planned = repo.run(&["plan", "-o", "plan.json", "--format", "markdown"]).expect(3);
    assert!(planned.stderr.contains("Saved in"), "{planned:?}");
    let shown = repo.run(&["show", "--plan", "plan.json", "--format", "markdown"]).expect(0);
    assert_eq!(planned.stdout, shown.stdout);
}

#[test]
fn a_plan_that_was_made_again_moves_the_last_line_alone() {
    let repo = Repo::example("tre-configs");
    let page = || repo.run(&["plan", "--format", "markdown"]).expect(0).stdout;
    let body = |page: &str| page.trim_end().rsplit_once('\n').unwrap().0.to_owned();
    assert_eq!(body(&page()), body(&page()));
}

#[test]
fn flags_say_less_and_more() {
    let repo = Repo::example("tre-configs");
    let page = |flag: &str| repo.run(&["plan", "--format", "markdown", flag]).expect(0).stdout;
    assert!(!page("-q").contains("<details>"));
    assert!(page("-v").contains("`POST /tre-genomics/deactivate {}`"));
    assert!(!page("--color=always").contains('\u{1b}'), "a comment has no colours");
}

#[test]
fn only_what_people_decide_on_has_the_format() {
    let repo = Repo::applied(ACTIVE);
    for args in [&["show", "tre-one"] as &[&str], &["validate"], &["import"], &["who"]] {
        let args: Vec<&str> = args.iter().copied().chain(["--format", "markdown"]).collect();
        let run = repo.run(&args).expect(1).complains("only `plan`, `apply`, `drift` and");
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn a_run_ends_with_one_page() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    let run = repo.run(&["apply", "--auto-approve", "--format", "markdown"]).expect(0);
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"1:[0-9a-f]{64}|[0-9]+:[0-9a-f]{64}", "12:0000");
    settings.bind(|| insta::assert_snapshot!("a_run_that_went_well", run.stdout));
    let refused = Repo::example("refused-configs");
    let run = refused.run(&["apply", "--auto-approve", "--format", "markdown"]).expect(3);
    assert!(run.stdout.starts_with("### ✗ Refused for **local**"), "{run:?}");
    assert!(run.stdout.contains("| **refused** `tre-oncology` | none |"), "{run:?}");
}

#[test]
fn a_stale_plan_is_one_page_too() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    repo.run(&["plan", "-o", "plan.json"]).expect(0);
    repo.edit("tres/one.yaml", "name: Two", "name: Three");
    let args = ["apply", "plan.json", "--auto-approve", "--format", "markdown"];
    let page = repo.run(&args).expect(4).stdout;
    assert!(page.starts_with("### ✗ The saved plan for **local** is stale"), "{page}");
    assert!(page.contains("\"Two\"") && page.contains("\"Three\""), "{page}");
}

#[test]
fn drift_is_one_page() {
    let repo = Repo::applied(ACTIVE);
    repo.edit("tres/one.yaml", "name: One", "name: \"<b>@octocat | #1\"");
    let run = repo.run(&["drift", "--format", "markdown"]).expect(2);
    let row = "| **not applied** `tre-one` | name | `One` | `One` | `<b>@octocat \\u{7c} #1` |";
    assert!(run.stdout.contains(row), "{}", run.stdout);
    assert!(
        run.stdout.starts_with("### Drift of **local**: 1 setting not applied yet\n"),
        "{run:?}"
    );
}

#[test]
fn nothing_in_a_document_becomes_markup() {
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    repo.edit(
        "tres/one.yaml",
        "name: One",
        "name: \"</details><img src=x> @octocat #1 [a](http://b) `x` | \\u202e\\n# Approved\"",
    );
    let page = repo.run(&["plan", "--format", "markdown"]).expect(0).stdout;
    let name = "\"`</details><img` `src=x>` `@octocat` `#1` `[a](http://b`) `x` `|` \
                `\\u{202e}\\n#` Approved\"";
    assert!(page.contains(name), "{page}");
    assert_eq!(page.matches("\n</details>\n").count(), page.matches("<details>").count());
}

#[test]
fn a_window_says_how_wide_a_page_is() {
    let repo = Repo::example("tre-configs");
    let widest = |columns: &str| {
        let mut command = repo.command(&["plan"]);
        let output = command.env("COLUMNS", columns).output().unwrap();
        let page = String::from_utf8(output.stdout).unwrap();
        page.lines().map(|line| line.chars().count()).max().unwrap()
    };
    assert_eq!(["80", "100", "120", "200"].map(widest), [80, 100, 120, 120]);
    assert_eq!(repo.run(&["plan"]).stdout.lines().map(|line| line.chars().count()).max(), Some(80));
}
