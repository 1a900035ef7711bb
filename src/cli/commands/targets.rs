//! `targets`: the targets of the project file, for whoever runs one beside another.

use serde_json::{Value, json};

use crate::cli::exit::Status;
use crate::cli::failure::{Outcome, Stop};
use crate::cli::output::Output;
use crate::cli::session::{Checked, Documents};
use crate::desired::{PlatformTarget, Project, StateTarget, Target};
use crate::plan::render::{Page, Para, Role};
use crate::plan::{EMBEDDED, FORMAT_VERSION};

/// Runs the command.
pub fn run(output: &mut Output) -> Outcome {
    let checked = Checked::read(output.settings(), Documents::Optional)?;
    let Checked { repository, desired, diagnostics, today: _ } = checked;
    let Some(desired) = desired else {
        return Err(Stop::invalid(&repository, diagnostics));
    };
    output.findings(&diagnostics, &repository.sources);
    let Project { targets, default_target, guards: _ } = &desired.project;
    let is_default = |target: &Target| default_target.as_ref() == Some(&target.name);
    if output.settings().is_json() {
        let targets: Vec<Value> =
            targets.values().map(|target| as_json(target, is_default(target))).collect();
        output.json(&json!({ "format_version": FORMAT_VERSION, "targets": targets }));
        return Ok(Status::DONE);
    }
    let mut page = Page::new(output.settings().width, output.settings().stdout);
    for (index, target) in targets.values().enumerate() {
        if index > 0 {
            page.blank();
        }
        describe(&mut page, target, is_default(target));
    }
    output.result(&page.finish());
    Ok(Status::DONE)
}

fn as_json(target: &Target, is_default: bool) -> Value {
    let Target { name, platform, state, select_bill_to, ask_consent: _ } = target;
    json!({
        "name": name,
        "platform": match platform {
            PlatformTarget::Embedded { .. } => EMBEDDED.to_owned(),
            PlatformTarget::DnaNexus(_) => target.describe_platform(),
        },
        "state": location(state),
        "select": select_bill_to.as_ref().map(|orgs| json!({ "billTo": orgs })),
        "default": is_default,
    })
}

fn describe(page: &mut Page, target: &Target, is_default: bool) {
    let platform = format!(": {}", target.describe_platform());
    let default = if is_default { " · the default" } else { "" };
    page.line(&[(Role::Strong, &target.name), (Role::Plain, &platform), (Role::Muted, default)]);
    page.row((Role::Plain, "State"), &[Para::verbatim(location(&target.state))]);
    let selection = match &target.select_bill_to {
        None => "every TRE that the account can see".to_owned(),
        Some(orgs) => {
            let orgs: Vec<String> = orgs.iter().map(ToString::to_string).collect();
            format!("billed to {}", orgs.join(", "))
        }
    };
    page.row((Role::Plain, "Selection"), &[Para::words(selection).hang(2)]);
}

fn location(state: &StateTarget) -> String {
    match state {
        StateTarget::Local(folder) => folder.to_string(),
        StateTarget::Remote(url) => url.to_string(),
    }
}
