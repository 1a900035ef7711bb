//! Answers made from the table, the ways to spoil them, and one call of each operation.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::*;
use crate::model::{
    AssetRef, Inventory, OrgId, PolicyValue, Principal, Region, StepId, UserId, Visibility,
};
use crate::platform::{Call, NewStep, NewTre, TreUpdate};

/// Returns the least that fits: empty lists, no optional fields, null where it may be.
pub fn plain(shape: &Shape) -> Value {
    let always = |field: &&Field| field.presence == Presence::Always;
    let fields = shape.fields.iter().filter(always);
    Value::Object(fields.map(|field| (field.name.to_owned(), plain_value(&field.json))).collect())
}

fn plain_value(json: &Json) -> Value {
    match json {
        Json::Any | Json::OrNull(_) => Value::Null,
        Json::Bool => json!(true),
        Json::Integer => json!(1),
        Json::Text => json!("text"),
        Json::OneOf(values) => json!(values[0]),
        Json::Id(classes) => json!(format!("{}x", classes[0])),
        Json::List(_) => json!([]),
        Json::Map(_) => json!({}),
        Json::Object(shape) => plain(shape),
    }
}

/// Returns a strategy for everything that has a shape.
pub fn of_shape(shape: &'static Shape) -> BoxedStrategy<Value> {
    let fields: Vec<_> = shape
        .fields
        .iter()
        .map(|field| {
            let value = of_json(&field.json);
            let there = match field.presence {
                Presence::Always => Just(true).boxed(),
                Presence::Optional => any::<bool>().boxed(),
            };
            (there, value).prop_map(|(there, value)| there.then_some((field.name, value)))
        })
        .collect();
    fields
        .prop_map(|fields| {
            let named = fields.into_iter().flatten();
            Value::Object(named.map(|(name, value)| (name.to_owned(), value)).collect())
        })
        .boxed()
}

fn of_json(json: &'static Json) -> BoxedStrategy<Value> {
    match json {
        Json::Any => {
            prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), Just(json!({}))]
                .boxed()
        }
        Json::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Json::Integer => any::<i64>().prop_map(Value::from).boxed(),
        Json::Text => "[a-z/~ ]{0,6}".prop_map(Value::from).boxed(),
        Json::OneOf(values) => prop::sample::select(*values).prop_map(Value::from).boxed(),
        Json::Id(classes) => (prop::sample::select(*classes), "[a-z0-9]{1,4}")
            .prop_map(|(class, handle)| Value::from(format!("{class}{handle}")))
            .boxed(),
        Json::List(item) => {
            prop::collection::vec(of_json(item), 0..3).prop_map(Value::from).boxed()
        }
        Json::Map(value) => prop::collection::btree_map("[a-z/~]{1,4}", of_json(value), 0..3)
            .prop_map(|entries| Value::Object(entries.into_iter().collect()))
            .boxed(),
        Json::Object(shape) => of_shape(shape),
        Json::OrNull(inner) => prop_oneof![Just(Value::Null), of_json(inner)].boxed(),
    }
}

/// An answer with one thing wrong.
#[derive(Debug)]
pub struct Mutation {
    pub answer: Value,
    pub kind: DeviationKind,
    pub path: String,
}

/// Returns every answer with one thing wrong: a field gone, of another type, or too many.
pub fn mutations(shape: &'static Shape, answer: &Value) -> Vec<Mutation> {
    let mut found = Vec::new();
    in_object(shape, answer, "", &mut |path: &str, kind, value: Option<Value>| {
        let mut answer = answer.clone();
        let (parent, key) = path.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/").replace("~0", "~");
        match (answer.pointer_mut(parent).unwrap(), value) {
            (Value::Object(fields), Some(value)) => _ = fields.insert(key, value),
            (Value::Object(fields), None) => _ = fields.shift_remove(&key),
            (Value::Array(items), Some(value)) => items[key.parse::<usize>().unwrap()] = value,
            other => panic!("{path}: {other:?}"),
        }
        found.push(Mutation { answer, kind, path: path.to_owned() });
    });
    found
}

type Spoil<'a> = dyn FnMut(&str, DeviationKind, Option<Value>) + 'a;

fn in_object(shape: &'static Shape, value: &Value, path: &str, spoil: &mut Spoil<'_>) {
    let fields: &Map<String, Value> = value.as_object().unwrap();
    if shape.rest == Rest::None {
        spoil(&format!("{path}/~1 unheard of"), DeviationKind::Unknown, Some(json!([])));
    }
    for field in shape.fields {
        let Some(value) = fields.get(field.name) else { continue };
        let path = format!("{path}/{}", field.name);
        if field.presence == Presence::Always {
            spoil(&path, DeviationKind::Missing, None);
        }
        in_value(&field.json, value, &path, spoil);
    }
}

fn in_value(json: &'static Json, value: &Value, path: &str, spoil: &mut Spoil<'_>) {
    let other = match json {
        Json::Any => None,
        Json::OrNull(inner) if value.is_null() => {
            let takes_texts = matches!(inner, Json::Any | Json::Text);
            (!takes_texts).then(|| json!("?"))
        }
        Json::OrNull(inner) => return in_value(inner, value, path, spoil),
        Json::Bool | Json::Integer => Some(json!("1")),
        Json::Text => Some(json!(1)),
        Json::OneOf(_) | Json::Id(_) => Some(json!("?")),
        Json::List(_) => Some(json!({})),
        Json::Map(_) | Json::Object(_) => Some(json!([])),
    };
    if let Some(other) = other {
        spoil(path, DeviationKind::Different, Some(other));
    }
    match (json, value) {
        (Json::List(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                in_value(item, value, &format!("{path}/{index}"), spoil);
            }
        }
        (Json::Map(inner), Value::Object(entries)) => {
            for (key, value) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                in_value(inner, value, &format!("{path}/{key}"), spoil);
            }
        }
        (Json::Object(shape), _) => in_object(shape, value, path, spoil),
        _ => {}
    }
}

/// Returns calls that fill every field of every operation that is one call.
pub fn calls() -> Vec<Call> {
    let user = || UserId::from_platform("user-a");
    let person = || Principal::from_platform("org-x");
    let step = || StepId::from_platform("governance");
    let text = || Some("text".to_owned());
    let create = |description: Option<String>| NewTre {
        name: "Genomics".to_owned(),
        description: description.clone(),
        bill_to: OrgId::from_platform("org-biobank"),
        region: Region::from_platform("aws:eu-west-2"),
        customized_rate_card: description.clone().map(Value::from),
        customized_url: description,
    };
    let update = TreUpdate {
        name: text(),
        description: text(),
        visibility: Some(Visibility::Public),
        bill_to: Some(OrgId::from_platform("org-biobank")),
        region: Some(Region::from_platform("aws:eu-west-2")),
        customized_rate_card: Some(json!({ "hour": 1 })),
        customized_url: text(),
    };
    let record = || Some(AssetRef::from_platform("project-1:record-1"));
    let file = || Some(AssetRef::from_platform("file-1"));
    let inventory = Inventory {
        version: "2026.1".to_owned(),
        tabular_data: record(),
        data_showcase: record(),
        file_inventory: file(),
        data_collections: file(),
    };
    let none = Inventory {
        version: "2026.1".to_owned(),
        tabular_data: None,
        data_showcase: None,
        file_inventory: None,
        data_collections: None,
    };
    let new_step = NewStep {
        id: step(),
        name: "Governance".to_owned(),
        description: String::new(),
        reviewers: vec![user()],
    };
    vec![
        Call::Create(create(text())),
        Call::Create(create(None)),
        Call::Update(update),
        Call::Update(TreUpdate::default()),
        Call::SetPolicies(BTreeMap::from([("restricted".to_owned(), PolicyValue::Default)])),
        Call::SetInventory(inventory),
        Call::SetInventory(none),
        Call::AddReviewStep(new_step),
        Call::UpdateReviewStep { id: step(), name: text(), description: text() },
        Call::RemoveReviewStep(step()),
        Call::AddReviewers(step(), vec![user()]),
        Call::RemoveReviewers(step(), vec![user()]),
        Call::AddAdmins(vec![user()]),
        Call::RemoveAdmins(vec![user()]),
        Call::AddAuthorizedUsers(vec![person()]),
        Call::RemoveAuthorizedUsers(vec![person()]),
        Call::Publish,
        Call::Deactivate,
        Call::Reactivate,
        Call::Delete,
    ]
}
