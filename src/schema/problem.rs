//! What a schema validator reports, told so that the writer of the document understands it.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::codes::{MALFORMED_ID, MISSING_KEY, UNFIT_VALUE, UNKNOWN_KEY, UNKNOWN_VALUE};
use super::document::forms;
use super::locate::Locator;
use super::words::{capitalized, list_of, near_form, no_value, short, wrong_type};
use crate::diag::{Diagnostic, did_you_mean};
use crate::source::Node;
use crate::source::codes::MANY_FINDINGS;

/// How many findings about one document are told.
const MOST_FINDINGS: usize = 1_000;

/// Findings about one document, collected.
pub struct Problems<'a> {
    place: Locator<'a>,
    schema: &'a Value,
    found: Vec<Diagnostic>,
    /// Missing keys by mapping and name, until it is known whether one is merely misspelt.
    missing: Vec<(String, String, Diagnostic)>,
    /// Keys that a misspelt key was probably meant to be, by mapping.
    meant: Vec<(String, String)>,
}

impl<'a> Problems<'a> {
    /// Returns an empty collection for a document and its schema.
    pub fn new(root: &'a Node, schema: &'a Value) -> Self {
        let (found, missing, meant) = (Vec::new(), Vec::new(), Vec::new());
        Self { place: Locator::new(root), schema, found, missing, meant }
    }

    /// Takes one report of the validator.
    pub fn add(&mut self, error: &ValidationError<'_>) {
        if self.room() == 0 {
            return;
        }
        let path = error.instance_path().as_str();
        match error.kind() {
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => {
                self.add_keys(path, unexpected, error.schema_path().as_str());
            }
            Kind::Required { property } => self.add_missing(path, property),
            Kind::Type { kind } => self.add_type(error, &types(kind)),
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                self.add_branches(error, context);
            }
            Kind::Enum { options } => {
                let options = options.as_array().cloned().unwrap_or_default();
                self.add_value(error, &options);
            }
            Kind::Constant { expected_value } => {
                self.add_value(error, std::slice::from_ref(expected_value));
            }
            Kind::Pattern { pattern } => self.add_pattern(error, pattern),
            _ => self.add_unfit(error),
        }
    }

    /// Returns how many more findings are taken: one more than are told, to know of the rest.
    fn room(&self) -> usize {
        (MOST_FINDINGS + 1).saturating_sub(self.found.len())
    }

    /// Returns the findings. A key that is missing only because it is misspelt is told once.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        for (path, key, diagnostic) in self.missing {
            if !self.meant.contains(&(path, key)) {
                self.found.push(diagnostic);
            }
        }
        if self.found.len() > MOST_FINDINGS {
            self.found.truncate(MOST_FINDINGS);
            let summary = format!("This document has more than {MOST_FINDINGS} findings.");
            let more = Diagnostic::error(&MANY_FINDINGS, summary)
                .at(self.place.head(""))
                .help("Correct the first ones and validate again.");
            self.found.push(more);
        }
        self.found
    }

    fn add_keys(&mut self, path: &str, unexpected: &[String], keyword: &str) {
        let owner = keyword.rsplit_once('/').map_or("", |(owner, _)| owner);
        let owner = self.schema.pointer(owner);
        let ranges = self.place.keys(path);
        let range = |key: &str| ranges.get(key).copied().unwrap_or_else(|| self.place.head(path));
        let patterns = owner.and_then(|owner| owner.get("patternProperties"));
        let pattern = patterns.and_then(Value::as_object).and_then(|map| map.keys().next());
        if let Some(pattern) = pattern {
            let malformed = unexpected
                .iter()
                .take(self.room())
                .map(|key| malformed(key, pattern).at(range(key)));
            self.found.extend(malformed);
            return;
        }
        let known: Vec<&str> = owner
            .and_then(|owner| owner.get("properties"))
            .and_then(Value::as_object)
            .map(|map| map.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let where_ = self.place.within(path);
        for key in unexpected.iter().take(self.room()) {
            let meant = did_you_mean(key, known.iter().copied())
                .or_else(|| known.iter().copied().find(|name| name.eq_ignore_ascii_case(key)));
            let help = match meant {
                Some(meant) => format!("Did you mean `{meant}`?"),
                None => format!("Remove it. The keys that can stand here: {}.", list_of(&known)),
            };
            if let Some(meant) = meant {
                self.meant.push((path.to_owned(), meant.to_owned()));
            }
            let summary = format!("The key `{}` is not known{where_}.", short(key));
            self.found.push(Diagnostic::error(&UNKNOWN_KEY, summary).at(range(key)).help(help));
        }
    }

    fn add_missing(&mut self, path: &str, property: &Value) {
        let key = property.as_str().unwrap_or_default();
        let where_ = self.place.within(path);
        let diagnostic =
            Diagnostic::error(&MISSING_KEY, format!("The key `{key}` is missing{where_}."))
                .at(self.place.head(path))
                .help(format!("Add a line `{key}: …`."));
        self.missing.push((path.to_owned(), key.to_owned(), diagnostic));
    }

    fn add_type(&mut self, error: &ValidationError<'_>, expected: &[JsonType]) {
        let path = error.instance_path().as_str();
        let label = self.place.label(path);
        if error.instance().is_null() {
            self.found.push(no_value(&label, expected).at(self.place.value_or_key(path)));
        } else {
            let diagnostic = wrong_type(&label, expected, error.instance());
            self.found.push(diagnostic.at(self.place.value(path)));
        }
    }

    fn add_value(&mut self, error: &ValidationError<'_>, options: &[Value]) {
        let path = error.instance_path().as_str();
        let Some(text) = error.instance().as_str() else {
            let expected: Vec<JsonType> = options.iter().take(1).map(JsonType::from).collect();
            self.add_type(error, &expected);
            return;
        };
        let options: Vec<&str> = options.iter().filter_map(Value::as_str).collect();
        let label = self.place.label(path);
        let summary = match options.as_slice() {
            [only] => {
                format!("{} must be `{only}`, not `{}`.", capitalized(&label), short(text))
            }
            _ => format!("{} cannot be `{}`.", capitalized(&label), short(text)),
        };
        let mut help = format!("Write {}.", either(&options));
        let near = did_you_mean(text, options.iter().copied())
            .or_else(|| options.iter().copied().find(|option| option.eq_ignore_ascii_case(text)));
        if let (Some(near), true) = (near, options.len() > 1) {
            help = format!("Did you mean `{near}`? {help}");
        }
        let diagnostic = Diagnostic::error(&UNKNOWN_VALUE, summary);
        self.found.push(diagnostic.at(self.place.value(path)).help(help));
    }

    fn add_pattern(&mut self, error: &ValidationError<'_>, pattern: &str) {
        let path = error.instance_path().as_str();
        let text = error.instance().as_str().unwrap_or_default();
        self.found.push(malformed(text, pattern).at(self.place.value(path)));
    }

    /// Tells of the branch that the writer most likely meant: the one of the value's own type with
    /// the fewest findings. Where none has its type, one finding names all types that are taken.
    fn add_branches(
        &mut self,
        error: &ValidationError<'_>,
        branches: &[Vec<ValidationError<'static>>],
    ) {
        let path = error.instance_path().as_str();
        let options: Vec<Value> = branches.iter().filter_map(|branch| option(branch)).collect();
        if options.len() == branches.len() {
            self.add_value(error, &options);
            return;
        }
        let own_type = |branch: &&Vec<ValidationError<'static>>| -> Option<Vec<JsonType>> {
            branch.iter().find_map(|inner| match inner.kind() {
                Kind::Type { kind } if inner.instance_path().as_str() == path => Some(types(kind)),
                _ => None,
            })
        };
        let fitting = branches.iter().filter(|branch| own_type(branch).is_none());
        if let Some(best) = fitting.min_by_key(|branch| branch.len()) {
            for inner in best {
                self.add(inner);
            }
        } else {
            let mut expected: Vec<JsonType> =
                branches.iter().filter_map(|branch| own_type(&branch)).flatten().collect();
            expected.dedup();
            self.add_type(error, &expected);
        }
    }

    fn add_unfit(&mut self, error: &ValidationError<'_>) {
        let path = error.instance_path().as_str();
        let label = capitalized(&self.place.label(path));
        let value = error.instance();
        let (summary, help) = match error.kind() {
            Kind::Format { format } if format == "date" => (
                format!(
                    "`{}` is not a day of the calendar.",
                    short(value.as_str().unwrap_or_default())
                ),
                "Write year, month and day, as in `2026-05-20`.".to_owned(),
            ),
            Kind::Minimum { limit } => (
                format!("{label} is {value}, which is too small."),
                format!("Write at least {limit}."),
            ),
            Kind::Maximum { limit } => (
                format!("{label} is {value}, which is too large."),
                format!("Write at most {limit}."),
            ),
            Kind::MinProperties { .. } | Kind::MinItems { .. } => (
                format!("{label} is empty."),
                "Write at least one entry, or remove the key.".to_owned(),
            ),
            Kind::MinLength { .. } => {
                (format!("{label} is empty."), "Write what belongs there.".to_owned())
            }
            _ => (
                format!("{label} does not fit."),
                format!("The schema says: {}.", error.masked_with("the value")),
            ),
        };
        let diagnostic = Diagnostic::error(&UNFIT_VALUE, summary);
        self.found.push(diagnostic.at(self.place.value(path)).help(help));
    }
}

/// Returns the one value that a branch would have taken, if it says nothing else.
fn option(branch: &[ValidationError<'static>]) -> Option<Value> {
    branch.iter().find_map(|error| match error.kind() {
        Kind::Constant { expected_value } => Some(expected_value.as_ref().clone()),
        _ => None,
    })
}

fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(only) => vec![*only],
        TypeKind::Multiple(set) => set.iter().collect(),
    }
}

fn malformed(text: &str, pattern: &str) -> Diagnostic {
    let form = forms().into_iter().find(|form| form.pattern == pattern);
    let wrong = form.as_ref().and_then(|form| (form.judge)(text));
    let (Some(form), Some(wrong)) = (form, wrong) else {
        let summary = format!("`{}` does not have the form that is asked for here.", short(text));
        return Diagnostic::error(&MALFORMED_ID, summary)
            .help(format!("It must match the pattern `{pattern}`."));
    };
    let near = near_form(text, &form).filter(|near| short(near) == *near);
    let form_in_words = capitalized(wrong.expected);
    let help = match near {
        Some(near) => format!("Did you mean `{near}`? {form_in_words}."),
        None => format!("{form_in_words}."),
    };
    Diagnostic::error(&MALFORMED_ID, format!("`{}` is not {}.", short(text), wrong.what)).help(help)
}

fn either(options: &[&str]) -> String {
    let quoted: Vec<String> = options.iter().map(|option| format!("`{option}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
