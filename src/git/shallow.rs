//! Where the history of a shallow clone ends.

use std::{collections::HashSet, env, io};

use anyhow::{Context, Result};
use git2::Repository;

use crate::{blob::ObjectId, regular_file};

/// The commits whose parents are missing from a shallow clone.
///
/// # Errors
/// When their list cannot be read.
pub(crate) fn ends(repository: &Repository) -> Result<HashSet<ObjectId>> {
    let named = env::var_os("GIT_SHALLOW_FILE").filter(|file| !file.is_empty());
    let file = named.map_or_else(|| repository.commondir().join("shallow"), Into::into);
    match regular_file::read(&file) {
        Ok(text) => {
            Ok(text.split(|byte| byte.is_ascii_whitespace()).filter_map(ObjectId::from_hex).collect())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(HashSet::new()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}
