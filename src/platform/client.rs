//! Both halves of the seam over any transport: typed questions and calls in, the wire's JSON out,
//! and the answers read by the wire contract.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::wire::{self, Found, route};
use super::{
    Call, Described, Pending, PlatformError, PlatformErrorKind, Reader, Receipt, Transport, Writer,
    gather,
};
use crate::model::{OrgId, Principal, RequestCounts, TreId, UserId};

/// How many results a page is asked to have.
const PAGE: usize = 1_000;

/// Speaks the wire format over a transport.
#[derive(Debug, Clone)]
pub struct Wire<T: Transport>(pub T);

impl<T: Transport> Wire<T> {
    /// Reads a listing to its end, page by page.
    async fn list(&self, route: &str, input: Value) -> Result<Vec<Value>, PlatformError> {
        let mut all = Vec::new();
        let mut starting: Option<Value> = None;
        loop {
            let mut input = input.clone();
            if let Some(fields) = input.as_object_mut() {
                fields.insert("limit".to_owned(), json!(PAGE));
                fields.extend(starting.clone().map(|next| ("starting".to_owned(), next)));
            }
            let mut answer = self.0.post(route, input).await?;
            let Some(Value::Array(results)) = answer.get_mut("results").map(Value::take) else {
                return Err(unexpected(route, "`results` is not a list."));
            };
            all.extend(results);
            match answer.get_mut("next").map(Value::take) {
                Some(Value::Null) => return Ok(all),
                // A page that begins where the last one began would never end.
                Some(next) if starting.as_ref() != Some(&next) => starting = Some(next),
                Some(_) => return Err(unexpected(route, "`next` does not go on.")),
                None => return Err(unexpected(route, "`next` is missing.")),
            }
        }
    }

    /// Asks for one thing, which is `None` where it does not exist or may not be seen.
    async fn look_up(&self, route: &str, input: Value) -> Result<Option<Value>, PlatformError> {
        match self.0.post(route, input).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.kind == PlatformErrorKind::ResourceNotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn describe(&self, id: &TreId) -> Result<Option<Described>, PlatformError> {
        let route = format!("/{id}/{}", route::DESCRIBE);
        let answer = self.look_up(&route, json!({})).await?;
        answer.map(|raw| described(&route, raw)).transpose()
    }

    /// Lists the TREs that a filter lets through, each described.
    async fn find(&self, filter: Option<(String, Value)>) -> Result<Vec<Described>, PlatformError> {
        let mut input = Map::from_iter([("describe".to_owned(), json!(true))]);
        input.extend(filter);
        let found = self.list(route::FIND_TRES, Value::Object(input)).await?;
        let mut tres = Vec::with_capacity(found.len());
        let mut bare = Vec::new();
        for mut result in found {
            match result.get_mut("describe").map(Value::take) {
                Some(raw @ Value::Object(_)) => {
                    tres.push(Some(described(route::FIND_TRES, raw)?));
                }
                // A listing need not describe (A).
                _ => {
                    let Found { id, describe: _ } = read(route::FIND_TRES, &result)?;
                    bare.push((tres.len(), TreId::from_platform(&id)));
                    tres.push(None);
                }
            }
        }
        let answers = gather(bare.iter().map(|(_, id)| self.describe_tre(id))).await;
        for ((place, _), answer) in bare.iter().zip(answers) {
            let answer = answer?;
            if let Some(slot) = tres.get_mut(*place) {
                *slot = answer;
            }
        }
        // What is gone meanwhile is left out.
        Ok(tres.into_iter().flatten().collect())
    }

    async fn count(&self, tre: &TreId, state: &str) -> Result<u64, PlatformError> {
        let input = json!({ "tre": tre, "state": state });
        let found = self.list(route::FIND_REQUESTS, input).await?;
        Ok(u64::try_from(found.len()).unwrap_or(u64::MAX))
    }
}

impl<T: Transport> Reader for Wire<T> {
    fn whoami(&self) -> Pending<'_, UserId> {
        Box::pin(async move {
            let answer = self.0.post(route::WHOAMI, json!({})).await?;
            let Found { id, describe: _ } = read(route::WHOAMI, &answer)?;
            Ok(UserId::from_platform(&id))
        })
    }

    fn find_tres<'a>(&'a self, bill_to: Option<&'a OrgId>) -> Pending<'a, Vec<Described>> {
        let filter = bill_to.map(|org| ("billTo".to_owned(), json!(org)));
        Box::pin(self.find(filter))
    }

    fn find_tre<'a>(&'a self, id: &'a TreId) -> Pending<'a, Option<Described>> {
        Box::pin(async move {
            let found = self.find(Some(("id".to_owned(), json!(id)))).await?;
            Ok(found.into_iter().find(|described| described.tre.id == id.as_str()))
        })
    }

    fn describe_tre<'a>(&'a self, id: &'a TreId) -> Pending<'a, Option<Described>> {
        Box::pin(self.describe(id))
    }

    fn find_members<'a>(
        &'a self,
        org: &'a OrgId,
        user: Option<&'a UserId>,
    ) -> Pending<'a, Vec<wire::OrgMember>> {
        Box::pin(async move {
            let route = format!("/{org}/{}", route::FIND_MEMBERS);
            let input = user.map_or_else(|| json!({}), |user| json!({ "id": user }));
            let found = self.list(&route, input).await?;
            found.iter().map(|member| read(&route, member)).collect()
        })
    }

    fn exists<'a>(&'a self, id: &'a Principal) -> Pending<'a, bool> {
        Box::pin(async move {
            let route = format!("/{id}/{}", route::DESCRIBE);
            Ok(self.look_up(&route, json!({})).await?.is_some())
        })
    }

    fn describe_object<'a>(
        &'a self,
        id: &'a str,
        project: Option<&'a str>,
    ) -> Pending<'a, Option<wire::ObjectDescription>> {
        Box::pin(async move {
            let route = format!("/{id}/{}", route::DESCRIBE);
            let input = project.map_or_else(|| json!({}), |project| json!({ "project": project }));
            let answer = self.look_up(&route, input).await?;
            answer.map(|answer| read(&route, &answer)).transpose()
        })
    }

    fn count_requests<'a>(&'a self, tre: &'a TreId) -> Pending<'a, RequestCounts> {
        Box::pin(async move {
            let in_review = self.count(tre, "in-review").await?;
            let approved = self.count(tre, "approved").await?;
            Ok(RequestCounts { in_review, approved })
        })
    }
}

impl<T: Transport> Writer for Wire<T> {
    fn execute<'a>(&'a self, tre: &'a TreId, call: &'a Call) -> Pending<'a, Receipt> {
        Box::pin(async move {
            let route = call.route(tre);
            let (answer, receipt) = self.0.post_with_receipt(&route, call.input(tre)).await?;
            // Every call that changes a TRE answers with its id: another one means that something
            // else was changed than the caller thinks.
            let Found { id, describe: _ } = read(&route, &answer)?;
            if id == tre.as_str() {
                Ok(receipt)
            } else {
                Err(unexpected(&route, &format!("`id` is `{id}` and not `{tre}`.")))
            }
        })
    }
}

fn described(route: &str, raw: Value) -> Result<Described, PlatformError> {
    match read(route, &raw) {
        Ok(tre) => Ok(Described { tre, raw }),
        Err(mut error) => {
            // A listing holds many; its route does not tell which.
            if let Some(id) = raw.get("id").and_then(Value::as_str)
                && !route.contains(id)
            {
                error.message.push_str(&format!(" It is the description of `{id}`."));
            }
            Err(error)
        }
    }
}

/// Reads an answer by the wire contract.
fn read<A: DeserializeOwned>(route: &str, answer: &Value) -> Result<A, PlatformError> {
    A::deserialize(answer).map_err(|error| {
        let error = error.to_string();
        match culprit::<A>(answer, &error) {
            Some(field) => unexpected(route, &format!("`{field}`: {error}.")),
            None => unexpected(route, &format!("{error}.")),
        }
    })
}

/// Returns the field of an answer that cannot be read, or `None` where it is one that lacks: then
/// the error names it already.
fn culprit<'a, A: DeserializeOwned>(answer: &'a Value, error: &str) -> Option<&'a str> {
    let fields = answer.as_object()?;
    let fails = |fields: &Map<String, Value>| {
        let failure = A::deserialize(&Value::Object(fields.clone())).err();
        failure.is_some_and(|failure| failure.to_string() == error)
    };
    let lacking = error.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    if let Some(lacking) = lacking {
        // What lacks inside of another field still lacks when it is given beside it.
        let mut given = fields.clone();
        given.insert(lacking.to_owned(), Value::Null);
        if !fails(&given) {
            return None;
        }
    }
    let mut read = Map::new();
    for (field, value) in fields {
        read.insert(field.clone(), value.clone());
        if fails(&read) {
            return Some(field);
        }
    }
    None
}

fn unexpected(route: &str, what: &str) -> PlatformError {
    let message = format!("The answer does not have the shape of the wire contract: {what}");
    PlatformError::new(route, PlatformErrorKind::UnexpectedAnswer, message)
}
