//! Files of a repository that are read as a whole. Whoever gives a repository away may have put a pipe or a device in
//! the place of one, which would keep its reader waiting, or busy, for ever.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Opens what is a file, maybe behind a link.
///
/// # Errors
/// The system's, and one where it is something else.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Looked at by its name, since even opening a pipe waits for somebody to write into it.
    check(path)?;
    File::open(path)
}

/// Reads what is a file, maybe behind a link.
///
/// # Errors
/// As those of [`open`].
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether it is a file, maybe behind a link.
///
/// # Errors
/// As those of [`open`].
pub(crate) fn check(path: &Path) -> io::Result<()> {
    if std::fs::metadata(path)?.is_file() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "is not a plain file, so it was not read"))
}
