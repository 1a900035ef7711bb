//! Which calls may be made again although they may have taken effect.

use super::wire::route;

/// What making a call a second time does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It only reads: nothing.
    Reads,
    /// It sets what is set, adds what is there or removes what is not: that succeeds and changes
    /// nothing (A).
    Sets,
    /// Nobody knows. It creates, moves or deletes, and in between somebody may have moved the TRE
    /// on, or given its handle to another one.
    Unknown,
}

/// Returns what making a call a second time does.
pub fn of(route: &str) -> Repeat {
    if matches!(route, route::WHOAMI | route::FIND_TRES | route::FIND_REQUESTS) {
        return Repeat::Reads;
    }
    let Some((subject, method)) = route.strip_prefix('/').and_then(|path| path.split_once('/'))
    else {
        return Repeat::Unknown;
    };
    match method {
        route::DESCRIBE | route::FIND_MEMBERS | route::GET_DATA_TYPE_GROUPS => Repeat::Reads,
        route::UPDATE
        | route::SET_POLICIES
        | route::SET_INVENTORY
        | route::ADD_REVIEW_STEP
        | route::UPDATE_REVIEW_STEP
        | route::REMOVE_REVIEW_STEP
        | route::ADD_REVIEWERS
        | route::REMOVE_REVIEWERS
        | route::ADD_ADMINS
        | route::REMOVE_ADMINS
        | route::ADD_AUTHORIZED_USERS
        | route::REMOVE_AUTHORIZED_USERS
            if subject.starts_with("tre-") =>
        {
            Repeat::Sets
        }
        _ => Repeat::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_creates_moves_or_deletes_is_never_safe() {
        for route in [
            "/tre/new",
            "/tre-x/activate",
            "/tre-x/deactivate",
            "/tre-x/destroy",
            "/file/new",
            "/treApplication/new",
            "/treApplication-x/approve",
            "/record-x/update",
            "/tre-x/unheardOf",
            "tre-x/describe",
            "",
        ] {
            assert_eq!(of(route), Repeat::Unknown, "{route}");
        }
    }

    #[test]
    fn reading_and_setting_is_safe() {
        for (route, repeat) in [
            ("/system/whoami", Repeat::Reads),
            ("/system/findTres", Repeat::Reads),
            ("/system/findTreApplications", Repeat::Reads),
            ("/org-x/findMembers", Repeat::Reads),
            ("/record-x/describe", Repeat::Reads),
            ("/tre-x/getDataTypeGroups", Repeat::Reads),
            ("/tre-x/update", Repeat::Sets),
            ("/tre-x/setPolicies", Repeat::Sets),
            ("/tre-x/setInventory", Repeat::Sets),
            ("/tre-x/addApplicationReviewStep", Repeat::Sets),
            ("/tre-x/removeApplicationReviewers", Repeat::Sets),
            ("/tre-x/addAuthorizedUsers", Repeat::Sets),
            ("/tre-x/removeAdmins", Repeat::Sets),
        ] {
            assert_eq!(of(route), repeat, "{route}");
        }
    }
}
