//! What a mutant is: a rule that is broken where it stands, and the tests that must notice.

use std::collections::BTreeMap;

/// The call that a broken rule asks; in the copy it is a function of the library.
const ASKS: &str = "mutant(\"";

/// A place in the sources that is replaced by text that asks which mutant is alive.
///
/// `find` must occur exactly once in the file. `replace` asks by `mutant("ID")`: it is the program
/// as it is while every `mutant("…")` is false.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    pub file: &'static str,
    pub find: &'static str,
    pub replace: &'static str,
}

impl Site {
    /// Returns the ids that the replacement asks about, in order.
    pub fn ids(&self) -> Vec<String> {
        let asked = self.replace.split(ASKS).skip(1);
        let mut ids: Vec<String> = Vec::new();
        for id in asked.filter_map(|rest| rest.split_once("\")")).map(|(id, _)| id.to_owned()) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

/// The binaries of tests that mutants are run against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binary {
    /// The program from the outside.
    Cli,
    Crash,
    Laws,
    /// The unit tests.
    Lib,
    Model,
    Platform,
}

impl Binary {
    pub const ALL: [Self; 6] =
        [Self::Cli, Self::Crash, Self::Laws, Self::Lib, Self::Model, Self::Platform];

    /// Returns the name that cargo gives its target.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Crash => "crash",
            Self::Laws => "laws",
            Self::Lib => "trectl",
            Self::Model => "model",
            Self::Platform => "platform",
        }
    }

    /// Returns the folder that its tests stand in.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Cli => "tests/cli",
            Self::Crash => "tests/crash",
            Self::Laws => "tests/laws",
            Self::Lib => "src",
            Self::Model => "tests/model",
            Self::Platform => "tests/platform",
        }
    }

    /// Returns the arguments by which cargo builds it.
    pub fn arguments(self) -> Vec<&'static str> {
        match self {
            Self::Lib => vec!["--lib"],
            Self::Cli | Self::Crash | Self::Laws | Self::Model | Self::Platform => {
                vec!["--test", self.name()]
            }
        }
    }
}

/// A test by its binary and its whole name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test {
    pub binary: Binary,
    pub name: String,
    /// Where the test is the model check: what of it runs, and what must fail.
    pub model: Option<Model>,
}

/// A part of the model check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Model {
    /// The one slice that is checked.
    pub slice: &'static str,
    /// The property that must be found broken, as the check begins to name it.
    pub property: &'static str,
}

impl Test {
    /// Returns a test of `tests/laws`.
    pub fn law(name: &str) -> Self {
        Self { binary: Binary::Laws, name: name.to_owned(), model: None }
    }

    /// Returns a test of `tests/cli`.
    pub fn cli(name: &str) -> Self {
        Self { binary: Binary::Cli, name: name.to_owned(), model: None }
    }

    /// Returns a test of `tests/crash`.
    pub fn crash(name: &str) -> Self {
        Self { binary: Binary::Crash, name: name.to_owned(), model: None }
    }

    /// Returns a unit test.
    pub fn lib(name: &str) -> Self {
        Self { binary: Binary::Lib, name: name.to_owned(), model: None }
    }

    /// Returns a test of `tests/platform`.
    pub fn platform(name: &str) -> Self {
        Self { binary: Binary::Platform, name: name.to_owned(), model: None }
    }

    /// Returns a property of the model check, in one slice.
    pub fn model(model: Model) -> Self {
        let name = "every_plan_of_the_model_holds_the_contract".to_owned();
        Self { binary: Binary::Model, name, model: Some(model) }
    }

    /// Returns the slice of the model check that it runs.
    pub fn slice(&self) -> Option<&'static str> {
        self.model.map(|model| model.slice)
    }
}

/// One broken rule.
#[derive(Debug, Clone)]
pub struct Mutant {
    pub id: String,
    /// Where it is broken.
    pub file: &'static str,
    /// The tests that must fail, each of them.
    pub tests: Vec<Test>,
}

/// Everything that is patched into the copy, and every mutant in it.
pub struct Table {
    pub sites: Vec<Site>,
    pub mutants: Vec<Mutant>,
    /// What is wrong with the table itself.
    pub problems: Vec<String>,
}

impl Table {
    /// Returns how many mutants have each id.
    pub fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for mutant in &self.mutants {
            *counts.entry(mutant.id.as_str()).or_insert(0) += 1;
        }
        counts
    }
}
