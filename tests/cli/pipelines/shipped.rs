//! Every script in the YAML below `ci/`, found on disk.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_yaml::Value;

/// A script of a pipeline.
#[derive(Debug)]
pub struct Script {
    /// The file below `ci/`, the job and the step.
    pub place: String,
    /// The `id` of the step, which its outputs are named by.
    pub id: Option<String>,
    pub text: String,
    /// What the pipeline sets for it; later ones win.
    pub env: Vec<(String, String)>,
}

/// All of them, and which ones ran.
pub struct Shipped {
    files: BTreeMap<String, Vec<Value>>,
    scripts: BTreeMap<String, Script>,
    ran: RefCell<BTreeSet<String>>,
}

/// Keys whose value is a script. A `before_script` is joined to those that it comes before.
const KEYS: &[&str] = &["run", "script", "after_script", "args", "entry"];

impl Shipped {
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = BTreeMap::new();
        let mut written = 0;
        let hooks = root.join(".pre-commit-hooks.yaml");
        for path in below(&root.join("ci")).into_iter().chain([hooks]) {
            let text = fs::read_to_string(&path).unwrap();
            let keys = |line: &&str| {
                let line = line.trim_start().trim_start_matches("- ");
                KEYS.iter().any(|key| line.starts_with(&format!("{key}:")))
            };
            written += text.lines().filter(keys).count();
            let documents = serde_yaml::Deserializer::from_str(&text);
            let documents: Vec<Value> =
                documents.map(|it| Value::deserialize(it).unwrap()).collect();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, documents);
        }
        let mut scripts = Vec::new();
        for (file, documents) in &files {
            documents.iter().for_each(|document| collect(file, document, &mut scripts));
        }
        assert_eq!(scripts.len(), written, "a script stands where nobody looks for it");
        let scripts = scripts.into_iter().map(|it| (it.place.clone(), it)).collect();
        Self { files, scripts, ran: RefCell::default() }
    }

    /// Returns a script, which counts as run from now on.
    pub fn take(&self, place: &str) -> &Script {
        let Some(script) = self.scripts.get(place) else {
            panic!("no script `{place}`, only {:?}", self.scripts.keys());
        };
        self.ran.borrow_mut().insert(place.to_owned());
        script
    }

    /// Returns the document of a file that has one.
    pub fn document(&self, file: &str) -> &Value {
        &self.files[file][0]
    }

    /// Asserts that each script of these files ran.
    pub fn all_ran(&self, prefix: &str) {
        let ran = self.ran.borrow();
        let left = self.places().filter(|it| it.starts_with(prefix) && !ran.contains(*it));
        assert_eq!(left.collect::<Vec<_>>(), [""; 0], "no scenario runs these");
    }

    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.scripts.keys().map(String::as_str)
    }
}

fn below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(below(&path));
        } else if path.extension().is_some_and(|it| it == "yml" || it == "yaml") {
            files.push(path);
        }
    }
    files
}

fn collect(file: &str, document: &Value, scripts: &mut Vec<Script>) {
    if file.starts_with("ci/github/") {
        github(file, document, scripts);
    } else if file.starts_with("ci/gitlab/") {
        gitlab(file, document, scripts);
    } else if file.starts_with("ci/kubernetes/") {
        kubernetes(file, document, scripts);
    } else if let Some(hooks) = document.as_sequence() {
        for hook in hooks {
            let place = format!("{file}: {}", string(&hook["id"]));
            scripts.push(Script { place, id: None, text: string(&hook["entry"]), env: Vec::new() });
        }
    }
}

fn github(file: &str, document: &Value, scripts: &mut Vec<Script>) {
    let mut jobs = vec![("action".to_owned(), &document["runs"])];
    jobs.extend(entries(&document["jobs"]));
    for (job, body) in jobs {
        for step in items(&body["steps"]).filter(|step| step.get("run").is_some()) {
            let name = step.get("name").or_else(|| step.get("id")).expect("a step has a name");
            assert_eq!(string(&step["shell"]), "bash", "only `shell: bash` stops in a pipe");
            let text = string(&step["run"]);
            assert!(!text.contains("${{"), "{file}: values come by `env:`, not into the script");
            let env = [&document["env"], &body["env"], &step["env"]];
            scripts.push(Script {
                place: format!("{file}: {job} / {}", string(name)),
                id: step.get("id").map(string),
                text,
                env: env.into_iter().flat_map(texts).collect(),
            });
        }
    }
}

/// One script for each job, as the runner joins them, and one for each hidden job that is extended.
fn gitlab(file: &str, document: &Value, scripts: &mut Vec<Script>) {
    for (job, body) in entries(document).into_iter().filter(|(_, it)| it.get("script").is_some()) {
        let mut chain = vec![body];
        while let Some(base) = chain.last().unwrap().get("extends") {
            chain.push(&document[string(base).as_str()]);
        }
        chain.reverse();
        let before = chain.iter().rev().find_map(|it| it.get("before_script"));
        let lines = before.into_iter().chain([&body["script"]]).flat_map(items);
        let variables = chain.iter().map(|it| &it["variables"]);
        scripts.push(Script {
            place: format!("{file}: {job}"),
            id: None,
            text: lines.map(string).collect::<Vec<_>>().join("\n"),
            env: [&document["variables"]].into_iter().chain(variables).flat_map(texts).collect(),
        });
    }
}

fn kubernetes(file: &str, document: &Value, scripts: &mut Vec<Script>) {
    if document["kind"] != "CronJob" {
        return;
    }
    let pod = &document["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    for container in ["initContainers", "containers"].into_iter().flat_map(|it| items(&pod[it])) {
        let command: Vec<String> = items(&container["command"]).map(string).collect();
        assert_eq!(command, ["bash", "-euo", "pipefail", "-c"]);
        let env = items(&container["env"]).filter(|it| it.get("value").is_some());
        scripts.push(Script {
            place: format!("{file}: {}", string(&container["name"])),
            id: None,
            text: items(&container["args"]).map(string).collect::<Vec<_>>().join("\n"),
            env: env.map(|it| (string(&it["name"]), string(&it["value"]))).collect(),
        });
    }
}

pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_sequence().into_iter().flatten()
}

fn entries(value: &Value) -> Vec<(String, &Value)> {
    let entries = value.as_mapping().into_iter().flatten();
    entries.map(|(key, value)| (string(key), value)).collect()
}

fn texts(value: &Value) -> Vec<(String, String)> {
    entries(value).into_iter().map(|(key, value)| (key, string(value))).collect()
}

pub fn string(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value:?} is no string")).to_owned()
}
