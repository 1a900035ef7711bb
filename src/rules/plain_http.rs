//! A token in plain text over the network.

use super::Context;
use crate::desired::is_loopback;
use crate::diag::{Code, Diagnostic};
use crate::schema::document::Protocol;

pub static CODE: Code = Code {
    id: "TRE064",
    title: "Plain http to another machine",
    cause: "A target has `protocol: http`, and its host is not this very machine.",
    cure: "Remove `protocol`, so that `https` is used; or name `localhost`.",
};

pub const DOC: &str = "Over plain http everybody on the way reads the token, and with it all that \
                       the account may do. To this very machine it is allowed, for a simulator.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  simulator: {platform: {dnanexus: {host: localhost, port: 8080, protocol: http}}}
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: Project
targets:
  staging: {platform: {dnanexus: {host: stagingapi.example.org, protocol: http}}}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let targets = context.project().and_then(|project| project.targets.as_ref());
    let mut found = Vec::new();
    for (name, target) in targets.into_iter().flatten() {
        let Some(dnanexus) = &target.value.platform.value.dnanexus else { continue };
        let Some(protocol) = &dnanexus.protocol else { continue };
        let host = dnanexus.host.as_ref().map(|host| host.value.as_str());
        if protocol.value == Protocol::Http && !host.is_some_and(is_loopback) {
            let summary =
                format!("The target `{}` would send its token in plain text.", name.value.0);
            found.push(
                Diagnostic::error(&CODE, summary)
                    .at(&protocol.range)
                    .help("Remove `protocol`; plain http is for this very machine only."),
            );
        }
    }
    found
}
