//! A platform without a seed, where everything exists.

use super::Site;

const fn site(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/directory.rs", find, replace }
}

pub const SITES: &[Site] = &[
    site(
        "    pub fn has_user(&self, user: &UserId) -> bool {
        match self {
            Self::Open => true,",
        r#"    pub fn has_user(&self, user: &UserId) -> bool {
        match self {
            Self::Open => user.as_str() == "user-local" || !mutant("U.exists/users"),"#,
    ),
    site(
        "    pub fn has_org(&self, org: &OrgId) -> bool {
        match self {
            Self::Open => true,",
        r#"    pub fn has_org(&self, org: &OrgId) -> bool {
        match self {
            Self::Open => !mutant("U.exists/orgs"),"#,
    ),
    site(
        "Self::Open => Some(Membership { level: MemberLevel::Member, tre_management: true }),",
        r#"Self::Open if mutant("U.members/none") => None,
            Self::Open => Some(Membership {
                level: MemberLevel::Member,
                tre_management: !mutant("U.members/flag"),
            }),"#,
    ),
    site(
        "Self::Open if user == actor => Some(AccessLevel::Administer),",
        r#"Self::Open if user == actor && !mutant("U.actor") => Some(AccessLevel::Administer),"#,
    ),
    site(
        "project: project.clone().unwrap_or_else(|| own_project(object)),",
        r#"project: project.clone().unwrap_or_else(|| match mutant("U.assets/project") {
            true => ProjectId::from_platform("project-000000000000000000000001"),
            false => own_project(object),
        }),"#,
    ),
    site(
        r#"        state: ObjectState::Closed,
        types: if object.is_record() { vec!["Dataset".to_owned()] } else { Vec::new() },"#,
        r#"        state: if mutant("U.assets/state") { ObjectState::Open } else { ObjectState::Closed },
        types: match object.is_record() && !mutant("U.assets/types") {
            true => vec!["Dataset".to_owned()],
            false => Vec::new(),
        },"#,
    ),
    Site {
        file: "src/sim/world/inventory.rs",
        find: "else { return Ok(()) };
        let (id, key)",
        replace: r#"else {
            return match mutant("U.fit") {
                true => Err(Refusal::input("Broken on purpose.")),
                false => Ok(()),
            };
        };
        let (id, key)"#,
    },
];
