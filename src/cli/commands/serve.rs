//! `sim serve`: the embedded platform over HTTP, until it is stopped.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use serde_json::json;
use tokio::net::TcpListener;

use crate::cli::args::Serve as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::{Output, print_talk};
use crate::cli::session::Session;
use crate::cli::{platform, runtime};
use crate::desired::PlatformTarget;
use crate::diag::escape_control as escape;
use crate::plan::FORMAT_VERSION;
use crate::sim::serve::{Fault, FaultError, Options, Served, Server};
use crate::sim::{Access, Embedded};

/// Runs the command.
pub fn run(args: &Args, session: &Session, output: &mut Output) -> Outcome {
    let faults = faults(&args.fault)?;
    let options = platform::options(session, output.settings(), Access::Write)?;
    runtime::block_on(|interrupt| async move {
        let opening = interrupt.blocking(move || Embedded::open(options));
        let embedded = opening.await?.map_err(platform::refused)?;
        let cannot_listen = |error| cannot_listen(args.listen, error);
        let listener = TcpListener::bind(args.listen).await.map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        if !address.ip().is_loopback() {
            output.warn(&format!(
                "{address} can be reached from other machines, and tokens go over the network in \
                 plain text."
            ));
        }
        let announcement = Announcement { args, session, embedded: &embedded, address };
        announcement.tell(&faults, output);
        let mut options = Options {
            limit: args.limit,
            faults,
            fault_seed: args.fault_seed,
            ..Options::default()
        };
        if output.settings().trace > 0 {
            options.observer = Arc::new(|served| print_talk(&line(served)));
        }
        let stop = interrupt.token().cancelled();
        Server::new(embedded, options).serve(listener, stop).await.map_err(cannot_listen)?;
        Ok(interrupt.received().unwrap_or(Status::DONE))
    })
}

/// Reads the faults, and tells of all that are none.
fn faults(texts: &[String]) -> Result<Vec<Fault>, Failure> {
    let (mut faults, mut wrong) = (Vec::new(), Vec::new());
    for text in texts {
        match text.parse() {
            Ok(fault) => faults.push(fault),
            Err(error) => wrong.push(format!("`--fault {text}`: {}", sentence(&error))),
        }
    }
    if wrong.is_empty() {
        return Ok(faults);
    }
    Err(Failure::usage(wrong.join(" "))
        .hint("Write `KIND[=VALUE][:ROUTE[:CHANCE[:xTIMES]]]`, as `503=2:/tre-*/activate:10%:x3`."))
}

/// Ends what may be a question with the mark that it lacks.
fn sentence(error: &FaultError) -> String {
    let text = error.to_string();
    if text.ends_with('?') { text } else { text + "." }
}

fn cannot_listen(address: SocketAddr, error: io::Error) -> Failure {
    let (message, hint) = match error.kind() {
        io::ErrorKind::AddrInUse => (
            format!("Another program listens at {address} already."),
            "Stop it, or take another port: `--listen 127.0.0.1:0` takes one that is free.",
        ),
        io::ErrorKind::AddrNotAvailable => (
            format!("This machine has no address {}.", address.ip()),
            "Listen at `127.0.0.1`, or at an address of this machine.",
        ),
        io::ErrorKind::PermissionDenied => {
            (format!("The current user may not listen at {address}."), "Take a port above 1023.")
        }
        _ => (
            format!("Nothing can listen at {address}."),
            "Take another address with `--listen ADDRESS:PORT`.",
        ),
    };
    Failure::usage(message).because(error).hint(hint)
}

/// Returns what `-v` tells of a call: no inputs, no answers, no tokens.
fn line(served: &Served<'_>) -> String {
    let Served { id, user, method, path, status, faults, took } = served;
    let user = user.map_or("nobody", |user| user.as_str());
    let status = status.map_or("reset".to_owned(), |status| status.to_string());
    let mut line = format!("{id} {user} {method} {path} {status} in {} ms", took.as_millis());
    if !faults.is_empty() {
        line.push_str(&format!(", hit by {}", faults.join(", ")));
    }
    escape(&line).into_owned()
}

/// What a user needs to know to call the platform.
struct Announcement<'a> {
    args: &'a Args,
    session: &'a Session,
    embedded: &'a Embedded,
    address: SocketAddr,
}

impl Announcement<'_> {
    fn tell(&self, faults: &[Fault], output: &mut Output) {
        if output.settings().is_json() {
            output.json(&self.document(faults));
        } else {
            output.result(&self.text(faults));
        }
    }

    /// Returns the address to call: the one listened at, or this machine's own where that is any.
    fn callable(&self) -> SocketAddr {
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        SocketAddr::new(ip, self.address.port())
    }

    fn document(&self, faults: &[Fault]) -> serde_json::Value {
        let address = self.callable();
        json!({
            "format_version": FORMAT_VERSION,
            "target": self.session.target.name,
            "url": format!("http://{address}"),
            "listen": self.address.to_string(),
            "protocol": "http",
            "host": address.ip().to_string(),
            "port": address.port(),
            "operator": self.embedded.actor(),
            "tokens": if self.embedded.has_tokens() { "seed" } else { "user-ids" },
            "limit": self.args.limit,
            "faults": faults.iter().map(Fault::to_string).collect::<Vec<_>>(),
            "fault_seed": self.args.fault_seed,
        })
    }

    fn text(&self, faults: &[Fault]) -> String {
        let Self { args: _, session, embedded, address: _ } = self;
        let (target, address) = (&session.target, self.callable());
        let (host, port) = (address.ip(), address.port());
        let yaml_host = if host.is_ipv6() { format!("\"{host}\"") } else { host.to_string() };
        let actor = embedded.actor();
        let (token, whose) = if embedded.has_tokens() {
            ("TOKEN".to_owned(), format!("TOKEN is one of `tokens:` in {}.", self.seed()))
        } else {
            let whose = format!("The token is a user's id: `{actor}` acts, or any other user.");
            (actor.to_string(), whose)
        };
        format!(
            "Target `{}` ({}) is served at http://{address} until Ctrl-C stops it.\n\
             {}\n\
             For a program that calls it:\n  \
             export DX_APISERVER_PROTOCOL=http DX_APISERVER_HOST={host} DX_APISERVER_PORT={port}\n  \
             export DX_SECURITY_CONTEXT='{{\"auth_token_type\":\"Bearer\",\"auth_token\":\"{token}\"}}'\n\
             {whose}\n\n\
             As a target of `trectl.yaml`:\n  \
             served: {{platform: {{dnanexus: {{host: {yaml_host}, port: {port}, protocol: http}}}}}}\n",
            target.name,
            target.describe_platform(),
            self.purpose(faults),
        )
    }

    /// Says what goes wrong on purpose.
    fn purpose(&self, faults: &[Fault]) -> String {
        if faults.is_empty() {
            return String::new();
        }
        let faults: String = faults.iter().map(|fault| format!("  {fault}\n")).collect();
        format!("\nGoes wrong on purpose, by seed {}:\n{faults}", self.args.fault_seed)
    }

    /// Returns where the tokens stand.
    fn seed(&self) -> String {
        match &self.session.target.platform {
            PlatformTarget::Embedded { path: _, seed: Some(seed) } => format!("`{seed}`"),
            _ => "the seed that the platform began with".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_taken_is_told_with_the_way_out() {
        let told = |kind: io::ErrorKind| {
            let failure = cannot_listen("10.0.0.1:80".parse().unwrap(), kind.into());
            (failure.message, failure.hints.join(" "))
        };
        let (message, hint) = told(io::ErrorKind::AddrNotAvailable);
        assert_eq!(message, "This machine has no address 10.0.0.1.");
        assert!(hint.contains("127.0.0.1"), "{hint}");
        let (message, hint) = told(io::ErrorKind::PermissionDenied);
        assert_eq!(message, "The current user may not listen at 10.0.0.1:80.");
        assert!(hint.contains("1023"), "{hint}");
    }
}
