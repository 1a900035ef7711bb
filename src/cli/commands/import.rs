//! `import`: live TREs as documents that plan to nothing, one file each, never over an existing
//! one.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

use crate::cli::args::Import as Args;
use crate::cli::document::{self, Document, LeftOut};
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::files::{self, Created};
use crate::cli::output::Output;
use crate::cli::planning::{unknown_tre, unread};
use crate::cli::session::{Documents, Session};
use crate::cli::sharing::{self, Listed, NewGroup, People, Sharing};
use crate::cli::{pages, platform, runtime};
use crate::desired::{self, Target};
use crate::live;
use crate::model::{GroupId, Live, LiveTre, TreId};
use crate::plan::FORMAT_VERSION;
use crate::plan::render::{Page, Role};
use crate::platform::Reader;
use crate::source::PROJECT_FILE;

/// One document that is about to be written.
struct Draft {
    id: TreId,
    file: Utf8PathBuf,
    document: Document,
}

/// Everything that is about to be written.
struct Drafts {
    tres: Vec<Draft>,
    groups: Vec<(NewGroup, Utf8PathBuf)>,
    /// What the documents share: with `--groups` it is in them, else only told.
    sharing: Sharing,
}

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let session = Session::open(output, Documents::Optional)?;
    runtime::block_on(|interrupt| async move {
        let reader = platform::open_to_read(&session, output.settings(), &interrupt).await?;
        let live = interrupt.or(read(args, &session, &*reader)).await??;
        let tres = drafts(args, &session, &live, output)?;
        let drafts = share(args, tres, &session, output);
        write(&drafts)?;
        tell(args, &drafts, &session.target, output);
        Ok(Status::DONE)
    })
}

/// Reads the TREs that are named where they are few, else all of the selection.
async fn read(args: &Args, session: &Session, reader: &dyn Reader) -> Result<Live, Failure> {
    let select = session.target.select_bill_to.as_deref();
    let named: BTreeSet<TreId> = args.ids.iter().cloned().collect();
    if (1..=live::FEW).contains(&named.len()) {
        let live = live::read_some(reader, select, &named).await.map_err(unread)?;
        if live.tres.len() == named.len() {
            return Ok(live);
        }
        // Whoever mistypes an id is told of all that there are.
    }
    live::read(reader, select).await.map_err(unread)
}

/// Finds what the documents share, and puts it into groups where that is asked for.
fn share(args: &Args, mut tres: Vec<Draft>, session: &Session, output: &Output) -> Drafts {
    let folder = match &args.out {
        Some(folder) => output.settings().path(folder).join("groups"),
        None => session.path("groups".into()),
    };
    let file = |id: &GroupId| folder.join(format!("{id}.yaml"));
    let documents = tres.iter().map(|draft| (&draft.id, &draft.document));
    let sharing = sharing::find(documents, &known_groups(session), |id| file(id).exists());
    let mut groups = Vec::new();
    if args.groups {
        for draft in &mut tres {
            sharing.put(&draft.id, &mut draft.document);
        }
        groups.extend(sharing.groups.iter().map(|group| (group.clone(), file(&group.id))));
    }
    Drafts { tres, groups, sharing }
}

/// Returns the groups of the repository, with everybody in them.
fn known_groups(session: &Session) -> BTreeMap<GroupId, People> {
    let groups = desired::resolve(&session.repository).groups;
    let members = |id: &GroupId| {
        let members = groups.members(id).into_iter().flat_map(|ways| ways.keys());
        members.map(ToString::to_string).collect()
    };
    groups.ids().map(|id| (id.clone(), members(id))).collect()
}

fn drafts(
    args: &Args,
    session: &Session,
    live: &Live,
    output: &Output,
) -> Result<Vec<Draft>, Failure> {
    let folder = match &args.out {
        Some(folder) => output.settings().path(folder),
        None => session.path("tres".into()),
    };
    let project = session.repository.sources.text(PROJECT_FILE);
    let mut drafts = Vec::new();
    for tre in chosen(args, session, live)? {
        let id = &tre.tre.id;
        let Some(name) = handle(id) else {
            output.warn(&format!("`{id}` is left out: trectl takes no document with such an id."));
            continue;
        };
        match Document::of_live(tre)
            .without_refused(project.map(|text| (PROJECT_FILE, text)), session.today)
        {
            Ok(document) => {
                warn(id, &document, output);
                let file = folder.join(format!("{name}.yaml"));
                drafts.push(Draft { id: id.clone(), file, document });
            }
            Err(refused) => output.warn(&format!("`{id}` is left out: {}", refused.summary)),
        }
    }
    Ok(drafts)
}

/// Returns the TREs that are to be written: those that are named, all, or those without a document.
fn chosen<'a>(args: &Args, session: &Session, live: &'a Live) -> Result<Vec<&'a LiveTre>, Failure> {
    if !args.ids.is_empty() {
        let ids: BTreeSet<&TreId> = args.ids.iter().collect();
        return ids
            .into_iter()
            .map(|id| live.tres.get(id).ok_or_else(|| unknown_tre(id, live.tres.keys())))
            .collect();
    }
    let has_document = |id: &TreId| session.desired.tres.contains_key(id);
    Ok(live.tres.values().filter(|tre| args.all || !has_document(&tre.tre.id)).collect())
}

/// Returns the name of a TRE's file, if its id is one that trectl takes.
fn handle(id: &TreId) -> Option<&str> {
    id.as_str().parse::<TreId>().ok()?;
    id.as_str().strip_prefix("tre-")
}

fn warn(id: &TreId, document: &Document, output: &Output) {
    for LeftOut { path, reason } in &document.left_out {
        output.warn(&format!(
            "`{path}` of `{id}` is left out, so it is not managed: trectl would refuse it. {reason}"
        ));
    }
}

/// Writes all of them, or none where one is there already; groups first, so that no document names
/// one that is not there.
fn write(drafts: &Drafts) -> Result<(), Failure> {
    let Drafts { tres, groups, sharing: _ } = drafts;
    let files = groups.iter().map(|(_, file)| file).chain(tres.iter().map(|draft| &draft.file));
    let there: Vec<String> =
        files.filter(|file| file.exists()).map(|file| format!("`{file}`")).collect();
    if !there.is_empty() {
        return Err(already_there(&there.join(", ")));
    }
    for (group, file) in groups {
        create(file, &document::group(group)?)?;
    }
    for draft in tres {
        create(&draft.file, &draft.document.text(&[])?)?;
    }
    Ok(())
}

fn create(file: &Utf8Path, text: &str) -> Result<(), Failure> {
    match files::create(file, text.as_bytes())? {
        Created::New => Ok(()),
        Created::WasThere => Err(already_there(&format!("`{file}`"))),
    }
}

fn already_there(files: &str) -> Failure {
    Failure::files(format!("{files} is there already; import never writes over a file."))
        .hint("Name another folder with `--out DIR`, or the TREs that are wanted.")
}

fn tell(args: &Args, drafts: &Drafts, target: &Target, output: &mut Output) {
    let Drafts { tres, groups, sharing } = drafts;
    if output.settings().is_json() {
        output.json(&json!({
            "format_version": FORMAT_VERSION,
            "imported": tres.iter().map(json_of).collect::<Vec<_>>(),
            "groups": groups.iter().map(json_of_group).collect::<Vec<_>>(),
            "shared": { "lists": sharing.lists, "groups": sharing.groups.len() },
        }));
        return;
    }
    let mut page = Page::new(output.settings().width, output.settings().stdout);
    pages::heading(&mut page, "Imported from", target);
    for (group, file) in groups {
        page.line(&[(Role::Plain, &format!("group:{} → {file}", group.id))]);
    }
    for Draft { id, file, document: _ } in tres {
        page.line(&[(Role::Plain, &format!("{id} → {file}"))]);
    }
    if tres.is_empty() {
        let text = "Nothing to import: every live TRE of the target has a document.";
        page.words(Role::Plain, text, 0);
    }
    if let (false, Some(text)) = (args.groups, shareable(sharing)) {
        page.blank();
        page.words(Role::Plain, &text, 0);
    }
    output.result(&page.finish());
}

/// Says how many lists could be groups, if any.
fn shareable(sharing: &Sharing) -> Option<String> {
    let Sharing { groups, lists, .. } = sharing;
    let groups = match groups.len() {
        0 => "groups that are there".to_owned(),
        1 => "1 new group".to_owned(),
        n => format!("{n} new groups"),
    };
    match lists {
        0 => None,
        1 => Some(format!("1 list of people is that of a group: `--groups` names {groups} there.")),
        n => Some(format!(
            "{n} lists of people are shared by several TREs: with `--groups` they name {groups}."
        )),
    }
}

fn json_of(draft: &Draft) -> Value {
    let Draft { id, file, document } = draft;
    let left_out: Vec<Value> = document
        .left_out
        .iter()
        .map(|LeftOut { path, reason }| json!({ "path": path, "reason": reason }))
        .collect();
    json!({ "address": format!("tre.{id}"), "file": file.as_str(), "unmanaged": left_out })
}

fn json_of_group((group, file): &(NewGroup, Utf8PathBuf)) -> Value {
    let NewGroup { id, members, lists } = group;
    let lists: Vec<Value> = lists
        .iter()
        .map(|Listed { tre, role }| {
            json!({ "address": format!("tre.{tre}"), "list": role.to_string() })
        })
        .collect();
    json!({ "id": id, "file": file.as_str(), "members": members, "lists": lists })
}
