//! Files that are uploaded: created open, given their content in parts, closed for good (D).

use std::collections::BTreeMap;
use std::sync::Arc;

use md5::Md5;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Digest;

use super::directory::{Object, scramble};
use super::input::Input;
use super::refusal::{Outcome, Refusal};
use super::route::FileChange;
use super::{Caller, Change, Decision, World};
use crate::model::ids::{AssetRef, ObjectId, ProjectId, UserId};
use crate::platform::PlatformError;
use crate::platform::seed::{AccessLevel, ObjectState};

/// How long a closed file is still `closing` (A): so short that nobody waits, and long enough that
/// who asks at once sees it.
const CLOSING_MS: i64 = 2;
/// How long an address takes the content of a part (A).
const ADDRESS_LIFE_MS: i64 = 60 * 60 * 1000;
/// How many parts a file has at most (A).
const MOST_PARTS: u64 = 10_000;
/// Where content is put, below the platform's own address (A).
const ADDRESS: &str = "/upload/";
/// The header in which the content's MD5 comes (A).
const MD5_HEADER: &str = "x-upload-md5";

/// A file that was created here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sim) struct File {
    pub id: ObjectId,
    pub project: ProjectId,
    pub name: String,
    pub folder: String,
    pub parts: BTreeMap<u64, Part>,
    /// From when on it is final; `None` while it is open.
    pub closed: Option<i64>,
    pub created: i64,
    pub created_by: UserId,
}

/// One part of a file's content, announced and then put.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sim) struct Part {
    pub size: u64,
    pub md5: String,
    /// Until when its content is taken.
    pub expires: i64,
    pub is_stored: bool,
}

/// Content on its way into a part of a file.
#[derive(Debug, Clone)]
pub struct Content {
    /// The path that `upload` answered.
    pub path: String,
    /// The header that `upload` answered with it, `x-upload-md5`.
    pub md5: Option<String>,
    /// The bytes.
    pub bytes: Arc<[u8]>,
}

impl File {
    fn state(&self, now: i64) -> ObjectState {
        match self.closed {
            None => ObjectState::Open,
            Some(closed) if now < closed => ObjectState::Closing,
            Some(_) => ObjectState::Closed,
        }
    }

    fn require_open(&self, now: i64) -> Outcome<()> {
        match self.state(now) {
            ObjectState::Open => Ok(()),
            ObjectState::Closing | ObjectState::Closed => {
                Err(Refusal::state(format!("`{}` is closed and takes no content.", self.id)))
            }
        }
    }

    /// Returns where the content of a part is put: another address for another announcement.
    fn address(&self, index: u64, part: &Part) -> String {
        let Part { size, md5, expires, is_stored: _ } = part;
        let key = scramble(&format!("{} {index} {size} {md5} {expires}", self.id));
        format!("{ADDRESS}{}/{index}/{key}", self.id)
    }
}

impl Content {
    /// Returns the path without the key that lets content in.
    pub(in crate::sim) fn place(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(place, _)| place)
    }
}

impl World {
    /// Returns a record or file, in the project that is written if one is.
    pub(super) fn object(&self, asset: &AssetRef, now: i64) -> Option<Object> {
        let Some(file) = self.files.get(&asset.object) else { return self.directory.object(asset) };
        let is_there = asset.project.as_ref().is_none_or(|project| *project == file.project);
        is_there.then(|| Object {
            project: file.project.clone(),
            name: file.name.clone(),
            state: file.state(now),
            types: Vec::new(),
        })
    }

    /// Creates an open file, which takes UPLOAD in its project (D).
    pub(super) fn new_file(&self, caller: &Caller<'_>, mut input: Input<'_>) -> Outcome<Decision> {
        let project: ProjectId = input.id("project")?;
        let name = input.text("name")?.to_owned();
        let folder = input.optional_text("folder")?.unwrap_or("/").to_owned();
        input.end()?;
        self.require_upload(caller.user, &project)?;
        if name.is_empty() || name.contains('/') {
            return Err(Refusal::input("`name` must not be empty, and without `/`."));
        }
        if !folder.starts_with('/') {
            return Err(Refusal::input("`folder` must begin with `/`."));
        }
        let id = self.new_file_id(caller, &project, &name);
        let answer = json!({ "id": id });
        let file = File {
            id,
            project,
            name,
            folder,
            parts: BTreeMap::new(),
            closed: None,
            created: caller.now,
            created_by: caller.user.clone(),
        };
        Ok(Decision { answer, changes: vec![Change::PutFile(Arc::new(file))] })
    }

    /// Returns an id that no file has, and the same one for the same calls.
    fn new_file_id(&self, caller: &Caller<'_>, project: &ProjectId, name: &str) -> ObjectId {
        let mut number = self.files.len();
        loop {
            let text = format!("{project} {name} {} {} {number}", caller.user, caller.now);
            let id = ObjectId::from_platform(&format!("file-{}", scramble(&text)));
            if !self.files.contains_key(&id) && !self.directory.lists(&id) {
                return id;
            }
            number += 1;
        }
    }

    /// Refuses who may not add to a project.
    fn require_upload(&self, user: &UserId, project: &ProjectId) -> Outcome<()> {
        match self.level(user, project) {
            None => Err(Refusal::missing(project)),
            Some(level) if level >= AccessLevel::Upload => Ok(()),
            Some(_) => Err(Refusal::denied(format!("`{user}` may not add to `{project}`."))),
        }
    }

    /// Changes a file that the caller sees and may add to.
    pub(super) fn change_file(
        &self,
        caller: &Caller<'_>,
        id: &ObjectId,
        change: FileChange,
        input: Input<'_>,
    ) -> Outcome<Decision> {
        let asset = AssetRef { project: None, object: id.clone() };
        let object = self
            .object(&asset, caller.now)
            .filter(|object| self.level(caller.user, &object.project).is_some())
            .ok_or_else(|| Refusal::missing(id))?;
        self.require_upload(caller.user, &object.project)?;
        match (self.files.get(id), change) {
            (Some(file), FileChange::Upload) => announce(file, caller.now, input),
            (Some(file), FileChange::Close) => close(file, caller.now, input),
            (None, FileChange::Close) if object.state == ObjectState::Closed => {
                input.end()?;
                Ok(Decision::unchanged(json!({ "id": id })))
            }
            (None, _) => Err(Refusal::state(format!("`{id}` takes no content any more."))),
        }
    }

    /// Takes the content of a part; who knows its address may put it (D).
    pub(in crate::sim) fn decide_content(
        &self,
        content: &Content,
        now: i64,
    ) -> Result<Decision, PlatformError> {
        self.put_content(content, now).map_err(|refusal| refusal.at(content.place()))
    }

    fn put_content(&self, content: &Content, now: i64) -> Outcome<Decision> {
        let Content { path, md5, bytes } = content;
        let (file, index) =
            self.addressed(path, now).ok_or_else(|| Refusal::missing(content.place()))?;
        file.require_open(now)?;
        let mut file = file.clone();
        let part = file.parts.get_mut(&index).ok_or_else(|| Refusal::missing(path))?;
        if md5.as_deref() != Some(&part.md5) {
            return Err(Refusal::input(format!("The header `{MD5_HEADER}` is not as announced.")));
        }
        if u64::try_from(bytes.len()).ok() != Some(part.size) {
            let (found, size) = (bytes.len(), part.size);
            return Err(Refusal::input(format!("There are {found} bytes; {size} are announced.")));
        }
        if md5_of(bytes) != part.md5 {
            return Err(Refusal::input("The content does not have the MD5 that is announced."));
        }
        if part.is_stored {
            return Ok(Decision::unchanged(json!({})));
        }
        part.is_stored = true;
        let stored = Change::PutContent(file.id.clone(), index, Arc::clone(bytes));
        Ok(Decision { answer: json!({}), changes: vec![stored, Change::PutFile(Arc::new(file))] })
    }

    /// Returns the file and the part that an address is of, while it holds.
    fn addressed(&self, path: &str, now: i64) -> Option<(&File, u64)> {
        let (id, rest) = path.strip_prefix(ADDRESS)?.split_once('/')?;
        let file = self.files.get(&ObjectId::from_platform(id))?;
        let index = rest.split_once('/')?.0.parse().ok()?;
        let part = file.parts.get(&index)?;
        (now < part.expires && file.address(index, part) == path).then_some((file, index))
    }

    /// Returns who created the file that content is for.
    pub(in crate::sim) fn sender(&self, content: &Content) -> Option<&UserId> {
        let (id, _) = content.path.strip_prefix(ADDRESS)?.split_once('/')?;
        Some(&self.files.get(&ObjectId::from_platform(id))?.created_by)
    }
}

/// Announces a part: answers where to put its content.
fn announce(file: &File, now: i64, mut input: Input<'_>) -> Outcome<Decision> {
    let size = number(&mut input, "size")?.ok_or_else(|| Refusal::input("`size` is required."))?;
    let md5 = input.text("md5")?.to_owned();
    let index = number(&mut input, "index")?.unwrap_or(1);
    input.end()?;
    file.require_open(now)?;
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if md5.len() != 32 || !md5.bytes().all(is_hex) {
        return Err(Refusal::input("`md5` must be 32 digits and letters from a to f."));
    }
    if !(1..=MOST_PARTS).contains(&index) {
        return Err(Refusal::input(format!("`index` must be from 1 to {MOST_PARTS}.")));
    }
    let expires = now.saturating_add(ADDRESS_LIFE_MS);
    let part = Part { size, md5, expires, is_stored: false };
    let answer = json!({
        "url": file.address(index, &part),
        "headers": { "content-length": size.to_string(), MD5_HEADER: part.md5 },
        "expires": expires,
    });
    let mut file = file.clone();
    file.parts.insert(index, part);
    Ok(Decision { answer, changes: vec![Change::PutFile(Arc::new(file))] })
}

/// Closes a file whose every part is there (A); one that is closed stays so.
fn close(file: &File, now: i64, input: Input<'_>) -> Outcome<Decision> {
    input.end()?;
    let answer = json!({ "id": file.id });
    if file.closed.is_some() {
        return Ok(Decision::unchanged(answer));
    }
    if file.parts.is_empty() {
        return Err(Refusal::state(format!("`{}` has no content.", file.id)));
    }
    if let Some((index, _)) = file.parts.iter().find(|(_, part)| !part.is_stored) {
        let id = &file.id;
        return Err(Refusal::state(format!("Part {index} of `{id}` is announced and not there.")));
    }
    let mut file = file.clone();
    file.closed = Some(now.saturating_add(CLOSING_MS));
    Ok(Decision { answer, changes: vec![Change::PutFile(Arc::new(file))] })
}

fn number(input: &mut Input<'_>, key: &'static str) -> Outcome<Option<u64>> {
    let whole = || Refusal::input(format!("`{key}` must be a whole number."));
    input.value(key).map(|value: &Value| value.as_u64().ok_or_else(whole)).transpose()
}

fn md5_of(bytes: &[u8]) -> String {
    format!("{:x}", Md5::digest(bytes))
}
