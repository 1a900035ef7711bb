//! Creating a TRE, its settings, and its policies.

use super::Site;

const fn site(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/settings.rs", find, replace }
}

const fn policy(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/policy.rs", find, replace }
}

pub const SITES: &[Site] = &[
    site(
        r#"let id: TreId = parse("handle", &format!("tre-{}", input.text("handle")?))?;"#,
        r#"let id = format!("tre-{}", input.text("handle")?);
        let id = match mutant("L3.ids") {
            true => TreId::from_platform(&id),
            false => parse("handle", &id)?,
        };"#,
    ),
    site(
        r#"let region: Region = input.id("region")?;"#,
        r#"let region: Region = match mutant("L3.regions") {
            true => Region::from_platform(input.text("region")?),
            false => input.id("region")?,
        };"#,
    ),
    site(
        "if self.tres.contains_key(&id) {",
        r#"if !mutant("L1.create.taken") && self.tres.contains_key(&id) {"#,
    ),
    site(
        "visibility: SeedVisibility::Private,
            admins: BTreeSet::from([caller.user.clone()]),",
        r#"visibility: match mutant("L3.new") {
                true => SeedVisibility::Public,
                false => SeedVisibility::Private,
            },
            admins: BTreeSet::from([caller.user.clone()])
                .into_iter()
                .chain(mutant("L3.creator").then(|| UserId::from_platform("user-sol")))
                .collect(),"#,
    ),
    site(
        "            created: caller.now,",
        r#"            created: if mutant("L3.times") { caller.now / 1_000 } else { caller.now },"#,
    ),
    site(
        "if !self.directory.has_org(org) {",
        r#"if !mutant("L1.create.org") && !self.directory.has_org(org) {"#,
    ),
    site(
        "if self.directory.may_manage(org, user) {",
        r#"if mutant("L1.create") || self.directory.may_manage(org, user) {"#,
    ),
    site(
        "            name.clone_into(&mut tre.name);",
        r#"            if !mutant("L2.name/name") {
                name.clone_into(&mut tre.name);
            }"#,
    ),
    site(
        "            description.clone_into(&mut tre.description);",
        r#"            if !mutant("L2.name/description") {
                description.clone_into(&mut tre.description);
            }"#,
    ),
    site(
        "            tre.visibility = visibility_of(visibility)?;",
        r#"            let visibility = visibility_of(visibility)?;
            if !mutant("L2.visibility/effect") {
                tre.visibility = visibility;
            }"#,
    ),
    site(
        r#"let url = input.nullable_text("customizedURL")?;"#,
        r#"let url = input.nullable_text("customizedURL")?;
        if mutant("L2.id") {
            input.value("id");
            input.value("handle");
        }"#,
    ),
    site(
        "let freezes = bill_to.is_some() || region.is_some() || rate_card.is_some() || url.is_some();
        if freezes && tre.is_published() {",
        r#"let is_same = bill_to.as_ref().is_none_or(|org| *org == tre.bill_to)
            && region.as_ref().is_none_or(|region| *region == tre.region)
            && rate_card.is_none_or(|card| Some(card) == tre.rate_card.as_ref() || card.is_null() && tre.rate_card.is_none())
            && url.is_none_or(|url| url == tre.url.as_deref());
        let freezes = bill_to.is_some() && !mutant("L2.frozen.published/billTo")
            || region.is_some() && !mutant("L2.frozen.published/region")
            || rate_card.is_some() && !mutant("L2.frozen.published/customizedRateCard")
            || url.is_some() && !mutant("L2.frozen.published/customizedURL");
        let freezes = freezes && !(mutant("L2.frozen.same") && is_same);
        if freezes && tre.is_published() {"#,
    ),
    site(
        "            self.require_managing_admins(&org, &tre.admins)?;
            tre.bill_to = org;",
        r#"            if !mutant("L3.admins.bill-to") {
                self.require_managing_admins(&org, &tre.admins)?;
            }
            if !mutant("L2.frozen.draft/billTo") {
                tre.bill_to = org;
            }"#,
    ),
    site(
        "            tre.region = region;",
        r#"            if !mutant("L2.frozen.draft/region") {
                tre.region = region;
            }"#,
    ),
    site(
        "tre.rate_card = Some(rate_card.clone()).filter(|value| !value.is_null());",
        r#"if !mutant("L2.frozen.draft/customizedRateCard") {
                tre.rate_card = Some(rate_card.clone()).filter(|value| !value.is_null());
            }"#,
    ),
    site(
        "            tre.url = url.map(str::to_owned);",
        r#"            if !mutant("L2.frozen.draft/customizedURL") {
                tre.url = url.map(str::to_owned);
            }"#,
    ),
    site(
        r#"        "public" => Ok(SeedVisibility::Public),"#,
        r#"        "public" => Ok(SeedVisibility::Public),
        _ if mutant("L3.visibility") => Ok(SeedVisibility::Private),"#,
    ),
    policy(
        "    for (name, value) in policies {",
        r#"    if mutant("L5.partial") {
        tre.policies.clear();
    }
    for (name, value) in policies {"#,
    ),
    policy("if name == ONE_WAY &&", r#"if !mutant("L5.one-way") && name == ONE_WAY &&"#),
    policy(
        "        tre.policies.insert(name.clone(), value.clone());",
        r#"        if mutant("L5.never-set") && value.is_null() {
            tre.policies.remove(name);
            continue;
        }
        if !mutant("L2.policies/effect") {
            tre.policies.insert(name.clone(), value.clone());
        }"#,
    ),
    policy("if !is_well_formed {", r#"if !mutant("L5.name") && !is_well_formed {"#),
    policy(
        "else { return Ok(()) };",
        r#"else {
        return match mutant("L5.open") {
            true => Err(Refusal::input("Broken on purpose.")),
            false => Ok(()),
        };
    };"#,
    ),
    policy(
        "    if fits || value.is_null() {",
        r#"    let fits = fits
        || match kind {
            Kind::Bool => mutant("L5.types/bool"),
            Kind::PositiveInteger => mutant("L5.types/number"),
            Kind::Ids => mutant("L5.types/ids"),
        };
    if fits || value.is_null() && !mutant("L5.types/null") {"#,
    ),
];
