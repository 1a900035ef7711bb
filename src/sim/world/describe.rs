//! What one thing is: every `describe`, and who acts.

use serde_json::{Map, Value, json};

use super::directory::Directory;
use super::input::Input;
use super::refusal::{Outcome, Refusal};
use super::{Caller, Route, World};
use crate::model::ids::{AssetRef, ObjectId, ProjectId, UserId};

/// Which fields of a description were asked for; all of them where it is `None`.
pub(super) struct Fields<'a>(Option<&'a Map<String, Value>>);

impl<'a> Fields<'a> {
    /// Reads `fields: {name: true}` (D).
    pub(super) fn read(input: &mut Input<'a>) -> Outcome<Self> {
        match input.value("fields") {
            None => Ok(Self(None)),
            Some(value) => Self::of(value),
        }
    }

    fn of(value: &'a Value) -> Outcome<Self> {
        value
            .as_object()
            .filter(|fields| fields.values().all(Value::is_boolean))
            .map(|fields| Self(Some(fields)))
            .ok_or_else(|| Refusal::input("`fields` must be an object of true and false."))
    }

    /// Keeps the fields that were asked for, and the id.
    pub(super) fn select(&self, mut description: Value) -> Outcome<Value> {
        let (Some(wanted), Some(given)) = (self.0, description.as_object_mut()) else {
            return Ok(description);
        };
        if let Some(unknown) = wanted.keys().find(|field| !given.contains_key(*field)) {
            return Err(Refusal::input(format!("`fields`: there is no field `{unknown}`.")));
        }
        given.retain(|field, _| field == "id" || wanted.get(field) == Some(&Value::Bool(true)));
        Ok(description)
    }
}

/// Reads `describe` of a listing: true, false, or `{fields: …}`; `None` where it is not wanted.
pub(super) fn wants_description<'a>(input: &mut Input<'a>) -> Outcome<Option<Fields<'a>>> {
    match input.value("describe") {
        None | Some(Value::Bool(false)) => Ok(None),
        Some(Value::Bool(true)) => Ok(Some(Fields(None))),
        Some(value @ Value::Object(_)) => {
            let mut inner = Input::of(value)?;
            let fields = Fields::read(&mut inner)?;
            inner.end()?;
            Ok(Some(fields))
        }
        Some(_) => Err(Refusal::input("`describe` must be true, false or an object.")),
    }
}

impl World {
    /// Answers a route that only reads.
    pub(super) fn read(
        &self,
        caller: &Caller<'_>,
        route: Route,
        input: Input<'_>,
    ) -> Outcome<Value> {
        let user = caller.user;
        match route {
            Route::WhoAmI => {
                input.end()?;
                Ok(json!({ "id": user }))
            }
            Route::FindTres => self.find_tres(user, input),
            Route::FindRequests => self.find_requests(user, input),
            Route::FindMembers(org) => self.find_members(&org, input),
            Route::DescribeUser(id) => {
                Self::describe_person(self.directory.has_user(&id), id.as_str(), "user", input)
            }
            Route::DescribeOrg(id) => {
                Self::describe_person(self.directory.has_org(&id), id.as_str(), "org", input)
            }
            Route::DescribeProject(id) => self.describe_project(user, &id, input),
            Route::DescribeObject(id) => self.describe_object(caller, id, input),
            Route::DescribeTre(id) => {
                let tre = self.seen_tre(user, &id)?;
                described(tre.describe(), input)
            }
            Route::DataTypeGroups(id) => {
                self.seen_tre(user, &id)?;
                input.end()?;
                Ok(json!({ "groups": [] }))
            }
            Route::DescribeRequest(id) => {
                let request = self.seen_request(user, &id)?;
                described(request.describe(), input)
            }
            Route::NewTre
            | Route::NewRequest
            | Route::NewFile
            | Route::ChangeTre(..)
            | Route::ChangeRequest(..)
            | Route::ChangeFile(..) => Err(Refusal::input("This route changes something.")),
        }
    }

    fn describe_person(exists: bool, id: &str, class: &str, input: Input<'_>) -> Outcome<Value> {
        if exists {
            described(json!({ "id": id, "class": class }), input)
        } else {
            Err(Refusal::missing(id))
        }
    }

    fn describe_project(&self, user: &UserId, id: &ProjectId, input: Input<'_>) -> Outcome<Value> {
        let level = self.level(user, id).ok_or_else(|| Refusal::missing(id))?;
        let (region, bill_to) = match &*self.directory {
            Directory::Open => (None, None),
            Directory::Listed(listed) => {
                let project = listed.projects.get(id);
                (project.map(|p| &p.region), project.map(|p| &p.bill_to))
            }
        };
        let description = json!({
            "id": id,
            "class": "project",
            "name": id,
            "region": region,
            "billTo": bill_to,
            "level": level,
        });
        described(description, input)
    }

    fn describe_object(
        &self,
        caller: &Caller<'_>,
        id: ObjectId,
        mut input: Input<'_>,
    ) -> Outcome<Value> {
        let project: Option<ProjectId> = input.optional_id("project")?;
        let asset = AssetRef { project, object: id };
        let object = self
            .object(&asset, caller.now)
            .filter(|object| self.level(caller.user, &object.project).is_some())
            .ok_or_else(|| Refusal::missing(&asset))?;
        let description = json!({
            "id": asset.object,
            "class": if asset.object.is_record() { "record" } else { "file" },
            "project": object.project,
            "name": object.name,
            "state": object.state,
            "types": object.types,
        });
        described(description, input)
    }
}

fn described(description: Value, mut input: Input<'_>) -> Outcome<Value> {
    let fields = Fields::read(&mut input)?;
    input.end()?;
    fields.select(description)
}
