//! Several accounts on one target: one applies, another one looks.

use crate::harness::{ACTIVE, Run};
use crate::served::Served;

struct Biobank {
    served: Served,
}

impl Biobank {
    fn apply(&self, args: &[&str]) -> Run {
        let consents = ["--auto-approve", "--allow", "publish"];
        self.served.run(&[&["apply"], args, &consents[..]].concat())
    }

    fn as_amara(&self, args: &[&str]) -> Run {
        let mut command = self.served.command(args);
        let token = r#"{"auth_token_type":"Bearer","auth_token":"another-token-of-amara"}"#;
        Run::of(args, command.env("DX_SECURITY_CONTEXT", token).output().unwrap())
    }
}

#[test]
fn the_nights_and_the_plans_may_be_of_another_account_than_the_one_that_applies() {
    let biobank = Biobank { served: Served::new(&[]) };
    let repo = &biobank.served.repo;
    repo.write("tres/one.yaml", ACTIVE);
    biobank.apply(&[]).expect(0);
    biobank.served.run(&["drift"]).expect(0);

    // Nobody asks for the account that created it; only to itself it need not be listed.
    let night = ["drift", "--record", "-o", "drift.json"];
    let found = biobank.as_amara(&night).expect(2).says("admins › 1");
    found.says("`user-bot` has applied here").says("list both");
    biobank.as_amara(&["drift", "--format", "markdown"]).expect(2);

    repo.edit("tres/one.yaml", "admins: [user-amara]", "admins: [user-amara, user-bot]");
    biobank.apply(&[]).expect(0);
    biobank.as_amara(&night).expect(0).says("No drift.");
    biobank.as_amara(&["snapshot", "--to-state"]).expect(0);
    repo.edit("tres/one.yaml", "name: One", "name: Two");
    biobank.served.run(&["plan", "--from-state", "-o", "plan.json"]).expect(0);
    biobank.apply(&["plan.json"]).expect(0).says("✓ tre-one");
    biobank.as_amara(&night).expect(0).says("No drift.");
}
