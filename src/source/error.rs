//! Why a repository cannot be read at all.

use std::io;

use camino::Utf8PathBuf;

/// A file or folder that the machine does not let us read.
#[derive(Debug, thiserror::Error)]
#[error("cannot {} `{path}`", .action.as_str())]
pub struct SourceError {
    /// What was tried.
    pub action: Action,
    /// The file or folder.
    pub path: Utf8PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// What was tried when reading failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Finding the folder to start from.
    OpenRoot,
    /// Listing a folder.
    ReadFolder,
    /// Reading a file.
    ReadFile,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::OpenRoot => "open the folder",
            Self::ReadFolder => "list the folder",
            Self::ReadFile => "read the file",
        }
    }
}

impl SourceError {
    /// Says what to do next.
    pub fn hint(&self) -> String {
        let path = &self.path;
        match (self.action, self.source.kind()) {
            (Action::OpenRoot, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                "Name an existing folder with `-C DIR`.".to_owned()
            }
            (Action::OpenRoot, _) => "Make the folder readable for the current user.".to_owned(),
            (_, io::ErrorKind::NotFound) => {
                "It was removed while trectl was reading. Run the command again.".to_owned()
            }
            _ => format!(
                "Make `{path}` readable for the current user, or list it under `ignore:` in \
                 `trectl.yaml`."
            ),
        }
    }
}
