//! Builds the copy once.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::mutant::Binary;

/// Builds the tests of the copy and returns their binaries.
///
/// # Errors
///
/// Where a mutant does not compile, in the compiler's words.
pub fn build(tree: &Path, target: &Path) -> Result<BTreeMap<Binary, PathBuf>, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tests = Binary::ALL.into_iter().flat_map(Binary::arguments);
    let built = Command::new(cargo)
        .args(["test", "--quiet", "--locked", "--no-run", "--message-format=json"])
        .args(tests)
        .current_dir(tree)
        .env("CARGO_TARGET_DIR", target)
        // Nobody looks at a backtrace of a mutant.
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let text = String::from_utf8_lossy(&built.stdout);
    let messages: Vec<Value> =
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if !built.status.success() {
        let rendered =
            messages.iter().filter_map(|message| message["message"]["rendered"].as_str());
        return Err(format!("the mutants do not compile:\n{}", rendered.collect::<String>()));
    }
    let executable = |binary: Binary| {
        let of_binary = |message: &&Value| {
            message["target"]["name"] == binary.name()
                && message["profile"]["test"] == true
                && message["executable"].is_string()
        };
        let found = messages.iter().find(of_binary)?;
        Some((binary, PathBuf::from(found["executable"].as_str()?)))
    };
    let found: BTreeMap<_, _> = Binary::ALL.into_iter().filter_map(executable).collect();
    if found.len() == Binary::ALL.len() {
        Ok(found)
    } else {
        Err("cargo names no binary of the tests".to_owned())
    }
}
