//! What can only be said to the embedded platform directly: no client would send it, or HTTP itself
//! answers.

use serde_json::json;
use trectl::sim::Content;

use crate::support::Caller;

#[test]
fn a_route_has_all_its_parts() {
    for route in ["", "/", "tre/new", "/tre-draft/"] {
        assert_eq!(Caller::amara().refused(route, json!({})), "ResourceNotFound", "{route}");
    }
}

#[test]
fn content_goes_nowhere_else() {
    for path in ["", "/file-x/upload"] {
        let content = Content { path: path.to_owned(), md5: None, bytes: [].into() };
        let error = Caller::amara().put(&content).unwrap_err();
        assert_eq!(error.kind.as_str(), "ResourceNotFound", "{path}");
    }
}
