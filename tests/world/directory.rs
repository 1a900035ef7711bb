//! The world outside the TREs: people, orgs, projects and assets, the same in every case.

use trectl::platform::seed::{
    AccessLevel, MemberLevel, ObjectState, Seed, SeedFile, SeedInventory, SeedMember, SeedOrg,
    SeedProject, SeedRecord,
};

/// The TRE that every case is about.
pub const TRE: &str = "tre-case";

/// The accounts that act: one who administers most, one who sees most, one without any flag.
pub const ACTORS: [&str; 3] = ["user-olga", "user-ann", "user-dan"];

/// Everybody, and one who does not exist; who holds `treManagement` comes first.
pub const USERS: [&str; 9] = [
    "user-olga",
    "user-ann",
    "user-ben",
    "user-cat",
    "user-dan",
    "user-eve",
    "user-fay",
    "user-gus",
    "user-ghost",
];

/// The person of [`USERS`] that the platform does not know.
pub const GHOST: &str = "user-ghost";

/// Who may be listed as an authorized user, the one who does not exist last.
pub const LISTED: [&str; 8] = [
    "user-dan",
    "user-eve",
    "org-ash",
    "org-cedar",
    "user-ann",
    "user-olga",
    "user-fay",
    "user-ghost",
];

/// Orgs that pay: everybody manages the first one's TREs, fewer the second's, nobody the third's,
/// and the last one does not exist.
pub const BILLING: [&str; 4] = ["org-ash", "org-birch", "org-cedar", "org-ghost"];

/// Regions.
pub const REGIONS: [&str; 2] = ["aws:eu-west-2", "aws:us-east-1"];

/// Projects, each with its region, who pays, and who has which level.
type Row = (&'static str, usize, usize, &'static [(&'static str, AccessLevel)]);

const PROJECTS: [Row; 8] = {
    use AccessLevel::{Administer, Contribute, View};
    [
        ("data", 0, 0, &[("user-olga", Administer), ("user-ann", View), ("user-dan", View)]),
        ("show", 0, 0, &[("user-olga", Administer), ("user-ann", View)]),
        ("look", 0, 0, &[("org-ash", View)]),
        ("away", 1, 0, &[("user-olga", Administer), ("user-ann", View)]),
        ("them", 0, 1, &[("user-olga", Administer), ("user-ann", Administer)]),
        ("dark", 0, 0, &[]),
        ("team", 0, 0, &[("org-ash", Contribute)]),
        ("afar", 1, 1, &[("org-birch", Administer)]),
    ]
};

/// Returns an id of the platform's form that can be told from others at a glance.
fn hash(prefix: &str, name: &str) -> String {
    let spelled: String = name
        .chars()
        .map(|c| match c {
            'a' => 'B',
            'e' => 'F',
            'o' => 'Q',
            'u' => 'V',
            'i' => 'J',
            'd' => 'G',
            'l' => 'K',
            'm' => 'P',
            'n' => 'X',
            'r' => 'Y',
            's' => 'Z',
            't' => '0',
            'w' => '1',
            'h' => '3',
            'c' => '4',
            other => other,
        })
        .collect();
    format!("{prefix}-{spelled:0<24}")
}

fn project(name: &str) -> String {
    hash("project", name)
}

fn record(name: &str) -> String {
    hash("record", name)
}

fn file(name: &str) -> String {
    hash("file", name)
}

/// Returns the seed of the world, without TREs.
pub fn seed(actor: &str) -> Seed {
    let member = |id: &&str, tre_management| SeedMember {
        id: (*id).to_owned(),
        level: MemberLevel::Member,
        tre_management,
    };
    let org = |id: &str, managers: &[&str], others: &[&str]| SeedOrg {
        id: id.to_owned(),
        members: managers
            .iter()
            .map(|id| member(id, true))
            .chain(others.iter().map(|id| member(id, false)))
            .collect(),
    };
    let known = USERS.iter().filter(|user| **user != GHOST);
    Seed {
        actor: actor.to_owned(),
        users: known.map(|user| (*user).to_owned()).collect(),
        orgs: vec![
            org("org-ash", &["user-olga", "user-ann", "user-ben", "user-cat"], &["user-fay"]),
            org("org-birch", &["user-olga", "user-ann"], &["user-dan"]),
            org("org-cedar", &[], &["user-gus", "user-eve"]),
        ],
        projects: PROJECTS
            .iter()
            .map(|(name, region, bill_to, access)| SeedProject {
                id: project(name),
                region: REGIONS[*region].to_owned(),
                bill_to: BILLING[*bill_to].to_owned(),
                access: access.iter().map(|(id, level)| ((*id).to_owned(), *level)).collect(),
            })
            .collect(),
        records: PROJECTS.iter().flat_map(|(name, ..)| records(name)).collect(),
        files: PROJECTS.iter().flat_map(|(name, ..)| files(name)).collect(),
        ..Seed::default()
    }
}

/// Each project holds two good records, an open one, and one that is no Dataset.
fn records(name: &str) -> [SeedRecord; 4] {
    let row = |number: u8, state, types: &[&str]| SeedRecord {
        id: record(&format!("{name}{number}")),
        project: project(name),
        name: None,
        state,
        types: types.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    [
        row(1, ObjectState::Closed, &["Dataset"]),
        row(2, ObjectState::Closed, &["Dataset", "Cohort"]),
        row(3, ObjectState::Open, &["Dataset"]),
        row(4, ObjectState::Closed, &["Cohort"]),
    ]
}

fn files(name: &str) -> [SeedFile; 2] {
    [(1, ObjectState::Closed), (2, ObjectState::Open)].map(|(number, state)| SeedFile {
        id: file(&format!("{name}{number}")),
        project: project(name),
        name: None,
        state,
    })
}

/// How many of [`inventories`] can be live.
pub const LIVE_INVENTORIES: usize = 17;

/// Returns inventories, the likely ones first; the last two name assets that do not exist.
pub fn inventories() -> Vec<SeedInventory> {
    let of = |version: &str, tabular: &str, showcase: &str| SeedInventory {
        version: version.to_owned(),
        tabular_data: (!tabular.is_empty()).then(|| record(tabular)),
        data_showcase: (!showcase.is_empty()).then(|| record(showcase)),
        ..SeedInventory::default()
    };
    let with_files = |version: &str, place: &str, showcase: &str| SeedInventory {
        file_inventory: Some(file(place)),
        data_collections: Some(file(place)),
        ..of(version, "", showcase)
    };
    let spelled_out = |inventory: SeedInventory, place: &str| SeedInventory {
        data_showcase: inventory
            .data_showcase
            .map(|showcase| format!("{}:{showcase}", project(place))),
        ..inventory
    };
    vec![
        of("1", "data1", "show1"),
        of("2", "data2", "show1"),
        of("3", "data2", "show2"),
        of("4", "data1", "look1"),
        with_files("5", "data1", ""),
        spelled_out(of("1", "data1", "show1"), "show"),
        of("1", "data2", "show1"),
        of("6", "data1", "team1"),
        with_files("7", "team1", "look2"),
        of("8", "them1", ""),
        of("9", "away1", ""),
        of("10", "afar1", ""),
        of("11", "data3", ""),
        of("12", "data1", "show4"),
        of("13", "show1", "show2"),
        of("14", "data1", "dark1"),
        spelled_out(of("15", "data1", "show1"), "show"),
        of("16", "data9", "show1"),
        spelled_out(of("17", "data1", "show1"), "data"),
    ]
}
