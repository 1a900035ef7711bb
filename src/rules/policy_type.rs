//! A policy with a value that it does not take.

use super::Context;
use super::unknown_policy::written;
use crate::diag::{Code, Diagnostic};
use crate::model::{PolicyKind, PolicyValue};

pub static CODE: Code = Code {
    id: "TRE056",
    title: "Wrong value of a policy",
    cause: "A policy has a value of another type than it takes. YAML 1.2 reads `yes` and `on` as \
            text, not as `true`.",
    cure: "Write `true` or `false`, a positive whole number, or a list of ids, as the message \
           says; `null` is the platform's default.",
};

pub const DOC: &str = "A policy that the platform does not take protects nothing.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
policies: {downloadRestricted: true, databaseResultsRestricted: 10, allowedExecutables: null}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
policies: {downloadRestricted: yes}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let table = &context.resolved.desired.policies;
    let mut found = Vec::new();
    for (name, value) in written(context) {
        let Some(spec) = table.get(&name.value) else { continue };
        if !takes(spec.kind, &value.value.0) {
            let summary = format!("The policy `{}` must be {}.", name.value, in_words(spec.kind));
            found.push(
                Diagnostic::error(&CODE, summary)
                    .at(&value.range)
                    .help(help(spec.kind, &value.value.0)),
            );
        }
    }
    found
}

fn takes(kind: PolicyKind, value: &PolicyValue) -> bool {
    match (kind, value) {
        (PolicyKind::Number, PolicyValue::Number(number)) => *number > 0,
        (_, PolicyValue::Default)
        | (PolicyKind::Bool, PolicyValue::Bool(_))
        | (PolicyKind::List, PolicyValue::List(_)) => true,
        _ => false,
    }
}

fn in_words(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::Bool => "`true` or `false`",
        PolicyKind::Number => "a positive whole number",
        PolicyKind::List => "a list of ids",
    }
}

fn help(kind: PolicyKind, value: &PolicyValue) -> String {
    let text = match value {
        PolicyValue::Other(other) => other.as_str().map(str::to_ascii_lowercase),
        _ => None,
    };
    match (kind, text.as_deref()) {
        (PolicyKind::Bool, Some("yes" | "on" | "true" | "y")) => {
            "Write `true`, without quotes: YAML reads this as text.".to_owned()
        }
        (PolicyKind::Bool, Some("no" | "off" | "false" | "n")) => {
            "Write `false`, without quotes: YAML reads this as text.".to_owned()
        }
        (PolicyKind::Bool, _) => "Write `true` or `false`, without quotes.".to_owned(),
        (PolicyKind::Number, _) if *value == PolicyValue::Number(0) => {
            "Write 1 or more, or `null` for the platform's default.".to_owned()
        }
        (PolicyKind::Number, _) => {
            "Write a number without quotes, or `null` for the platform's default.".to_owned()
        }
        (PolicyKind::List, Some(text)) => format!("Write a list: `[{text}]`."),
        (PolicyKind::List, None) => {
            "Write a list of ids, or `null` for the platform's default.".to_owned()
        }
    }
}
