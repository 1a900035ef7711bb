//! Every rule on its own examples.

use super::super::{RULES, codes};
use super::{built, told};

#[test]
fn good_examples_have_no_finding() {
    for rule in RULES {
        let built = built(rule.good);
        assert_eq!(told(&built), [""; 0], "the good example of {}", rule.code.id);
        assert!(built.desired.is_some(), "the good example of {}", rule.code.id);
    }
}

#[test]
fn bad_examples_have_exactly_the_finding_of_their_rule() {
    for rule in RULES.iter().filter(|rule| !rule.bad.is_empty()) {
        let found = told(&built(rule.bad));
        // Nobody uses the groups and profiles of a few short examples.
        let others = found.iter().filter(|line| !line.starts_with("TRE061"));
        let codes: Vec<_> = match rule.code.id {
            "TRE061" => found.iter().collect(),
            _ => others.collect(),
        };
        assert!(
            !codes.is_empty() && codes.iter().all(|line| line.starts_with(rule.code.id)),
            "the bad example of {} is found to be {found:#?}",
            rule.code.id
        );
    }
}

#[test]
fn codes_are_distinct_and_in_order() {
    let ids: Vec<_> = codes().iter().map(|code| code.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}
