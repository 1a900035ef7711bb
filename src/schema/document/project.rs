//! The project file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{ApiVersion, Id, Parsed, ProjectKind, StatePlace, TargetName};
use crate::model::{OrgId, PolicyKind};
use crate::source::Spanned;

/// The project file, `trectl.yaml` at the root: targets, state store, guards.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Project")]
pub struct ProjectDocument {
    /// The version of the format: `trectl/v1`.
    pub api_version: ApiVersion,
    /// Tells that this document is the project file.
    pub kind: ProjectKind,
    /// Where TREs live, by a name of your choice. Without it the only target is `local`, the
    /// embedded platform in `.trectl/platform.db`.
    #[schemars(extend("minProperties" = 1))]
    #[schemars(example = serde_json::json!({
        "production": {
            "platform": { "dnanexus": {} },
            "state": "s3://bucket/trectl/production",
            "select": { "billTo": ["org-biobank"] }
        }
    }))]
    pub targets: Option<BTreeMap<Spanned<Parsed<TargetName>>, Spanned<TargetDocument>>>,
    /// The target that is used without `--target`. A single target is the default anyway; an
    /// embedded one is never the default beside a real one.
    pub default_target: Option<Id<TargetName>>,
    /// Limits on what one run may do.
    pub guards: Option<GuardsDocument>,
    /// Files and folders that are not read, as glob patterns relative to the root.
    #[schemars(example = ["drafts/**"])]
    pub ignore: Option<Vec<Spanned<String>>>,
    /// Policies that trectl does not know by itself, by name.
    #[schemars(example = serde_json::json!({
        "clipboardRestricted": { "type": "bool", "meaning": "The clipboard is off." }
    }))]
    pub policies: Option<BTreeMap<Spanned<String>, PolicyDocument>>,
}

/// One target.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Target")]
pub struct TargetDocument {
    /// The platform: `embedded`, a store of trectl's own for trying out and for tests, or
    /// `dnanexus`, the real one.
    pub platform: Spanned<PlatformDocument>,
    /// Where the state of this target is kept: a folder, or a bucket by its URL (`s3://`, `gs://`
    /// or `az://`). Without it `.trectl/state/<target>`.
    pub state: Option<Id<StatePlace>>,
    /// Limits the target to some TREs.
    pub select: Option<SelectDocument>,
    /// Consents that are asked for although the platform is embedded. Only `publish` makes a
    /// difference: all others are asked for everywhere.
    pub ask_consent: Option<Vec<Spanned<AskConsent>>>,
}

/// A platform. Write either `embedded`, with `seed` or without, or `dnanexus`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Platform")]
pub struct PlatformDocument {
    /// The file of an embedded platform, relative to the root or absolute.
    #[schemars(example = ".trectl/platform.db")]
    pub embedded: Option<Spanned<String>>,
    /// What the embedded platform holds at first: a file of kind `PlatformSeed`, relative to the
    /// root or absolute. Without it every well-formed id exists.
    #[schemars(example = "platform-seed.yaml")]
    pub seed: Option<Spanned<String>>,
    /// The DNAnexus Platform; `{}` for `https://api.dnanexus.com`.
    pub dnanexus: Option<DnanexusDocument>,
}

/// How the DNAnexus Platform is reached.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "DNAnexus")]
pub struct DnanexusDocument {
    /// The API host; `api.dnanexus.com` where it is absent.
    #[schemars(example = "stagingapi.example.org")]
    pub host: Option<Spanned<String>>,
    /// The port; 443 for `https` and 80 for `http` where it is absent.
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<Spanned<u16>>,
    /// `https` where it is absent; `http` is for this very machine only.
    pub protocol: Option<Spanned<Protocol>>,
}

/// A protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Protocol {
    #[expect(missing_docs, reason = "a doc comment here would repeat that of the key")]
    Https,
    #[expect(missing_docs, reason = "a doc comment here would repeat that of the key")]
    Http,
}

/// A consent that a target may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum AskConsent {
    #[expect(missing_docs, reason = "a doc comment here would repeat that of the key")]
    Publish,
}

/// Which TREs belong to a target.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Select")]
pub struct SelectDocument {
    /// Only TREs that one of these orgs pays for: documents, live TREs and orphans alike.
    #[schemars(example = ["org-biobank"])]
    pub bill_to: Vec<Id<OrgId>>,
}

/// Limits on what one run may do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Guards")]
pub struct GuardsDocument {
    /// When the loss of people needs the consent `mass-removal`.
    pub mass_removal: Option<MassRemovalDocument>,
    /// How many TREs a run holds in Maintenance at once for releases; 1 where it is absent.
    #[schemars(range(min = 1))]
    pub open_windows: Option<Spanned<u32>>,
}

/// When the loss of people needs the consent `mass-removal`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "MassRemoval")]
pub struct MassRemovalDocument {
    /// The share of the people and orgs of a TRE, in percent, that may lose their last role in one
    /// run; 30 where it is absent.
    #[schemars(range(min = 0, max = 100))]
    pub percent: Option<Spanned<u32>>,
    /// The guard counts only where at least so many had a role; 10 where it is absent.
    pub least_people: Option<Spanned<u32>>,
}

/// A policy that trectl does not know by itself.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "PolicyDeclaration")]
pub struct PolicyDocument {
    /// What values it takes. `bool`: `true` is stricter. `number`: a positive whole number, larger
    /// is stricter. `list`: a list of ids, fewer is stricter.
    #[serde(rename = "type")]
    pub kind: PolicyKind,
    /// `true` where it can only be switched on, never off.
    pub one_way: Option<bool>,
    /// What it does, in a sentence for people.
    #[schemars(example = "The clipboard is off.")]
    pub meaning: Option<String>,
}
