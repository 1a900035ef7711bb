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
fn only_plans_have_the_format() {
    let repo = Repo::applied(ACTIVE);
    for args in [
        &["apply", "--auto-approve"] as &[&str],
        &["drift"],
        &["show", "tre-one"],
        &["validate"],
        &["import"],
    ] {
        let args: Vec<&str> = args.iter().copied().chain(["--format", "markdown"]).collect();
        let run = repo.run(&args).expect(1).complains("only `plan` and `show --plan FILE`");
        assert_eq!(run.stdout, "");
    }
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
