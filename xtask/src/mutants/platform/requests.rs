//! Data access requests.

use super::Site;

const fn site(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/request.rs", find, replace }
}

pub const SITES: &[Site] = &[
    site(
        "            request.created_by == *user
                || self
                    .tres
                    .get(&request.tre)
                    .is_some_and(|tre| tre.admins.contains(user) || tre.has_reviewer(user))",
        r#"            mutant("L6.seen/everybody")
                || request.created_by == *user && !mutant("L6.seen/maker")
                || self.tres.get(&request.tre).is_some_and(|tre| {
                    tre.admins.contains(user) && !mutant("L6.seen/admins")
                        || tre.has_reviewer(user) && !mutant("L6.seen/reviewers")
                })"#,
    ),
    site(
        "        self.require_open(caller.user, &tre)?;",
        r#"        self.require_open(caller.user, &tre)?;
        if mutant("L6.new") && !self.seen_tre(caller.user, &tre)?.admins.contains(caller.user) {
            return Err(Refusal::denied("Broken on purpose."));
        }"#,
    ),
    site(
        "if self.seen_tre(user, tre)?.state == WireState::Active {",
        r#"if mutant("L1.amending.requests") || self.seen_tre(user, tre)?.state == WireState::Active {"#,
    ),
    site(
        "                request.state = RequestState::InRevision;",
        r#"                if !mutant("L6.reject") {
                    request.state = RequestState::InRevision;
                }"#,
    ),
    site(
        "if request.created_by != *user {",
        r#"if request.created_by != *user && !mutant("L6.submit.own/others") {"#,
    ),
    site(
        "            RequestState::Draft | RequestState::InRevision => {}
            RequestState::InReview | RequestState::Approved => {",
        r#"            RequestState::InRevision if mutant("L6.resubmit/refused") => {
                return Err(Refusal::state("Broken on purpose."));
            }
            RequestState::Draft | RequestState::InRevision => {}
            RequestState::InReview | RequestState::Approved if mutant("L6.submit.own/twice") => {}
            RequestState::InReview | RequestState::Approved => {"#,
    ),
    site(
        "        self.require_open(user, &request.tre)?;
        request.approved.clear();
        request.state = RequestState::InReview;",
        r#"        if !mutant("L6.submit.active") {
            self.require_open(user, &request.tre)?;
        }
        if !mutant("L6.resubmit/kept") {
            request.approved.clear();
        }
        if !mutant("L6.states/submit") {
            request.state = RequestState::InReview;
        }"#,
    ),
    site(
        "if steps.iter().all(|step| request.approved.contains(&step.id)) {",
        r#"let is_one_enough = mutant("L6.approve/any");
        if !mutant("L6.approve/never")
            && (is_one_enough || steps.iter().all(|step| request.approved.contains(&step.id)))
        {"#,
    ),
    site(
        "if !step.reviewers.contains(user) {",
        r#"if !mutant("L6.reviewer") && !step.reviewers.contains(user) {"#,
    ),
    site(
        "if request.state != RequestState::InReview {",
        r#"if !mutant("L6.states/decided") && request.state != RequestState::InReview {"#,
    ),
];
