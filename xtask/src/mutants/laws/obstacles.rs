//! Every rule that can block a change, blind: the plan is made all the same.

use trectl::lifecycle::RULES;

use crate::mutants::mutant::{Mutant, Site, Table, Test};

const FILE: &str = "src/plan/obstacle.rs";

const SITE: Site = Site {
    file: FILE,
    find: "        let id = self.subject.desired.id.value.as_str();
        self.blocked.push(",
    replace: r#"        if mutant(&format!("rule.{}", rule.id)) {
            return;
        }
        let id = self.subject.desired.id.value.as_str();
        self.blocked.push("#,
};

/// What blocks nothing.
const NEVER: [&str; 3] = ["open", "handle-immutable", "inventory-via-maintenance"];

const SOUND: &str = "sound::a_ready_plan_is_never_refused_and_the_second_one_is_empty";

/// Adds a mutant for each rule.
pub fn add(table: &mut Table) {
    table.sites.push(SITE);
    for rule in RULES.iter().filter(|rule| !NEVER.contains(&rule.id)) {
        let test = match rule.id {
            "too-many-admins" => {
                "limits::a_tre_has_at_most_a_hundred_admins_the_operator_among_them"
            }
            "too-many-users" => "limits::a_tre_has_at_most_a_thousand_authorized_users",
            "pending-inventory-unmanaged" => {
                "choreography::a_pending_inventory_goes_live_only_if_it_is_named"
            }
            "no-return-to-draft" | "maintenance-needs-publishing" => {
                "locks::a_way_is_planned_where_the_platform_has_one"
            }
            _ => SOUND,
        };
        table.mutants.push(Mutant {
            id: format!("rule.{}", rule.id),
            file: FILE,
            tests: vec![Test::law(test)],
        });
    }
}
