//! The signed webhook, and the chat.

use serde_json::json;

use super::{Notice, Told};
use crate::cli::failure::{Failure, FailureKind};
use crate::cli::{ci, clock, outside};
use crate::hook::{Hook, Message, Secret, SecretError};
use crate::plan::digest;
use crate::plan::render::drift_news;
use crate::web::WebError;

const WEBHOOK: &str = "TRECTL_WEBHOOK_URL";
const SECRET: &str = "TRECTL_WEBHOOK_SECRET";
const SLACK: &str = "TRECTL_SLACK_URL";
/// So many characters of a digest name a message.
const NAMED: usize = 32;

/// Sends the whole report, signed.
pub async fn report(notice: &Notice<'_>) -> Told {
    match sent(notice).await {
        Ok((origin, id)) => Told {
            lines: vec![format!("Webhook: {origin} took the report, as `{id}`.")],
            json: json!({ "action": "sent", "id": id }),
            failures: Vec::new(),
        },
        Err(failure) => Told::failed(failure),
    }
}

async fn sent(notice: &Notice<'_>) -> Result<(String, String), Failure> {
    let report = notice.report;
    let hook = hook(WEBHOOK, notice)?;
    let secret = Secret::parse(&set(SECRET)?).map_err(no_secret)?;
    let body = json!({ "type": "drift.reported", "timestamp": report.at, "data": report });
    let body = body.to_string();
    let digest = digest(&body);
    let name: String = digest.trim_start_matches("sha256:").chars().take(NAMED).collect();
    let id = format!("drift-{name}");
    let now = || clock::instant().as_second();
    let sent = hook.send_signed(&Message { id: &id, body: &body }, &secret, now).await;
    sent.map_err(|error| undelivered(&error, WEBHOOK))?;
    Ok((hook.origin().to_owned(), id))
}

/// Sends what is new, if anything is.
pub async fn news(notice: &Notice<'_>) -> Told {
    match chatted(notice).await {
        Ok(Some(origin)) => Told {
            lines: vec![format!("Chat: {origin} took a message.")],
            json: json!({ "action": "sent" }),
            failures: Vec::new(),
        },
        Ok(None) => Told {
            lines: vec!["Chat: nothing is new, so there is no message.".to_owned()],
            json: json!({ "action": "none" }),
            failures: Vec::new(),
        },
        Err(failure) => Told::failed(failure),
    }
}

async fn chatted(notice: &Notice<'_>) -> Result<Option<String>, Failure> {
    let hook = hook(SLACK, notice)?;
    let Some(news) = drift_news(notice.report, ci::job_url().as_deref()) else { return Ok(None) };
    let sent = hook.send(&json!({ "text": news }).to_string()).await;
    sent.map_err(|error| undelivered(&error, SLACK))?;
    Ok(Some(hook.origin().to_owned()))
}

fn set(name: &'static str) -> Result<String, Failure> {
    ci::first_set(&[name]).ok_or_else(|| {
        Failure::usage(format!("`{name}` is unset."))
            .hint("docs/notify.md tells what it holds. It is a secret, so no flag takes it.")
    })
}

fn hook(name: &'static str, notice: &Notice<'_>) -> Result<Hook, Failure> {
    let (backoff, cancel) = (outside::backoff(notice.settings), notice.interrupt.token().clone());
    Hook::new(&set(name)?, backoff, cancel).map_err(|error| undelivered(&error, name))
}

fn no_secret(error: SecretError) -> Failure {
    Failure::usage(format!("`{SECRET}` is no secret.")).because(error).hint(
        "Make one with `echo whsec_$(openssl rand -base64 32)`, and give it to the receiver too.",
    )
}

fn undelivered(error: &WebError, name: &str) -> Failure {
    let cure = match error {
        WebError::Unsafe { .. } | WebError::Nowhere => {
            format!("Set `{name}` to an address with `https://`.")
        }
        WebError::Refused { status: 300..=399, .. } => {
            format!("`{name}` leads elsewhere: set it to the address that it leads to.")
        }
        WebError::Refused { status: 401 | 403 | 404 | 410, .. } => {
            format!("Look whether `{name}` is still the address that was given out.")
        }
        _ => "Run it again; `--retry-for` says how long it goes on trying.".to_owned(),
    };
    let what = if name == SLACK { "The message" } else { "The report" };
    Failure::new(FailureKind::Platform, format!("{what} was not delivered."))
        .because(error.clone())
        .hint(cure)
}
