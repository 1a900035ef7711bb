//! What the server refuses, with which status, type and words.

use serde_json::{Value, json};

use super::bench::{Bench, bytes};

#[test]
fn a_refusal_is_told_byte_by_byte() {
    let request = "\
POST /tre-nowhere/describe HTTP/1.1
Host: 127.0.0.1
Authorization: Bearer secret-of-amara
Content-Type: application/json
Content-Length: 2

{}";
    let answer = "\
HTTP/1.1 404 Not Found
Content-Type: application/json
X-Request-Id: sim-000001
Content-Length: 79

{\"error\":{\"type\":\"ResourceNotFound\",\"message\":\"`tre-nowhere` does not exist.\"}}";
    let request_without_token = request.replace("Authorization: Bearer secret-of-amara\n", "");
    let answer_without_token = "\
HTTP/1.1 401 Unauthorized
Content-Type: application/json
X-Request-Id: sim-000002
Content-Length: 94

{\"error\":{\"type\":\"InvalidAuthentication\",\"message\":\"The call has no `Authorization` header.\"}}";
    let bench = Bench::new();
    let mut connection = bench.connect();
    connection.transcript(request, answer);
    connection.transcript(&request_without_token, answer_without_token);
}

#[test]
fn who_calls_must_be_known() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    let call = bytes("/system/whoami", "{}");
    let with = "Authorization: Bearer secret-of-amara\r\n";
    for without in [
        "",
        "Authorization: \r\n",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: secret-of-amara\r\n",
        "Authorization: Basic secret-of-amara\r\n",
        "Authorization: Bearer secret-of-nobody\r\n",
        "Authorization: Bearer user-amara\r\n",
        "Authorization: Bearer secret-of-amara-and-more\r\n",
        "Authorization: Bearer \u{e4}\r\n",
        "X-Authorization: Bearer secret-of-amara\r\n",
    ] {
        connection.send(call.replace(with, without));
        let answer = connection.answer();
        answer.refuses(401, "InvalidAuthentication");
        assert!(!answer.body.contains("secret"), "the token is repeated: {}", answer.body);
    }
}

#[test]
fn the_body_must_be_json() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    for body in ["", " ", "{", "{}{}", "{'id': 1}", "id=tre-a", "\"\\u12\"", "NaN"] {
        connection.send(bytes("/system/whoami", body));
        connection.answer().refuses(400, "MalformedJSON");
    }
    connection.send(bytes("/system/whoami", "xx").replace("xx", "{\u{0}"));
    connection.answer().refuses(400, "MalformedJSON");
    for body in ["[]", "null", "7", "\"{}\"", "true"] {
        connection.send(bytes("/system/whoami", body));
        connection.answer().refuses(422, "InvalidInput");
    }
}

#[test]
fn the_body_must_be_text() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    connection.send(bytes("/system/whoami", "{\"x\": \"ab\"}").replace("ab\"}", ""));
    connection.send(b"\xff\xfe\"}");
    connection.answer().refuses(400, "MalformedJSON");
}

#[test]
fn the_content_type_must_say_json() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    let call = bytes("/system/whoami", "{}");
    let with = "Content-Type: application/json\r\n";
    for without in [
        "",
        "Content-Type: \r\n",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/json+x\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
    ] {
        connection.send(call.replace(with, without));
        connection.answer().refuses(400, "MalformedJSON");
    }
    for with_parameter in
        ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json ;x=y"]
    {
        connection.send(call.replace("application/json", with_parameter));
        assert_eq!(connection.answer().code(), 200, "{with_parameter}");
    }
}

#[test]
fn other_methods_and_routes_do_not_exist() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    let call = bytes("/system/whoami", "{}");
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        connection.send(call.replace("POST", method));
        connection.answer().refuses(404, "ResourceNotFound");
    }
    for path in ["/", "/system", "/system/whoami/", "/tre-a/rename", "/TRE-A/describe", "/%2e/x"] {
        connection.send(bytes(path, "{}"));
        connection.answer().refuses(404, "ResourceNotFound");
    }
    connection.send(call);
    assert_eq!(connection.answer().code(), 200, "the connection is still good");
}

#[test]
fn every_error_of_the_platform_has_its_status() {
    let bench = Bench::new();
    let step = json!({ "stepId": "governance", "reviewers": ["org-biobank"] });
    let calls = [
        ("/tre-nowhere/describe", json!({}), 404, "ResourceNotFound"),
        ("/tre-a/update", json!({ "name": 1 }), 422, "InvalidInput"),
        ("/tre-a/destroy", json!({}), 422, "InvalidState"),
        ("/tre-a/addApplicationReviewers", step, 422, "InvalidType"),
        ("/tre-a/removeAdmins", json!({ "admins": ["user-amara"] }), 401, "PermissionDenied"),
    ];
    for (path, input, status, kind) in calls {
        bench.call(path, input).refuses(status, kind);
    }
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let bench = Bench::new();
    let mut connection = bench.connect();
    // Only announced: what follows is not read.
    let call =
        bytes("/system/whoami", "{}").replace("Content-Length: 2", "Content-Length: 9000000");
    connection.send(call);
    connection.answer().refuses(422, "InvalidInput");
    let answer = bench.call("/system/whoami", Value::Object(serde_json::Map::new()));
    assert_eq!(answer.code(), 200);
}

#[test]
fn what_is_no_http_is_told_so() {
    let bench = Bench::new();
    for noise in ["hello\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/1.1\r\nno colon\r\n\r\n"] {
        let mut connection = bench.connect();
        connection.send(noise);
        let (text, _) = connection.rest();
        assert!(text.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{noise:?}: {text}");
    }
    assert_eq!(bench.call("/system/whoami", json!({})).code(), 200);
}
