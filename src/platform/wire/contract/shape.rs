//! The objects of the contract, field by field. To correct one, correct its line here, and then
//! what the tests say.

use super::Json::{Any, Bool, Id, Integer, List, Map, Object, OneOf, OrNull, Text};
use super::Mark::{A, D};
use super::{Field, Json, Mark, Need, Presence, Rest, Shape};

const TRE_ID: Json = Id(&["tre-"]);
const USER: Json = Id(&["user-"]);
const ORG: Json = Id(&["org-"]);
const PERSON: Json = Id(&["user-", "org-"]);
const PROJECT_ID: Json = Id(&["project-"]);
const RECORD_ID: Json = Id(&["record-"]);
const FILE_ID: Json = Id(&["file-"]);
const REQUEST_ID: Json = Id(&["treApplication-"]);
const DATASET: Json = OrNull(&Id(&["record-", "project-"]));
const PREPARED_FILE: Json = OrNull(&Id(&["file-", "project-"]));
const TRE_STATE: Json = OneOf(&["draft", "active", "amending"]);
const VISIBILITY: Json = OneOf(&["private", "public"]);
const REQUEST_STATE: Json = OneOf(&["draft", "in-review", "approved", "in-revision"]);
const MEMBER_LEVEL: Json = OneOf(&["ADMIN", "MEMBER"]);
const PROJECT_LEVEL: Json = OrNull(&OneOf(&["NONE", "VIEW", "UPLOAD", "CONTRIBUTE", "ADMINISTER"]));

pub(super) const NOTHING: Shape = shape("an object without fields", &[]);

pub(super) const JUST_ID: Shape = shape("the TRE's id", &[field("id", TRE_ID, A)]);

/// The answer of `/tre-xxxx/describe`.
pub const TRE: Shape = shape(
    "a TRE",
    &[
        field("id", TRE_ID, A),
        field("class", OneOf(&["tre"]), A).unused(),
        field("state", TRE_STATE, A).noted("the states: D"),
        field("name", Text, A),
        field("description", Text, A),
        field("billTo", ORG, A),
        field("region", Text, A).noted("like `aws:eu-west-2` (D)"),
        field("customizedRateCard", Any, A).noted("null where there is none"),
        field("customizedURL", OrNull(&Text), A).noted("null where there is none"),
        field("visibility", VISIBILITY, A),
        field("admins", List(&USER), A),
        field("authorizedUsers", List(&PERSON), A),
        field("policies", Map(&Any), A).noted("those that were ever set, by name"),
        field("inventory", Object(&INVENTORIES), A),
        field("applicationReviewSteps", List(&Object(&STEP)), A).noted("in order"),
        field("created", Integer, A).noted("milliseconds since the Unix epoch (D)"),
        field("modified", Integer, A).noted("milliseconds since the Unix epoch (D)"),
        field("createdBy", USER, A),
    ],
);

pub(super) const INVENTORIES: Shape = shape(
    "both inventories of a TRE",
    &[
        field("active", OrNull(&Object(&INVENTORY)), A)
            .noted("what is given out; in a draft, what was set"),
        field("pending", OrNull(&Object(&INVENTORY)), A)
            .noted("what the next activation gives out"),
    ],
);

pub(super) const INVENTORY: Shape = shape(
    "an inventory",
    &[
        field("version", Text, A),
        field("tabularData", DATASET, A).optional().used().noted("optional since 2026-07-28 (S)"),
        field("dataShowcase", DATASET, A).optional().used().noted("optional since 2026-07-28 (S)"),
        field("fileInventory", PREPARED_FILE, A),
        field("dataCollections", PREPARED_FILE, A),
    ],
);

pub(super) const STEP: Shape = shape(
    "a review step",
    &[
        field("id", Text, A).noted("lower-case letters and digits (D)"),
        field("name", Text, A),
        field("description", Text, A),
        field("reviewers", List(&USER), A),
    ],
);

pub(super) const NEW_TRE: Shape = shape(
    "a new TRE",
    &[
        field("handle", Text, A),
        field("name", Text, A),
        field("description", Text, A).optional().used(),
        field("billTo", ORG, A),
        field("region", Text, A),
        field("customizedRateCard", Any, A).optional().used(),
        field("customizedURL", OrNull(&Text), A).optional().used(),
        NONCE,
    ],
);

/// Known of `/file/new` and others (S), and not known of `/tre/new`.
const NONCE: Field =
    field("nonce", Text, A).optional().unused().noted("at most 128 bytes; holds for an hour (S)");

pub(super) const UPDATE: Shape = shape(
    "the settings that change",
    &[
        field("name", Text, A).optional().used(),
        field("description", Text, A).optional().used(),
        field("visibility", VISIBILITY, A).optional().used(),
        field("billTo", ORG, A).optional().used(),
        field("region", Text, A).optional().used(),
        field("customizedRateCard", Any, A).optional().used(),
        field("customizedURL", OrNull(&Text), A).optional().used(),
    ],
);

pub(super) const POLICIES: Shape =
    shape("policies", &[field("policies", Map(&Any), A).noted("those that change, by name")]);

pub(super) const SET_INVENTORY: Shape = shape(
    "a whole inventory",
    &[
        field("version", Text, A),
        field("tabularData", DATASET, A),
        field("dataShowcase", DATASET, A),
        field("fileInventory", PREPARED_FILE, A),
        field("dataCollections", PREPARED_FILE, A),
    ],
);

pub(super) const GROUPS: Shape =
    shape("data type groups", &[field("groups", List(&Any), A).unused()]);

pub(super) const NEW_STEP: Shape = shape(
    "a new review step",
    &[
        field("id", Text, A),
        field("name", Text, A),
        field("description", Text, A),
        field("reviewers", List(&USER), A).optional(),
    ],
);

pub(super) const STEP_TEXT: Shape = shape(
    "the texts of a review step that change",
    &[
        field("id", Text, A),
        field("name", Text, A).optional().used(),
        field("description", Text, A).optional().used(),
    ],
);

pub(super) const STEP_ID: Shape = shape("a review step's id", &[field("id", Text, A)]);

pub(super) const REVIEWERS: Shape =
    shape("reviewers of a step", &[field("stepId", Text, A), field("reviewers", List(&USER), A)]);

pub(super) const ADMINS: Shape = shape("TRE admins", &[field("admins", List(&USER), A)]);

pub(super) const AUTHORIZED_USERS: Shape =
    shape("authorized users", &[field("authorizedUsers", List(&PERSON), A)]);

const FIELDS: Field = field("fields", Map(&Bool), A)
    .optional()
    .unused()
    .noted("the fields that are wanted, each with true");

pub(super) const DESCRIBE: Shape = shape("what is wanted of a description", &[FIELDS]);

pub(super) const DESCRIBE_OBJECT: Shape = shape(
    "what is wanted of an object's description",
    &[field("project", PROJECT_ID, A).optional().used(), FIELDS],
);

const LIMIT: Field = field("limit", Integer, D).optional();
const STARTING: Field = field("starting", Any, D).optional().used().noted("what `next` was");
const NEXT: Field = field("next", Any, D).noted("null at the end");

pub(super) const FIND_TRES: Shape = shape(
    "which TREs are wanted",
    &[
        field("billTo", ORG, A).optional().used(),
        field("state", TRE_STATE, A).optional().unused(),
        field("id", TRE_ID, A).optional().unused(),
        field("describe", Any, A).optional().noted("true, or an object with `fields`"),
        LIMIT,
        STARTING,
    ],
);

pub(super) const FOUND_TRES: Shape =
    shape("a page of TREs", &[field("results", List(&Object(&FOUND_TRE)), D), NEXT]);

pub(super) const FOUND_TRE: Shape = shape(
    "a TRE that was found",
    &[
        field("id", TRE_ID, A),
        field("describe", Object(&TRE), A).optional().used().noted("where it was asked for"),
    ],
);

pub(super) const FIND_REQUESTS: Shape = shape(
    "which requests are wanted",
    &[
        field("tre", TRE_ID, A),
        field("state", REQUEST_STATE, A).optional().used().noted("the states: D"),
        field("describe", Any, A).optional().unused().noted("true, or an object with `fields`"),
        LIMIT,
        STARTING,
    ],
);

pub(super) const FOUND_REQUESTS: Shape =
    shape("a page of requests", &[field("results", List(&Object(&FOUND_REQUEST)), D), NEXT]);

pub(super) const FOUND_REQUEST: Shape = shape(
    "a request that was found",
    &[
        field("id", REQUEST_ID, A).unused(),
        field("describe", Object(&REQUEST), A).optional().unused().noted("where it was asked for"),
    ],
);

pub(super) const REQUEST: Shape = shape(
    "a data access request",
    &[
        field("id", REQUEST_ID, A).unused(),
        field("class", OneOf(&["treApplication"]), A).unused(),
        field("tre", TRE_ID, A).unused(),
        field("name", Text, A).unused(),
        field("state", REQUEST_STATE, A).unused().noted("the states: D"),
        field("approvedSteps", List(&Text), A).unused(),
        field("created", Integer, A).unused().noted("milliseconds since the Unix epoch (D)"),
        field("modified", Integer, A).unused().noted("milliseconds since the Unix epoch (D)"),
        field("createdBy", USER, A).unused(),
    ],
);

pub(super) const NEW_REQUEST: Shape = shape(
    "a new request",
    &[field("tre", TRE_ID, A).unused(), field("name", Text, A).optional().unused()],
);

pub(super) const DECISION: Shape =
    shape("the step that decides", &[field("stepId", Text, A).unused()]);

pub(super) const REQUEST_JUST_ID: Shape =
    shape("the request's id", &[field("id", REQUEST_ID, A).unused()]);

pub(super) const WHO: Shape = shape("who calls", &[field("id", USER, D)]);

pub(super) const FIND_MEMBERS: Shape = shape(
    "which members are wanted",
    &[
        field("id", USER, D).optional().used(),
        field("level", MEMBER_LEVEL, D).optional().unused(),
        LIMIT,
        STARTING,
    ],
);

pub(super) const MEMBERS: Shape =
    shape("a page of members", &[field("results", List(&Object(&MEMBER)), D), NEXT]);

pub(super) const MEMBER: Shape = shape(
    "a member of an org",
    &[field("id", USER, D), field("level", MEMBER_LEVEL, D), field("treManagement", Bool, D)],
)
.and_more();

pub(super) const PERSON_THERE: Shape = shape(
    "a user or an org",
    &[field("id", PERSON, A).unused(), field("class", OneOf(&["user", "org"]), A).unused()],
)
.and_more();

pub(super) const PROJECT: Shape = shape(
    "a project",
    &[
        field("id", PROJECT_ID, D),
        field("class", OneOf(&["project"]), D),
        field("name", Text, D).unused(),
        field("billTo", PERSON, D),
        field("region", Text, D),
        field("level", PROJECT_LEVEL, D).noted("the caller's own; `NONE`: A"),
    ],
)
.and_more();

pub(super) const RECORD: Shape = shape(
    "a record",
    &[
        field("id", RECORD_ID, D),
        field("class", OneOf(&["record"]), D),
        field("project", PROJECT_ID, D),
        field("name", Text, D).unused(),
        field("state", Text, D).noted("`closed` where it is final"),
        field("types", List(&Text), D),
    ],
)
.and_more();

pub(super) const FILE: Shape = shape(
    "a file",
    &[
        field("id", FILE_ID, D),
        field("class", OneOf(&["file"]), D),
        field("project", PROJECT_ID, D),
        field("name", Text, D).unused(),
        field("state", Text, D).noted("`closed` where it is final"),
        field("types", List(&Text), D),
    ],
)
.and_more();

pub(super) const NEW_FILE: Shape =
    shape("a new file", &[field("nonce", Text, D).optional().unused()]).and_more();

pub(super) const NEW_FILE_ID: Shape =
    shape("the new file's id", &[field("id", FILE_ID, D).unused()]);

pub(super) const UPLOAD: Shape = shape("which part is sent", &[]).and_more();

pub(super) const UPLOAD_PLACE: Shape = shape(
    "where the part is sent",
    &[
        field("url", Text, D).unused().noted("for an HTTP PUT"),
        field("headers", Map(&Text), D).unused().noted("to be sent with it"),
    ],
)
.and_more();

pub(super) const CLOSED_FILE: Shape = shape("the file's id", &[field("id", FILE_ID, D).unused()]);

/// The body of every answer that is an error.
pub const ERROR: Shape =
    shape("an error", &[field("error", Object(&ERROR_BODY), D).noted("instead of an answer")]);

const ERROR_BODY: Shape = shape(
    "what went wrong",
    &[
        field("type", Text, D).noted("the error type"),
        field("message", Text, D),
        field("details", Any, D).optional().unused(),
    ],
);

const fn shape(name: &'static str, fields: &'static [Field]) -> Shape {
    Shape { name, fields, rest: Rest::None }
}

/// A field that is always there, and that trectl needs.
const fn field(name: &'static str, json: Json, mark: Mark) -> Field {
    Field { name, json, presence: Presence::Always, need: Need::Needed, mark, note: "" }
}

impl Shape {
    const fn and_more(self) -> Self {
        Self { rest: Rest::More, ..self }
    }
}

impl Field {
    const fn optional(self) -> Self {
        Self { presence: Presence::Optional, ..self }
    }

    const fn used(self) -> Self {
        Self { need: Need::Used, ..self }
    }

    const fn unused(self) -> Self {
        Self { need: Need::Unused, ..self }
    }

    const fn noted(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}
