//! What references named before. libgit2 creates a reflog that it is asked to read, so they are read as files.

use std::io;

use anyhow::{Context, Result};
use git2::Repository;

use crate::{blob::ObjectId, path::from_git, regular_file};

/// A line of a reflog.
pub(super) struct ReflogEntry {
    /// The object that the reference named from then on.
    pub(super) id: ObjectId,
    /// What was done.
    pub(super) message: Vec<u8>,
}

/// The log of a reference with this full name, oldest entry first; empty if there is none.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read(repository: &Repository, name: &str) -> Result<Vec<ReflogEntry>> {
    // Only what belongs to a single work tree is logged there.
    let directory = if name.starts_with("refs/") { repository.commondir() } else { repository.path() };
    let file = directory.join("logs").join(from_git(name.as_bytes()));
    let text = match regular_file::read(&file) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
    };
    // OLD NEW NAME <ADDRESS> SECONDS ZONE, a tab, and the message.
    let entry = |line: &[u8]| {
        let id = line.split(|byte| *byte == b' ').nth(1)?;
        let message = line.splitn(2, |byte| *byte == b'\t').nth(1).unwrap_or_default();
        Some(ReflogEntry { id: ObjectId::from_hex(id)?, message: message.to_owned() })
    };
    Ok(text.split(|byte| *byte == b'\n').filter_map(entry).collect())
}

/// The branch or commit that was checked out before the last `number` changes.
///
/// # Errors
/// When the log cannot be read.
pub(super) fn earlier_branch(repository: &Repository, number: usize) -> Result<Option<String>> {
    let entries = read(repository, "HEAD")?;
    let from = |message: &[u8]| {
        let words = std::str::from_utf8(message).ok()?.strip_prefix("checkout: moving from ")?;
        Some(words.split_once(" to ")?.0.to_owned())
    };
    Ok(entries.iter().rev().filter_map(|entry| from(&entry.message)).nth(number - 1))
}
