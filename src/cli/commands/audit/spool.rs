//! A long result under way: kept in a file without a name until it is known to be whole, so that it
//! takes no memory, and nothing is printed of a journal that turns out to be damaged.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use crate::cli::failure::Failure;
use crate::cli::output::Output;

/// So much is printed at once.
const CHUNK: usize = 64 << 10;

/// A result under way.
#[derive(Debug)]
pub struct Spool {
    file: BufWriter<File>,
    error: Option<io::Error>,
}

impl Spool {
    /// Begins a result.
    ///
    /// # Errors
    ///
    /// Where there is no folder for temporary files.
    pub fn new() -> Result<Self, Failure> {
        let file = tempfile::tempfile().map_err(failed)?;
        Ok(Self { file: BufWriter::new(file), error: None })
    }

    /// Adds to it. What goes wrong is told at the end.
    pub fn push(&mut self, text: &str) {
        if self.error.is_none() {
            self.error = self.file.write_all(text.as_bytes()).err();
        }
    }

    /// Prints all of it.
    ///
    /// # Errors
    ///
    /// Where it could not be kept; nothing is printed then.
    pub fn print(self, output: &mut Output) -> Result<(), Failure> {
        let Self { file, error } = self;
        if let Some(error) = error {
            return Err(failed(error));
        }
        let mut file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.rewind().map_err(failed)?;
        let mut lines = BufReader::new(file);
        let mut chunk = String::new();
        while lines.read_line(&mut chunk).map_err(failed)? > 0 {
            if chunk.len() >= CHUNK {
                output.result(&chunk);
                chunk.clear();
            }
        }
        output.result(&chunk);
        Ok(())
    }
}

fn failed(error: io::Error) -> Failure {
    Failure::files("The result cannot be kept in the folder for temporary files.")
        .because(error)
        .hint("Make room there, or name another folder with the variable `TMPDIR`.")
}
