//! The routes that the embedded platform answers: who is spoken to, and what is asked.

use super::refusal::{Outcome, Refusal};
use crate::model::ids::{ObjectId, OrgId, ProjectId, RequestId, TreId, UserId};
use crate::platform::wire::route;

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sim) enum Route {
    /// `/system/whoami`
    WhoAmI,
    /// `/system/findTres`
    FindTres,
    /// `/system/findTreApplications`
    FindRequests,
    /// `/user-xxxx/describe` (A)
    DescribeUser(UserId),
    /// `/org-xxxx/describe` (A)
    DescribeOrg(OrgId),
    /// `/org-xxxx/findMembers`
    FindMembers(OrgId),
    /// `/project-xxxx/describe`
    DescribeProject(ProjectId),
    /// `/record-xxxx/describe` and `/file-xxxx/describe`
    DescribeObject(ObjectId),
    /// `/tre-xxxx/describe`
    DescribeTre(TreId),
    /// `/tre-xxxx/getDataTypeGroups`
    DataTypeGroups(TreId),
    /// `/treApplication-xxxx/describe`
    DescribeRequest(RequestId),
    /// `/tre/new`
    NewTre,
    /// `/treApplication/new`
    NewRequest,
    /// A change of a TRE.
    ChangeTre(TreId, TreChange),
    /// A change of a data access request.
    ChangeRequest(RequestId, RequestChange),
    /// `/file/new`
    NewFile,
    /// A change of a file.
    ChangeFile(ObjectId, FileChange),
}

/// What can be done to a TRE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum TreChange {
    Update,
    Activate,
    Deactivate,
    Destroy,
    SetPolicies,
    SetInventory,
    AddStep,
    UpdateStep,
    RemoveStep,
    AddReviewers,
    RemoveReviewers,
    AddAdmins,
    RemoveAdmins,
    AddAuthorizedUsers,
    RemoveAuthorizedUsers,
}

/// What can be done to a data access request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum RequestChange {
    Submit,
    Approve,
    Reject,
}

/// What can be done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) enum FileChange {
    Upload,
    Close,
}

impl Route {
    /// Tells whether the route only reads.
    pub(in crate::sim) fn only_reads(&self) -> bool {
        match self {
            Self::WhoAmI
            | Self::FindTres
            | Self::FindRequests
            | Self::DescribeUser(_)
            | Self::DescribeOrg(_)
            | Self::FindMembers(_)
            | Self::DescribeProject(_)
            | Self::DescribeObject(_)
            | Self::DescribeTre(_)
            | Self::DataTypeGroups(_)
            | Self::DescribeRequest(_) => true,
            Self::NewTre
            | Self::NewRequest
            | Self::NewFile
            | Self::ChangeTre(..)
            | Self::ChangeRequest(..)
            | Self::ChangeFile(..) => false,
        }
    }

    /// Returns the route that a path spells. What no route spells does not exist.
    pub(super) fn parse(path: &str) -> Outcome<Self> {
        let found = match path {
            route::WHOAMI => Some(Self::WhoAmI),
            route::FIND_TRES => Some(Self::FindTres),
            route::FIND_REQUESTS => Some(Self::FindRequests),
            route::TRE_NEW => Some(Self::NewTre),
            "/treApplication/new" => Some(Self::NewRequest),
            "/file/new" => Some(Self::NewFile),
            _ => path
                .strip_prefix('/')
                .and_then(|rest| rest.split_once('/'))
                .and_then(|(subject, method)| Self::of_entity(subject, method)),
        };
        found.ok_or_else(|| Refusal::missing(path))
    }

    /// Tells whether a path spells a route that changes something.
    pub(in crate::sim) fn is_change(path: &str) -> bool {
        Self::parse(path).is_ok_and(|route| !route.only_reads())
    }

    fn of_entity(subject: &str, method: &str) -> Option<Self> {
        let (class, _) = subject.split_once('-')?;
        match (class, method) {
            ("user", route::DESCRIBE) => subject.parse().ok().map(Self::DescribeUser),
            ("org", route::DESCRIBE) => subject.parse().ok().map(Self::DescribeOrg),
            ("org", route::FIND_MEMBERS) => subject.parse().ok().map(Self::FindMembers),
            ("project", route::DESCRIBE) => subject.parse().ok().map(Self::DescribeProject),
            ("record" | "file", route::DESCRIBE) => subject.parse().ok().map(Self::DescribeObject),
            ("file", "upload") => Some(Self::ChangeFile(subject.parse().ok()?, FileChange::Upload)),
            ("file", "close") => Some(Self::ChangeFile(subject.parse().ok()?, FileChange::Close)),
            ("tre", _) => Self::of_tre(subject.parse().ok()?, method),
            ("treApplication", _) => Self::of_request(subject.parse().ok()?, method),
            _ => None,
        }
    }

    fn of_tre(id: TreId, method: &str) -> Option<Self> {
        let change = match method {
            route::DESCRIBE => return Some(Self::DescribeTre(id)),
            route::GET_DATA_TYPE_GROUPS => return Some(Self::DataTypeGroups(id)),
            route::UPDATE => TreChange::Update,
            route::ACTIVATE => TreChange::Activate,
            route::DEACTIVATE => TreChange::Deactivate,
            route::DESTROY => TreChange::Destroy,
            route::SET_POLICIES => TreChange::SetPolicies,
            route::SET_INVENTORY => TreChange::SetInventory,
            route::ADD_REVIEW_STEP => TreChange::AddStep,
            route::UPDATE_REVIEW_STEP => TreChange::UpdateStep,
            route::REMOVE_REVIEW_STEP => TreChange::RemoveStep,
            route::ADD_REVIEWERS => TreChange::AddReviewers,
            route::REMOVE_REVIEWERS => TreChange::RemoveReviewers,
            route::ADD_ADMINS => TreChange::AddAdmins,
            route::REMOVE_ADMINS => TreChange::RemoveAdmins,
            route::ADD_AUTHORIZED_USERS => TreChange::AddAuthorizedUsers,
            route::REMOVE_AUTHORIZED_USERS => TreChange::RemoveAuthorizedUsers,
            _ => return None,
        };
        Some(Self::ChangeTre(id, change))
    }

    fn of_request(id: RequestId, method: &str) -> Option<Self> {
        match method {
            route::DESCRIBE => Some(Self::DescribeRequest(id)),
            "submit" => Some(Self::ChangeRequest(id, RequestChange::Submit)),
            "approve" => Some(Self::ChangeRequest(id, RequestChange::Approve)),
            "reject" => Some(Self::ChangeRequest(id, RequestChange::Reject)),
            _ => None,
        }
    }
}
