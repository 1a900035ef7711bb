//! The fields of a TRE that can differ, each as fine as it can change on its own.

use crate::desired::DesiredTre;
use crate::lifecycle::Setting;
use crate::model::{Asset, Principal, StepId, UserId};

/// A field, in the order of the YAML.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The id: another one is asked for by saying what it was before.
    Id,
    /// The state.
    State,
    /// The name.
    Name,
    /// The description.
    Description,
    /// Who can find it.
    Visibility,
    /// One policy.
    Policy(String),
    /// One admin.
    Admin(UserId),
    /// One authorized user.
    AuthorizedUser(Principal),
    /// The inventory's version.
    InventoryVersion,
    /// One asset of the inventory.
    InventoryAsset(Asset),
    /// The org that pays.
    BillTo,
    /// Where the data lies.
    Region,
    /// An address of its own.
    CustomizedUrl,
    /// A rate card of its own.
    CustomizedRateCard,
    /// That a review step is there.
    ReviewStep(StepId),
    /// The order of the review steps that stay.
    ReviewOrder,
    /// A review step's name.
    StepName(StepId),
    /// What a review step decides.
    StepDescription(StepId),
    /// One reviewer of a step that stays.
    Reviewer(StepId, UserId),
}

impl Field {
    /// Returns the setting that the lock rules speak of; the state has rules of its own.
    pub fn setting(&self) -> Option<Setting> {
        Some(match self {
            Self::State => return None,
            Self::Id => Setting::Id,
            Self::Name => Setting::Name,
            Self::Description => Setting::Description,
            Self::Visibility => Setting::Visibility,
            Self::Policy(_) => Setting::Policies,
            Self::Admin(_) => Setting::Admins,
            Self::AuthorizedUser(_) => Setting::AuthorizedUsers,
            Self::InventoryVersion | Self::InventoryAsset(_) => Setting::Inventory,
            Self::BillTo => Setting::BillTo,
            Self::Region => Setting::Region,
            Self::CustomizedUrl => Setting::CustomizedUrl,
            Self::CustomizedRateCard => Setting::CustomizedRateCard,
            Self::ReviewStep(_) | Self::ReviewOrder => Setting::ReviewSteps,
            Self::StepName(_) | Self::StepDescription(_) => Setting::ReviewStepText,
            Self::Reviewer(..) => Setting::Reviewers,
        })
    }

    /// Returns a name that does not depend on the order of lists: what a digest covers.
    pub fn key(&self) -> String {
        match self {
            Self::Id => "/id".to_owned(),
            Self::State => "/state".to_owned(),
            Self::Name => "/name".to_owned(),
            Self::Description => "/description".to_owned(),
            Self::Visibility => "/visibility".to_owned(),
            Self::Policy(name) => format!("/policies/{}", escape(name)),
            Self::Admin(user) => format!("/admins/{user}"),
            Self::AuthorizedUser(person) => format!("/authorizedUsers/{person}"),
            Self::InventoryVersion => "/inventory/version".to_owned(),
            Self::InventoryAsset(asset) => format!("/inventory/{}", asset.key()),
            Self::BillTo => "/billTo".to_owned(),
            Self::Region => "/region".to_owned(),
            Self::CustomizedUrl => "/customizedURL".to_owned(),
            Self::CustomizedRateCard => "/customizedRateCard".to_owned(),
            Self::ReviewStep(step) => format!("/reviewSteps/{step}"),
            Self::ReviewOrder => "/reviewSteps".to_owned(),
            Self::StepName(step) => format!("/reviewSteps/{step}/name"),
            Self::StepDescription(step) => format!("/reviewSteps/{step}/description"),
            Self::Reviewer(step, user) => format!("/reviewSteps/{step}/reviewers/{user}"),
        }
    }

    /// Returns the field of a [`key`](Self::key), if it is one.
    pub fn of_key(key: &str) -> Option<Self> {
        let words: Vec<String> = key.strip_prefix('/')?.split('/').map(unescape).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Some(match words.as_slice() {
            ["id"] => Self::Id,
            ["state"] => Self::State,
            ["name"] => Self::Name,
            ["description"] => Self::Description,
            ["visibility"] => Self::Visibility,
            ["policies", name] => Self::Policy((*name).to_owned()),
            ["admins", user] => Self::Admin(user.parse().ok()?),
            ["authorizedUsers", person] => Self::AuthorizedUser(person.parse().ok()?),
            ["inventory", "version"] => Self::InventoryVersion,
            ["inventory", name] => {
                Self::InventoryAsset(Asset::ALL.into_iter().find(|asset| asset.key() == *name)?)
            }
            ["billTo"] => Self::BillTo,
            ["region"] => Self::Region,
            ["customizedURL"] => Self::CustomizedUrl,
            ["customizedRateCard"] => Self::CustomizedRateCard,
            ["reviewSteps"] => Self::ReviewOrder,
            ["reviewSteps", step] => Self::ReviewStep(step.parse().ok()?),
            ["reviewSteps", step, "name"] => Self::StepName(step.parse().ok()?),
            ["reviewSteps", step, "description"] => Self::StepDescription(step.parse().ok()?),
            ["reviewSteps", step, "reviewers", user] => {
                Self::Reviewer(step.parse().ok()?, user.parse().ok()?)
            }
            _ => return None,
        })
    }

    /// Tells whether a document manages the field.
    pub fn is_managed(&self, desired: &DesiredTre) -> bool {
        let step = |id: &StepId| {
            desired.review_steps.iter().flat_map(|steps| &steps.value).find(|s| s.id.value == *id)
        };
        match self {
            Self::Id | Self::State => true,
            Self::Name => desired.name.is_some(),
            Self::Description => desired.description.is_some(),
            Self::Visibility => desired.visibility.is_some(),
            Self::Policy(name) => desired.policies.contains_key(name),
            Self::Admin(_) => desired.admins.is_some(),
            Self::AuthorizedUser(_) => desired.authorized_users.is_some(),
            Self::InventoryVersion | Self::InventoryAsset(_) => desired.inventory.is_some(),
            Self::BillTo => desired.bill_to.is_some(),
            Self::Region => desired.region.is_some(),
            Self::CustomizedUrl => desired.customized_url.is_some(),
            Self::CustomizedRateCard => desired.customized_rate_card.is_some(),
            Self::ReviewStep(_) | Self::ReviewOrder => desired.review_steps.is_some(),
            Self::StepName(id) => step(id).is_some_and(|step| step.name.is_some()),
            Self::StepDescription(id) => step(id).is_some_and(|step| step.description.is_some()),
            Self::Reviewer(id, _) => step(id).is_some_and(|step| step.reviewers.is_some()),
        }
    }

    /// Tells whether the field is an entry of a list of people.
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Admin(_) | Self::AuthorizedUser(_) | Self::Reviewer(..))
    }

    /// Tells whether the field belongs to the inventory.
    pub fn is_inventory(&self) -> bool {
        matches!(self, Self::InventoryVersion | Self::InventoryAsset(_))
    }
}

/// Escapes a name for use in a JSON Pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn unescape(word: &str) -> String {
    word.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_field() {
        let keys = [
            "/id",
            "/state",
            "/name",
            "/description",
            "/visibility",
            "/policies/a~1b~0c",
            "/admins/user-amara",
            "/authorizedUsers/org-university",
            "/inventory/version",
            "/inventory/tabularData",
            "/billTo",
            "/region",
            "/customizedURL",
            "/customizedRateCard",
            "/reviewSteps",
            "/reviewSteps/ethics",
            "/reviewSteps/ethics/name",
            "/reviewSteps/ethics/description",
            "/reviewSteps/ethics/reviewers/user-amara",
        ];
        for key in keys {
            assert_eq!(Field::of_key(key).map(|field| field.key()).as_deref(), Some(key));
        }
        for key in ["", "name", "/nam", "/admins/0", "/admins", "/inventory/data", "/policies"] {
            assert_eq!(Field::of_key(key), None, "{key}");
        }
    }
}
