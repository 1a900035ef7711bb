//! What is told of a TRE and of what it refers to, what input is read, and nonces.

use super::Site;

const fn find_(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/find.rs", find, replace }
}

const fn describe(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/describe.rs", find, replace }
}

const fn nonce(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/nonce.rs", find, replace }
}

const fn input(find: &'static str, replace: &'static str) -> Site {
    Site { file: "src/sim/world/input.rs", find, replace }
}

pub const SITES: &[Site] = &[
    Site {
        file: "src/sim/world/entity.rs",
        find: r#"            "class": "tre",
            "state": state,"#,
        replace: r#"            "class": if mutant("L7.describe") { "TRE" } else { "tre" },
            "state": if mutant("L1.states") && *state == WireState::Amending { json!("maintenance") } else { json!(state) },"#,
    },
    find_(
        "            bill_to.as_ref().is_none_or(|org| *org == tre.bill_to)
                && state.is_none_or(|state| state == tre.state)
                && id.as_ref().is_none_or(|id| *id == tre.id)
                && self.sees(user, tre)",
        r#"            (mutant("L7.find-tres/billTo") || bill_to.as_ref().is_none_or(|org| *org == tre.bill_to))
                && (mutant("L7.find-tres/state") || state.is_none_or(|state| state == tre.state))
                && (mutant("L7.find-tres/id") || id.as_ref().is_none_or(|id| *id == tre.id))
                && (mutant("L7.find-tres/seen") || self.sees(user, tre))"#,
    ),
    find_(
        "            .page(found, |id, tre| Ok(result(id, description(fields.as_ref(), || tre.describe())?)))",
        r#"            .page(found, |id, tre| {
                let fields = fields.as_ref().filter(|_| !mutant("L7.find-tres.describe"));
                Ok(result(id, description(fields, || tre.describe())?))
            })"#,
    ),
    find_(
        ".filter(|(_, request)| state.is_none_or(|state| state == request.state))
            .filter(|(id, _)| self.seen_request(user, id).is_ok());",
        r#".filter(|(_, request)| {
                mutant("L7.find-requests/state") || state.is_none_or(|state| state == request.state)
            })
            .filter(|(id, _)| mutant("L7.find-requests/seen") || self.seen_request(user, id).is_ok());"#,
    ),
    find_(
        ".filter(|(_, membership)| level.is_none_or(|level| level == membership.level));",
        r#".filter(|(_, membership)| {
                mutant("L7.find-members/level") || level.is_none_or(|level| level == membership.level)
            });"#,
    ),
    find_(
        "            (Some(id), _) => BTreeSet::from([id.clone()]),",
        r#"            (Some(id), _) if !mutant("L7.find-members/id") => BTreeSet::from([id.clone()]),
            (Some(_), Directory::Open) => self.seen_users(),
            (Some(_), Directory::Listed(listed)) => {
                listed.orgs.get(org).into_iter().flat_map(|org| org.keys().cloned()).collect()
            }"#,
    ),
    describe("given.retain(|field, _|", r#"given.retain(|field, _| mutant("L7.fields") ||"#),
    describe(
        r#"Ok(json!({ "id": user }))"#,
        r#"Ok(json!({ "id": if mutant("L7.whoami") { &self.actor } else { user } }))"#,
    ),
    describe(
        r#"Ok(json!({ "groups": [] }))"#,
        r#"Ok(if mutant("L7.data-type-groups") { json!([]) } else { json!({ "groups": [] }) })"#,
    ),
    describe("        if exists {", r#"        if exists || mutant("L7.person") {"#),
    describe(
        r#"            "level": level,"#,
        r#"            "level": if mutant("L7.project/level") { json!(null) } else { json!(level) },"#,
    ),
    describe(
        r#"            "region": region,
            "billTo": bill_to,"#,
        r#"            "region": if mutant("L7.project/region") { None } else { region },
            "billTo": if mutant("L7.project/billTo") { None } else { bill_to },"#,
    ),
    describe(
        r#"            "project": object.project,"#,
        r#"            "project": if mutant("L7.file/project") { json!(null) } else { json!(object.project) },"#,
    ),
    describe(
        r#"            "state": object.state,
            "types": object.types,"#,
        r#"            "state": if mutant("L7.file/state") { json!("open") } else { json!(object.state) },
            "types": if mutant("L7.record/types") { json!([]) } else { json!(object.types) },"#,
    ),
    nonce(
        "if nonce.len() > NONCE_BYTES {",
        r#"if nonce.len() > NONCE_BYTES && !mutant("L8.nonce.bytes") {"#,
    ),
    nonce(
        "caller.now.saturating_sub(known.time) < NONCE_LIFE_MS;",
        r#"!mutant("L8.nonce")
            && (mutant("L8.nonce.hour") || caller.now.saturating_sub(known.time) < NONCE_LIFE_MS);"#,
    ),
    nonce(
        "return if known.input == *input {",
        r#"return if mutant("L8.nonce.other") || known.input == *input {"#,
    ),
    input(
        "Some(key) => Err(Refusal::input(format!(\"`{key}` is not a field of this route.\"))),",
        "Some(_) if mutant(\"L8.input/unknown\") => Ok(()),
            Some(key) => Err(Refusal::input(format!(\"`{key}` is not a field of this route.\"))),",
    ),
    input(
        "    Refusal::input(format!(\"`{key}` is required.\"))",
        "    if mutant(\"L8.input/missing\") {
        return Refusal::state(\"Broken on purpose.\");
    }
    Refusal::input(format!(\"`{key}` is required.\"))",
    ),
    input(
        "    value.as_str().ok_or_else(|| Refusal::input(format!(\"`{key}` must be a string.\")))",
        "    if mutant(\"L8.input/type\") {
        return Ok(value.as_str().unwrap_or_default());
    }
    value.as_str().ok_or_else(|| Refusal::input(format!(\"`{key}` must be a string.\")))",
    ),
    Site {
        file: "src/sim/world/route.rs",
        find: "found.ok_or_else(|| Refusal::missing(path))",
        replace: r#"found.ok_or_else(|| match mutant("L8.route") {
            true => Refusal::input("Broken on purpose."),
            false => Refusal::missing(path),
        })"#,
    },
];
