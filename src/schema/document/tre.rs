//! A TRE, in the order of what can still be changed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::group::policies_example;
use super::{
    ApiVersion, AssetSource, Day, Id, Parsed, Person, Pointer, Policies, RateCard, TreKind,
};
use crate::model::{
    AssetRef, ConsentKind, DesiredState, OrgId, ProfileId, Region, StepId, TreId, Visibility,
};
use crate::source::Spanned;

/// One Trusted Research Environment. A key that is absent is not managed: the setting stays as it
/// is on the platform.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "TrustedResearchEnvironment")]
pub struct TreDocument {
    /// The version of the format: `trectl/v1`.
    pub api_version: ApiVersion,
    /// Tells that this document is a TRE.
    pub kind: TreKind,
    /// The TRE's id, for ever: `tre-` and a handle. Another id is another TRE.
    pub id: Id<TreId>,
    /// The id that the TRE had before, where it was renamed here. A TRE keeps its id for ever, so
    /// `plan` refuses the document for as long as this key is there, and tells the way there is: a
    /// new TRE beside the old one.
    pub previously: Option<Id<TreId>>,
    /// The state that is asked for. `draft`: to be configured, visible to its admins only.
    /// `active`: open for requests. `maintenance`: closed for new requests, its inventory open for
    /// change. `deleted`: to be deleted; then only `id` and `consents` count, and the consent
    /// `delete` is needed.
    pub state: Spanned<DesiredState>,
    /// `false` ends the management of this TRE on purpose: it stays on the platform as it is.
    pub managed: Option<Spanned<bool>>,
    /// The name that researchers see. Needed to create the TRE.
    #[schemars(example = "Genomics Research Environment")]
    pub name: Option<Spanned<String>>,
    /// The description that researchers see.
    #[schemars(example = "Whole-genome sequences of the national cohort.")]
    pub description: Option<Spanned<String>>,
    /// Who can find the TRE: `private`, only its authorized users; `public`, every user of the
    /// platform.
    pub visibility: Option<Spanned<Visibility>>,
    /// Profiles whose policies this TRE takes over. Later ones win over earlier ones, and this
    /// document wins over all, name by name.
    #[schemars(example = ["baseline"])]
    pub extends: Option<Spanned<Vec<Id<ProfileId>>>>,
    /// Policies by name. A name that is absent here and in every profile is not managed.
    #[schemars(example = policies_example())]
    pub policies: Option<Spanned<Policies>>,
    /// TRE admins: users, and groups of users; at most 100. The acting account is an admin of
    /// what it creates and need not be listed.
    #[schemars(example = ["user-amara", "user-jonas"])]
    pub admins: Option<Spanned<Vec<Id<Person>>>>,
    /// Who may find a private TRE and send requests: users, orgs (an org stands for all its
    /// members) and groups; at most 1,000. Write `[]` for nobody.
    #[schemars(example = ["user-li", "org-university", "group:leeds"])]
    pub authorized_users: Option<Spanned<Vec<Id<Person>>>>,
    /// What is given out, managed as a whole: an asset that is absent is none. Changes only while
    /// the TRE is a draft or in Maintenance.
    pub inventory: Option<Spanned<InventoryDocument>>,
    /// The org that pays. Needed to create the TRE; frozen for good at publishing.
    pub bill_to: Option<Id<OrgId>>,
    /// Where the data lies. Needed to create the TRE; frozen for good at publishing.
    pub region: Option<Id<Region>>,
    /// An address of its own; frozen for good at publishing.
    #[serde(rename = "customizedURL")]
    pub customized_url: Option<Spanned<String>>,
    /// A rate card of its own, text or a mapping as agreed with the platform's vendor; frozen for
    /// good at publishing.
    pub customized_rate_card: Option<Spanned<RateCard>>,
    /// The review pipeline, in order, managed as a whole. Ids, names, descriptions and order are
    /// frozen for good at publishing; reviewers stay free.
    pub review_steps: Option<Spanned<Vec<Spanned<ReviewStepDocument>>>>,
    /// Consents, each to one change.
    pub consents: Option<Vec<Spanned<ConsentDocument>>>,
    /// Values of the platform that may stand for a time, each with who answers for it. `drift`
    /// shows and counts them apart; what `plan` and `apply` do stays the same.
    pub accepted_drift: Option<Vec<Spanned<AcceptedDriftDocument>>>,
}

/// What a TRE gives out: a version's name and up to four assets.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Inventory")]
pub struct InventoryDocument {
    /// The name of the version: text, so quote it where it looks like a number. Give every change
    /// of the assets a new one.
    #[schemars(example = "2026.1")]
    pub version: Spanned<String>,
    /// The Tabular Data Inventory: the full phenotypic or clinical data, an Apollo Dataset,
    /// `record-…` or `project-…:record-…`.
    pub tabular_data: Option<Id<AssetRef>>,
    /// The Data Showcase: the curated subset that can be seen before asking, an Apollo Dataset,
    /// `record-…` or `project-…:record-…`. It lies in a project of its own, since every authorized
    /// user and reviewer can read that whole project.
    pub data_showcase: Option<Id<AssetRef>>,
    /// The File Inventory: a TSV file that maps every bulk file to its dispensal rules, `file-…`
    /// or `project-…:file-…`.
    pub file_inventory: Option<Spanned<AssetSource>>,
    /// The Data Collections: a JSON file with the collections that can be selected in a request,
    /// `file-…` or `project-…:file-…`.
    pub data_collections: Option<Spanned<AssetSource>>,
}

/// One step of the review pipeline.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "ReviewStep")]
pub struct ReviewStepDocument {
    /// The step's id, unique in the TRE: lower-case letters and digits.
    pub id: Id<StepId>,
    /// The step's name.
    #[schemars(example = "Data Governance Review")]
    pub name: Option<Spanned<String>>,
    /// What the step decides.
    #[schemars(example = "Checks that the request follows the policies.")]
    pub description: Option<Spanned<String>>,
    /// Who decides: users, and groups of users. A published TRE needs one in every step.
    #[schemars(example = ["user-priya", "group:reviewers"])]
    pub reviewers: Option<Spanned<Vec<Id<Person>>>>,
}

/// New values by their places in the document.
pub type BoundValues = BTreeMap<Spanned<Parsed<Pointer>>, Spanned<Value>>;

/// A consent to one change that is disruptive, lets more in, undoes somebody's edit or cannot be
/// undone. It lapses once it is applied, or after `until`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Consent")]
pub struct ConsentDocument {
    /// What is allowed. `maintenance`: taking an active TRE into Maintenance. `delete`: deleting
    /// the TRE. `loosen`: a policy made less strict, or private made public. `mass-removal`: many
    /// people lose their last role, or a list is emptied. `revert`: undoing an edit made on the
    /// platform where that opens something. `publish`: publishing, which freezes settings for
    /// good.
    pub allow: Spanned<ConsentKind>,
    /// The exact new values that this consent is bound to, by JSON Pointer. May be left out only
    /// where the new value is a list; `until` is needed then.
    #[serde(rename = "for")]
    #[schemars(example = serde_json::json!({ "/inventory/version": "2026.1" }))]
    pub values: Option<Spanned<BoundValues>>,
    /// The last day (UTC) on which it holds.
    pub until: Option<Spanned<Day>>,
    /// Where it was decided.
    #[schemars(example = "DAC-2026-114")]
    pub ticket: Option<Spanned<String>>,
}

/// Drift that is accepted: a value of the platform that may stand until a day although the
/// document asks for another. It counts again after that day, and as soon as the value moves.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "AcceptedDrift")]
pub struct AcceptedDriftDocument {
    /// The setting, as a JSON Pointer; people and review steps by their ids, as in
    /// `/authorizedUsers/user-li` and `/reviewSteps/ethics/name`.
    #[schemars(example = "/policies/downloadRestricted")]
    pub path: Id<Pointer>,
    /// The value on the platform that is accepted, as `drift` shows it. `null`: nothing is there,
    /// such as a person who was taken off.
    pub live: Spanned<Value>,
    /// Who answers for it: a user, or a name.
    #[schemars(length(min = 1), example = "user-amara")]
    pub owner: Spanned<String>,
    /// Why it may stand.
    #[schemars(length(min = 1), example = "A download under supervision.")]
    pub reason: Spanned<String>,
    /// Where it was decided.
    #[schemars(length(min = 1), example = "DAC-2026-114")]
    pub ticket: Spanned<String>,
    /// The last day (UTC) on which it holds.
    pub until: Spanned<Day>,
}
