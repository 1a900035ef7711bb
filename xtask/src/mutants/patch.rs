//! Puts all mutants into one text at once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::mutant::Site;

/// The name of the variable that chooses the mutant that is alive.
pub const VARIABLE: &str = "TRECTL_MUTANT";

/// What the copy's `src/lib.rs` gets.
const SWITCH: &str = r#"
/// Tells whether a rule is broken on purpose in this run.
#[doc(hidden)]
pub fn mutant(id: &str) -> bool {
    static ALIVE: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    ALIVE.get_or_init(|| std::env::var("TRECTL_MUTANT").ok()).as_deref() == Some(id)
}
"#;

/// Returns each patched file by its path below the root.
///
/// # Errors
///
/// Every stale site: its text is not there, or more than once, or overlaps another one.
pub fn patched(root: &Path, sites: &[Site]) -> Result<BTreeMap<&'static str, String>, String> {
    let mut files: BTreeMap<&str, Vec<&Site>> = BTreeMap::new();
    for site in sites {
        files.entry(site.file).or_default().push(site);
    }
    let mut texts = BTreeMap::new();
    let mut stale = Vec::new();
    for (file, sites) in files {
        let text = read(root, file)?;
        match patch(&text, &sites) {
            Ok(text) => {
                texts.insert(file, text);
            }
            Err(found) => stale.extend(found),
        }
    }
    let library = read(root, "src/lib.rs")?;
    texts.insert("src/lib.rs", library + SWITCH);
    if stale.is_empty() { Ok(texts) } else { Err(stale.join("\n")) }
}

fn read(root: &Path, file: &str) -> Result<String, String> {
    fs::read_to_string(root.join(file)).map_err(|error| format!("stale mutant: {file}: {error}"))
}

fn patch(text: &str, sites: &[&Site]) -> Result<String, Vec<String>> {
    let mut places = Vec::new();
    let mut stale = Vec::new();
    for site in sites {
        let mut found = text.match_indices(site.find).map(|(start, _)| start);
        match (found.next(), found.count()) {
            (Some(start), 0) => places.push((start, start + site.find.len(), *site)),
            (None, _) => stale.push(complaint(site, "its text is not there")),
            (Some(_), more) => {
                stale.push(complaint(site, &format!("its text is there {} times", more + 1)));
            }
        }
    }
    places.sort_by_key(|(start, ..)| *start);
    for pair in places.windows(2) {
        if let [(_, end, _), (start, _, site)] = pair
            && start < end
        {
            stale.push(complaint(site, "its text overlaps that of another one"));
        }
    }
    if !stale.is_empty() {
        return Err(stale);
    }
    let mut patched = String::new();
    let mut from = 0;
    for (start, end, site) in places {
        patched.push_str(text.get(from..start).unwrap_or_default());
        patched.push_str(&site.replace.replace("mutant(", "crate::mutant("));
        from = end;
    }
    patched.push_str(text.get(from..).unwrap_or_default());
    Ok(patched)
}

fn complaint(site: &Site, why: &str) -> String {
    let ids = site.ids().join(", ");
    format!("stale mutant {ids}: {}: {why}:\n    {}", site.file, site.find.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn site(find: &'static str, replace: &'static str) -> Site {
        Site { file: "src/x.rs", find, replace }
    }

    #[test]
    fn every_mutant_is_in_the_text_at_once() {
        let sites = [site("c()", r#"mutant("3") || c()"#), site("a()", r#"a() && !mutant("1")"#)];
        let sites: Vec<&Site> = sites.iter().collect();
        let expected = r#"a() && !crate::mutant("1") | b() | crate::mutant("3") || c()"#;
        assert_eq!(patch("a() | b() | c()", &sites).unwrap(), expected);
    }

    #[test]
    fn a_text_that_is_not_there_once_is_stale() {
        let complaint = |text: &str, sites: &[Site]| {
            patch(text, &sites.iter().collect::<Vec<_>>()).unwrap_err().join("\n")
        };
        let one = site("a()", r#"mutant("1")"#);
        assert!(complaint("b()", &[one]).contains("stale mutant 1: src/x.rs: its text is not"));
        assert!(complaint("a() a()", &[one]).contains("there 2 times"));
        assert!(complaint("xa()", &[one, site("xa", "y")]).contains("overlaps"));
    }
}
