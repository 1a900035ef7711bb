//! A repository in a folder of its own, and the binary without anything from the environment of
//! whoever runs the tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A draft that the unseeded embedded platform takes.
pub const DRAFT: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-one
state: draft
name: One
billTo: org-biobank
region: aws:eu-west-2
";

/// A TRE that is published at once, with people and policies.
pub const ACTIVE: &str = "\
apiVersion: trectl/v1
kind: TrustedResearchEnvironment
id: tre-one
state: active
name: One
visibility: private
policies: {downloadRestricted: true}
admins: [user-amara]
authorizedUsers: [user-li, user-okafor]
inventory:
  version: \"2025.2\"
  tabularData: record-0123456789BFGJKPQVXYZbfg
billTo: org-biobank
region: aws:eu-west-2
reviewSteps:
  - {id: governance, name: Governance, description: Checks., reviewers: [user-priya]}
";

/// A repository.
pub struct Repo {
    folder: TempDir,
}

impl Repo {
    /// Returns an empty folder.
    pub fn empty() -> Self {
        Self::within(&std::env::temp_dir())
    }

    /// Returns an empty folder in another one.
    pub fn within(folder: &Path) -> Self {
        Self { folder: TempDir::with_prefix_in("trectl-cli-", folder).unwrap() }
    }

    /// Returns a repository with files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let repo = Self::empty();
        for (path, text) in files {
            repo.write(path, text);
        }
        repo
    }

    /// Returns a copy of one of the examples.
    pub fn example(name: &str) -> Self {
        let repo = Self::empty();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        let mut folders = vec![folder.clone()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                match path.strip_prefix(&folder) {
                    Ok(_) if path.is_dir() => folders.push(path),
                    Ok(name) => repo.write(name.to_str().unwrap(), std::fs::read(&path).unwrap()),
                    Err(error) => panic!("{error}"),
                }
            }
        }
        repo
    }

    /// Returns a repository whose one TRE was applied.
    pub fn applied(document: &str) -> Self {
        let repo = Self::with(&[("tres/one.yaml", document)]);
        repo.run(&["apply", "--auto-approve"]).expect(0);
        repo
    }

    /// Returns the folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns a path below the folder.
    pub fn at(&self, path: &str) -> PathBuf {
        self.path().join(path)
    }

    /// Writes a file and its folders.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Replaces text in a file, which must be there.
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.write(path, text.replacen(from, to, 1));
    }

    /// Returns the text of a file.
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.at(path)).unwrap()
    }

    /// Returns the command in the folder, with an environment of its own.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trectl"));
        command.current_dir(self.path()).args(args).env_clear().env("HOME", self.path());
        // As somebody types it: journals and pages name the command, and paths differ in length.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::arg0(&mut command, "trectl");
        // Only so that `git` is found.
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    /// Runs `git` in the folder, as somebody, and returns what it prints.
    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(self.path())
            .args(["-c", "user.name=Amara", "-c", "user.email=amara@example.org"])
            .args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"])
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Holds the lock of the state as a run on another machine would, until it is dropped.
    pub fn hold_lock(&self) -> HeldLock {
        let claim = serde_json::json!({
            "format_version": "2.0", "epoch": 9000, "lease_ms": 3_600_000,
            "owner": {
                "pid": 1, "host": "ci-7", "started": "2026-05-01T10:00:00Z",
                "command": "trectl apply", "job_url": "https://ci.example.org/jobs/7",
            },
        });
        let name = ".trectl/state/lock/000000009000-claim.json";
        self.write(name, claim.to_string());
        HeldLock(self.at(name))
    }

    /// Runs the command to its end.
    pub fn run(&self, args: &[&str]) -> Run {
        self.run_in(&[], args)
    }

    /// Runs the command to its end, with variables of the environment.
    pub fn run_in(&self, variables: &[(&str, &str)], args: &[&str]) -> Run {
        Run::of(args, self.command(args).envs(variables.iter().copied()).output().unwrap())
    }
}

/// Returns why a document does not fit a schema, formats included.
pub fn misfits(schema: &Value, document: &Value) -> Vec<String> {
    let validator =
        jsonschema::options().should_validate_formats(true).offline().build(schema).unwrap();
    validator.iter_errors(document).map(|error| error.to_string()).collect()
}

/// A lock that somebody else holds.
pub struct HeldLock(PathBuf);

impl Drop for HeldLock {
    fn drop(&mut self) {
        let end = self.0.display().to_string().replace("claim", "end");
        std::fs::write(end, "{}").unwrap();
    }
}

/// What a command did.
#[derive(Debug)]
pub struct Run {
    args: Vec<String>,
    /// The exit status.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    /// Returns what is known of a process that ended.
    pub fn of(args: &[&str], output: Output) -> Self {
        Self {
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit status, and that nothing panicked.
    pub fn expect(self, status: i32) -> Self {
        let Self { args, status: found, stdout, stderr } = &self;
        assert!(!stderr.contains("panicked"), "{args:?} panicked:\n{stderr}");
        assert_eq!(
            *found,
            Some(status),
            "{args:?}\n--- standard output\n{stdout}\n--- standard error\n{stderr}"
        );
        self
    }

    /// Returns standard output, which must be one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{:?}: {error}\n{}", self.args, self.stdout))
    }

    /// Asserts that standard output holds a text.
    pub fn says(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "`{text}` is not in:\n{}", self.stdout);
        self
    }

    /// Asserts that standard error holds a text.
    pub fn complains(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "`{text}` is not in:\n{}", self.stderr);
        self
    }
}
