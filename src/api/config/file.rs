//! The configuration file of the vendor's client.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::ConfigError;

/// The configuration file: one JSON object whose values are texts (D). It may hold a token.
#[derive(Clone)]
pub struct File {
    path: PathBuf,
    /// `None` for what is no text: keys of the vendor's client that are not ours may hold anything.
    values: BTreeMap<String, Option<String>>,
}

impl File {
    /// Reads the text of the file.
    ///
    /// # Errors
    ///
    /// Where it is not one JSON object.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let refused = |reason: String| ConfigError::File { path: path.to_owned(), reason };
        let values: Value = serde_json::from_str(text).map_err(|error| {
            refused(format!("line {}, column {} is not JSON", error.line(), error.column()))
        })?;
        let Value::Object(values) = values else {
            return Err(refused("it is not a JSON object".to_owned()));
        };
        let values = values
            .into_iter()
            .filter_map(|(key, value)| match value {
                Value::Null => None,
                Value::String(text) => Some((key, Some(text))),
                Value::Number(number) => Some((key, Some(number.to_string()))),
                _ => Some((key, None)),
            })
            .collect();
        Ok(Self { path: path.to_owned(), values })
    }

    /// Returns where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn get(&self, key: &str) -> Result<Option<&str>, ConfigError> {
        match self.values.get(key) {
            None => Ok(None),
            Some(Some(text)) => Ok(Some(text)),
            Some(None) => Err(ConfigError::File {
                path: self.path.clone(),
                reason: format!("`{key}` is not a text"),
            }),
        }
    }
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("path", &self.path).finish_non_exhaustive()
    }
}
