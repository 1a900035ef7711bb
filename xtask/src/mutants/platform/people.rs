//! TRE admins and authorized users.

use super::Site;

const fn site(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/people.rs", find, replace }
}

pub const SITES: &[Site] = &[
    site(
        "        self.require_users(new())?;
        self.require_managing_admins(&tre.bill_to, new())?;",
        r#"        if !mutant("L3.admins.exist") {
            self.require_users(new())?;
        }
        if !mutant("L3.admins.management") {
            self.require_managing_admins(&tre.bill_to, new())?;
        }"#,
    ),
    site(
        "if tre.admins.len() > MOST_ADMINS {",
        r#"let most = if mutant("L3.admins.100/fewer") { MOST_ADMINS - 1 } else { MOST_ADMINS };
        if tre.admins.len() > most && !mutant("L3.admins.100/more") {"#,
    ),
    site(
        "        if new.is_empty() {",
        r#"        if new.is_empty() && !mutant("L3.users.new") {"#,
    ),
    site(
        "        if let Some(showcase) = tre.active.as_ref().and_then(Inventory::showcase) {
            self.require_administer(user, showcase)?;
        }",
        r#"        if let Some(showcase) = tre.active.as_ref().and_then(Inventory::showcase) {
            if !mutant("L3.users.administer") {
                self.require_administer(user, showcase)?;
            }
        } else if mutant("L3.users.showcase") {
            return Err(Refusal::denied("Broken on purpose."));
        }
        if mutant("L3.users.kinds/orgs") && new.iter().any(|id| matches!(id, Principal::Org(_)))
            || mutant("L3.users.kinds/users") && new.iter().any(|id| matches!(id, Principal::User(_)))
        {
            return Err(Refusal::kind("Broken on purpose."));
        }"#,
    ),
    site(
        "new.into_iter().find(|id| !self.directory.has(id))",
        r#"new.into_iter().find(|id| !mutant("L3.users.exist") && !self.directory.has(id))"#,
    ),
    site(
        "if tre.authorized_users.len() > MOST_AUTHORIZED_USERS {",
        r#"let most = MOST_AUTHORIZED_USERS - usize::from(mutant("L3.users.1000/fewer"));
        if tre.authorized_users.len() > most && !mutant("L3.users.1000/more") {"#,
    ),
    site(
        "    if admins.contains(user) {",
        r#"    if admins.contains(user) && !mutant("L3.admins.self") {"#,
    ),
    site(
        "    tre.admins.retain(|admin| !admins.contains(admin));",
        r#"    tre.admins.retain(|admin| mutant("L3.admins.other") || !admins.contains(admin));"#,
    ),
    Site {
        file: "src/sim/world/mod.rs",
        find: "TreChange::RemoveAuthorizedUsers => people::remove_authorized_users(&mut tre, input)?,",
        replace: r#"TreChange::RemoveAuthorizedUsers => {
                let showcase = tre.active.as_ref().and_then(entity::Inventory::showcase);
                if let Some(showcase) = showcase.filter(|_| mutant("L3.users.remove")) {
                    self.require_administer(caller.user, showcase)?;
                }
                people::remove_authorized_users(&mut tre, input)?;
            }"#,
    },
    Site {
        file: "src/sim/world/input.rs",
        find: "                Principal::Org(org) => Err(Refusal::kind(",
        replace: r#"                Principal::Org(_)
                    if mutant("L3.admins.users") && key == "admins"
                        || mutant("L3.reviewers.users") && key == "reviewers" =>
                {
                    Ok(UserId::from_platform("user-sol"))
                }
                Principal::Org(org) => Err(Refusal::kind("#,
    },
];
