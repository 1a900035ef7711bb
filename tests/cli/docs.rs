//! The pages that people read: each block of a terminal in them is run, on the real binary and in
//! a copy of the examples, and must print what the page shows.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::harness::Repo;
use page::{Block, Command, blocks, commands, is_excerpt};

mod page;

/// Languages of blocks that are not a terminal's. `sh` is for commands about the project itself.
const OTHER_LANGUAGES: &[&str] = &["json", "mermaid", "sh", "text", "yaml"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the path below the root and the text of every page, found on disk.
fn pages() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let is_page = |path: &Path| path.extension().is_some_and(|extension| extension == "md");
    for path in files_below(root()).into_iter().filter(|path| is_page(path)) {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        found.push((name, text));
    }
    found.sort();
    assert!(found.iter().any(|(name, _)| name == "README.md"), "{found:?}");
    found
}

/// Returns the files below a folder; what is hidden or built is no source.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with('.') || path == root().join("target") {
            continue;
        }
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

fn report(what: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{what}\n\n{}\n", findings.join("\n\n"));
}

#[test]
fn every_block_of_a_terminal_prints_what_the_page_shows() {
    let mut findings = Vec::new();
    let mut run = 0;
    let mut written = 0;
    for (name, text) in pages() {
        written += text.matches("```console").count();
        let blocks = match blocks(&text) {
            Ok(blocks) => blocks,
            Err(why) => {
                findings.push(format!("{name}:{why}"));
                continue;
            }
        };
        let blocks: Vec<_> =
            blocks.into_iter().filter(|block| block.language == "console").collect();
        run += blocks.len();
        if !blocks.is_empty() {
            findings
                .extend(session(&blocks).into_iter().map(|finding| format!("{name}:{finding}")));
        }
    }
    report("These pages do not show what is printed:", &findings);
    assert!(run == written && run > 10, "{run} of {written} blocks were run");
}

/// Runs the blocks of a page one after the other, as a reader would, and returns what differs.
fn session(blocks: &[Block]) -> Vec<String> {
    let repo = Repo::empty();
    for path in files_below(&root().join("examples")) {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
        repo.write(name, fs::read(&path).unwrap());
    }
    let mut findings = Vec::new();
    let mut status = 0;
    for block in blocks {
        match commands(block) {
            Ok(commands) => {
                for (at, command) in commands.iter().enumerate() {
                    let is_status_shown =
                        commands.get(at + 1).is_some_and(|next| next.words == ["echo", "$?"]);
                    findings.extend(run(&repo, command, is_status_shown, &mut status));
                }
            }
            Err(why) => findings.push(why),
        }
    }
    findings
}

/// Runs a command, keeps its exit status, and returns what is not as the page shows it.
fn run(repo: &Repo, command: &Command, is_status_shown: bool, status: &mut i32) -> Option<String> {
    let Command { line, words, printed: shown } = command;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let printed = match words.as_slice() {
        ["echo", "$?"] => status.to_string(),
        ["trectl", args @ ..] => {
            let printed;
            (*status, printed) = terminal(repo, args);
            printed
        }
        _ => return Some(format!("{line}: only `trectl` and `echo $?` can be run in a page")),
    };
    let printed: Vec<String> = printed.trim_end().lines().map(str::to_owned).collect();
    if !is_excerpt(shown, &printed) {
        return Some(format!("{line}: `{}` prints\n{}", words.join(" "), printed.join("\n")));
    }
    let is_asked = words.first() == Some(&"echo");
    let is_said = shown.iter().any(|line| line.starts_with(&format!("Exit {status}: ")));
    (*status != 0 && !is_asked && !is_said && !is_status_shown).then(|| {
        format!("{line}: it ends with status {status}, and the page does not show `echo $?`")
    })
}

/// Runs the binary with both outputs in one place, in the order in which they are written.
fn terminal(repo: &Repo, args: &[&str]) -> (i32, String) {
    let path = repo.at("printed");
    let file = File::create(&path).unwrap();
    let both = [file.try_clone().unwrap(), file].map(Stdio::from);
    let [stdout, stderr] = both;
    let status = repo.command(args).stdout(stdout).stderr(stderr).status().unwrap();
    (status.code().unwrap(), fs::read_to_string(path).unwrap())
}

#[test]
fn every_block_has_a_language_that_somebody_checks() {
    let mut findings = Vec::new();
    for (name, text) in pages() {
        let Ok(blocks) = blocks(&text) else { continue };
        for Block { line, language, lines } in &blocks {
            if language == "console" {
                continue;
            }
            if !OTHER_LANGUAGES.contains(&language.as_str()) {
                findings.push(format!("{name}:{line}: `{language}`"));
            }
            let looks_run = |line: &&String| line.starts_with("$ ") || line.starts_with("trectl ");
            if let Some(command) = lines.iter().find(looks_run) {
                findings.push(format!("{name}:{line}: write ```console: {command}"));
            }
        }
    }
    report("These blocks are run by nobody:", &findings);
}

#[test]
fn links_lead_somewhere() {
    let mut findings = Vec::new();
    for (name, text) in pages() {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap();
            let is_elsewhere = target.contains("://") || target.chars().any(char::is_whitespace);
            if !is_elsewhere && !root().join(&name).parent().unwrap().join(path).exists() {
                findings.push(format!("{name}: {target}"));
            }
        }
    }
    report("These links lead nowhere:", &findings);
}

#[test]
fn the_readme_names_every_command_and_every_exit_status() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let help = Repo::empty().run(&["--help"]).expect(0).stdout;
    let words_after = |heading: &str| -> BTreeSet<String> {
        let lines = help.lines().skip_while(|line| *line != heading).skip(1);
        let lines = lines.take_while(|line| line.starts_with("  "));
        lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
    };
    let cells = readme.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let cells: Vec<_> = cells.collect();
    let mut commands = words_after("Commands:");
    assert!(commands.remove("help"), "{help}");
    let named = |command: &String| {
        cells.iter().any(|cell| {
            cell.split('`').skip(1).step_by(2).any(|code| code.split(' ').next() == Some(command))
        })
    };
    let missing: Vec<_> = commands.iter().filter(|command| !named(command)).cloned().collect();
    report("README.md does not name these commands:", &missing);
    let statuses = words_after("Exit status:");
    let missing: Vec<_> = statuses
        .iter()
        .map(|status| status.trim_end_matches(','))
        .filter(|status| !cells.iter().any(|cell| cell.split(", ").next() == Some(status)))
        .map(str::to_owned)
        .collect();
    report("README.md does not name these exit statuses:", &missing);
    assert!(commands.len() > 10 && statuses.len() > 5, "{help}");
}
