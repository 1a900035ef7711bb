//! The contract as a section of `docs/platform-contract.md`.

use std::fmt::Write as _;

use super::{
    Caller, ERROR, ERRORS, ErrorType, Field, HEADERS, Header, Json, Need, Presence, ROUTES, Rest,
    Route, STATES, Shape, State, Way,
};

/// Returns the tables, without a heading of their own.
pub fn page() -> String {
    let mut page = String::new();
    routes(&mut page);
    page.push_str(
        "\n### Fields\n\n`trectl` says what trectl does with a field: of an input whether it is \
         sent, of an answer whether it is read. An answer without a field that is *needed* is an \
         error that names the route and the field; there is no default.\n",
    );
    for shape in shapes() {
        fields(&mut page, shape);
    }
    names(&mut page);
    page
}

fn routes(page: &mut String) {
    page.push_str(
        "### Routes\n\n| route | what it does | mark | input | answer | trectl |\n\
         |:--|:--|:--|:--|:--|:--|\n",
    );
    for route in ROUTES {
        let Route { at, does, mark, caller, input, answer } = route;
        let caller = match caller {
            Caller::Trectl => "calls it",
            Caller::Others => "–",
        };
        let (input, answer) = (link(input), link(answer));
        let _ = writeln!(page, "| `{at}` | {does} | {mark} | {input} | {answer} | {caller} |");
    }
}

fn link(shape: &Shape) -> String {
    if shape.fields.is_empty() && shape.rest == Rest::None {
        "`{}`".to_owned()
    } else {
        shape.name.to_owned()
    }
}

/// Returns every shape once: those of routes in their order, each followed by those inside of it.
fn shapes() -> Vec<&'static Shape> {
    let mut found: Vec<&'static Shape> = Vec::new();
    for route in ROUTES {
        collect(route.input, &mut found);
        collect(route.answer, &mut found);
    }
    collect(&ERROR, &mut found);
    found.retain(|shape| !shape.fields.is_empty());
    found
}

fn collect(shape: &'static Shape, found: &mut Vec<&'static Shape>) {
    if found.contains(&shape) {
        return;
    }
    found.push(shape);
    for field in shape.fields {
        let mut json = &field.json;
        while let Json::List(inner) | Json::Map(inner) | Json::OrNull(inner) = json {
            json = inner;
        }
        if let Json::Object(inner) = json {
            collect(inner, found);
        }
    }
}

fn fields(page: &mut String, shape: &Shape) {
    let Shape { name, fields, rest } = shape;
    let more = match rest {
        Rest::None => "",
        Rest::More => ", and more that trectl has no use for",
    };
    let is_answer = is_answer(shape);
    let _ = write!(
        page,
        "\n**{}**{more}:\n\n| field | what it holds | mark | trectl | note |\n|:--|:--|:--|:--|:--|\n",
        capitalized(name)
    );
    for Field { name, json, presence, need, mark, note } in *fields {
        let presence = match presence {
            Presence::Always => "",
            Presence::Optional => "; optional",
        };
        let need = match (is_answer, need) {
            (true, Need::Needed) => "needed",
            (true, Need::Used) => "read",
            (false, Need::Needed) => "sent",
            (false, Need::Used) => "can be sent",
            (_, Need::Unused) => "–",
        };
        let _ = writeln!(page, "| `{name}` | {json}{presence} | {mark} | {need} | {note} |");
    }
}

fn is_answer(shape: &Shape) -> bool {
    !ROUTES.iter().any(|route| route.input == shape)
}

fn capitalized(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn names(page: &mut String) {
    page.push_str("\n### States of a TRE\n\n| on the wire | in YAML | mark |\n|:--|:--|:--|\n");
    for State { wire, ours, mark } in STATES {
        let _ = writeln!(page, "| `{wire}` | `{ours}` | {mark} |");
    }
    page.push_str(
        "\n### Error types\n\nOther types and bodies that are not JSON are put up with (D).\n\n\
         | type | status | what it says | mark |\n|:--|:--|:--|:--|\n",
    );
    for ErrorType { name, status, says, mark } in ERRORS {
        let _ = writeln!(page, "| `{name}` | {status} | {says} | {mark} |");
    }
    page.push_str("\n### Headers\n\n| header | of | what it says | mark |\n|:--|:--|:--|:--|\n");
    for Header { name, way, says, mark } in HEADERS {
        let way = match way {
            Way::Sent => "calls",
            Way::Answered => "answers",
        };
        let _ = writeln!(page, "| `{name}` | {way} | {says} | {mark} |");
    }
}
