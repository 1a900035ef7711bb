//! A file's way in: created, announced, put, closed.

use serde_json::{Value, json};
use trectl::sim::serve::Options;

use super::bench::{Answer, Bench, PROJECT};

/// `printf hello | md5sum`
const MD5: &str = "5d41402abc4b2a76b9719d911017c592";

/// Creates a file and announces its content, and returns its id and what was answered.
fn announce(bench: &Bench) -> (String, Value) {
    let new = bench.call("/file/new", json!({ "project": PROJECT, "name": "files.tsv" })).json();
    let id = new.pointer("/id").and_then(Value::as_str).unwrap().to_owned();
    let announced = bench.call(&format!("/{id}/upload"), json!({ "size": 5, "md5": MD5 }));
    assert_eq!(announced.code(), 200);
    (id, announced.json())
}

/// Puts content where an announcement says, with a header of the test's own.
fn put(bench: &Bench, url: &Value, header: &str, content: &str) -> Answer {
    let path = url.as_str().unwrap().strip_prefix("http://localhost").unwrap();
    let mut connection = bench.connect();
    connection.send(format!(
        "PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{header}\r\n{content}",
        content.len()
    ));
    connection.answer()
}

#[test]
fn a_file_is_created_uploaded_and_closed() {
    let bench = Bench::new();
    let (id, announced) = announce(&bench);
    let headers = json!({ "content-length": "5", "x-upload-md5": MD5 });
    assert_eq!(announced["headers"], headers);
    let url = &announced["url"];
    let address = format!("http://localhost/upload/{id}/1/");
    assert!(url.as_str().unwrap().starts_with(&address), "{url}");
    // No token: who knows the address may put the content.
    let answer = put(&bench, url, &format!("X-Upload-MD5: {MD5}\r\n"), "hello");
    assert_eq!((answer.code(), answer.body.as_str()), (200, "{}"));
    assert_eq!(bench.call(&format!("/{id}/close"), json!({})).json(), json!({ "id": id }));
    let states = [(); 2].map(|()| bench.call(&format!("/{id}/describe"), json!({})).json());
    assert_eq!(states.map(|file| file["state"].clone()), ["closing", "closed"]);
}

#[test]
fn other_content_is_refused() {
    let bench = Bench::new();
    let (_, announced) = announce(&bench);
    let url = &announced["url"];
    let header = format!("x-upload-md5: {MD5}\r\n");
    put(&bench, url, "", "hello").refuses(422, "InvalidInput");
    put(&bench, url, &header, "hallo").refuses(422, "InvalidInput");
    put(&bench, url, &header, "hell").refuses(422, "InvalidInput");
    let elsewhere = json!(format!("{}x", url.as_str().unwrap()));
    put(&bench, &elsewhere, &header, "hello").refuses(404, "ResourceNotFound");
    assert_eq!(put(&bench, url, &header, "hello").code(), 200);
}

#[test]
fn faults_hit_uploads_too() {
    let faults = vec!["reset-after:/upload/*:x1".parse().unwrap()];
    let bench = Bench::with(Options { faults, ..Options::default() });
    let (id, announced) = announce(&bench);
    let path = announced["url"].as_str().unwrap().strip_prefix("http://localhost").unwrap();
    let mut connection = bench.connect();
    connection.send(format!(
        "PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nx-upload-md5: {MD5}\r\n\r\nhello"
    ));
    assert_eq!(connection.rest().0, "");
    assert_eq!(bench.call(&format!("/{id}/close"), json!({})).code(), 200);
}

#[test]
fn a_large_part_is_taken_and_a_larger_one_refused() {
    let bench = Bench::new();
    let (_, announced) = announce(&bench);
    let header = format!("x-upload-md5: {MD5}\r\n");
    // More than a call may have; it is taken, and found to be other content.
    let large = "x".repeat(9 * 1024 * 1024);
    let answer = put(&bench, &announced["url"], &header, &large);
    answer.refuses(422, "InvalidInput");
    assert!(answer.body.contains("9437184 bytes"), "{}", answer.body);
    let path = announced["url"].as_str().unwrap().strip_prefix("http://localhost").unwrap();
    let mut connection = bench.connect();
    connection.send(format!("PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 70000000\r\n\r\n"));
    connection.answer().refuses(422, "InvalidInput");
}
