//! From the first call: whether the host answers, how the connection is protected, whom the token
//! stands for, and what the clocks say.

use serde_json::json;

use super::link::{Link, Security};
use super::report::{Check, Kind, Status};
use crate::cli::settings::Settings;
use crate::model::UserId;
use crate::platform::{PlatformError, PlatformErrorKind, Unreachable};

/// The difference of clocks, in seconds, from which on a token or a consent may be judged wrongly.
const SKEW: i64 = 60;

/// What the first call showed.
pub struct First {
    /// The host answers.
    pub host: Check,
    /// The connection is encrypted.
    pub tls: Check,
    /// The token is accepted.
    pub token: Check,
}

impl First {
    /// Returns what an account that answered, or did not, tells of the connection.
    pub fn of(link: Option<&dyn Link>, whoami: &Result<UserId, PlatformError>) -> Self {
        match (link, whoami) {
            (None, whoami) => Self::embedded(whoami),
            (Some(link), Ok(user)) => Self {
                host: answers(link),
                tls: protected(link),
                token: Kind::Token
                    .ok(format!("It stands for `{user}`."))
                    .detail(json!({ "operator": user })),
            },
            (Some(link), Err(error)) => Self::refused(link, error),
        }
    }

    /// Returns the first reason why nothing else can be asked, if there is one.
    pub fn obstacle(&self) -> Option<&'static str> {
        let Self { host, tls, token } = self;
        let failed = |check: &Check| check.status == Status::Failed;
        let reasons = [
            (host, "the platform does not answer"),
            (tls, "no trusted connection comes about"),
            (token, "the token is not accepted"),
        ];
        reasons.into_iter().find(|(check, _)| failed(check)).map(|(_, reason)| reason)
    }

    fn embedded(whoami: &Result<UserId, PlatformError>) -> Self {
        let (host, token) = match whoami {
            Ok(user) => (
                Kind::Host.ok("The embedded platform opens."),
                Kind::Token
                    .ok(format!("None is needed; `{user}` acts."))
                    .detail(json!({ "operator": user })),
            ),
            Err(error) => (
                Kind::Host
                    .failed("The embedded platform opens and does not answer.")
                    .line(error.to_string())
                    .cure("Restore its store from a copy, or empty it with `trectl sim reset`."),
                not_checked(Kind::Token, "the embedded platform does not answer"),
            ),
        };
        Self { host, tls: not_needed(Kind::Tls), token }
    }

    fn refused(link: &dyn Link, error: &PlatformError) -> Self {
        let unreached = |host: Check| Self {
            host: host.line(error.to_string()),
            tls: not_checked(Kind::Tls, "the platform does not answer"),
            token: not_checked(Kind::Token, "the platform does not answer"),
        };
        match &error.kind {
            PlatformErrorKind::Unreachable(Unreachable::Tls) => Self {
                host: Kind::Host.ok(format!("`{}` takes connections.", link.address())),
                tls: untrusted(link).line(error.to_string()),
                token: not_checked(Kind::Token, "no trusted connection comes about"),
            },
            PlatformErrorKind::Unreachable(why) => unreached(unreachable(link, *why)),
            PlatformErrorKind::NoAnswer => unreached(
                Kind::Host
                    .failed(format!("`{}` takes the call and never answers.", link.address()))
                    .cure(
                        "Run `trectl doctor` again. If it stays so, look for a proxy or a \
                           firewall in between that cuts connections.",
                    ),
            ),
            PlatformErrorKind::InvalidAuthentication | PlatformErrorKind::PermissionDenied => {
                Self { host: answers(link), tls: protected(link), token: unaccepted(link, error) }
            }
            PlatformErrorKind::RateLimitConditional
            | PlatformErrorKind::InternalError
            | PlatformErrorKind::ServiceUnavailable => unreached(
                Kind::Host
                    .failed(format!("`{}` is there and not at work.", link.address()))
                    .cure("Wait, and run `trectl doctor` again."),
            ),
            _ => unreached(
                Kind::Host
                    .failed(format!("`{}` answers, and not as the platform does.", link.address()))
                    .cure(
                        "See that `host:` names the API of the platform, and that no proxy \
                           answers in its place.",
                    ),
            ),
        }
    }
}

/// Compares the clocks.
pub fn clock(link: Option<&dyn Link>) -> Check {
    let Some(link) = link else { return not_needed(Kind::Clock) };
    let Some(ahead) = link.ahead() else {
        return Kind::Clock
            .unknown(
                "The answers carry no `Date`, so nobody can tell what the platform's clock says.",
            )
            .cure("Compare this machine's clock with a clock that you trust.");
    };
    let seconds = ahead.as_secs();
    let detail = json!({ "platform_is_ahead_seconds": seconds });
    let check = if seconds.abs() > SKEW {
        let way = if seconds > 0 { "behind" } else { "ahead of" };
        Kind::Clock
            .failed(format!(
                "This machine's clock is {} s {way} the platform's.",
                seconds.unsigned_abs()
            ))
            .cure("Set this machine's clock: consents run out by it, and so do tokens.")
    } else {
        Kind::Clock.ok(format!("Within {SKEW} s of the platform's."))
    };
    check.detail(detail)
}

/// Tells how many calls are made, and whether they were too many.
pub fn rate(link: Option<&dyn Link>, settings: &Settings, calls: usize) -> Check {
    let Some(link) = link else { return not_needed(Kind::RateLimit) };
    let (limit, refused) = (settings.rate_limit, link.refused_for_rate());
    let detail = json!({ "calls_per_second": limit, "calls": calls, "refused": refused });
    let check = if refused > 0 {
        Kind::RateLimit
            .unknown(format!(
                "{refused} calls were refused for being too many, at {limit} a second at most. \
                 The platform does not tell its limit."
            ))
            .cure("Name a lower `--rate-limit`, or see what else calls with this account.")
    } else {
        Kind::RateLimit.ok(format!(
            "{limit} calls a second at most, and none of {calls} was refused. The platform does \
             not tell its limit; 200 a second for each account is known second hand."
        ))
    };
    check.detail(detail)
}

/// Returns a check that an embedded platform does not need.
pub fn not_needed(kind: Kind) -> Check {
    kind.skipped("Not needed: embedded.")
}

/// Returns a check that cannot be made, and why.
pub fn not_checked(kind: Kind, reason: &str) -> Check {
    kind.skipped(format!("Not checked: {reason}."))
}

fn answers(link: &dyn Link) -> Check {
    Kind::Host.ok(format!("`{}` answers.", link.address()))
}

fn protected(link: &dyn Link) -> Check {
    match link.security() {
        Security::Tls => Kind::Tls.ok("TLS 1.2 or newer, with a certificate that is trusted here."),
        Security::PlainToThisMachine => {
            Kind::Tls.ok("None: plain HTTP to this machine, which nobody else hears.")
        }
    }
}

fn unreachable(link: &dyn Link, why: Unreachable) -> Check {
    let address = link.address();
    let (message, cure) = match why {
        Unreachable::Name => (
            "No name server knows",
            "See that the host is written as it should be (`trectl.yaml`, `DX_APISERVER_HOST`), \
             and that this machine is in the network: a VPN, perhaps.",
        ),
        Unreachable::Refused => (
            "Nobody takes connections at",
            "See that host and port are right, that the platform is up, and that no firewall is \
             in between.",
        ),
        Unreachable::Proxy => (
            "The proxy lets nothing through to",
            "Correct `HTTPS_PROXY`, or add the host to `NO_PROXY` if no proxy is needed.",
        ),
        Unreachable::Timeout => (
            "No answer in time from",
            "See that this machine is in the network, and whether a proxy (`HTTPS_PROXY`) is \
             needed here.",
        ),
        Unreachable::Tls | Unreachable::Other => (
            "No connection comes about to",
            "Look at what is said above, then run `trectl doctor` again.",
        ),
    };
    Kind::Host.failed(format!("{message} `{address}`.")).cure(cure)
}

fn untrusted(link: &dyn Link) -> Check {
    Kind::Tls.failed(format!("No connection to `{}` can be trusted.", link.address())).cure(
        "Where a proxy of your organisation opens connections, name its certificate with \
             `DX_CA_CERT`. Otherwise do not go on: somebody else may be answering.",
    )
}

fn unaccepted(link: &dyn Link, error: &PlatformError) -> Check {
    let token = link.settings().into_iter().find(|setting| setting.name == "token");
    let origin = token.map_or_else(String::new, |token| format!(" from {}", token.origin));
    let check = match error.kind {
        PlatformErrorKind::PermissionDenied => Kind::Token
            .failed(format!("The token{origin} may not even ask whom it stands for."))
            .cure("Make a token that is not limited to projects or apps."),
        _ => Kind::Token.failed(format!("The platform does not accept the token{origin}.")).cure(
            "It has expired, or belongs to another platform: make a new one, or run \
                   `dx login` again.",
        ),
    };
    check.line(error.to_string())
}
