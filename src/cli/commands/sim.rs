//! `sim`: the embedded platform itself, loaded and emptied.

use camino::Utf8PathBuf;
use serde_json::json;

use super::serve;
use crate::cli::args::Sim as Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::planning::state_failure;
use crate::cli::session::{Documents, Session};
use crate::cli::{journaling, platform, runtime};
use crate::plan::FORMAT_VERSION;
use crate::sim::{self, Access};

/// Runs the command.
pub fn run(args: &Args, output: &mut Output) -> Outcome {
    let session = Session::open(output, Documents::Optional)?;
    match args {
        Args::Seed => seed(&session, output),
        Args::Reset => reset(&session, output),
        Args::Serve(args) => serve::run(args, &session, output),
    }
}

fn seed(session: &Session, output: &mut Output) -> Outcome {
    let options = platform::options(session, output.settings(), Access::Write)?;
    sim::load_seed(&options).map_err(platform::refused)?;
    let with = if options.seed.is_some() { "its seed" } else { "no directory: every id exists" };
    let text = format!("The embedded platform of `{}` begins with {with}.", session.target.name);
    tell("seeded", &options, &text, output)
}

/// Empties the platform, and what trectl remembers of it: a record of a platform that is no more
/// would make everything look like somebody's edit.
fn reset(session: &Session, output: &mut Output) -> Outcome {
    let options = platform::options(session, output.settings(), Access::Write)?;
    runtime::block_on(|interrupt| async move {
        let lock = journaling::lock(session, output, &interrupt).await?;
        let (path, timeout) = (options.path.clone(), options.lock_timeout);
        let removing = interrupt.blocking(move || sim::reset(&path, timeout));
        let was_there = removing.await?.map_err(platform::refused)?;
        session.state()?.reset(lock).await.map_err(state_failure)?;
        let name = &session.target.name;
        let was = if was_there { "is emptied" } else { "was empty" };
        let text = format!("The embedded platform of `{name}` {was}; its state is forgotten.");
        tell("reset", &options, &text, output)
    })
}

fn tell(done: &str, options: &sim::Options, text: &str, output: &mut Output) -> Outcome {
    let path = Utf8PathBuf::from_path_buf(options.path.clone())
        .map_err(|path| Failure::files(format!("`{}` is not UTF-8.", path.display())))?;
    if output.settings().is_json() {
        output.json(
            &json!({ "format_version": FORMAT_VERSION, "done": done, "path": path.as_str() }),
        );
    } else {
        output.result(&format!("{text}\n"));
    }
    Ok(Status::DONE)
}
