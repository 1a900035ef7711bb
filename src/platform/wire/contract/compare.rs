//! An answer compared with the contract: what is there that it does not know, what it knows and is
//! not there, and what is of another type. Values never appear, since answers hold people's data.

use serde_json::{Map, Value};

use super::{Field, Json, Mark, Need, Presence, Rest, Route, Shape};
use crate::diag::did_you_mean;

/// Where an answer is not as the contract says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// In which way.
    pub kind: DeviationKind,
    /// Where, as a JSON Pointer: `/applicationReviewSteps/0/reviewers`.
    pub path: String,
    /// The same for every item of a list and every key of a map:
    /// `/applicationReviewSteps/*/reviewers`.
    pub pattern: String,
    /// What the contract says, in words.
    pub expected: String,
    /// What stands there: the type in words, no value.
    pub found: String,
    /// How well the contract knows it; `None` of what it does not know.
    pub mark: Option<Mark>,
    /// Whether trectl depends on it.
    pub need: Need,
}

/// In which way an answer is not as the contract says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviationKind {
    /// A field is not there.
    Missing,
    /// A field is of another type, or is none of the values or ids that it can be.
    Different,
    /// A field is there that the contract does not name.
    Unknown,
}

impl DeviationKind {
    /// Returns the name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing_field",
            Self::Different => "different_type",
            Self::Unknown => "unknown_field",
        }
    }
}

impl Route {
    /// Returns where an answer of the route is not as the contract says, in the order of the
    /// contract, what it does not know last.
    pub fn compare(&self, answer: &Value) -> Vec<Deviation> {
        self.answer.compare(answer, self.mark)
    }

    /// Returns the same of an input.
    pub fn compare_input(&self, input: &Value) -> Vec<Deviation> {
        self.input.compare(input, self.mark)
    }
}

impl Shape {
    /// Returns where a value is not of this shape; `mark` tells how well it is known that there is
    /// such a shape at all.
    pub fn compare(&'static self, value: &Value, mark: Mark) -> Vec<Deviation> {
        let mut found = Vec::new();
        Place::root(mark).value(&Json::Object(self), value, &mut found);
        found
    }
}

/// Where the comparison stands, and what holds there.
struct Place {
    path: String,
    pattern: String,
    mark: Mark,
    need: Need,
}

impl Place {
    fn root(mark: Mark) -> Self {
        Self { path: String::new(), pattern: String::new(), mark, need: Need::Needed }
    }

    fn field(&self, field: &Field) -> Self {
        // What trectl does not read of an object, it does not read of the object's fields either.
        let need = if self.need == Need::Unused { Need::Unused } else { field.need };
        Self { mark: field.mark, need, ..self.below(field.name, field.name) }
    }

    fn below(&self, key: &str, pattern: &str) -> Self {
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        Self {
            path: format!("{}/{}", self.path, escaped(key)),
            pattern: format!("{}/{}", self.pattern, escaped(pattern)),
            mark: self.mark,
            need: self.need,
        }
    }

    fn value(&self, json: &Json, value: &Value, out: &mut Vec<Deviation>) {
        match (json, value) {
            (Json::Any, _)
            | (Json::OrNull(_), Value::Null)
            | (Json::Bool, Value::Bool(_))
            | (Json::Text, Value::String(_)) => {}
            (Json::OrNull(inner), _) => self.value(inner, value, out),
            (Json::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {}
            (Json::OneOf(values), Value::String(text)) => {
                if !values.contains(&text.as_str()) {
                    out.push(self.differs(json, "another string".to_owned()));
                }
            }
            (Json::Id(classes), Value::String(text)) => {
                if !classes.iter().any(|class| text.starts_with(class)) {
                    out.push(self.differs(json, "a string that is no such id".to_owned()));
                }
            }
            (Json::List(item), Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    self.below(&index.to_string(), "*").value(item, value, out);
                }
            }
            (Json::Map(inner), Value::Object(entries)) => {
                for (key, value) in entries {
                    self.below(key, "*").value(inner, value, out);
                }
            }
            (Json::Object(shape), Value::Object(fields)) => self.fields(shape, fields, out),
            _ => out.push(self.differs(json, type_of(value).to_owned())),
        }
    }

    fn fields(&self, shape: &Shape, given: &Map<String, Value>, out: &mut Vec<Deviation>) {
        let is_known = |name: &str| shape.fields.iter().any(|field| field.name == name);
        let unknown: Vec<(&String, &Value)> = match shape.rest {
            Rest::None => given.iter().filter(|(name, _)| !is_known(name)).collect(),
            Rest::More => Vec::new(),
        };
        for field in shape.fields {
            let place = self.field(field);
            match given.get(field.name) {
                Some(value) => place.value(&field.json, value, out),
                None if field.presence == Presence::Optional => {}
                None => {
                    out.push(place.misses(field, unknown.iter().map(|(name, _)| name.as_str())))
                }
            }
        }
        for (name, value) in unknown {
            out.push(self.below(name, name).unknown(value));
        }
    }

    fn differs(&self, json: &Json, found: String) -> Deviation {
        self.deviation(DeviationKind::Different, json.to_string(), found)
    }

    /// Names what stands there instead, if the name of a field that nobody knows is alike.
    fn misses<'a>(&self, field: &Field, unknown: impl Iterator<Item = &'a str>) -> Deviation {
        let found = match did_you_mean(field.name, unknown) {
            Some(alike) => format!("nothing, but there is `{alike}`"),
            None => "nothing".to_owned(),
        };
        self.deviation(DeviationKind::Missing, field.json.to_string(), found)
    }

    fn unknown(&self, value: &Value) -> Deviation {
        Deviation {
            mark: None,
            need: Need::Unused,
            ..self.deviation(
                DeviationKind::Unknown,
                "no field of that name".to_owned(),
                type_of(value).to_owned(),
            )
        }
    }

    fn deviation(&self, kind: DeviationKind, expected: String, found: String) -> Deviation {
        let Self { path, pattern, mark, need } = self;
        Deviation {
            kind,
            path: path.clone(),
            pattern: pattern.clone(),
            expected,
            found,
            mark: Some(*mark),
            need: *need,
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number that is not whole",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
