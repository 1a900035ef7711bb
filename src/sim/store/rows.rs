//! The rows of a store: one table for each kind of entity, keyed by id, the row itself JSON.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use redb::{
    ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, TableError, TableHandle,
    WriteTransaction,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::OpenError;
use crate::model::ids::{ObjectId, UserId};
use crate::sim::world::{Change, Directory, Listed};
use crate::sim::{LoggedCall, World};

/// The format that this trectl writes. A higher number means that older ones cannot read it.
const FORMAT: u64 = 1;
/// How many calls the log keeps.
const LOGGED_CALLS: u64 = 100_000;

type Rows = TableDefinition<'static, &'static str, &'static [u8]>;

const META: Rows = TableDefinition::new("meta");
const USERS: Rows = TableDefinition::new("users");
const ORGS: Rows = TableDefinition::new("orgs");
const PROJECTS: Rows = TableDefinition::new("projects");
const OBJECTS: Rows = TableDefinition::new("objects");
const TRES: Rows = TableDefinition::new("tres");
const REQUESTS: Rows = TableDefinition::new("requests");
const NONCES: Rows = TableDefinition::new("nonces");
const FILES: Rows = TableDefinition::new("files");
/// The content of files, by file and part.
const CONTENTS: TableDefinition<'static, (&'static str, u64), &'static [u8]> =
    TableDefinition::new("contents");
const CALLS: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("calls");

/// The key of the only row of `meta`.
const WORLD: &str = "world";

/// What a store is, and who acts on it.
#[derive(Serialize, Deserialize)]
struct Meta {
    format: u64,
    is_seeded: bool,
    actor: UserId,
    tokens: BTreeMap<String, UserId>,
}

/// The format alone, which must be readable in every store that will ever be.
#[derive(Deserialize)]
struct Format {
    format: u64,
}

/// Writes a whole world into an empty store.
pub(super) fn write_world(txn: &WriteTransaction, world: &World) -> Result<(), redb::Error> {
    for table in [META, USERS, ORGS, PROJECTS, OBJECTS, TRES, REQUESTS, NONCES, FILES] {
        txn.open_table(table)?;
    }
    txn.open_table(CONTENTS)?;
    txn.open_table(CALLS)?;
    let (tokens, directory) = world.settings();
    let meta = Meta {
        format: FORMAT,
        is_seeded: matches!(directory, Directory::Listed(_)),
        actor: world.actor().clone(),
        tokens: tokens.clone(),
    };
    put(txn, META, WORLD, &meta)?;
    if let Directory::Listed(Listed { users, orgs, projects, objects }) = directory {
        put_all(txn, USERS, users.iter().map(|user| (user.as_str(), true)))?;
        put_all(txn, ORGS, orgs.iter().map(|(id, org)| (id.as_str(), org)))?;
        put_all(txn, PROJECTS, projects.iter().map(|(id, project)| (id.as_str(), project)))?;
        put_all(txn, OBJECTS, objects.iter().map(|(id, object)| (id.as_str(), object)))?;
    }
    write_changes(txn, &world.contents())
}

/// Writes the rows that calls changed, the last change of a row last.
pub(super) fn write_changes(txn: &WriteTransaction, changes: &[Change]) -> Result<(), redb::Error> {
    for change in changes {
        match change {
            Change::PutTre(tre) => put(txn, TRES, tre.id.as_str(), tre.as_ref())?,
            Change::DropTre(id) => drop_row(txn, TRES, id.as_str())?,
            Change::PutRequest(request) => {
                put(txn, REQUESTS, request.id.as_str(), request.as_ref())?;
            }
            Change::DropRequest(id) => drop_row(txn, REQUESTS, id.as_str())?,
            Change::PutNonce(key, nonce) => put(txn, NONCES, key, nonce.as_ref())?,
            Change::DropNonce(key) => drop_row(txn, NONCES, key)?,
            Change::PutFile(file) => put(txn, FILES, file.id.as_str(), file.as_ref())?,
            Change::PutContent(file, part, bytes) => {
                txn.open_table(CONTENTS)?.insert((file.as_str(), *part), &**bytes)?;
            }
        }
    }
    Ok(())
}

/// Appends calls to the log, numbered from `first`, and drops what is too old.
pub(super) fn append_calls(
    txn: &WriteTransaction,
    first: u64,
    calls: &[LoggedCall],
) -> Result<(), redb::Error> {
    let mut table = txn.open_table(CALLS)?;
    for (number, call) in (first..).zip(calls) {
        table.insert(number, bytes(call)?.as_slice())?;
        if let Some(old) = number.checked_sub(LOGGED_CALLS) {
            table.remove(old)?;
        }
    }
    Ok(())
}

/// Returns the number of the next call of the log.
pub(super) fn next_call(db: &impl ReadableDatabase) -> Result<u64, redb::Error> {
    let table = db.begin_read()?.open_table(CALLS)?;
    let last = table.last()?;
    Ok(last.map_or(0, |(number, _)| number.value().saturating_add(1)))
}

/// Returns the log, oldest first.
pub(super) fn read_calls(
    path: &Path,
    db: &impl ReadableDatabase,
) -> Result<Vec<LoggedCall>, OpenError> {
    let failed = |error: redb::Error| OpenError::of(path, error);
    let txn = db.begin_read().map_err(|error| failed(error.into()))?;
    let table = txn.open_table(CALLS).map_err(|error| failed(error.into()))?;
    let mut calls = Vec::new();
    for row in table.iter().map_err(|error| failed(error.into()))? {
        let (number, row) = row.map_err(|error| failed(error.into()))?;
        calls.push(parse(path, "calls", &number.value().to_string(), row.value())?);
    }
    Ok(calls)
}

/// Returns the content of a file.
pub(super) fn read_content(
    db: &impl ReadableDatabase,
    file: &ObjectId,
) -> Result<Option<Vec<u8>>, redb::Error> {
    let table = match db.begin_read()?.open_table(CONTENTS) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut content = None;
    for row in table.range((file.as_str(), 0)..=(file.as_str(), u64::MAX))? {
        let (_, bytes) = row?;
        content.get_or_insert_with(Vec::new).extend_from_slice(bytes.value());
    }
    Ok(content)
}

/// Reads a whole world.
pub(super) fn read_world(path: &Path, db: &impl ReadableDatabase) -> Result<World, OpenError> {
    let txn = db.begin_read().map_err(|error| OpenError::of(path, error.into()))?;
    let reader = RowReader { path, txn };
    let Meta { format: _, is_seeded, actor, tokens } = reader.meta()?;
    let directory = if is_seeded {
        Directory::Listed(Listed {
            users: reader.rows::<bool, _, _>(USERS, |id, _| UserId::from_platform(id))?,
            orgs: reader.rows(ORGS, |id, org| (FromId::from_id(id), org))?,
            projects: reader.rows(PROJECTS, |id, project| (FromId::from_id(id), project))?,
            objects: reader.rows(OBJECTS, |id, object| (FromId::from_id(id), object))?,
        })
    } else {
        Directory::Open
    };
    let mut world = World::of(actor, tokens, directory);
    let tres: Vec<Change> = reader.rows(TRES, |_, tre| Change::PutTre(Arc::new(tre)))?;
    let requests: Vec<Change> =
        reader.rows(REQUESTS, |_, request| Change::PutRequest(Arc::new(request)))?;
    let nonces: Vec<Change> =
        reader.rows(NONCES, |key, nonce| Change::PutNonce(key.to_owned(), Arc::new(nonce)))?;
    let files: Vec<Change> = reader.rows(FILES, |_, file| Change::PutFile(Arc::new(file)))?;
    for change in tres.into_iter().chain(requests).chain(nonces).chain(files) {
        world.apply(change);
    }
    Ok(world)
}

/// Reads rows in one transaction.
struct RowReader<'a> {
    path: &'a Path,
    txn: ReadTransaction,
}

impl RowReader<'_> {
    fn meta(&self) -> Result<Meta, OpenError> {
        let failed = |error: redb::Error| OpenError::of(self.path, error);
        let table = self.txn.open_table(META).map_err(|error| failed(error.into()))?;
        let row = table.get(WORLD).map_err(|error| failed(error.into()))?;
        let row = row.ok_or_else(|| OpenError::not_a_store(self.path, "it names no format"))?;
        let Format { format } = parse(self.path, "meta", WORLD, row.value())?;
        if format > FORMAT {
            let path = self.path.to_owned();
            return Err(OpenError::Newer { path, found: format, known: FORMAT });
        }
        parse(self.path, "meta", WORLD, row.value())
    }

    fn rows<R: DeserializeOwned, T, C: FromIterator<T>>(
        &self,
        table: Rows,
        of: impl Fn(&str, R) -> T,
    ) -> Result<C, OpenError> {
        let failed = |error: redb::Error| OpenError::of(self.path, error);
        let name = table.name().to_owned();
        let table = match self.txn.open_table(table) {
            Ok(table) => table,
            // A trectl that knew no uploads created the store.
            Err(TableError::TableDoesNotExist(_)) if name == FILES.name() => {
                return Ok(C::from_iter([]));
            }
            Err(error) => return Err(failed(error.into())),
        };
        let rows = table.iter().map_err(|error| failed(error.into()))?;
        rows.map(|row| {
            let (key, row) = row.map_err(|error| failed(error.into()))?;
            Ok(of(key.value(), parse(self.path, &name, key.value(), row.value())?))
        })
        .collect()
    }
}

/// An id that is a row's key.
trait FromId {
    fn from_id(id: &str) -> Self;
}

macro_rules! from_id {
    ($($name:ident),*) => {
        $(impl FromId for crate::model::ids::$name {
            fn from_id(id: &str) -> Self {
                Self::from_platform(id)
            }
        })*
    };
}

from_id!(OrgId, ProjectId, ObjectId);

fn parse<R: DeserializeOwned>(
    path: &Path,
    table: &str,
    key: &str,
    row: &[u8],
) -> Result<R, OpenError> {
    serde_json::from_slice(row)
        .map_err(|error| OpenError::corrupted(path, format!("{table}, row `{key}`: {error}")))
}

fn bytes(row: &impl Serialize) -> Result<Vec<u8>, redb::Error> {
    serde_json::to_vec(row).map_err(|error| redb::Error::Io(error.into()))
}

fn put(
    txn: &WriteTransaction,
    table: Rows,
    key: &str,
    row: &impl Serialize,
) -> Result<(), redb::Error> {
    txn.open_table(table)?.insert(key, bytes(row)?.as_slice())?;
    Ok(())
}

fn put_all<'a>(
    txn: &WriteTransaction,
    table: Rows,
    rows: impl Iterator<Item = (&'a str, impl Serialize)>,
) -> Result<(), redb::Error> {
    let mut table = txn.open_table(table)?;
    for (key, row) in rows {
        table.insert(key, bytes(&row)?.as_slice())?;
    }
    Ok(())
}

fn drop_row(txn: &WriteTransaction, table: Rows, key: &str) -> Result<(), redb::Error> {
    txn.open_table(table)?.remove(key)?;
    Ok(())
}
