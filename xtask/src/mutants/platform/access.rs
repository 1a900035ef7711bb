//! Who sees what, and who may do what.

use super::Site;

const fn site(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/access.rs", find, replace }
}

pub const SITES: &[Site] = &[
    site(
        ".filter(|tre| self.sees(user, tre))",
        r#".filter(|tre| mutant("L3.hidden") || self.sees(user, tre))"#,
    ),
    site(
        "            || tre.is_published()
                && (tre.visibility == SeedVisibility::Public
                    || self.is_authorized(user, tre)
                    || tre.has_reviewer(user))",
        r#"            || (tre.is_published() || mutant("L3.draft.hidden"))
                && !(mutant("L1.amending.visible") && tre.state == crate::platform::wire::WireState::Amending)
                && (tre.visibility == SeedVisibility::Public && !mutant("L3.public")
                    || mutant("L3.private/everybody")
                    || self.is_authorized(user, tre) && !mutant("L3.private/users")
                    || tre.has_reviewer(user) && !mutant("L3.private/reviewers"))"#,
    ),
    site(
        ".any(|id| self.directory.stands_for(id, user))",
        r#".any(|id| !mutant("L3.org") && self.directory.stands_for(id, user))"#,
    ),
    site(
        "        if tre.admins.contains(user) {
            Ok(())",
        r#"        if mutant("L3.only-admins") || tre.admins.contains(user) {
            Ok(())"#,
    ),
    site(
        "        if tre.admins.contains(user) {
            return Some(AccessLevel::Administer);",
        r#"        if tre.admins.contains(user) && !mutant("L3.held") {
            return Some(AccessLevel::Administer);"#,
    ),
    site(
        "(tre.has_reviewer(user) || self.is_authorized(user, tre));",
        r#"(tre.has_reviewer(user) && !mutant("L4.showcase.readable/reviewers")
                || self.is_authorized(user, tre) && !mutant("L4.showcase.readable/users"));"#,
    ),
    site(
        "let reads = showcase.project == *project",
        r#"let reads = (mutant("L4.showcase.readable/other-projects") || showcase.project == *project)"#,
    ),
    site(
        "        if self.level(user, &showcase.project) == Some(AccessLevel::Administer) {",
        r#"        let level = match mutant("L3.held.use") {
            true => self.directory.level(&self.actor, user, &showcase.project),
            false => self.level(user, &showcase.project),
        };
        if level == Some(AccessLevel::Administer) {"#,
    ),
    Site {
        file: "src/sim/world/mod.rs",
        find: ".filter(|_| tre.is_published())",
        replace: r#".filter(|_| mutant("L3.held/drafts") || tre.is_published())"#,
    },
];
