//! Repository files that are read as a whole. A malicious repository may contain a pipe or device in place of one,
//! which would block its reader, or keep it busy, forever.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Opens a regular file, following links.
///
/// # Errors
/// The error of the system, or one that says the path is not a regular file.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Check by path first, because even opening a pipe blocks until someone opens it for writing.
    check(path)?;
    File::open(path)
}

/// Reads a regular file, following links.
///
/// # Errors
/// The same as those of [`open`].
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Checks that a path is a regular file, following links.
///
/// # Errors
/// The same as those of [`open`].
pub(crate) fn check(path: &Path) -> io::Result<()> {
    if std::fs::metadata(path)?.is_file() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "is not a plain file, so it was not read"))
}
