//! A repository before and after: what lies between them is a plan of more than 40 steps, with
//! every kind of call that trectl makes.

/// Returns the files that the platform and the state begin from.
pub fn before() -> Vec<(String, String)> {
    vec![
        file("release", &active("release", "2025.2", "user-li, user-okafor", "30")),
        file("draft", &draft(&["b", "a", "c"], "user-priya")),
        file("gone", &active("gone", "2025.2", "user-li", "30")),
    ]
}

/// Returns the files that are to be applied.
pub fn after() -> Vec<(String, String)> {
    let gone =
        "apiVersion: trectl/v1\nkind: TrustedResearchEnvironment\nid: tre-gone\nstate: deleted\n";
    let release = active("release", "2026.1", "user-okafor, user-tanaka", "20")
        .replace("admins: [user-amara]", "admins: [user-jonas]")
        .replace("reviewers: [user-priya]", "reviewers: [user-maria]");
    vec![
        file("release", &format!("{release}description: The release of 2026.\n")),
        file("draft", &draft(&["a", "c", "d"], "user-maria")),
        file("gone", gone),
        file("new-one", &active("new-one", "2026.1", "user-li, org-leeds", "30")),
        file("new-two", &active("new-two", "2026.1", "user-okafor", "10")),
        file("new-three", &active("new-three", "2026.1", "user-li", "10")),
    ]
}

fn file(name: &str, text: &str) -> (String, String) {
    (format!("tres/{name}.yaml"), text.to_owned())
}

/// Returns a TRE that is published, with all that can be set.
pub fn active(name: &str, version: &str, users: &str, results: &str) -> String {
    format!(
        "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-{name}
state: active
name: The {name} environment
visibility: private
policies: {{downloadRestricted: true, databaseResultsRestricted: {results}}}
admins: [user-amara]
authorizedUsers: [{users}]
inventory:
  version: \"{version}\"
  tabularData: record-0123456789BFGJKPQVXYZbfg
billTo: org-biobank
region: aws:eu-west-2
reviewSteps:
  - {{id: governance, name: Governance, description: Checks., reviewers: [user-priya]}}
  - {{id: science, name: Science, description: Looks., reviewers: [user-priya]}}
"
    )
}

fn draft(steps: &[&str], reviewer: &str) -> String {
    let steps: String = steps
        .iter()
        .map(|id| {
            format!(
                "  - {{id: {id}, name: Step {id}, description: Checks., reviewers: [{reviewer}]}}\n"
            )
        })
        .collect();
    format!(
        "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-draft
state: draft
name: Draft
billTo: org-biobank
region: aws:eu-west-2
reviewSteps:
{steps}"
    )
}
