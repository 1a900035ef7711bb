//! The wire contract as data: every route, every field of its input and answer, each with its JSON
//! type, its mark, and whether trectl depends on it.
//!
//! The types of [`super`] are checked against this table by its tests, the page
//! `docs/platform-contract.md` is made from it, and `doctor` compares answers with it.

mod compare;
mod page;
mod shape;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

pub use compare::{Deviation, DeviationKind};
pub use page::page;
pub use shape::{ERROR, TRE};
pub use table::{ERRORS, HEADERS, ROUTES, STATES};

/// How well a name or a shape is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Documented: read in the vendor's documentation or its own client's source.
    D,
    /// Second hand: a public harvest of the vendor's method directory.
    S,
    /// Assumed: the name or shape is ours.
    A,
}

impl Mark {
    /// Returns the mark in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::D => "documented",
            Self::S => "second hand",
            Self::A => "assumed",
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::D => "D",
            Self::S => "S",
            Self::A => "A",
        })
    }
}

/// A route: a path, or a method of each entity of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Where it is.
    pub at: At,
    /// What it does, a phrase that begins with a verb.
    pub does: &'static str,
    /// How well the route itself is known; its fields have marks of their own.
    pub mark: Mark,
    /// Who calls it.
    pub caller: Caller,
    /// What goes in.
    pub input: &'static Shape,
    /// What comes out.
    pub answer: &'static Shape,
}

/// Where a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// One path.
    Path(&'static str),
    /// A method of every entity whose id begins with `class` and a hyphen.
    Each {
        /// The class.
        class: &'static str,
        /// The method.
        method: &'static str,
    },
}

/// Who calls a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// trectl does.
    Trectl,
    /// Others do; the embedded platform has it.
    Others,
}

/// An object: its fields, in the order in which the reference has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// What it is, with its article.
    pub name: &'static str,
    /// The fields.
    pub fields: &'static [Field],
    /// Whether these are all.
    pub rest: Rest,
}

/// Whether a shape names all fields that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// As far as the reference tells.
    None,
    /// The reference says that there are more, and trectl has no use for them.
    More,
}

/// A field of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub json: Json,
    /// Whether it is always there.
    pub presence: Presence,
    /// What trectl does with it.
    pub need: Need,
    /// How well its name and type are known.
    pub mark: Mark,
    /// What else is known, a phrase; may be empty.
    pub note: &'static str,
}

/// Whether a field is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// In every object.
    Always,
    /// Where there is something to say.
    Optional,
}

/// What trectl does with a field of an answer, or with one of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// An answer without it cannot be read; every input has it.
    Needed,
    /// It is read where it is there; an input has it where there is something to say.
    Used,
    /// Neither.
    Unused,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Json {
    /// Anything, null included.
    Any,
    /// true or false.
    Bool,
    /// A whole number.
    Integer,
    /// A string.
    Text,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// An id that begins with one of these.
    Id(&'static [&'static str]),
    /// A list of these.
    List(&'static Json),
    /// An object from any names to these.
    Map(&'static Json),
    /// An object of that shape.
    Object(&'static Shape),
    /// One of these, or null.
    OrNull(&'static Json),
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("anything"),
            Self::Bool => f.write_str("true or false"),
            Self::Integer => f.write_str("an integer"),
            Self::Text => f.write_str("a string"),
            Self::OneOf(values) => alternatives(f, values, ""),
            Self::Id(classes) => {
                f.write_str("an id, ")?;
                alternatives(f, classes, "…")
            }
            Self::List(Json::Id(classes)) => {
                f.write_str("a list of ids, ")?;
                alternatives(f, classes, "…")
            }
            Self::List(Json::Object(shape)) => write!(f, "a list, each {}", shape.name),
            Self::List(item) => write!(f, "a list, each {item}"),
            Self::Map(Json::Any) => f.write_str("an object of any names"),
            Self::Map(value) => write!(f, "an object of any names, each with {value}"),
            Self::Object(shape) => f.write_str(shape.name),
            Self::OrNull(inner) => write!(f, "{inner}, or null"),
        }
    }
}

fn alternatives(f: &mut fmt::Formatter<'_>, values: &[&str], after: &str) -> fmt::Result {
    for (index, value) in values.iter().enumerate() {
        let before = match index {
            0 => "",
            last if last + 1 == values.len() => " or ",
            _ => ", ",
        };
        write!(f, "{before}`{value}{after}`")?;
    }
    Ok(())
}

/// A state of a TRE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The name on the wire.
    pub wire: &'static str,
    /// The name in our YAML.
    pub ours: &'static str,
    /// How well it is known.
    pub mark: Mark,
}

/// An error type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorType {
    /// Its name.
    pub name: &'static str,
    /// The HTTP status that it comes with.
    pub status: u16,
    /// What it says, a phrase.
    pub says: &'static str,
    /// How well it is known.
    pub mark: Mark,
}

/// A header of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: &'static str,
    /// Which way it goes.
    pub way: Way,
    /// What it says, a phrase.
    pub says: &'static str,
    /// How well it is known.
    pub mark: Mark,
}

/// Which way a header goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// With every call.
    Sent,
    /// With answers.
    Answered,
}

impl Route {
    /// Returns the route that a path spells, if the contract has one.
    pub fn of(path: &str) -> Option<&'static Self> {
        ROUTES.iter().find(|route| route.at.is(path))
    }
}

impl At {
    fn is(self, path: &str) -> bool {
        match self {
            Self::Path(known) => known == path,
            Self::Each { class, method } => path
                .strip_prefix('/')
                .and_then(|path| path.strip_prefix(class))
                .and_then(|path| path.strip_prefix('-'))
                .and_then(|path| path.split_once('/'))
                .is_some_and(|(handle, named)| !handle.is_empty() && named == method),
        }
    }
}

/// Writes the path, with `xxxx` for the handle of an entity.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Each { class, method } => write!(f, "/{class}-xxxx/{method}"),
        }
    }
}
