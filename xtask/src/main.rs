//! `cargo xtask` writes every file that is made from the code, in whole or in part; `cargo xtask
//! --check` says which ones are stale.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> io::Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let check = env::args().nth(1).as_deref() == Some("--check");
    let mut stale = Vec::new();
    for file in trectl::cli::generated_files() {
        let path = root.join(&file.path);
        let found = fs::read_to_string(&path).ok();
        let fresh = file.fresh(found.as_deref()).map_err(io::Error::other)?;
        if found.as_deref() == Some(fresh.as_str()) {
            continue;
        }
        if !check {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&path, fresh)?;
            println!("wrote {}", file.path);
        }
        stale.push(file.path);
    }
    if check && !stale.is_empty() {
        eprintln!("stale, run `cargo xtask`: {}", stale.join(", "));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
