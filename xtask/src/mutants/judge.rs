//! Runs tests with one mutant alive, or with none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io};

use super::mutant::{Binary, Mutant, Test};
use super::patch::VARIABLE;

/// How long all tests may take without a mutant.
const FIRST: Duration = Duration::from_secs(1_200);
/// How long the tests of one mutant may take, at least, before they count as hanging; they may take
/// three times as long as all of them without one.
const LEAST: Duration = Duration::from_secs(120);

/// The variable that names the one slice of the model check that is looked at.
const SLICE: &str = "MODEL_SLICE";

/// What runs at once: tests of one binary, and of the model check one slice.
type Run = (Binary, Option<&'static str>);

/// What became of some tests.
pub enum Verdict {
    /// Each of them failed.
    Killed,
    /// They did not end.
    Hangs,
    /// These passed.
    Survived(Vec<String>),
}

/// The built copy.
pub struct Bench {
    pub tree: PathBuf,
    pub binaries: BTreeMap<Binary, PathBuf>,
    /// Where outputs are kept.
    pub outputs: PathBuf,
    /// How long all tests took without a mutant.
    pub unbroken: Duration,
}

impl Bench {
    /// Runs tests with no mutant alive.
    ///
    /// # Errors
    ///
    /// Names those that fail, or are not there.
    pub fn prove(&mut self, tests: &BTreeSet<Test>) -> Result<(), String> {
        let begin = Instant::now();
        for ((binary, slice), tests) in by_run(tests) {
            let names: Vec<&str> = tests.iter().map(|test| &*test.name).collect();
            let output = self.output("unbroken", binary, slice);
            let Some(text) = self.run((binary, slice), &names, None, &output)? else {
                return Err(format!("the tests of `{}` do not end", binary.name()));
            };
            let failed: Vec<&str> =
                names.iter().copied().filter(|name| !has(&text, name, "ok")).collect();
            if !failed.is_empty() {
                let names = failed.join(", ");
                return Err(format!("not even without a mutant do these pass: {names}\n{text}"));
            }
        }
        self.unbroken = begin.elapsed();
        Ok(())
    }

    /// Runs the tests of a mutant with it alive.
    ///
    /// # Errors
    ///
    /// Where a binary cannot be run.
    pub fn judge(&self, mutant: &Mutant) -> Result<Verdict, String> {
        let mut survived = Vec::new();
        let tests: BTreeSet<Test> = mutant.tests.iter().cloned().collect();
        for ((binary, slice), tests) in by_run(&tests) {
            let names: Vec<&str> = tests.iter().map(|test| &*test.name).collect();
            let output = self.output(&mutant.id, binary, slice);
            let Some(text) = self.run((binary, slice), &names, Some(&mutant.id), &output)? else {
                return Ok(Verdict::Hangs);
            };
            // A binary that was aborted has failed as well, whatever it said before.
            let passed = names.iter().filter(|name| has(&text, name, "ok"));
            survived.extend(passed.map(|name| (*name).to_owned()));
            let properties = tests.iter().filter_map(|test| test.model).map(|it| it.property);
            let unbroken = properties.filter(|it| !text.lines().any(|line| line.starts_with(it)));
            survived.extend(unbroken.map(|it| format!("model: {it}")));
        }
        Ok(if survived.is_empty() { Verdict::Killed } else { Verdict::Survived(survived) })
    }

    /// Returns where the output of a run is kept.
    fn output(&self, of: &str, binary: Binary, slice: Option<&str>) -> PathBuf {
        let of = of.replace('/', "_");
        let slice = slice.map(|slice| format!("-{slice}")).unwrap_or_default();
        self.outputs.join(format!("{of}-{}{slice}.txt", binary.name()))
    }

    /// Returns what a binary printed; `None` where it was stopped because it did not end.
    fn run(
        &self,
        (binary, slice): Run,
        names: &[&str],
        alive: Option<&str>,
        output: &Path,
    ) -> Result<Option<String>, String> {
        let path = self.binaries.get(&binary).ok_or("a binary is missing")?;
        let run = || -> io::Result<Option<String>> {
            let file = fs::File::create(output)?;
            let mut command = Command::new(path);
            command.arg("--exact").args(names).current_dir(&self.tree);
            command.env_remove(VARIABLE).envs(alive.map(|id| (VARIABLE, id)));
            command.env_remove(SLICE).envs(slice.map(|slice| (SLICE, slice)));
            // Mutants are looked at side by side already, and nobody reads their backtraces.
            command.args(alive.map(|_| "--test-threads=1")).env("RUST_BACKTRACE", "0");
            let patience = if alive.is_some() { LEAST.max(self.unbroken * 3) } else { FIRST };
            command.stdin(Stdio::null()).stdout(file).stderr(Stdio::null());
            let is_over = wait(command.spawn()?, patience)?;
            Ok(if is_over { Some(fs::read_to_string(output)?) } else { None })
        };
        run().map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn has(text: &str, name: &str, result: &str) -> bool {
    text.lines().any(|line| line == format!("test {name} ... {result}"))
}

fn by_run(tests: &BTreeSet<Test>) -> BTreeMap<Run, Vec<&Test>> {
    let mut runs: BTreeMap<Run, Vec<&Test>> = BTreeMap::new();
    for test in tests {
        runs.entry((test.binary, test.slice())).or_default().push(test);
    }
    runs
}

/// Waits for a process; ends one that takes too long, and tells so.
fn wait(mut child: Child, patience: Duration) -> io::Result<bool> {
    let begin = Instant::now();
    loop {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        if begin.elapsed() > patience {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(5));
    }
}
