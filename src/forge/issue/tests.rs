//! What becomes of issues, night after night.

use super::*;

fn wanted(about: &str, digest: &str) -> Wanted {
    Wanted {
        about: about.to_owned(),
        digest: digest.to_owned(),
        title: format!("Drift: {about}"),
        text: format!("{about} has drift."),
        news: "It is another one now.".to_owned(),
    }
}

/// What there should be after a look at `tre-a` and whatever is wanted.
fn wish(wanted: Vec<Wanted>) -> Wish {
    let looked_at = wanted.iter().map(|wanted| wanted.about.clone());
    Wish {
        kind: "drift:production:".to_owned(),
        looked_at: looked_at.chain(["tre-a".to_owned()]).collect(),
        wanted,
        is_all: true,
        settled: "No drift is left.".to_owned(),
        gone: "No document is left.".to_owned(),
        at_most: 2,
        at: 10_000,
    }
}

fn issue(number: u64, author: &str, body: String) -> Issue {
    let (author, labels, updated) = (author.to_owned(), Vec::new(), Some(10_030));
    Issue { number, is_open: true, author, body, labels, updated }
}

fn closed(issue: Issue) -> Issue {
    Issue { is_open: false, ..issue }
}

fn deeds<'a>(issues: &[Issue], wish: &'a Wish) -> Vec<Deed<'a>> {
    decide(issues, &["bot".to_owned()], wish)
}

/// Asserts that one issue ends, and returns its last text.
fn ended(deeds: &[Deed<'_>], expected: End) -> String {
    match deeds {
        [Deed::End { number: 7, about, body, end, .. }] => {
            assert_eq!((about.as_str(), *end), ("tre-a", expected));
            body.clone()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_issue_stays_open_and_says_when_something_else_is_wrong() {
    let first = wish(vec![wanted("tre-a", "1")]);
    let one = &first.wanted[0];
    assert_eq!(deeds(&[], &first), [Deed::Open(one)]);
    let there = [issue(7, "Bot", first.body(one))];
    assert_eq!(deeds(&there, &first), [Deed::Leave(7, one)]);
    let edited = [issue(7, "bot", format!("{}Never mind.", first.body(one)))];
    assert_eq!(deeds(&edited, &first), [Deed::Rewrite(7, one)]);
    let next = wish(vec![wanted("tre-a", "2")]);
    assert_eq!(deeds(&there, &next), [Deed::Tell(7, &next.wanted[0])]);
    let authors = ["bot".to_owned()];
    assert_eq!(carrying(&there, &authors, &first.mark(one)), Some(7));
    assert_eq!(carrying(&there, &authors, &next.mark(&next.wanted[0])), None);
}

#[test]
fn it_is_closed_once_nothing_is_wrong_and_a_new_one_follows() {
    let wrong = wish(vec![wanted("tre-a", "1")]);
    let none = wish(vec![]);
    let there = [issue(7, "bot", wrong.body(&wrong.wanted[0]))];
    let body = ended(&deeds(&there, &none), End::Settled);
    assert!(body.contains("No drift is left."), "{body}");
    let settled = [closed(issue(7, "bot", body))];
    assert_eq!(deeds(&settled, &none), []);
    assert_eq!(deeds(&settled, &wrong), [Deed::Open(&wrong.wanted[0])]);
}

#[test]
fn what_a_person_closed_stays_closed_until_something_else_is_wrong() {
    let wrong = wish(vec![wanted("tre-a", "1")]);
    let there = [closed(issue(7, "bot", wrong.body(&wrong.wanted[0])))];
    assert_eq!(deeds(&there, &wrong), [Deed::Respect(7, &wrong.wanted[0])]);
    let other = wish(vec![wanted("tre-a", "2")]);
    assert_eq!(deeds(&there, &other), [Deed::Open(&other.wanted[0])]);
    // Once it is put right, the same edit is another one.
    let body = ended(&deeds(&there, &wish(vec![])), End::Settled);
    let settled = [closed(issue(7, "bot", body))];
    assert_eq!(deeds(&settled, &wrong), [Deed::Open(&wrong.wanted[0])]);
}

#[test]
fn nothing_is_closed_that_was_not_looked_at_or_is_not_ours() {
    let wrong = wish(vec![wanted("tre-a", "1")]);
    let body = wrong.body(&wrong.wanted[0]);
    let eve = [issue(7, "eve", body.clone()), issue(8, "bot", format!("> {body}"))];
    let (about, author) = ("tre-a".to_owned(), "eve".to_owned());
    assert_eq!(deeds(&eve, &wish(vec![])), [Deed::Strange { number: 7, about, author }]);
    let authors = ["bot".to_owned()];
    assert_eq!(carrying(&eve, &authors, &wrong.mark(&wrong.wanted[0])), None);
    let both = ["bot".to_owned(), "eve".to_owned()];
    let none = wish(vec![]);
    ended(&decide(&eve[..1], &both, &none), End::Settled);
    let there = [issue(7, "bot", body)];
    let other = Wish { kind: "drift:production-2:".to_owned(), ..wish(vec![]) };
    assert_eq!(deeds(&there, &other), []);
    let some = |looked_at: &str, is_all| Wish {
        looked_at: vec![looked_at.to_owned()],
        is_all,
        ..wish(vec![])
    };
    assert_eq!(deeds(&there, &some("tre-b", false)), []);
    ended(&deeds(&there, &some("tre-a", false)), End::Settled);
    let gone = some("tre-b", true);
    assert!(ended(&deeds(&there, &gone), End::Gone).contains("No document is left."));
}

#[test]
fn an_older_look_changes_nothing_that_is_newer() {
    let wrong = wish(vec![wanted("tre-a", "1")]);
    let newer = |number, body| Issue { updated: Some(10_061), ..issue(number, "bot", body) };
    let body = wrong.body(&wrong.wanted[0]);
    let left = [Deed::Newer(7, "tre-a".to_owned())];
    assert_eq!(deeds(&[newer(7, body.clone())], &wish(vec![])), left);
    let other = wish(vec![wanted("tre-a", "2")]);
    assert_eq!(deeds(&[newer(7, body.clone())], &other), left);
    // Drift that was put right since is not opened anew.
    let settled = ended(&deeds(&[issue(7, "bot", body)], &wish(vec![])), End::Settled);
    assert_eq!(deeds(&[closed(newer(7, settled))], &wrong), left);
}

#[test]
fn an_id_that_the_mark_cannot_hold_as_it_is_is_known_again() {
    let wrong = wish(vec![wanted("tre--a", "1")]);
    let one = &wrong.wanted[0];
    let there = [issue(7, "bot", wrong.body(one))];
    assert_eq!(deeds(&there, &wrong), [Deed::Leave(7, one)]);
    let looked_at = vec!["tre--a".to_owned()];
    let none = Wish { looked_at, is_all: false, ..wish(vec![]) };
    let found = deeds(&there, &none);
    let [Deed::End { about, body, .. }] = &found[..] else { panic!("{found:?}") };
    assert_eq!(about, "tre--a");
    assert_eq!(deeds(&[closed(issue(7, "bot", body.clone()))], &none), []);
}

#[test]
fn no_flood_is_opened_at_once() {
    let many = wish(["a", "b", "c", "d"].map(|about| wanted(about, "1")).to_vec());
    let there = [issue(7, "bot", many.body(&many.wanted[0]))];
    let deeds = deeds(&there, &many);
    let [Deed::Leave(..), Deed::Open(_), Deed::Open(_), Deed::Postpone(last)] = &deeds[..] else {
        panic!("{deeds:?}")
    };
    assert_eq!(last.about, "d");
}

#[test]
fn of_two_that_are_about_the_same_the_last_one_stays() {
    let wrong = wish(vec![wanted("tre-a", "1")]);
    let one = &wrong.wanted[0];
    let there = [issue(9, "bot", wrong.body(one)), issue(7, "bot", wrong.body(one))];
    let deeds = deeds(&there, &wrong);
    let [Deed::Leave(9, _), twin] = &deeds[..] else { panic!("{deeds:?}") };
    let body = ended(std::slice::from_ref(twin), End::Twin(9));
    assert!(body.contains("Issue #9 is about the same."), "{body}");
}
