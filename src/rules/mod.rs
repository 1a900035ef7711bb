//! Meaning: what a repository of well-formed documents may still get wrong.
//!
//! One file per rule, with its code, why it is there, a good and a bad example, and the check; one
//! table ([`RULES`]) registers them. Rules look at the documents and at what they resolve to, and
//! never at each other. [`build`] is the way from a repository to a checked [`Desired`].
//!
//! [`Desired`]: crate::desired::Desired

mod build;
mod context;
mod reference;
mod table;

mod accepted_expired;
mod accepted_path;
mod accepted_twice;
mod admins_empty;
mod asset_kind;
mod consent_expired;
mod consent_mismatch;
mod consent_unbound;
mod default_target;
mod duplicate_entry;
mod duplicate_id;
mod duplicate_step;
mod group_cycle;
mod group_depth;
mod no_reviewer;
mod one_way_policy;
mod org_for_person;
mod plain_http;
mod platform_choice;
mod policy_type;
mod previously_itself;
mod profile_cycle;
mod shared_state;
mod showcase_project;
mod too_many_people;
mod unknown_group;
mod unknown_policy;
mod unknown_profile;
mod unused;
mod upload;

pub use build::{Built, build};
pub use context::Context;
pub use reference::{codes, reference};
pub use table::{RULES, Rule};

#[cfg(test)]
mod tests;
