//! §7: files that are uploaded, from their creation to a TRE's inventory.

use serde_json::{Value, json};
use trectl::sim::Content;

use super::support::{
    COLLECTIONS, Caller, DATA, FAR_AWAY, HIDDEN, SHOWROOM, SHOWROOM_2, rows, with,
};

rows! {
    "L7.upload" D "`/file/new`, upload, PUT and close put a file into a project (fields: A)."
        => a_whole_life;
    "L7.upload.level" A "Adding to a project takes UPLOAD." => adding_takes_upload;
    "L7.upload.seen" A "A project or file that the caller may not see answers `ResourceNotFound`."
        => what_is_not_seen_does_not_exist;
    "L7.upload.nonce" D "`/file/new` takes a nonce." => a_nonce_makes_one_file;
    "L7.upload.name" A "A file has a name without `/`, in a folder that begins with `/`."
        => names_and_folders;
    "L7.upload.md5" A "Content is taken with the size and the MD5 that were announced, only."
        => content_is_checked;
    "L7.upload.address" A "An address takes content for an hour, until the part is announced again."
        => addresses_lapse;
    "L7.upload.again" A "Content can be put twice; a file can be closed twice." => twice_is_once;
    "L7.upload.close" A "Closing takes at least one part, and every part that was announced."
        => closing_takes_the_content;
    "L7.upload.closing" A "A closed file is `closing` for a moment first." => a_whole_life;
    "L7.upload.final" A "A closed file takes no content." => closed_is_final;
    "L7.upload.use" A "An uploaded file is an asset once it is closed." => an_asset_once_it_is_closed;
}

/// `printf hello | md5sum`
const HELLO: &str = "5d41402abc4b2a76b9719d911017c592";
/// `printf '' | md5sum`
const NOTHING: &str = "d41d8cd98f00b204e9800998ecf8427e";

fn create(caller: &Caller) -> String {
    let answer = caller.ok("/file/new", json!({ "project": SHOWROOM, "name": "files.tsv" }));
    answer["id"].as_str().unwrap().to_owned()
}

fn announce(caller: &Caller, id: &str, index: u64) -> Value {
    let input = json!({ "size": 5, "md5": HELLO, "index": index });
    caller.ok(&format!("/{id}/upload"), input)
}

/// Returns content on its way to where an announcement says.
fn content(announced: &Value, bytes: &str) -> Content {
    Content {
        path: announced["url"].as_str().unwrap().to_owned(),
        md5: announced["headers"]["x-upload-md5"].as_str().map(str::to_owned),
        bytes: bytes.as_bytes().into(),
    }
}

fn put(caller: &Caller, content: &Content) -> Result<Value, String> {
    caller.put(content).map_err(|error| {
        assert!(error.message.ends_with('.'), "`{}` is no sentence", error.message);
        error.kind.to_string()
    })
}

fn state(caller: &Caller, id: &str) -> Value {
    caller.ok(&format!("/{id}/describe"), json!({}))["state"].clone()
}

fn refusal(kind: &str) -> Result<Value, String> {
    Err(kind.to_owned())
}

#[test]
fn a_whole_life() {
    let amara = Caller::amara();
    let id = create(&amara);
    let described = json!({
        "id": id,
        "class": "file",
        "project": SHOWROOM,
        "name": "files.tsv",
        "state": "open",
        "types": [],
    });
    assert_eq!(amara.ok(&format!("/{id}/describe"), json!({})), described);
    let announced = announce(&amara, &id, 1);
    let headers = json!({ "content-length": "5", "x-upload-md5": HELLO });
    assert_eq!(announced["headers"], headers);
    assert!(announced["expires"].is_i64());
    assert_eq!(put(&amara, &content(&announced, "hello")), Ok(json!({})));
    assert_eq!(amara.ok(&format!("/{id}/close"), json!({})), json!({ "id": id }));
    let states = [(); 3].map(|()| state(&amara, &id));
    assert_eq!(states, ["closing", "closed", "closed"]);
}

#[test]
fn adding_takes_upload() {
    let amara = Caller::amara();
    let new = |project: &str| json!({ "project": project, "name": "x" });
    // Jonas holds CONTRIBUTE there, Amara VIEW.
    let jonas = amara.user("jonas");
    let answer = jonas.ok("/file/new", new(SHOWROOM_2));
    let id = answer["id"].as_str().unwrap();
    assert_eq!(amara.refused("/file/new", new(SHOWROOM_2)), "PermissionDenied");
    let announcement = json!({ "size": 5, "md5": HELLO });
    let refusal = amara.refused(&format!("/{id}/upload"), announcement.clone());
    assert_eq!(refusal, "PermissionDenied");
    assert_eq!(amara.refused(&format!("/{id}/close"), json!({})), "PermissionDenied");
    jonas.ok(&format!("/{id}/upload"), announcement);
    let local = Caller::local();
    local.ok("/file/new", new(DATA));
    assert_eq!(local.user("kim").refused("/file/new", new(DATA)), "PermissionDenied");
}

#[test]
fn what_is_not_seen_does_not_exist() {
    let amara = Caller::amara();
    let id = create(&amara);
    let sol = amara.user("sol");
    let new = json!({ "project": FAR_AWAY, "name": "x" });
    assert_eq!(sol.refused("/file/new", new), "ResourceNotFound");
    let nowhere = json!({ "project": format!("project-{}", "9".repeat(24)), "name": "x" });
    assert_eq!(amara.refused("/file/new", nowhere), "ResourceNotFound");
    let announcement = json!({ "size": 5, "md5": HELLO });
    for (method, input) in [("upload", announcement), ("close", json!({})), ("describe", json!({}))]
    {
        let refusal = sol.refused(&format!("/{id}/{method}"), input);
        assert_eq!(refusal, "ResourceNotFound", "{method}");
    }
    let refusal = amara.refused(&format!("/{id}/describe"), json!({ "project": DATA }));
    assert_eq!(refusal, "ResourceNotFound");
    assert_eq!(amara.refused(&format!("/{HIDDEN}/close"), json!({})), "ResourceNotFound");
}

#[test]
fn a_nonce_makes_one_file() {
    let amara = Caller::amara();
    let new = json!({ "project": SHOWROOM, "name": "x", "nonce": "n" });
    let first = amara.ok("/file/new", new.clone());
    assert_eq!(amara.ok("/file/new", new.clone()), first);
    let other = with(new.clone(), json!({ "name": "y" }));
    assert_eq!(amara.refused("/file/new", other), "InvalidInput");
    assert_ne!(amara.ok("/file/new", with(new, json!({ "nonce": "m" }))), first);
    // The same calls make the same files.
    let again = Caller::amara();
    assert_eq!(create(&again), create(&Caller::amara()));
    assert_ne!(create(&again), create(&again));
}

#[test]
fn names_and_folders() {
    let amara = Caller::amara();
    let new = json!({ "project": SHOWROOM, "name": "x", "folder": "/inventory" });
    amara.ok("/file/new", new.clone());
    for wrong in [
        json!({ "name": "" }),
        json!({ "name": "a/b" }),
        json!({ "folder": "inventory" }),
        json!({ "folder": 1 }),
        json!({ "project": "org-biobank" }),
        json!({ "parents": true }),
    ] {
        assert_eq!(amara.refused("/file/new", with(new.clone(), wrong)), "InvalidInput");
    }
    assert_eq!(amara.refused("/file/new", json!({ "project": SHOWROOM })), "InvalidInput");
}

#[test]
fn content_is_checked() {
    let amara = Caller::amara();
    let id = create(&amara);
    let route = format!("/{id}/upload");
    for wrong in [
        json!({ "size": 5 }),
        json!({ "md5": HELLO }),
        json!({ "size": -1, "md5": HELLO }),
        json!({ "size": "5", "md5": HELLO }),
        json!({ "size": 5, "md5": HELLO.to_uppercase() }),
        json!({ "size": 5, "md5": "5d41" }),
        json!({ "size": 5, "md5": HELLO, "index": 0 }),
        json!({ "size": 5, "md5": HELLO, "index": 10_001 }),
    ] {
        assert_eq!(amara.refused(&route, wrong), "InvalidInput");
    }
    let announced = announce(&amara, &id, 1);
    for bytes in ["hell", "hellooo", "hallo"] {
        assert_eq!(put(&amara, &content(&announced, bytes)), refusal("InvalidInput"), "{bytes}");
    }
    let whole = content(&announced, "hello");
    for md5 in [None, Some(NOTHING.to_owned())] {
        assert_eq!(put(&amara, &Content { md5, ..whole.clone() }), refusal("InvalidInput"));
    }
    assert_eq!(amara.refused(&format!("/{id}/close"), json!({})), "InvalidState");
    assert_eq!(put(&amara, &whole), Ok(json!({})));
}

#[test]
fn addresses_lapse() {
    let mut world = amara_world();
    let amara = world.actor().clone();
    let new = json!({ "project": SHOWROOM, "name": "x" });
    let id = world.handle(&amara, "/file/new", &new, 0).unwrap();
    let route = format!("/{}/upload", id["id"].as_str().unwrap());
    let input = json!({ "size": 5, "md5": HELLO });
    let announced = world.handle(&amara, &route, &input, 1_000).unwrap();
    assert_eq!(announced["expires"], 3_601_000);
    let again = world.handle(&amara, &route, &input, 2_000).unwrap();
    assert_ne!(announced["url"], again["url"]);
    let late = Caller::on(world);
    assert_eq!(put(&late, &content(&announced, "hello")), refusal("ResourceNotFound"));
    assert_eq!(put(&late, &content(&again, "hello")), Ok(json!({})));
    let forged = again["url"].as_str().unwrap().replace("/1/", "/2/");
    for path in [forged.as_str(), "/upload/", "/upload/x/1/y"] {
        let content = Content { path: path.to_owned(), ..content(&again, "hello") };
        assert_eq!(put(&late, &content), refusal("ResourceNotFound"), "{path}");
    }
}

fn amara_world() -> trectl::sim::World {
    trectl::sim::World::seeded(&super::support::seed()).unwrap()
}

#[test]
fn twice_is_once() {
    let amara = Caller::amara();
    let id = create(&amara);
    let content = content(&announce(&amara, &id, 1), "hello");
    put(&amara, &content).unwrap();
    put(&amara, &content).unwrap();
    for _ in 0..2 {
        amara.ok(&format!("/{id}/close"), json!({}));
    }
    let effects: Vec<_> =
        amara.platform.calls().into_iter().map(|call| call.changes.unwrap()).collect();
    assert_eq!(effects, [1, 1, 2, 0, 1, 0]);
    amara.no_op(&format!("/{COLLECTIONS}/close"), json!({}));
}

#[test]
fn closing_takes_the_content() {
    let amara = Caller::amara();
    let id = create(&amara);
    let close = format!("/{id}/close");
    assert_eq!(amara.refused(&close, json!({})), "InvalidState");
    let first = announce(&amara, &id, 1);
    let second = announce(&amara, &id, 2);
    put(&amara, &content(&second, "hello")).unwrap();
    assert_eq!(amara.refused(&close, json!({})), "InvalidState");
    put(&amara, &content(&first, "hello")).unwrap();
    amara.ok(&close, json!({}));
    // Nothing is content too.
    let empty = create(&amara);
    let announced = amara.ok(&format!("/{empty}/upload"), json!({ "size": 0, "md5": NOTHING }));
    put(&amara, &content(&announced, "")).unwrap();
    amara.ok(&format!("/{empty}/close"), json!({}));
}

#[test]
fn closed_is_final() {
    let amara = Caller::amara();
    let id = create(&amara);
    let announced = announce(&amara, &id, 1);
    put(&amara, &content(&announced, "hello")).unwrap();
    amara.ok(&format!("/{id}/close"), json!({}));
    assert_eq!(put(&amara, &content(&announced, "hello")), refusal("InvalidState"));
    let announcement = json!({ "size": 5, "md5": HELLO });
    for id in [id.as_str(), COLLECTIONS] {
        let answer = amara.refused(&format!("/{id}/upload"), announcement.clone());
        assert_eq!(answer, "InvalidState", "{id}");
    }
}

#[test]
fn an_asset_once_it_is_closed() {
    let amara = Caller::amara();
    let id = create(&amara);
    let inventory = json!({ "version": "1", "fileInventory": format!("{SHOWROOM}:{id}") });
    let set = |refused: Option<&str>| match refused {
        Some(kind) => {
            assert_eq!(amara.refused("/tre-empty/setInventory", inventory.clone()), kind);
        }
        None => _ = amara.ok("/tre-empty/setInventory", inventory.clone()),
    };
    set(Some("InvalidState"));
    put(&amara, &content(&announce(&amara, &id, 1), "hello")).unwrap();
    set(Some("InvalidState"));
    amara.ok(&format!("/{id}/close"), json!({}));
    assert_eq!([state(&amara, &id), state(&amara, &id)], ["closing", "closed"]);
    set(None);
}
