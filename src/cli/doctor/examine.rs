//! The checks one after the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use super::connection::{First, clock, not_checked, rate};
use super::link::Link;
use super::probe::Probe;
use super::report::{Check, Kind, Report, Status, Target};
use super::tre::Tres;
use super::{answer, org, showcase, state, target};
use crate::api::ConfigError;
use crate::cli::failure::Failure;
use crate::cli::session::Session;
use crate::cli::settings::Settings;
use crate::desired::PlatformTarget;
use crate::model::{OrgId, UserId};
use crate::platform::wire::{Found, route};
use crate::platform::{PlatformError, PlatformErrorKind, Transport};

/// What is examined.
pub struct Subject<'a> {
    /// The target and its repository.
    pub session: &'a Session,
    /// Flags.
    pub settings: &'a Settings,
    /// The platform, or why it cannot be opened.
    pub transport: Result<Arc<dyn Transport>, Failure>,
    /// The connection, where there is one.
    pub link: Option<&'a dyn Link>,
}

/// Makes every check that can be made.
pub async fn examine(subject: Subject<'_>) -> Report {
    let Subject { session, settings, transport, link } = subject;
    let target = target::check(session, settings, link);
    let state = state::check(session, settings).await;
    let (checks, operator) = match transport {
        Ok(transport) => of_platform(session, settings, link, Probe::new(transport)).await,
        Err(failure) => (unopened(&failure), None),
    };
    let mut all: Vec<Check> = [target, state].into_iter().chain(checks).collect();
    let place = |check: &Check| Kind::ALL.iter().position(|kind| kind.id() == check.id);
    all.sort_by_key(place);
    let target = Target {
        name: session.target.name.clone(),
        platform: match &session.target.platform {
            PlatformTarget::Embedded { .. } => "embedded".to_owned(),
            PlatformTarget::DnaNexus(_) => session.target.describe_platform(),
        },
        operator: operator.map(|operator| operator.to_string()),
    };
    Report::new(Some(target), all)
}

/// Returns the report where not even the target is known.
pub fn unresolved(failure: &Failure) -> Report {
    let rest = Kind::ALL.into_iter().skip(1);
    let rest = rest.map(|kind| not_checked(kind, "the target is not known"));
    Report::new(None, [broken(Kind::Target, failure)].into_iter().chain(rest).collect())
}

async fn of_platform(
    session: &Session,
    settings: &Settings,
    link: Option<&dyn Link>,
    probe: Probe,
) -> (Vec<Check>, Option<UserId>) {
    let whoami = whoami(&probe).await;
    let first = First::of(link, &whoami);
    let obstacle = first.obstacle().unwrap_or("the account is not known");
    let First { host, tls, token } = first;
    let is_reached = host.status == Status::Ok && tls.status == Status::Ok;
    let mut checks = vec![host, tls, token];
    match &whoami {
        Ok(operator) => checks.extend(of_account(session, &probe, operator).await),
        Err(_) => checks.extend(
            [Kind::Orgs, Kind::Management, Kind::Answers, Kind::Listed, Kind::Showcases]
                .map(|kind| not_checked(kind, obstacle)),
        ),
    }
    // These two look back at all calls, as far as any was answered.
    let knows_time = whoami.is_ok() || link.is_none_or(|link| link.ahead().is_some());
    checks.push(if knows_time { clock(link) } else { not_checked(Kind::Clock, obstacle) });
    let knows_rate = is_reached || link.is_none_or(|link| link.refused_for_rate() > 0);
    let calls = probe.seen().calls;
    checks.push(if knows_rate {
        rate(link, settings, calls)
    } else {
        not_checked(Kind::RateLimit, obstacle)
    });
    (checks, whoami.ok())
}

async fn whoami(probe: &Probe) -> Result<UserId, PlatformError> {
    let answer = probe.call(route::WHOAMI, json!({})).await?;
    match serde_json::from_value::<Found>(answer) {
        Ok(Found { id, describe: _ }) => Ok(UserId::from_platform(&id)),
        Err(error) => {
            let message = format!("The answer does not name the account: {error}.");
            let kind = PlatformErrorKind::UnexpectedAnswer;
            Err(PlatformError::new(route::WHOAMI, kind, message))
        }
    }
}

async fn of_account(session: &Session, probe: &Probe, operator: &UserId) -> Vec<Check> {
    let select = session.target.select_bill_to.as_deref();
    let tres = Tres::read(probe, select).await;
    let orgs: Vec<OrgId> = match select {
        Some(orgs) => orgs.to_vec(),
        None => {
            let documents = session.desired.tres.values();
            let desired = documents.filter_map(|tre| tre.bill_to.as_ref());
            let orgs: BTreeSet<OrgId> =
                desired.map(|org| org.value.clone()).chain(tres.bill_to()).collect();
            orgs.into_iter().collect()
        }
    };
    let (readable, management) = org::checks(probe, &orgs, operator).await;
    let showcases = showcase::check(probe, &tres, operator).await;
    let answers = tres.unlisted().unwrap_or_else(|| answer::check(&probe.seen()));
    vec![readable, management, answers, tres.check(operator), showcases]
}

/// Returns the checks of a platform that cannot be opened: nothing was sent.
fn unopened(failure: &Failure) -> Vec<Check> {
    let (culprit, reason) = match failure.source.as_deref().and_then(|error| error.downcast_ref()) {
        Some(
            ConfigError::NoToken { .. }
            | ConfigError::SecurityContext { .. }
            | ConfigError::TokenOfAnotherHost { .. },
        ) => (Kind::Token, "there is no token to call with"),
        _ => (Kind::Host, "the platform cannot be opened"),
    };
    let check = |kind| match kind {
        Kind::Target | Kind::State => None,
        kind if kind == culprit => Some(broken(kind, failure)),
        kind => Some(not_checked(kind, reason)),
    };
    Kind::ALL.into_iter().filter_map(check).collect()
}

/// Returns the check that failed as a command would have.
pub fn broken(kind: Kind, failure: &Failure) -> Check {
    let mut check = kind.failed(&failure.message);
    for cause in failure.causes() {
        check = check.line(cause);
    }
    match failure.hints.as_slice() {
        [] => check,
        hints => check.cure(hints.join(" ")),
    }
}
