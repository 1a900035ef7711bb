//! The state store: whether it can be read, and whether somebody works on it.

use serde_json::json;

use super::examine::broken;
use super::report::{Check, Kind};
use crate::cli::session::Session;
use crate::cli::settings::Settings;
use crate::state::{Owner, Standing, StateError, Store};

/// Reads the state and looks at its lock. Nothing is created or written.
pub async fn check(session: &Session, settings: &Settings) -> Check {
    match session.state() {
        Ok(store) => look_at(&store, settings).await,
        Err(failure) => broken(Kind::State, &failure),
    }
}

async fn look_at(store: &Store, settings: &Settings) -> Check {
    let loaded = match store.load().await {
        Ok(loaded) => loaded,
        Err(error) => return failed(&error),
    };
    let standing = match store.standing().await {
        Ok(standing) => standing,
        Err(error) => return failed(&error),
    };
    if let Standing::Held { owner, .. } = &standing
        && !standing.is_dead()
    {
        let by = owner.as_ref().map_or_else(String::new, |owner| {
            let Owner { pid, host, started, command, .. } = owner;
            format!(" by `{command}` (process {pid} on {host}, since {started})")
        });
        return Kind::State
            .failed(format!("The lock is held{by}."))
            .cure("Wait until that run has ended. The lock of a run that died is free by itself.");
    }
    let partway: Vec<&str> = loaded.progress().keys().map(|id| id.as_str()).collect();
    let applied = loaded.applied().len();
    let known = match applied {
        0 => "nothing was applied yet".to_owned(),
        1 => "1 TRE was applied".to_owned(),
        n => format!("{n} TREs were applied"),
    };
    let message = format!("Readable, and nobody works on it; {known}.");
    let check = Kind::State.ok(message).detail(json!({
        "location": store.location().to_string(), "applied": applied, "part_way": partway,
    }));
    if partway.is_empty() {
        check
    } else {
        check.line(format!(
            "part-way through a plan: {}; `{} apply` goes on",
            partway.join(", "),
            settings.invocation
        ))
    }
}

fn failed(error: &StateError) -> Check {
    Kind::State.failed(sentence(&error.to_string())).cure(error.hint())
}

/// Returns a text as a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}
