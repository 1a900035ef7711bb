//! A file where a record belongs, or the other way round.

use super::Context;
use crate::diag::{Code, Diagnostic};
use crate::model::Asset;

pub static CODE: Code = Code {
    id: "TRE052",
    title: "Wrong kind of asset",
    cause: "`tabularData` and `dataShowcase` are Datasets, that is, records; `fileInventory` and \
            `dataCollections` are files. An asset is written with an id of the other kind.",
    cure: "Write the id of the right object: `record-…` or `file-…`.",
};

pub const DOC: &str = "The platform takes only Datasets for the first two and only files for the \
                       other two (documented). The keys are easily mixed up.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
inventory:
  version: \"2026.1\"
  tabularData: record-GQ1vJ5j0000000000000000b
  fileInventory: file-GQ1vJ5j0000000000000000f
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
inventory:
  version: \"2026.1\"
  tabularData: file-GQ1vJ5j0000000000000000f
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let tres = context.resolved.desired.tres.values();
    let mut found = Vec::new();
    for written in tres.filter_map(|tre| tre.inventory.as_ref()) {
        for (asset, reference) in written.inventory.assets() {
            if asset.is_dataset() != reference.object.is_record() {
                let range = written.asset_ranges.get(&asset).unwrap_or(&written.range);
                let (key, wanted) = (asset.key(), wanted(asset));
                let summary = format!("`{key}` must be {wanted}, not `{}`.", reference.object);
                let others: Vec<String> = Asset::ALL
                    .into_iter()
                    .filter(|other| other.is_dataset() != asset.is_dataset())
                    .map(|other| format!("`{}`", other.key()))
                    .collect();
                let help = format!(
                    "Write the id of {wanted}, or move this one to {}.",
                    others.join(" or ")
                );
                found.push(Diagnostic::error(&CODE, summary).at(range).help(help));
            }
        }
    }
    found
}

fn wanted(asset: Asset) -> &'static str {
    if asset.is_dataset() { "a Dataset, `record-…`" } else { "a file, `file-…`" }
}
