//! What runs the scripts: real bash, with the environment that the CI would give.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

use super::shipped::{Script, Shipped, items, string};
use crate::forge::{Forge, Kind, TOKEN};
use crate::harness::{Repo, Run};

/// A machine with a repository, its platform, its state and the forge.
pub struct Runner<'a> {
    pub shipped: &'a Shipped,
    pub forge: Forge,
    pub at: Repo,
    /// Values of expressions.
    pub known: BTreeMap<String, String>,
    /// Variables that the CI sets.
    pub env: BTreeMap<String, String>,
}

impl<'a> Runner<'a> {
    /// Returns one whose repository holds these files, on `main`.
    pub fn new(shipped: &'a Shipped, kind: Kind, files: &[(&str, &str)]) -> Self {
        let at = Repo::empty();
        let folder = at.path().display().to_string();
        at.write("origin/trectl.yaml", project(&folder));
        for (path, text) in files {
            at.write(&format!("origin/{path}"), text);
        }
        fs::create_dir_all(at.at("bin")).unwrap();
        fs::create_dir_all(at.at("temp")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_trectl"), at.at("bin/trectl")).unwrap();
        let runner = Self {
            shipped,
            forge: Forge::new(kind),
            at,
            known: BTreeMap::new(),
            env: BTreeMap::new(),
        };
        runner.git(&["init", "-q", "-b", "main"]);
        runner.commit("Begin");
        runner
    }

    /// Runs git in the repository, and returns what it says.
    pub fn git(&self, args: &[&str]) -> String {
        let mut command = self.command("git", "origin");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Amara");
            command.env(format!("GIT_{role}_EMAIL"), "amara@example.org");
        }
        let run = Run::of(args, command.args(args).output().unwrap()).expect(0);
        run.stdout.trim().to_owned()
    }

    /// Commits everything, and returns the commit.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Checks a commit out into a folder of the machine.
    pub fn check_out(&self, commit: &str, folder: &str) {
        let target = self.at.at(folder);
        let target = target.to_str().unwrap();
        self.git(&["clone", "-q", ".", target]);
        self.git(&["-C", target, "checkout", "-q", commit]);
    }

    /// Copies what one job left for another one.
    pub fn hand_over(&self, from: &str, to: &str) {
        self.at.write(to, self.at.read(from));
    }

    fn command(&self, program: &str, folder: &str) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var("PATH").unwrap();
        fs::create_dir_all(self.at.at(folder)).unwrap();
        command.current_dir(self.at.at(folder)).env_clear().env("HOME", self.at.path());
        command.env("PATH", format!("{}:{path}", self.at.at("bin").display()));
        command
    }

    /// Runs commands in a folder of the machine as somebody types them.
    pub fn bash(&self, commands: &str, folder: &str) -> Run {
        let mut command = self.command("bash", folder);
        Run::of(&[commands], command.args(["-euc", commands]).output().unwrap())
    }

    /// Runs a script in a folder of the machine.
    pub fn run(&mut self, place: &str, folder: &str) -> Run {
        let script = self.shipped.take(place);
        // Snapshots are named by the second that they were taken in: of two in the same one, which
        // nobody but a test takes, either may count as the newest.
        if script.text.contains("snapshot --to-state") {
            let _ = fs::remove_dir_all(self.at.at("state/live"));
        }
        self.at.write("temp/script.sh", &script.text);
        for file in ["output", "path"] {
            self.at.write(&format!("temp/{file}"), "");
        }
        let mut command = self.command("bash", folder);
        let file = place.split_once(": ").unwrap().0;
        let values = |text: &str| self.filled(file, text);
        command.envs(script.env.iter().map(|(name, text)| (name, values(text)))).envs(&self.env);
        for (name, at) in [
            ("GITHUB_OUTPUT", "temp/output"),
            ("GITHUB_PATH", "temp/path"),
            ("GITHUB_STEP_SUMMARY", "temp/summary.md"),
            ("RUNNER_TEMP", "temp"),
        ] {
            command.env(name, self.at.at(at));
        }
        // As both runners start it.
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(self.at.at("temp/script.sh"));
        let run = Run::of(&[place], command.output().unwrap());
        self.keep_outputs(script);
        run
    }

    fn keep_outputs(&mut self, script: &Script) {
        let Some(id) = &script.id else { return };
        self.known.retain(|name, _| !name.starts_with(&format!("steps.{id}.outputs.")));
        for line in self.at.read("temp/output").lines() {
            let (name, value) = line.split_once('=').unwrap();
            self.know(&format!("steps.{id}.outputs.{name}"), value);
        }
    }

    pub fn know(&mut self, expression: &str, value: &str) {
        self.known.insert(expression.to_owned(), value.to_owned());
    }

    /// Fills in the expressions of GitHub.
    pub fn filled(&self, file: &str, text: &str) -> String {
        let Some((before, rest)) = text.split_once("${{") else { return text.to_owned() };
        let (expression, after) = rest.split_once("}}").unwrap();
        let value = self.value(file, expression.trim());
        format!("{before}{value}{}", self.filled(file, after))
    }

    fn value(&self, file: &str, expression: &str) -> String {
        if let Some(value) = self.known.get(expression) {
            return value.clone();
        }
        let document = self.shipped.document(file);
        let words: Vec<&str> = expression.split('.').collect();
        match words[..] {
            ["env", name] => string(&document["env"][name]),
            ["needs", job, "outputs", name] => {
                self.filled(file, &string(&document["jobs"][job]["outputs"][name]))
            }
            ["steps", id, "outputs", _] => {
                let jobs = document["jobs"].as_mapping().into_iter().flatten();
                let mut steps = jobs.flat_map(|(_, job)| items(&job["steps"]));
                assert!(steps.any(|step| step["id"] == id), "{file}: no step has the id `{id}`");
                String::new()
            }
            _ => panic!("{file}: nobody says what `{expression}` is"),
        }
    }

    /// Returns what a step of a job that uses an action gives it.
    pub fn given(&self, file: &str, job: &str, action: &str, input: &str) -> String {
        let is_it = |step: &&Value| step["uses"].as_str().is_some_and(|it| it.starts_with(action));
        let step = items(&self.shipped.document(file)["jobs"][job]["steps"]).find(is_it).unwrap();
        self.filled(file, &string(&step["with"][input]))
    }

    /// Sets what every job of the CI has.
    pub fn at_home(&mut self) {
        let api = format!("http://127.0.0.1:{}/api", self.forge.port);
        let event = self.at.at("event.json").display().to_string();
        let pairs: Vec<(&str, String)> = match self.forge.kind {
            Kind::GitHub => vec![
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", TOKEN.to_owned()),
                ("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{api}/oidc")),
                ("GITHUB_ACTIONS", "true".to_owned()),
                ("GITHUB_API_URL", api),
                ("GITHUB_EVENT_PATH", event),
                ("GITHUB_REF", "refs/heads/main".to_owned()),
                ("GITHUB_REPOSITORY", "biobank/tres".to_owned()),
            ],
            Kind::GitLab => vec![
                ("CI_API_V4_URL", api),
                ("CI_DEFAULT_BRANCH", "main".to_owned()),
                ("CI_PROJECT_ID", "42".to_owned()),
                ("GITLAB_CI", "true".to_owned()),
                ("GITLAB_TOKEN", TOKEN.to_owned()),
                ("TMPDIR", self.at.at("temp").display().to_string()),
            ],
        };
        self.env.extend(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }

    /// Returns a path of the machine.
    pub fn path(&self, path: &str) -> PathBuf {
        self.at.at(path)
    }

    /// Somebody edits the platform past the repository.
    pub fn edit_platform(&self, path: &str, text: &str) {
        self.at.write("elsewhere/trectl.yaml", elsewhere(self.at.path()));
        self.at.write(&format!("elsewhere/{path}"), text);
        let args = ["-C", "elsewhere", "apply", "--auto-approve", "--allow", "revert"];
        self.at.run(&args).expect(0);
    }
}

fn project(folder: &str) -> String {
    format!(
        "apiVersion: trectl/v1\nkind: Project\ntargets:\n  production:\n    \
         platform: {{embedded: {folder}/platform.db}}\n    state: {folder}/state\n"
    )
}

/// The same platform, with a state of somebody else's.
fn elsewhere(folder: &Path) -> String {
    project(&folder.display().to_string()).replace("/state\n", "/another-state\n")
}
