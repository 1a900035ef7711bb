//! A default target that cannot be the default.

use super::Context;
use crate::desired::PlatformTarget;
use crate::diag::{Code, Diagnostic, did_you_mean};

pub static CODE: Code = Code {
    id: "TRE063",
    title: "Default target that cannot be",
    cause: "`defaultTarget` names no target of the project file, or an embedded one although \
            there is a real one.",
    cure: "Name a target of the project file; or remove the key and say `--target` at each run.",
};

pub const DOC: &str = "If an embedded target were the default beside a real one, a run that forgot \
                       `--target` would look like success and change nothing that is real.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  local: {platform: {embedded: .trectl/platform.db}}
  production: {platform: {dnanexus: {}}}
defaultTarget: production
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  local: {platform: {embedded: .trectl/platform.db}}
  production: {platform: {dnanexus: {}}}
defaultTarget: local
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let Some(written) = context.project().and_then(|project| project.default_target.as_ref())
    else {
        return Vec::new();
    };
    let targets = &context.resolved.desired.project.targets;
    let name = written.value.0.as_str();
    let is_real = |platform: &PlatformTarget| matches!(platform, PlatformTarget::DnaNexus(_));
    let found = match targets.get(name) {
        None => {
            let names = || targets.keys().map(String::as_str);
            let help = match did_you_mean(name, names()) {
                Some(meant) => format!("Did you mean `{meant}`?"),
                None => format!(
                    "The targets are {}.",
                    names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                ),
            };
            Diagnostic::error(&CODE, format!("There is no target `{name}`.")).help(help)
        }
        Some(target) if is_real(&target.platform) => return Vec::new(),
        Some(_) => {
            let mut real = targets.values().filter(|target| is_real(&target.platform));
            let Some(real) = real.next() else { return Vec::new() };
            let summary =
                format!("The embedded target `{name}` cannot be the default beside a real one.");
            Diagnostic::error(&CODE, summary)
                .because("A run that forgot `--target` would look like success.")
                .help(format!(
                    "Write `defaultTarget: {}`, or remove the key and say `--target {name}` when \
                     trying out.",
                    real.name
                ))
        }
    };
    vec![found.at(&written.range)]
}
