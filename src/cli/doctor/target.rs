//! What is looked at: the target, and where each of its settings comes from.

use serde_json::json;

use super::link::{Link, Setting};
use super::report::{Check, Kind};
use crate::cli::session::Session;
use crate::cli::settings::Settings;
use crate::desired::{PlatformTarget, StateTarget, Target};
use crate::source::PROJECT_FILE;

/// Tells which target was chosen, and why.
pub fn check(session: &Session, settings: &Settings, link: Option<&dyn Link>) -> Check {
    let Target { name, platform, state: _, select_bill_to, ask_consent: _ } = &session.target;
    let chosen = chosen(session, settings);
    let mut check = Kind::Target.ok(format!("`{name}`, {chosen}."));
    for Setting { name, value, origin } in resolved(session, platform, link) {
        check = match &value {
            Some(value) => check.line(format!("{name}: `{value}` ({origin})")),
            None => check.line(format!("{name}: not shown ({origin})")),
        };
        check = check.detail(json!({ "setting": name, "value": value, "origin": origin }));
    }
    if let Some(orgs) = select_bill_to {
        let orgs: Vec<String> = orgs.iter().map(|org| format!("`{org}`")).collect();
        check = check.line(format!("only TREs billed to {}", orgs.join(", ")));
        check = check.detail(json!({
            "setting": "select.billTo", "value": select_bill_to, "origin": format!("`{PROJECT_FILE}`"),
        }));
    }
    check
}

fn chosen(session: &Session, settings: &Settings) -> &'static str {
    if settings.target.is_some() {
        "named by `--target`"
    } else if session.repository.sources.text(PROJECT_FILE).is_none() {
        "since there is no `trectl.yaml`"
    } else if session.desired.project.targets.len() == 1 {
        "the only one in `trectl.yaml`"
    } else {
        "the default of `trectl.yaml`"
    }
}

fn resolved(session: &Session, platform: &PlatformTarget, link: Option<&dyn Link>) -> Vec<Setting> {
    let mut settings = match platform {
        PlatformTarget::Embedded { path, seed } => {
            let seed = seed.as_ref().map(|seed| written("seed", seed.as_str()));
            let embedded = match session.repository.sources.text(PROJECT_FILE) {
                Some(_) => written("embedded", path.as_str()),
                None => default("embedded", path.as_str()),
            };
            [embedded].into_iter().chain(seed).collect()
        }
        PlatformTarget::DnaNexus(address) => match link {
            Some(link) => link.settings(),
            // No connection could be made: no more is known than the host.
            None => address.host.iter().map(|host| known("host", host)).collect(),
        },
    };
    settings.push(match &session.target.state {
        // What is written as it would be without it is the same as the default.
        StateTarget::Local(folder) if folder.starts_with(".trectl/state") => {
            default("state", folder.as_str())
        }
        StateTarget::Local(folder) => written("state", folder.as_str()),
        StateTarget::Remote(url) => written("state", &url.to_string()),
    });
    settings
}

fn written(name: &'static str, value: &str) -> Setting {
    Setting { name, value: Some(value.to_owned()), origin: format!("`{PROJECT_FILE}`") }
}

fn known(name: &'static str, value: &str) -> Setting {
    let origin = "as far as it is known".to_owned();
    Setting { name, value: Some(value.to_owned()), origin }
}

fn default(name: &'static str, value: &str) -> Setting {
    Setting { name, value: Some(value.to_owned()), origin: "the default".to_owned() }
}
