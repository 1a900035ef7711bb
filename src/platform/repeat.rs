//! Which calls may be made again although they may have taken effect.

use super::wire::route;

/// Tells whether making a call twice has the effect of making it once, whatever happens in between.
///
/// Reading is safe. So is setting what is set, adding what is there and removing what is not: that
/// succeeds and changes nothing (A). A creation, a change of state and a deletion are not: in
/// between, somebody may have moved the TRE on, or given its handle to another one.
pub fn is_safe(route: &str) -> bool {
    if matches!(route, route::WHOAMI | route::FIND_TRES | route::FIND_REQUESTS) {
        return true;
    }
    let Some((subject, method)) = route.strip_prefix('/').and_then(|path| path.split_once('/'))
    else {
        return false;
    };
    match method {
        route::DESCRIBE | route::FIND_MEMBERS | route::GET_DATA_TYPE_GROUPS => true,
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
        | route::REMOVE_AUTHORIZED_USERS => subject.starts_with("tre-"),
        _ => false,
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
            assert!(!is_safe(route), "{route}");
        }
    }

    #[test]
    fn reading_and_setting_is_safe() {
        for route in [
            "/system/whoami",
            "/system/findTres",
            "/org-x/findMembers",
            "/record-x/describe",
            "/tre-x/setPolicies",
            "/tre-x/addAuthorizedUsers",
            "/tre-x/removeAdmins",
        ] {
            assert!(is_safe(route), "{route}");
        }
    }
}
