//! The page that explains the codes.

use std::path::Path;

use super::super::{codes, reference};

#[test]
fn the_committed_page_is_fresh() {
    let fresh = reference(&codes());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = std::fs::read_to_string(root.join("docs/diagnostics.md")).unwrap_or_default();
    assert!(committed == fresh, "docs/diagnostics.md is stale; refresh it with `cargo xtask`");
}

#[test]
fn every_code_is_explained() {
    let page = reference(&codes());
    for code in codes() {
        assert!(page.contains(&format!("## `{}` {}", code.id, code.title)), "{}", code.id);
        for text in [code.title, code.cause, code.cure] {
            assert!(!text.is_empty() && !text.contains('\n'), "{}", code.id);
        }
    }
}
