//! Reads Rust sources far enough to tell what they use: no grammar, only words and paths.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;

/// Returns what is built into the program: nothing of a file of tests, else all before the tests.
pub fn program_part<'a>(path: &str, text: &'a str) -> &'a str {
    let is_test = path
        .trim_end_matches(".rs")
        .split('/')
        .any(|part| part == "tests" || part.ends_with("_tests") || part.starts_with("test_"));
    if is_test {
        return "";
    }
    let mut from = 0;
    while let Some(at) = text[from..].find("#[cfg(test)]") {
        let start = from + at;
        let rest = text[start..].lines().skip(1).find(|line| !line.starts_with("#["));
        let begins_line = start == 0 || text[..start].ends_with('\n');
        if begins_line && rest.is_some_and(|line| line.starts_with("mod ") && line.ends_with('{')) {
            return &text[..start];
        }
        from = start + 1;
    }
    text
}

/// Returns the code without comments, and without what stands in strings and characters.
pub fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    let starts = |at: usize, what: &str| {
        what.chars().enumerate().all(|(offset, c)| chars.get(at + offset) == Some(&c))
    };
    while at < chars.len() {
        if starts(at, "//") {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            while at < chars.len() && !starts(at, "*/") {
                at += 1;
            }
            at += 2;
        } else if starts(at, "r\"") || starts(at, "r#") && raw_hashes(&chars, at + 1).is_some() {
            let hashes = raw_hashes(&chars, at + 1).unwrap_or(0);
            let end = format!("\"{}", "#".repeat(hashes));
            at += 2 + hashes;
            while at < chars.len() && !starts(at, &end) {
                at += 1;
            }
            at += 1 + hashes;
            code.push_str("\"\"");
        } else if chars[at] == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
            code.push_str("\"\"");
        } else if chars[at] == '\'' && is_character(&chars, at) {
            at += if chars.get(at + 1) == Some(&'\\') { 3 } else { 2 };
            while at < chars.len() && chars[at] != '\'' {
                at += 1;
            }
            at += 1;
            code.push_str("''");
        } else {
            code.push(chars[at]);
            at += 1;
        }
    }
    code
}

/// Counts the `#` of a raw string that begins here, or `None` where none begins.
fn raw_hashes(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars.get(at..)?.iter().take_while(|c| **c == '#').count();
    (chars.get(at + hashes) == Some(&'"')).then_some(hashes)
}

/// Tells a character from a lifetime.
fn is_character(chars: &[char], at: usize) -> bool {
    chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'')
}

/// Returns the paths below the crate that the code of a file names, such as `[plan, model]`.
pub fn crate_paths(path: &str, code: &str) -> BTreeSet<Vec<String>> {
    let mut found = paths_below("crate", code);
    let depth = path.split('/').count() - usize::from(path.ends_with("mod.rs"));
    let to_root = "super::".repeat(depth);
    for start in word_starts(code, "super") {
        let is_first = !code[..start].ends_with("super::");
        if let Some(rest) = code[start..].strip_prefix(to_root.as_str()).filter(|_| is_first) {
            read_paths(&format!("::{rest}"), &mut Vec::new(), &mut found);
        }
    }
    found
}

/// Returns the paths below a word such as `std`, lists taken apart.
pub fn paths_below(word: &str, code: &str) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for start in word_starts(code, word) {
        read_paths(&code[start + word.len()..], &mut Vec::new(), &mut found);
    }
    found
}

/// Reads `::a::b`, or `::{a, b::{c, d}}`, and returns what stands behind it.
fn read_paths<'a>(
    mut rest: &'a str,
    prefix: &mut Vec<String>,
    found: &mut BTreeSet<Vec<String>>,
) -> &'a str {
    let depth = prefix.len();
    while let Some(tail) = rest.trim_start().strip_prefix("::") {
        rest = tail.trim_start();
        if let Some(mut list) = rest.strip_prefix('{') {
            loop {
                list = list.trim_start();
                if let Some(behind) = list.strip_prefix('}') {
                    prefix.truncate(depth);
                    return behind;
                }
                if let Some(next) = list.strip_prefix(',') {
                    list = next;
                    continue;
                }
                let item = format!("::{list}");
                let left = read_paths(&item, prefix, found).len();
                assert!(left < list.len(), "cannot read the use list at {list:.40}");
                list = &list[list.len() - left..];
            }
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = if end == 0 && rest.starts_with('*') { "*" } else { &rest[..end] };
        if name.is_empty() {
            break;
        }
        prefix.push(name.to_owned());
        rest = &rest[name.len()..];
    }
    if prefix.len() > depth {
        found.insert(prefix.clone());
    }
    prefix.truncate(depth);
    match rest.trim_start().strip_prefix("as ") {
        Some(alias) => {
            alias.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
        }
        None => rest,
    }
}

/// Returns where a word, or a path such as `std::fs`, stands by itself.
pub fn word_starts<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        !code[..*at].ends_with(is_part) && !code[at + word.len()..].starts_with(is_part)
    })
}

#[test]
fn the_reader_sees_every_way_to_name_a_module() {
    let paths = |path: &str, text: &str| -> Vec<String> {
        let code = bare(program_part(path, text));
        crate_paths(path, &code).iter().map(|path| path.join("::")).collect()
    };
    assert_eq!(
        paths("diff/mod.rs", "use crate::{diag::Range, model::{ids, tre::{Tre as T, X}}, plan};"),
        ["diag::Range", "model::ids", "model::tre::Tre", "model::tre::X", "plan"]
    );
    assert_eq!(paths("diff/mod.rs", "fn f(x: &crate::cli::Args) {}"), ["cli::Args"]);
    assert_eq!(paths("diff/mod.rs", "use super::plan::Plan;"), ["plan::Plan"]);
    assert_eq!(paths("plan/render/html.rs", "use super::super::super::cli;"), ["cli"]);
    assert_eq!(paths("plan/render/html.rs", "use super::super::Plan;"), [""; 0]);
    assert_eq!(
        paths("diff/mod.rs", "// crate::cli\nlet x = \"crate::cli\"; /* crate::cli */"),
        [""; 0]
    );
    assert_eq!(
        paths("diff/mod.rs", "use crate::diag;\n#[cfg(test)]\nmod tests {\nuse crate::cli;\n}"),
        ["diag"]
    );
    assert_eq!(paths("diff/mod.rs", "let c = '\"'; use crate::cli::X; let d = '\"';"), ["cli::X"]);
    assert_eq!(
        paths("diff/mod.rs", "let r = r#\"crate::plan \" \"#; use crate::cli::X;"),
        ["cli::X"]
    );
}

#[test]
fn the_reader_sees_impure_words_and_not_their_likes() {
    assert_eq!(word_starts("let operand = Instantaneous;", "rand").count(), 0);
    assert_eq!(word_starts("let x = rand::random();", "rand").count(), 1);
    assert_eq!(word_starts("use std::fs;", "std::fs").count(), 1);
}
