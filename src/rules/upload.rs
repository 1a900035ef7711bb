//! An asset that would have to be uploaded.

use super::Context;
use crate::diag::{Code, Diagnostic};
use crate::schema::document::AssetSource;

pub static CODE: Code = Code {
    id: "TRE054",
    title: "Uploads are not built yet",
    cause: "`fileInventory` or `dataCollections` is written as `{path, project}`, a file of the \
            repository that would be uploaded. This version of trectl cannot do that.",
    cure: "Upload the file to the project yourself, and write its id, `file-…`.",
};

pub const DOC: &str = "The form is reserved, so that it cannot come to mean something else.";

pub const GOOD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
inventory:
  version: \"2026.1\"
  fileInventory: file-GQ1vJ5j0000000000000000f
";

pub const BAD: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-cardio
state: draft
inventory:
  version: \"2026.1\"
  fileInventory: {path: inventory/files.tsv, project: project-GQ1vJ5j0000000000000000v}
";

pub fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let inventories = context.kept_tres().filter_map(|tre| tre.value.inventory.as_ref());
    let mut found = Vec::new();
    for inventory in inventories {
        let files = [
            ("fileInventory", &inventory.value.file_inventory),
            ("dataCollections", &inventory.value.data_collections),
        ];
        for (key, asset) in files {
            if let Some(asset) = asset.as_ref().filter(|asset| asset.value == AssetSource::Upload) {
                let summary = format!(
                    "`{key}` names a file to upload, which this version of trectl cannot do yet."
                );
                found.push(
                    Diagnostic::error(&CODE, summary).at(&asset.range).help(
                        "Upload the file to the project yourself, and write its id, `file-…`.",
                    ),
                );
            }
        }
    }
    found
}
