//! `man`: the manual page, one for all commands.

use clap::CommandFactory;

use crate::cli::args::Args;
use crate::cli::exit::Status;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;

/// Prints the page.
pub fn run(output: &mut Output) -> Outcome {
    let mut page = Vec::new();
    clap_mangen::Man::new(Args::command().flatten_help(true))
        .render(&mut page)
        .map_err(|error| Failure::files("The manual page cannot be written.").because(error))?;
    let page = String::from_utf8(page)
        .map_err(|error| Failure::files("The manual page is not text.").because(error))?;
    output.text("page", &page);
    Ok(Status::DONE)
}
