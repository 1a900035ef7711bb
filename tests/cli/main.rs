//! The real binary in a clean environment: one file for each command, one for exit status, one for
//! bad input.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod accounts;
mod adopt;
mod apply;
mod audit;
mod bad_input;
mod changed;
mod ci;
mod ci_formats;
mod comment;
mod connect;
mod docs;
mod doctor;
mod doctor_over_http;
mod drift;
mod events;
mod exit_status;
mod explain;
mod forge;
mod guards;
mod harness;
mod impact;
mod import;
mod live;
mod markdown;
mod misc;
mod new;
mod notify;
mod output;
mod over_http;
#[cfg(unix)]
mod pipelines;
mod plan;
mod plan_schema;
mod preflight;
mod rename;
mod saved_plan;
#[cfg(unix)]
mod serve;
mod served;
mod show;
mod sim;
mod snapshot;
mod standin;
mod state;
mod targets;
mod terraform_rules;
mod validate;
mod who;
#[cfg(unix)]
mod whole_path;
mod wire;
