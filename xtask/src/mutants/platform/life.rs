//! The life of a TRE: from nothing to draft, active, amending, and to nothing again.

use super::Site;

const fn site(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/settings.rs", find, replace }
}

const fn world(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/mod.rs", find, replace }
}

pub const SITES: &[Site] = &[
    site(
        "            WireState::Active => {
                return Err(",
        r#"            WireState::Active if mutant("L1.publish.once") => {}
            WireState::Active => {
                return Err("#,
    ),
    site(
        "if let Some(pending) = tre.pending.take() {",
        r#"if let Some(pending) = tre.pending.take().filter(|_| !mutant("L1.reactivate.pending")) {"#,
    ),
    site(
        "        tre.state = WireState::Active;",
        r#"        if !(mutant("L1.publish") && tre.state == WireState::Draft
            || mutant("L1.reactivate") && tre.state == WireState::Amending)
        {
            tre.state = WireState::Active;
        }"#,
    ),
    site(
        "if tre.steps.is_empty() {",
        r#"if tre.steps.is_empty() && !mutant("L1.publish.reviewer") {"#,
    ),
    site(
        ".find(|step| step.reviewers.is_empty()) {",
        r#".find(|step| step.reviewers.is_empty() && !mutant("L1.publish.every-step")) {"#,
    ),
    site(
        "        let inventory = tre
            .active",
        r#"        if mutant("L1.publish.inventory") && tre.active.is_none() {
            return Ok(());
        }
        let inventory = tre
            .active"#,
    ),
    site(
        "self.require_fit(caller, tre, inventory)",
        r#"if mutant("L1.publish.fit") { Ok(()) } else { self.require_fit(caller, tre, inventory) }"#,
    ),
    site(
        "if tre.state != WireState::Active {",
        r#"if tre.state != WireState::Active && !mutant("L1.deactivate/draft") {"#,
    ),
    site(
        "        tre.state = WireState::Amending;",
        r#"        if mutant("L1.no-way-back") {
            tre.state = WireState::Draft;
        } else if !mutant("L1.deactivate/effect") {
            tre.state = WireState::Amending;
        }"#,
    ),
    site(
        "if tre.state == WireState::Active {",
        r#"if tre.state == WireState::Active && !mutant("L1.delete/active") {"#,
    ),
    site(
        "let requests = self.requests_of.get(id).into_iter().flatten();",
        r#"let requests = self.requests_of.get(id).into_iter().flatten();
        let requests = requests.filter(|_| !mutant("L6.gone"));"#,
    ),
    site(
        "        changes.push(Change::DropTre(id.clone()));",
        r#"        if !mutant("L1.delete/effect") {
            changes.push(Change::DropTre(id.clone()));
        }"#,
    ),
    world(
        "                self.tres.remove(&id);",
        r#"                if !mutant("L3.handle.free") {
                    self.tres.remove(&id);
                }"#,
    ),
    world(
        "        tre.modified = caller.now;
        Ok(Decision { answer, changes: vec![Change::PutTre(Arc::new(tre))] })",
        r#"        if !mutant("L3.modified/moves") {
            tre.modified = caller.now;
        }
        let mut changes = vec![Change::PutTre(Arc::new(tre))];
        if mutant("L1.amending.approved") && change == TreChange::Deactivate {
            let requests = self.requests_of.get(id).into_iter().flatten();
            changes.extend(requests.map(|request| Change::DropRequest(request.clone())));
        }
        Ok(Decision { answer, changes })"#,
    ),
    world(
        r#"        let answer = json!({ "id": id });
        if tre == *before {"#,
        r#"        let answer = if mutant("L7.id") { json!({}) } else { json!({ "id": id }) };
        if mutant("L3.idempotent/refused") && tre == *before {
            return Err(Refusal::state("Broken on purpose."));
        }
        if !mutant("L3.modified/idle") && tre == *before {"#,
    ),
    world(
        "if !self.directory.has_user(caller.user) {",
        r#"if !mutant("L8.stranger") && !self.directory.has_user(caller.user) {"#,
    ),
];
