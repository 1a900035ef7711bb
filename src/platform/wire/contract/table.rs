//! The routes, and what else has a name: states, error types, headers. To correct one, correct its
//! line here, and then what the tests say.

use super::Mark::{A, D, S};
use super::shape::*;
use super::{At, Caller, ErrorType, Header, Mark, Route, Shape, State, Way};
use crate::platform::wire::route;

/// The states of a TRE.
pub const STATES: &[State] = &[
    State { wire: "draft", ours: "draft", mark: D },
    State { wire: "active", ours: "active", mark: D },
    State { wire: "amending", ours: "maintenance", mark: D },
];

/// The error types.
pub const ERRORS: &[ErrorType] = &[
    error("MalformedJSON", 400, "the body is not JSON"),
    error("InvalidAuthentication", 401, "the token is unknown or no longer valid"),
    error("PermissionDenied", 401, "the account may not do this"),
    error("SpendingLimitExceeded", 403, "the org's spending limit is reached"),
    error("OrgExpired", 403, "the org has expired"),
    error("ResourceNotFound", 404, "it does not exist, or the account may not see it"),
    error("InvalidInput", 422, "the input is not acceptable"),
    error("InvalidState", 422, "the state forbids this"),
    error("InvalidType", 422, "it is of another type than wanted"),
    error("RateLimitConditional", 429, "too many calls"),
    error("InternalError", 500, "the platform failed"),
    error("ServiceUnavailable", 503, "the platform is not available"),
];

/// The headers of HTTP that carry meaning.
pub const HEADERS: &[Header] = &[
    header("Authorization", Way::Sent, "`Bearer` and the token", D),
    header("Content-Type", Way::Sent, "`application/json`", D),
    header("DNAnexus-API", Way::Sent, "`1.0.0`; optional", D),
    header("x-request-id", Way::Answered, "names the call in the vendor's logs", D),
    header("Retry-After", Way::Answered, "whole seconds to wait, of 429 and 503", D),
];

const fn tre(method: &'static str) -> At {
    At::Each { class: "tre", method }
}

const fn of(class: &'static str, method: &'static str) -> At {
    At::Each { class, method }
}

/// Every route.
pub const ROUTES: &[Route] = &[
    call(At::Path(route::TRE_NEW), "creates a draft", S, &NEW_TRE, &JUST_ID),
    call(tre(route::DESCRIBE), "describes a TRE", S, &DESCRIBE, &TRE),
    call(tre(route::UPDATE), "changes settings", A, &UPDATE, &JUST_ID),
    call(tre(route::ACTIVATE), "publishes or reactivates", S, &NOTHING, &JUST_ID),
    call(tre(route::DEACTIVATE), "takes a TRE into Maintenance", S, &NOTHING, &JUST_ID),
    call(tre(route::DESTROY), "deletes a TRE", A, &NOTHING, &JUST_ID),
    call(tre(route::SET_POLICIES), "sets policies", S, &POLICIES, &JUST_ID),
    call(tre(route::SET_INVENTORY), "sets the inventory", S, &SET_INVENTORY, &JUST_ID),
    call(tre(route::GET_DATA_TYPE_GROUPS), "lists data type groups", S, &NOTHING, &GROUPS).others(),
    call(tre(route::ADD_REVIEW_STEP), "appends a review step", S, &NEW_STEP, &JUST_ID),
    call(tre(route::UPDATE_REVIEW_STEP), "changes a review step's texts", S, &STEP_TEXT, &JUST_ID),
    call(tre(route::REMOVE_REVIEW_STEP), "removes a review step", S, &STEP_ID, &JUST_ID),
    call(tre(route::ADD_REVIEWERS), "adds reviewers to a step", S, &REVIEWERS, &JUST_ID),
    call(tre(route::REMOVE_REVIEWERS), "removes reviewers of a step", S, &REVIEWERS, &JUST_ID),
    call(tre(route::ADD_ADMINS), "adds TRE admins", A, &ADMINS, &JUST_ID),
    call(tre(route::REMOVE_ADMINS), "removes TRE admins", A, &ADMINS, &JUST_ID),
    call(tre(route::ADD_AUTHORIZED_USERS), "adds authorized users", A, &AUTHORIZED_USERS, &JUST_ID),
    call(
        tre(route::REMOVE_AUTHORIZED_USERS),
        "removes authorized users",
        A,
        &AUTHORIZED_USERS,
        &JUST_ID,
    ),
    call(At::Path(route::FIND_TRES), "lists TREs", S, &FIND_TRES, &FOUND_TRES),
    call(At::Path(route::FIND_REQUESTS), "lists requests", S, &FIND_REQUESTS, &FOUND_REQUESTS),
    call(At::Path(route::WHOAMI), "tells who calls", D, &NOTHING, &WHO),
    call(of("org", route::FIND_MEMBERS), "lists an org's members", D, &FIND_MEMBERS, &MEMBERS),
    call(of("user", route::DESCRIBE), "tells whether a user exists", A, &DESCRIBE, &PERSON_THERE),
    call(of("org", route::DESCRIBE), "tells whether an org exists", A, &DESCRIBE, &PERSON_THERE),
    call(of("project", route::DESCRIBE), "describes a project", D, &DESCRIBE, &PROJECT),
    call(of("record", route::DESCRIBE), "describes a record", D, &DESCRIBE_OBJECT, &RECORD),
    call(of("file", route::DESCRIBE), "describes a file", D, &DESCRIBE_OBJECT, &FILE),
    call(At::Path(route::FILE_NEW), "creates a file", D, &NEW_FILE, &NEW_FILE_ID).others(),
    call(of("file", route::UPLOAD), "tells where a part of a file goes", D, &UPLOAD, &UPLOAD_PLACE)
        .others(),
    call(of("file", route::CLOSE), "closes a file", D, &NOTHING, &CLOSED_FILE).others(),
    call(At::Path(route::REQUEST_NEW), "makes a request", S, &NEW_REQUEST, &REQUEST_JUST_ID)
        .others(),
    request(route::DESCRIBE, "describes a request", &DESCRIBE, &REQUEST),
    request(route::SUBMIT, "submits a request", &NOTHING, &REQUEST_JUST_ID),
    request(route::APPROVE, "approves a request for a step", &DECISION, &REQUEST_JUST_ID),
    request(route::REJECT, "rejects a request for a step", &DECISION, &REQUEST_JUST_ID),
];

const fn call(
    at: At,
    does: &'static str,
    mark: Mark,
    input: &'static Shape,
    answer: &'static Shape,
) -> Route {
    Route { at, does, mark, caller: Caller::Trectl, input, answer }
}

const fn request(
    method: &'static str,
    does: &'static str,
    input: &'static Shape,
    answer: &'static Shape,
) -> Route {
    call(of("treApplication", method), does, S, input, answer).others()
}

const fn error(name: &'static str, status: u16, says: &'static str) -> ErrorType {
    ErrorType { name, status, says, mark: S }
}

const fn header(name: &'static str, way: Way, says: &'static str, mark: Mark) -> Header {
    Header { name, way, says, mark }
}

impl Route {
    const fn others(self) -> Self {
        Self { caller: Caller::Others, ..self }
    }
}
