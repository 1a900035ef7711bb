//! The command line as people write it.

use clap::CommandFactory;

use super::*;

#[test]
fn the_command_line_is_well_formed() {
    Args::command().debug_assert();
}

#[test]
fn allow_and_only_take_commas_and_repeat() {
    let args = Args::try_parse_from([
        "trectl",
        "plan",
        "--allow",
        "loosen,publish:tre-a",
        "--allow",
        "delete",
        "--only",
        "tre-a,tre-b",
        "--only",
        "tre-c",
        "-C",
        "x",
    ])
    .unwrap();
    assert_eq!(args.global.chdir.unwrap(), "x");
    let Command::Plan(plan) = args.command else { panic!("not a plan") };
    let allow: Vec<_> =
        plan.consents.allow.iter().map(|a| (a.consent.as_str(), a.tre.is_some())).collect();
    assert_eq!(allow, [("loosen", false), ("publish", true), ("delete", false)]);
    assert_eq!(plan.scope.only.len(), 3);
}

#[test]
fn a_consent_that_does_not_exist_is_named() {
    for (bad, expected) in [
        ("losen", "did you mean `loosen`?"),
        ("everything", "there are maintenance, delete"),
        ("loosen:genomics", "`genomics` is not a TRE id"),
    ] {
        let error = parse_allow(bad).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}
