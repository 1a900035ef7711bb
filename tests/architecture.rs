//! The arrows and the purity of `docs/architecture.md`, read from the sources themselves.
//!
//! Only the part of a file that is built into the program counts: tests may use what they like,
//! except in `sim`, which is a second reading of the platform's reference and stays apart.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "architecture/reader.rs"]
mod reader;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use reader::{bare, crate_paths, paths_below, program_part, word_starts};

/// Layers, lowest first. A module uses its own layer and those before it.
const LAYERS: &[&[&str]] = &[
    &["diag"],
    &["platform", "model"],
    &["schema", "source"],
    &["desired", "inventory"],
    &["diff", "lifecycle", "rules"],
    &["access", "drift", "plan", "guardrail"],
    &["live", "api", "forge", "hook", "web", "sim", "state"],
    &["apply"],
    &["cli"],
];

/// Folders or files whose code is a function of its arguments and nothing else.
const PURE: &[&str] = &[
    "access",
    "api/answer.rs",
    "api/config",
    "api/config.rs",
    "desired",
    "diag",
    "diff",
    "drift",
    "forge/dialect.rs",
    "forge/error.rs",
    "forge/issue.rs",
    "forge/keep.rs",
    "forge/mark.rs",
    "forge/place.rs",
    "guardrail",
    "hook/signature.rs",
    "inventory",
    "lifecycle",
    "model",
    "plan",
    "platform/call.rs",
    "platform/error.rs",
    "platform/parse.rs",
    "platform/repeat.rs",
    "platform/seed.rs",
    "platform/wire",
    "platform/wire.rs",
    "rules",
    "schema",
    "sim/serve/fault",
    "sim/world",
    "source",
    "web/error.rs",
];

/// A file in a pure folder that may touch one thing all the same.
struct Exception {
    path: &'static str,
    touches: &'static str,
    because: &'static str,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        path: "source/discover.rs",
        touches: "std::fs",
        because: "the edge of `source`: reads the files of a repository",
    },
    Exception {
        path: "source/walk.rs",
        touches: "std::fs",
        because: "the edge of `source`: walks the folders of a repository",
    },
];

/// What makes code depend on more than its arguments: paths, however they are written.
const IMPURE_PATHS: &[&str] = &["std::fs", "std::env", "std::net", "std::process", "std::thread"];

/// The same, by any name that stands alone.
const IMPURE_WORDS: &[&str] = &[
    "fs_err",
    "tempfile",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "RandomState",
    "tokio",
    "rand",
    "async",
    // Work side by side is fine where the order of the results is kept; these lose it, or tell how
    // many threads there are.
    "par_bridge",
    "find_any",
    "find_map_any",
    "position_any",
    "current_num_threads",
    "current_thread_index",
    "rayon::spawn",
];

/// Where asynchronous code may be.
const ASYNC: &[&str] =
    &["api", "apply", "cli", "forge", "hook", "live", "sim", "state", "web", "platform/client.rs"];

const LONGEST_FILE: usize = 400;
const LONGEST_MAIN: usize = 40;

struct Source {
    /// Relative to `src/`, with `/`.
    path: String,
    /// The text as it is.
    text: String,
    /// Without comments, literals and the test part.
    code: String,
}

impl Source {
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(files.len() > 10, "the sources are not found below {}", root.display());
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            let code = bare(program_part(&path, &text));
            Source { path, text, code }
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

fn is_below(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| {
        path == *folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    })
}

fn report(what: &str, violations: &[String]) {
    assert!(violations.is_empty(), "{what}\n  {}\n", violations.join("\n  "));
}

#[test]
fn every_module_has_a_layer_and_points_down() {
    let mut violations = Vec::new();
    for source in sources() {
        let from = source.module();
        if from == "main" || from == "lib" {
            continue;
        }
        let Some(from_layer) = layer(from) else {
            violations.push(format!("src/{}: `{from}` stands in no layer", source.path));
            continue;
        };
        for path in crate_paths(&source.path, &source.code) {
            if layer(&path[0]).is_some_and(|to_layer| to_layer > from_layer) {
                violations.push(format!("src/{}: uses `{}`", source.path, path.join("::")));
            }
        }
    }
    report(
        "Layers only point down (docs/architecture.md). Move what is shared to a lower layer, or \
         pass it as an argument:",
        &violations,
    );
}

#[test]
fn no_two_modules_use_each_other() {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let from = source.module().to_owned();
        for path in crate_paths(&source.path, &source.code) {
            if path[0] != from && layer(&path[0]).is_some() {
                uses.entry(from.clone()).or_default().insert(path[0].clone());
            }
        }
    }
    let violations: Vec<_> = uses
        .keys()
        .filter(|module| reaches(&uses, module, module))
        .map(|module| format!("`{module}` is used by what it uses"))
        .collect();
    report("Modules of one layer may use each other in one direction only:", &violations);
}

fn reaches(uses: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        for next in uses.get(module).into_iter().flatten() {
            if next == to {
                return true;
            }
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    false
}

#[test]
fn the_embedded_platform_shares_no_rule_with_the_planner() {
    let id_names = names_in("src/model/ids.rs");
    let mut violations = Vec::new();
    for source in sources().iter().filter(|source| source.module() == "sim") {
        for path in crate_paths(&source.path, &bare(&source.text)) {
            let is_allowed = match path[0].as_str() {
                "sim" | "platform" | "diag" => true,
                "model" => path.get(1).is_some_and(|name| name == "ids" || id_names.contains(name)),
                _ => false,
            };
            if !is_allowed {
                violations.push(format!("src/{}: uses `{}`", source.path, path.join("::")));
            }
        }
    }
    report(
        "`sim` is written from the platform's reference alone, so that it can check the planner. \
         It uses only `platform`, `model::ids` and `diag`, its tests too:",
        &violations,
    );
}

#[test]
fn the_model_check_knows_the_planner_through_one_file() {
    const DOOR: &str = "model/planner.rs";
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files = Vec::new();
    collect(&root.join("model"), &mut files);
    collect(&root.join("world"), &mut files);
    assert!(files.iter().any(|file| file.ends_with(DOOR)), "the model check is not found");
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with(DOOR)) {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let code = bare(&fs::read_to_string(file).unwrap());
        // Documents are handed on as the planner takes them; nothing is asked of it there.
        let allowed: &[&str] = match path.as_str() {
            "world/document.rs" => &["model", "platform", "sim", "desired", "diag"],
            _ => &["model", "platform", "sim"],
        };
        let of_program = paths_below("trectl", &code).into_iter().filter(|path| {
            !allowed.contains(&path[0].as_str()) || path.iter().any(|name| name == "*")
        });
        let names = of_program.map(|path| path.join("::"));
        violations.extend(names.map(|name| format!("tests/{path}: uses `{name}`")));
    }
    report(
        "The model check and its world are a reading of the contract of their own: neither the \
         planner nor the lock table is used outside `model/planner.rs`:",
        &violations,
    );
}

/// Returns the capitalised names that a file mentions in its program part.
fn names_in(path: &str) -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(file).unwrap();
    bare(program_part(path, &text))
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn pure_stages_depend_on_their_arguments_alone() {
    let mut violations = Vec::new();
    let mut used = BTreeSet::new();
    for source in sources().iter().filter(|source| is_below(&source.path, PURE)) {
        for touched in impurities(&source.code) {
            let exception = EXCEPTIONS
                .iter()
                .position(|known| known.path == source.path && known.touches == touched);
            match exception {
                Some(at) => _ = used.insert(at),
                None => violations.push(format!("src/{}: `{touched}`", source.path)),
            }
        }
    }
    report(
        "Pure stages know no file, clock, network, environment, thread or random source. Take the \
         value as an argument and let an edge fill it:",
        &violations,
    );
    let unused: Vec<_> = EXCEPTIONS
        .iter()
        .enumerate()
        .filter(|(at, _)| !used.contains(at))
        .map(|(_, Exception { path, touches, because })| {
            format!("src/{path}: `{touches}`: {because}")
        })
        .collect();
    report("These exceptions are not needed any more:", &unused);
}

/// Returns what a program part touches besides its arguments.
fn impurities(code: &str) -> BTreeSet<&'static str> {
    let paths: Vec<_> = paths_below("std", code).iter().map(|path| path.join("::")).collect();
    let by_path = IMPURE_PATHS.iter().filter(|known| {
        let known = known.trim_start_matches("std::");
        paths.iter().any(|path| path == known || path.starts_with(&format!("{known}::")))
    });
    let by_word = IMPURE_WORDS.iter().filter(|word| word_starts(code, word).next().is_some());
    by_path.chain(by_word).copied().collect()
}

#[test]
fn impurity_is_seen_however_it_is_written() {
    let seen = |code| impurities(code).into_iter().collect::<Vec<_>>();
    assert_eq!(seen("use std::fs::File;"), ["std::fs"]);
    assert_eq!(
        seen("use std::{collections::{BTreeMap, BTreeSet}, fs, env::var};"),
        ["std::env", "std::fs"]
    );
    assert_eq!(seen("let x = std::time::Instant::now();"), ["Instant"]);
    assert_eq!(seen("let now = jiff::Timestamp::now();"), ["Timestamp::now"]);
    assert_eq!(seen("use std::fmt; let operand = transient; let async_like = 1;"), [""; 0]);
}

/// The one module of the command line in which both halves of a platform are opened.
const PLATFORM_DOOR: &str = "cli/platform/";

#[test]
fn what_only_looks_cannot_reach_the_writing_half() {
    let sources = sources();
    let mut violations = Vec::new();
    for command in ["drift", "plan", "snapshot", "notify", "who"] {
        let reached = reached_in_cli(&sources, &format!("cli/commands/{command}"));
        assert!(reached.len() > 10, "{command} reaches too little: {reached:?}");
        for source in sources.iter().filter(|source| reached.contains(source.path.as_str())) {
            let words = ["Writer", "Writable", "open_to_write", "execute"];
            let used = words.iter().filter(|word| word_starts(&source.code, word).next().is_some());
            violations.extend(used.map(|word| format!("src/{}: `{word}`", source.path)));
        }
    }
    report("These commands only read, and so does everything that they use:", &violations);
}

/// Returns the files of the command line that a command uses, directly or not; the door to
/// platforms is left out, which hands out the half that it is asked for.
fn reached_in_cli<'s>(sources: &'s [Source], command: &str) -> BTreeSet<&'s str> {
    let is_of = |path: &str, module: &str| {
        path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    };
    let mut open = vec![command.to_owned()];
    let mut seen = BTreeSet::new();
    let mut reached = BTreeSet::new();
    while let Some(module) = open.pop() {
        for source in sources.iter().filter(|source| is_of(&source.path, &module)) {
            reached.insert(source.path.as_str());
            for path in crate_paths(&source.path, &source.code) {
                let module = path.iter().take(2).map(String::as_str).collect::<Vec<_>>().join("/");
                let is_new = path.first().is_some_and(|first| first == "cli")
                    && !PLATFORM_DOOR.starts_with(&format!("{module}/"))
                    && seen.insert(module.clone());
                open.extend(is_new.then_some(module));
            }
        }
    }
    reached
}

#[test]
fn asynchronous_code_stays_at_the_edges() {
    let violations: Vec<_> = sources()
        .iter()
        .filter(|source| !is_below(&source.path, ASYNC) && source.path != "main.rs")
        .filter(|source| word_starts(&source.code, "tokio").next().is_some())
        .map(|source| format!("src/{}", source.path))
        .collect();
    report("Only these may use the runtime, those of `ASYNC`:", &violations);
}

#[test]
fn only_the_output_module_prints() {
    let violations: Vec<_> = sources()
        .iter()
        .filter(|source| !is_below(&source.path, &["cli/output", "cli/output.rs"]))
        .flat_map(|source| {
            ["println!", "print!", "eprintln!", "eprint!", "dbg!"]
                .into_iter()
                .filter(|name| source.code.contains(name))
                .map(|name| format!("src/{}: `{name}`", source.path))
        })
        .collect();
    report("Return the text, and let `cli::output` print it:", &violations);
}

#[test]
fn files_are_short() {
    let mut violations = Vec::new();
    for source in sources() {
        let lines = program_part(&source.path, &source.text).lines().count();
        let longest = if source.path == "main.rs" { LONGEST_MAIN } else { LONGEST_FILE };
        if lines > longest {
            violations.push(format!("src/{}: {lines} lines, at most {longest}", source.path));
        }
    }
    report(
        "A file that needs scrolling does two things. Split it where its nouns change (tests at \
         the end do not count):",
        &violations,
    );
}

#[test]
fn exceptions_are_expected_and_nothing_is_left_to_do() {
    let mut violations = Vec::new();
    for source in sources() {
        if bare(&source.text).contains("[allow(") {
            violations.push(format!(
                "src/{}: write `#[expect(lint, reason = \"…\")]`, not `allow`",
                source.path
            ));
        }
        for mark in ["TODO", "FIXME", "XXX"] {
            if word_starts(&source.text, mark).next().is_some() {
                violations.push(format!("src/{}: `{mark}`", source.path));
            }
        }
    }
    report("Finish it, or write down plainly what is not there:", &violations);
}

#[test]
fn folders_are_matched_whole() {
    assert!(is_below("sim/world/tre.rs", PURE));
    assert!(!is_below("sim/store.rs", PURE));
    assert!(!is_below("planner/x.rs", PURE));
}
