//! The pipeline of GitLab, job by job.

use super::runner::Runner;
use super::shipped::Shipped;
use super::{one, opened, said_of_apply};
use crate::forge::Kind;
use crate::harness::Run;
use crate::notify::{SECRET, receiver};

const GITLAB: &str = "ci/gitlab/trectl.gitlab-ci.yml";

/// On GitLab: the files of jobs are in one folder, as they are carried from job to job.
struct GitLab<'a> {
    on: Runner<'a>,
}

impl GitLab<'_> {
    fn run(&mut self, job: &str, folder: &str) -> Run {
        self.on.run(&format!("{GITLAB}: {job}"), folder)
    }

    /// Reviews a change, and returns its commit.
    fn reviewed(&mut self, branch: &str, document: &str) -> String {
        let on = &mut self.on;
        let head = opened(on, branch, document).head;
        on.check_out(&head, branch);
        on.env.insert("CI_MERGE_REQUEST_IID".to_owned(), "12".to_owned());
        std::fs::rename(on.path("platform.db"), on.path("away.db")).unwrap();
        self.run("trectl-plan", branch).expect(0);
        std::fs::rename(self.on.path("away.db"), self.on.path("platform.db")).unwrap();
        let token = std::fs::read_to_string(self.on.path("temp/token")).unwrap();
        assert_eq!(token, "token-for-the-store");
        self.run("trectl-comment", branch).expect(0).says("on merge request 12: created");
        let plan = self.on.at.read(&format!("{branch}/plan.json"));
        self.on.forge.planned(&head, &plan);
        self.on.env.remove("CI_MERGE_REQUEST_IID");
        head
    }

    fn merged(&mut self, head: &str, folder: &str) -> Run {
        self.on.git(&["merge", "-q", "--no-ff", "-m", "Merge", head]);
        let commit = self.on.git(&["rev-parse", "HEAD"]);
        self.on.forge.merge(&commit);
        self.on.check_out(&commit, folder);
        self.on.env.insert("CI_COMMIT_SHA".to_owned(), commit);
        self.run("trectl-apply", folder)
    }
}

#[test]
fn a_merge_request_is_planned_shown_applied_and_watched_on_gitlab() {
    let shipped = Shipped::read();
    let mut on = Runner::new(&shipped, Kind::GitLab, &[("tres/one.yaml", &one("A."))]);
    on.at_home();
    on.at.run(&["-C", "origin", "apply", "--auto-approve"]).expect(0);
    let file = on.path("temp/token").display().to_string();
    on.env.insert("AWS_WEB_IDENTITY_TOKEN_FILE".to_owned(), file);
    on.env.insert("TRECTL_STATE_TOKEN".to_owned(), "token-for-the-store".to_owned());
    let mut lab = GitLab { on };
    lab.on.check_out("main", "night");
    lab.run("trectl-drift", "night").expect(0).says("No drift");
    lab.run("trectl-notify", "night").expect(0).says("there is nothing to do");

    let head = lab.reviewed("patch-1", &one("B."));
    lab.run("trectl-validate", "patch-1").expect(0);
    assert!(lab.on.at.read("patch-1/trectl-validate.xml").contains("<testsuites"));
    lab.merged(&head, "merged-1").expect(0).says("applied");
    assert!(said_of_apply(&lab.on).body.contains("### ✓ Applied to **production**"));

    // Something moves between review and merge.
    let head = lab.reviewed("patch-2", &one("C."));
    lab.on.edit_platform("one.yaml", &one("Edited by hand."));
    lab.merged(&head, "merged-2").expect(4).complains("The saved plan is stale");
    let body = said_of_apply(&lab.on).body;
    assert!(body.contains("has moved since") && body.contains("\"Edited by hand.\" → \"C.\""));
    lab.run("trectl-drift", "merged-2").expect(0).says("Edited by hand.");
    let (url, received) = receiver(&[200]);
    for (name, value) in [
        ("TRECTL_SLACK_URL", url.as_str()),
        ("TRECTL_WEBHOOK_URL", &url),
        ("TRECTL_WEBHOOK_SECRET", SECRET),
    ] {
        lab.on.env.insert(name.to_owned(), value.to_owned());
    }
    lab.run("trectl-notify", "merged-2").expect(2).says("Issue #41 for tre-one: opened.");
    assert_eq!(received.try_iter().count(), 2);

    // What is refused fails, and leaves a page all the same.
    let refused = one("C.").replace("aws:eu-west-2", "aws:us-east-1");
    lab.on.at.write("merged-2/tres/one.yaml", &refused);
    lab.run("trectl-plan", "merged-2").expect(3);
    assert!(lab.on.at.read("merged-2/plan.md").contains("1 TRE blocked"));
    lab.on.at.write("merged-2/tres/one.yaml", "kind: ?");
    lab.run("trectl-validate", "merged-2").expect(1);
    assert!(lab.on.at.read("merged-2/trectl-validate.xml").contains("<failure"));
    assert!(lab.on.at.read("merged-2/trectl-validate.json").contains("\"critical\""));

    // No plan, or none of the last commit.
    lab.on.forge.planned("beef", "{}");
    lab.on.env.insert("CI_COMMIT_SHA".to_owned(), "f00d".to_owned());
    lab.run("trectl-apply", "merged-2").expect(1).says("No merge request was merged as f00d");
    shipped.all_ran("ci/gitlab/");
}
