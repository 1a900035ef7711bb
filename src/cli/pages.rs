//! How plans are laid out, and the commands that a reader can paste next.

use camino::Utf8Path;

use super::args::{self, Format};
use super::clock;
use super::output::Output;
use super::settings::{Settings, quote};
use crate::desired::Target;
use crate::model::TreId;
use crate::plan::render::{self, Options, Page, Palette, Purpose, Role};
use crate::plan::{Allow, Plan, Status, TreChange};

/// Returns how a plan is laid out.
pub fn options(settings: &Settings, plan: &Plan, purpose: Purpose) -> Options {
    Options {
        purpose,
        read_on: clock::day_of(&plan.timestamp),
        snapshot_age: plan.live.as_ref().and_then(|live| clock::age(&live.snapshot.taken_at)),
        ..of_drift(settings)
    }
}

/// Returns how drift is laid out, which needs nothing of a plan.
pub fn of_drift(settings: &Settings) -> Options {
    Options {
        width: settings.width,
        palette: settings.stdout,
        verbosity: settings.verbosity,
        invocation: settings.invocation.clone(),
        purpose: Purpose::Execute,
        read_on: None,
        snapshot_age: None,
    }
}

/// Returns a plan for people, on a terminal or in a pull request.
pub fn of_plan(settings: &Settings, plan: &Plan, options: &Options) -> String {
    match settings.format {
        Format::Markdown => render::markdown(plan, options),
        _ => render::human(plan, options),
    }
}

/// Returns how the same plan is laid out where nobody knows the window.
pub fn uncoloured(options: &Options) -> Options {
    Options { palette: Palette::Plain, ..options.clone() }
}

/// Returns how the same plan is laid out where standard output is for programs.
pub fn for_stderr(options: &Options, settings: &Settings) -> Options {
    Options { palette: settings.stderr, ..options.clone() }
}

/// Writes the first line of an output that is about a target, which names it.
pub fn heading(page: &mut Page, words: &str, target: &Target) {
    let platform = format!(": {}", target.describe_platform());
    page.line(&[
        (Role::Plain, words),
        (Role::Plain, " "),
        (Role::Strong, &target.name),
        (Role::Plain, &platform),
    ]);
    page.blank();
}

/// Returns the command that applies what a plan shows, with the same limits and consents: nothing
/// but what the plan looked at.
pub fn apply_command(args: &args::Plan, plan: &Plan, output: &Output) -> String {
    let args::Plan {
        out,
        expires_in: _,
        detailed_exitcode: _,
        live: _,
        from_state: _,
        max_age: _,
        since: _,
        scope,
        consents,
    } = args;
    let is_news = |change: &&TreChange| change.status != Status::NoOp;
    let touched = plan.resource_changes.iter().filter(is_news);
    let touched = touched.map(|change| TreId::from_platform(&change.name));
    let only = match (&plan.changed, out) {
        (Some(_), None) => touched.collect(),
        _ => scope.only.clone(),
    };
    command(output, out.as_deref(), (&only, consents))
}

/// Returns the command that goes on with a run, with the same limits and consents.
pub fn again(apply: &args::Apply, output: &Output) -> String {
    let args::Apply { plan, auto_approve: _, tighten_only, parallelism: _, scope, consents } =
        apply;
    let mut command = command(output, plan.as_deref(), (&scope.only, consents));
    if *tighten_only {
        command.push_str(" --tighten-only");
    }
    command
}

fn command(
    output: &Output,
    plan: Option<&Utf8Path>,
    (only, consents): (&[TreId], &args::Consents),
) -> String {
    let mut command = format!("{} apply", output.settings().invocation);
    if let Some(file) = plan {
        command.push_str(&format!(" {}", quote(file.as_str())));
    }
    for id in only {
        command.push_str(&format!(" --only {id}"));
    }
    for Allow { consent, tre } in &consents.allow {
        command.push_str(&format!(" --allow {}", consent.as_str()));
        if let Some(tre) = tre {
            command.push_str(&format!(":{tre}"));
        }
    }
    command
}
