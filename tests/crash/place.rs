//! Where the state of a stage is kept: a folder of its repository, or elsewhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use camino::Utf8PathBuf;
use trectl::state::Store;

use crate::disk::{self, Tree, is_unfinished};
use crate::harness::Repo;

/// A place for one state.
pub trait Place: Send + Sync {
    /// Returns what the target of the project file says of it, behind its platform.
    fn setting(&self) -> String;

    /// Lets a command reach it.
    fn reach(&self, command: &mut Command);

    /// Returns the state as trectl reads it.
    fn store(&self) -> Store;

    /// Returns all objects, by their names in the state.
    fn objects(&self) -> Tree;

    /// Returns all names that are there, in order, of whatever kind.
    fn names(&self) -> Vec<PathBuf>;

    /// Puts objects there.
    fn fill(&self, objects: &Tree);
}

/// The folder where a state is kept unless the project file says otherwise.
pub struct Folder(PathBuf);

impl Folder {
    /// Returns the place in a repository.
    pub fn of(repo: &Repo) -> Box<dyn Place> {
        Box::new(Self(repo.at(".trectl/state/served")))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Place for Folder {
    fn setting(&self) -> String {
        String::new()
    }

    fn reach(&self, _command: &mut Command) {}

    fn store(&self) -> Store {
        Store::local(Utf8PathBuf::from_path_buf(self.0.clone()).unwrap())
    }

    fn objects(&self) -> Tree {
        let mut objects = disk::read(self.path());
        objects.retain(|name, _| !is_unfinished(name));
        objects
    }

    fn names(&self) -> Vec<PathBuf> {
        disk::read(self.path()).into_keys().collect()
    }

    fn fill(&self, objects: &Tree) {
        disk::write(objects, self.path());
    }
}
