//! A call read back from its operation and input: what a journal keeps of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::{Call, NewStep, NewTre, Operation, TreUpdate};
use crate::model::{Inventory, OrgId, PolicyValue, Principal, Region, StepId, UserId, Visibility};

/// Why an operation and an input are not a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The input does not have the fields of the operation.
    #[error("the input does not belong to `{operation}`: {reason}")]
    Input {
        /// The operation.
        operation: Operation,
        /// What is wrong with the input.
        reason: String,
    },
    /// The operation is no call that changes a TRE.
    #[error("`{operation}` is not one call of a TRE")]
    NotACall {
        /// The operation.
        operation: Operation,
    },
}

impl Call {
    /// Returns the call that has this operation and this input: the reverse of
    /// [`Call::operation`] and [`Call::input`].
    ///
    /// # Errors
    ///
    /// Where the input does not have the fields of the operation.
    pub fn parse(operation: Operation, input: &Value) -> Result<Self, CallError> {
        Ok(match operation {
            Operation::Create => Self::Create(fields::<CreateInput>(operation, input)?.into()),
            Operation::Update => Self::Update(fields::<UpdateInput>(operation, input)?.into()),
            Operation::SetPolicies => {
                Self::SetPolicies(fields::<PoliciesInput>(operation, input)?.policies)
            }
            Operation::SetInventory => Self::SetInventory(fields::<Inventory>(operation, input)?),
            Operation::AddReviewStep => {
                Self::AddReviewStep(fields::<NewStepInput>(operation, input)?.into())
            }
            Operation::UpdateReviewStep => {
                let StepInput { id, name, description } = fields(operation, input)?;
                Self::UpdateReviewStep { id, name, description }
            }
            Operation::RemoveReviewStep => {
                Self::RemoveReviewStep(fields::<StepInput>(operation, input)?.id)
            }
            Operation::AddReviewers => {
                let ReviewersInput { step_id, reviewers } = fields(operation, input)?;
                Self::AddReviewers(step_id, reviewers)
            }
            Operation::RemoveReviewers => {
                let ReviewersInput { step_id, reviewers } = fields(operation, input)?;
                Self::RemoveReviewers(step_id, reviewers)
            }
            Operation::AddAdmins => {
                Self::AddAdmins(fields::<AdminsInput>(operation, input)?.admins)
            }
            Operation::RemoveAdmins => {
                Self::RemoveAdmins(fields::<AdminsInput>(operation, input)?.admins)
            }
            Operation::AddAuthorizedUsers => Self::AddAuthorizedUsers(
                fields::<AuthorizedUsersInput>(operation, input)?.authorized_users,
            ),
            Operation::RemoveAuthorizedUsers => Self::RemoveAuthorizedUsers(
                fields::<AuthorizedUsersInput>(operation, input)?.authorized_users,
            ),
            Operation::Publish => Self::Publish,
            Operation::Deactivate => Self::Deactivate,
            Operation::Reactivate => Self::Reactivate,
            Operation::Delete => Self::Delete,
            Operation::UploadFile => return Err(CallError::NotACall { operation }),
        })
    }
}

fn fields<T: DeserializeOwned>(operation: Operation, input: &Value) -> Result<T, CallError> {
    T::deserialize(input).map_err(|error| CallError::Input { operation, reason: error.to_string() })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateInput {
    name: String,
    description: Option<String>,
    bill_to: OrgId,
    region: Region,
    customized_rate_card: Option<Value>,
    #[serde(rename = "customizedURL")]
    customized_url: Option<String>,
}

impl From<CreateInput> for NewTre {
    fn from(input: CreateInput) -> Self {
        let CreateInput {
            name,
            description,
            bill_to,
            region,
            customized_rate_card,
            customized_url,
        } = input;
        Self { name, description, bill_to, region, customized_rate_card, customized_url }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateInput {
    name: Option<String>,
    description: Option<String>,
    visibility: Option<Visibility>,
    bill_to: Option<OrgId>,
    region: Option<Region>,
    customized_rate_card: Option<Value>,
    #[serde(rename = "customizedURL")]
    customized_url: Option<String>,
}

impl From<UpdateInput> for TreUpdate {
    fn from(input: UpdateInput) -> Self {
        let UpdateInput {
            name,
            description,
            visibility,
            bill_to,
            region,
            customized_rate_card,
            customized_url,
        } = input;
        Self {
            name,
            description,
            visibility,
            bill_to,
            region,
            customized_rate_card,
            customized_url,
        }
    }
}

#[derive(Deserialize)]
struct PoliciesInput {
    policies: BTreeMap<String, PolicyValue>,
}

#[derive(Deserialize)]
struct NewStepInput {
    id: StepId,
    name: String,
    description: String,
    reviewers: Vec<UserId>,
}

impl From<NewStepInput> for NewStep {
    fn from(input: NewStepInput) -> Self {
        let NewStepInput { id, name, description, reviewers } = input;
        Self { id, name, description, reviewers }
    }
}

#[derive(Deserialize)]
struct StepInput {
    id: StepId,
    name: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReviewersInput {
    step_id: StepId,
    reviewers: Vec<UserId>,
}

#[derive(Deserialize)]
struct AdminsInput {
    admins: Vec<UserId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AuthorizedUsersInput {
    authorized_users: Vec<Principal>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{AssetRef, TreId};

    fn every_call() -> Vec<Call> {
        let user = |name: &str| UserId::from_platform(name);
        let step = || StepId::from_platform("governance");
        vec![
            Call::Create(NewTre {
                name: "Genomics".to_owned(),
                description: Some("Sequences".to_owned()),
                bill_to: OrgId::from_platform("org-biobank"),
                region: Region::from_platform("aws:eu-west-2"),
                customized_rate_card: Some(json!({"hour": 1})),
                customized_url: None,
            }),
            Call::Update(TreUpdate {
                visibility: Some(Visibility::Public),
                customized_url: Some("https://example.org".to_owned()),
                ..TreUpdate::default()
            }),
            Call::SetPolicies(BTreeMap::from([
                ("downloadRestricted".to_owned(), PolicyValue::Bool(true)),
                ("databaseResultsRestricted".to_owned(), PolicyValue::Number(10)),
                ("allowedExecutables".to_owned(), PolicyValue::List(["app-x".to_owned()].into())),
                ("restricted".to_owned(), PolicyValue::Default),
            ])),
            Call::SetInventory(Inventory {
                version: "2026.1".to_owned(),
                tabular_data: Some(AssetRef::from_platform("project-1:record-1")),
                data_showcase: None,
                file_inventory: Some(AssetRef::from_platform("file-1")),
                data_collections: None,
            }),
            Call::AddReviewStep(NewStep {
                id: step(),
                name: "Governance".to_owned(),
                description: String::new(),
                reviewers: vec![user("user-a")],
            }),
            Call::UpdateReviewStep { id: step(), name: Some("New".to_owned()), description: None },
            Call::RemoveReviewStep(step()),
            Call::AddReviewers(step(), vec![user("user-a")]),
            Call::RemoveReviewers(step(), vec![user("user-a")]),
            Call::AddAdmins(vec![user("user-a"), user("user-b")]),
            Call::RemoveAdmins(vec![user("user-a")]),
            Call::AddAuthorizedUsers(vec![Principal::from_platform("org-x")]),
            Call::RemoveAuthorizedUsers(vec![Principal::from_platform("user-x")]),
            Call::Publish,
            Call::Deactivate,
            Call::Reactivate,
            Call::Delete,
        ]
    }

    #[test]
    fn every_call_is_read_back_from_its_operation_and_input() {
        let tre = TreId::from_platform("tre-genomics");
        for call in every_call() {
            assert_eq!(Call::parse(call.operation(), &call.input(&tre)), Ok(call));
        }
    }

    #[test]
    fn an_input_of_another_operation_is_refused() {
        let error = Call::parse(Operation::AddAdmins, &json!({"stepId": "x"})).unwrap_err();
        assert!(error.to_string().contains("add_admins"), "{error}");
        assert!(Call::parse(Operation::UploadFile, &json!({})).is_err());
    }
}
