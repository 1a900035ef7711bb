//! Switching off what cannot be switched off.

use super::Context;
use super::unknown_policy::written;
use crate::diag::{Code, Diagnostic};
use crate::model::PolicyValue;

pub static CODE: Code = Code {
    id: "TRE057",
    title: "Policy that cannot be switched off",
    cause: "A policy that can only be switched on, such as `containsPHI`, is written as `false`.",
    cure: "Remove the line where the policy was never on; write `true` where it is.",
};

pub const DOC: &str = "The value can hold only where the policy was never switched on. Where it \
                       was, the plan blocks this TRE.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
policies: {containsPHI: true}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
policies: {containsPHI: false}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let table = &context.resolved.desired.policies;
    let is_one_way = |name: &str| table.get(name).is_some_and(|spec| spec.one_way);
    written(context)
        .filter(|(name, value)| {
            is_one_way(&name.value) && value.value.0 == PolicyValue::Bool(false)
        })
        .map(|(name, value)| {
            let summary = format!("The policy `{}` cannot be switched off.", name.value);
            Diagnostic::warning(&CODE, summary)
                .because("`false` holds only where it was never switched on.")
                .at(&value.range)
                .help("Remove the line, unless you want a plan that is blocked once it is on.")
        })
        .collect()
}
