//! `schema`: the JSON Schema of a kind of document, for editors and for programs.

use schemars::Schema;

use crate::cli::args;
use crate::cli::commands::explain;
use crate::cli::doctor;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::{stream, who};
use crate::diag::{self, did_you_mean};
use crate::live::Snapshot;
use crate::plan::Plan;
use crate::plan::render::DriftReport;
use crate::schema;

/// Schemas of what trectl writes; those of what people write are in `schema`.
const WRITTEN: &[schema::NamedSchema] = &[
    ("plan", || schemars::schema_for!(Plan)),
    ("explain", || schemars::schema_for!(explain::Document)),
    ("who", || schemars::schema_for!(who::Report)),
    ("who-as-of", || schemars::schema_for!(who::PastReport)),
    ("drift", || schemars::schema_for!(DriftReport)),
    ("events", || schemars::schema_for!(stream::Line)),
    ("doctor", || schemars::schema_for!(doctor::Report)),
    ("snapshot", || schemars::schema_for!(Snapshot)),
    ("diagnostics", || schemars::schema_for!(diag::render::json::Report)),
];

/// Prints the schema.
pub fn run(args: &args::Schema, output: &mut Output) -> Outcome {
    match generate(&args.kind) {
        Some(schema) => {
            output.json(&schema);
            Ok(Status::DONE)
        }
        None => Err(unknown(&args.kind).into()),
    }
}

/// Returns the schema of a kind, if there is one.
pub fn generate(kind: &str) -> Option<Schema> {
    let mut all = schema::SCHEMAS.iter().chain(WRITTEN);
    all.find(|(known, _)| *known == kind).map(|(_, schema)| schema())
}

/// Returns every kind that has a schema.
pub fn kinds() -> Vec<&'static str> {
    schema::SCHEMAS.iter().chain(WRITTEN).map(|(kind, _)| *kind).collect()
}

fn unknown(kind: &str) -> Failure {
    let failure = Failure::usage(format!("There is no schema of the kind `{kind}`."));
    match did_you_mean(kind, kinds()) {
        Some(known) => failure.hint(format!("Did you mean `{known}`?")),
        None => failure.hint(format!("There are {}.", kinds().join(", "))),
    }
}
