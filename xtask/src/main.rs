//! `cargo xtask` writes every file that is made from the code, in whole or in part; `cargo xtask
//! --check` says which ones are stale, and which mutants are. `cargo xtask mutants` breaks every
//! rule on purpose, one at a time, and fails unless a test notices: see
//! `docs/breaking-on-purpose.md`.

mod generated;
mod mutants;

use std::env;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        [] => generated::write(&root),
        ["--check"] => check(&root),
        ["mutants", rest @ ..] => mutants::run(&root, rest),
        _ => Err("the commands are `cargo xtask`, `cargo xtask --check` and `cargo xtask mutants \
                  [--list] [FILTER…]`"
            .to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn check(root: &Path) -> Result<(), String> {
    let found = [generated::check(root), mutants::check(root)];
    let found: Vec<String> = found.into_iter().filter_map(Result::err).collect();
    if found.is_empty() { Ok(()) } else { Err(found.join("\n")) }
}
