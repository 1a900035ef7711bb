//! The inventory.

use super::Site;

const fn site(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/inventory.rs", find, replace }
}

pub const SITES: &[Site] = &[
    site(
        "if tre.state == WireState::Active {",
        r#"if tre.state == WireState::Active && !mutant("L2.inventory.active") {"#,
    ),
    site(
        "let inventory = self.read_inventory(caller, &mut input)?;",
        r#"let mut inventory = self.read_inventory(caller, &mut input)?;
        if mutant("L4.whole") {
            for (slot, placed) in tre.active.iter().flat_map(|active| &active.assets) {
                inventory.assets.entry(*slot).or_insert_with(|| placed.clone());
            }
        }"#,
    ),
    site(
        "        if tre.state == WireState::Draft {",
        r#"        if tre.state == WireState::Draft && !mutant("L2.inventory.draft/effect") {"#,
    ),
    site(
        "            tre.pending = None;",
        r#"            if !mutant("L4.pending.clear") {
                tre.pending = None;
            }"#,
    ),
    site(
        "            tre.pending = Some(inventory);",
        r#"            if mutant("L2.inventory.amending/effect") {
                tre.active = Some(inventory);
            } else if !(mutant("L4.pending.replace") && tre.pending.is_some()) {
                tre.pending = Some(inventory);
            }"#,
    ),
    site("if version.is_empty() {", r#"if version.is_empty() && !mutant("L4.version") {"#),
    site(
        "        Ok(Inventory { version, assets })",
        r#"        if mutant("L4.optional/tabularData") && !assets.contains_key(&Slot::TabularData)
            || mutant("L4.optional/dataShowcase") && !assets.contains_key(&Slot::DataShowcase)
        {
            return Err(Refusal::input("Broken on purpose."));
        }
        Ok(Inventory { version, assets })"#,
    ),
    site(
        "if asset.object.is_record() != slot.is_dataset() {",
        r#"let is_taken = match slot {
            Slot::TabularData => mutant("L4.tabular/file"),
            Slot::DataShowcase => mutant("L4.showcase/file"),
            Slot::FileInventory => mutant("L4.files/fileInventory"),
            Slot::DataCollections => mutant("L4.files/dataCollections"),
        };
        if !is_taken && asset.object.is_record() != slot.is_dataset() {"#,
    ),
    site(
        ".filter(|object| self.level(caller.user, &object.project).is_some())
            .ok_or_else(|| Refusal::missing(text))?;",
        r#".filter(|object| mutant("L4.seen") || self.level(caller.user, &object.project).is_some())
            .ok_or_else(|| match mutant("L4.exists") {
                true => Refusal::input("Broken on purpose."),
                false => Refusal::missing(text),
            })?;"#,
    ),
    site(
        "**slot != Slot::DataShowcase && placed.project == showcase.project",
        r#"**slot != Slot::DataShowcase
                && placed.project == showcase.project
                && !mutant("L4.showcase.separate")"#,
    ),
    site(
        "if project.region != tre.region {",
        r#"if project.region != tre.region && !mutant("L4.region") {"#,
    ),
    site(
        "if project.bill_to != Principal::Org(tre.bill_to.clone()) {",
        r#"if project.bill_to != Principal::Org(tre.bill_to.clone()) && !mutant("L4.billing") {"#,
    ),
    site(
        ".any(|known| known.is_same(showcase));
        if is_known || tre.authorized_users.is_empty() {",
        r#".any(|known| known.is_same(showcase) && !mutant("L3.showcase.rights.same"));
        if is_known || tre.authorized_users.is_empty() && !mutant("L3.showcase.rights/nobody") {"#,
    ),
    site(
        "        self.require_administer(user, showcase)",
        r#"        if mutant("L3.showcase.rights/none") {
            return Ok(());
        }
        self.require_administer(user, showcase)"#,
    ),
    site(
        "if slot.is_dataset() && !object.types.iter().any(|kind| kind == DATASET) {",
        r#"let is_any = match slot {
        Slot::TabularData => mutant("L4.tabular/type") || mutant("L4.tabular/file"),
        Slot::DataShowcase => mutant("L4.showcase/type") || mutant("L4.showcase/file"),
        Slot::FileInventory | Slot::DataCollections => false,
    };
    if slot.is_dataset() && !is_any && !object.types.iter().any(|kind| kind == DATASET) {"#,
    ),
    site(
        "if object.state != ObjectState::Closed {",
        r#"if object.state != ObjectState::Closed && !mutant("L4.closed") {"#,
    ),
    Site {
        file: "src/sim/world/directory.rs",
        find: "asset.project.as_ref().is_none_or(|project| *project == object.project)",
        replace: r#"mutant("L4.project")
                        || asset.project.as_ref().is_none_or(|project| *project == object.project)"#,
    },
    Site {
        file: "src/sim/world/entity.rs",
        find: ".map(|placed| placed.text.as_str());",
        replace: r#".map(|placed| match mutant("L4.echo") {
            true => placed.object.as_str(),
            false => placed.text.as_str(),
        });"#,
    },
];
