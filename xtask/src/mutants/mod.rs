//! `cargo xtask mutants`: every rule is broken on purpose, one at a time, and a test must fail.
//!
//! All mutants are patched into one copy of the repository at once, as switches, so that the copy
//! is built once; a variable of the environment then says which one is alive. Nothing of it is ever
//! in the real sources.

mod build;
mod judge;
mod laws;
mod lock;
mod mutant;
mod patch;
mod platform;
mod transition;
mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use judge::{Bench, Verdict};
use mutant::{Mutant, Site, Table, Test};

/// What every copy gets: a mutant that is found need not be found in its smallest form.
const ALWAYS: [Site; 2] = [
    Site {
        file: "tests/laws/support/mod.rs",
        find: "max_shrink_iters: 4_000,",
        replace: "max_shrink_iters: 0,",
    },
    Site {
        file: "tests/laws/machine/mod.rs",
        find: "max_shrink_iters: 4_000,",
        replace: "max_shrink_iters: 0,",
    },
];

/// Runs the command.
///
/// # Errors
///
/// Where a mutant survives or is stale.
pub fn run(root: &Path, arguments: &[&str]) -> Result<(), String> {
    let (flags, filters): (Vec<&str>, Vec<&str>) =
        arguments.iter().partition(|argument| argument.starts_with("--"));
    if let Some(unknown) = flags.iter().find(|flag| **flag != "--list") {
        return Err(format!("`{unknown}` is not known: `cargo xtask mutants [--list] [FILTER…]`"));
    }
    let table = table(root)?;
    let is_chosen = |mutant: &&Mutant| {
        filters.is_empty() || filters.iter().any(|filter| mutant.id.starts_with(filter))
    };
    let chosen: Vec<&Mutant> = table.mutants.iter().filter(is_chosen).collect();
    if chosen.is_empty() {
        return Err(format!("no mutant's id begins with {}", filters.join(" or ")));
    }
    if flags.contains(&"--list") {
        chosen.iter().for_each(|mutant| println!("{}", line(mutant)));
        println!("{} mutants", chosen.len());
        return Ok(());
    }
    all(root, &table, &chosen)
}

/// Looks for stale mutants, without building anything.
///
/// # Errors
///
/// Names them.
pub fn check(root: &Path) -> Result<(), String> {
    table(root).map(drop)
}

/// Returns the whole table, each of whose mutants fits the sources and names tests that exist.
fn table(root: &Path) -> Result<Table, String> {
    let mut table = Table { sites: ALWAYS.to_vec(), mutants: Vec::new(), problems: Vec::new() };
    lock::add(&mut table);
    transition::add(&mut table);
    platform::add(&mut table, root)?;
    laws::add(&mut table);
    let mut problems = std::mem::take(&mut table.problems);
    let twice = table.counts().into_iter().filter(|(_, count)| *count > 1);
    problems.extend(twice.map(|(id, _)| format!("`{id}` is the id of two mutants")));
    problems.extend(patch::patched(root, &table.sites).err());
    let tests: BTreeSet<&Test> = table.mutants.iter().flat_map(|mutant| &mutant.tests).collect();
    problems.extend(tests.into_iter().filter(|test| !exists(root, test)).map(|test| {
        format!("stale mutant: `{}` has no test `{}`", test.binary.folder(), test.name)
    }));
    if problems.is_empty() { Ok(table) } else { Err(problems.join("\n")) }
}

/// Tells whether a test stands where its name says.
fn exists(root: &Path, test: &Test) -> bool {
    let folder = root.join(test.binary.folder());
    let (files, name) = match test.name.rsplit_once("::") {
        None => (vec![folder.join("main.rs")], test.name.as_str()),
        Some((module, name)) => {
            let files = |module: &str| {
                let path = folder.join(module.replace("::", "/"));
                [path.with_extension("rs"), path.join("mod.rs")]
            };
            let own = module.strip_suffix("::tests").map(files);
            (files(module).into_iter().chain(own.into_iter().flatten()).collect(), name)
        }
    };
    let is_there = |text: String| text.contains(&format!("fn {name}("));
    files.iter().filter_map(|file| fs::read_to_string(file).ok()).any(is_there)
}

fn line(mutant: &Mutant) -> String {
    let tests: Vec<String> =
        mutant.tests.iter().map(|test| format!("{}::{}", test.binary.name(), test.name)).collect();
    format!("{:<40} {:<34} {}", mutant.id, mutant.file, tests.join(", "))
}

fn all(root: &Path, table: &Table, chosen: &[&Mutant]) -> Result<(), String> {
    let begin = Instant::now();
    let mut bench = bench(root, table)?;
    println!("built in {} s", begin.elapsed().as_secs());
    let tests: BTreeSet<Test> = chosen.iter().flat_map(|mutant| &mutant.tests).cloned().collect();
    bench.prove(&tests)?;
    println!("without a mutant {} tests pass, after {} s", tests.len(), begin.elapsed().as_secs());
    let survivors = judged(&bench, chosen)?;
    let killed = chosen.len() - survivors.len();
    println!("{} mutants, {killed} killed, in {} s", chosen.len(), begin.elapsed().as_secs());
    if survivors.is_empty() { Ok(()) } else { Err(format!("survived: {}", survivors.join(", "))) }
}

fn bench(root: &Path, table: &Table) -> Result<Bench, String> {
    let root = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
    let folder = root.join("target/mutants");
    let tree = folder.join("tree");
    let outputs = folder.join("outputs");
    fs::create_dir_all(&outputs).map_err(|error| format!("{}: {error}", outputs.display()))?;
    tree::copy(&root, &tree, &patch::patched(&root, &table.sites)?)?;
    let binaries = build::build(&tree, &folder.join("target"))?;
    Ok(Bench { tree, binaries, outputs, unbroken: Duration::ZERO })
}

/// Runs every mutant, several side by side, and returns those that survive.
fn judged(bench: &Bench, chosen: &[&Mutant]) -> Result<Vec<String>, String> {
    let next = AtomicUsize::new(0);
    let survivors = Mutex::new(Vec::new());
    let work = || -> Result<(), String> {
        while let Some(mutant) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
            let begin = Instant::now();
            let verdict = bench.judge(mutant)?;
            let word = match &verdict {
                Verdict::Killed => "killed".to_owned(),
                Verdict::Hangs => "killed, it hangs".to_owned(),
                Verdict::Survived(tests) => format!("SURVIVED {}", tests.join(", ")),
            };
            println!("{:<40} {word} ({:.1} s)", mutant.id, begin.elapsed().as_secs_f32());
            if matches!(verdict, Verdict::Survived(_))
                && let Ok(mut survivors) = survivors.lock()
            {
                survivors.push(mutant.id.clone());
            }
        }
        Ok(())
    };
    let hands = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let hands: Vec<_> = (0..hands).map(|_| scope.spawn(work)).collect();
        hands.into_iter().try_for_each(|hand| hand.join().unwrap_or(Err("a bug".to_owned())))
    })?;
    Ok(survivors.into_inner().unwrap_or_default())
}
