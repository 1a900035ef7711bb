//! `sim`

use crate::harness::{ACTIVE, Repo};

#[test]
fn seed_loads_once_and_reset_begins_again() {
    let repo = Repo::applied(ACTIVE);
    repo.run(&["sim", "seed"]).expect(1).complains("sim reset");
    repo.run(&["sim", "reset"]).expect(0).says("its state is forgotten");
    repo.run(&["sim", "seed"]).expect(0);
    repo.run(&["show", "tre-one"]).expect(1);
    repo.run(&["state", "list"]).expect(0).says("Nothing was applied");
    let run = repo.run(&["apply", "--auto-approve"]).expect(0);
    assert!(!run.stdout.contains("gone from the platform"), "{}", run.stdout);
}

#[test]
fn a_seed_is_read_from_where_the_project_says() {
    let project = |seed: &str| {
        format!(
            "apiVersion: trectl/v1\nkind: Project\ntargets:\n  \
             local: {{platform: {{embedded: .trectl/platform.db, seed: {seed}}}}}\n"
        )
    };
    let seed =
        "apiVersion: trectl/v1\nkind: PlatformSeed\nactor: user-seeded\nusers: [user-seeded]\n";
    let repo = Repo::with(&[("tres/one.yaml", ACTIVE)]);
    for path in ["seed.yaml", "./data/seed.yaml", ".hidden/seed.yaml"] {
        repo.write("trectl.yaml", project(path));
        repo.write(path.trim_start_matches("./"), seed);
        let json = repo.run(&["plan", "--format", "json"]).json();
        assert_eq!(json["target"]["operator"], "user-seeded", "{path}");
    }
    repo.write("trectl.yaml", project("missing.yaml"));
    repo.run(&["plan"]).expect(1).complains("missing.yaml");
    repo.write("trectl.yaml", project("tres/one.yaml"));
    repo.run(&["plan"]).expect(1).complains("PlatformSeed");
}

#[test]
fn json_says_what_was_done() {
    let repo = Repo::empty();
    let json = repo.run(&["sim", "seed", "--format", "json"]).expect(0).json();
    assert_eq!(json["done"], "seeded");
}
