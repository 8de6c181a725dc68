//! Repository files that are read as a whole. A malicious repository may contain a pipe or device in place of one,
//! which would block its reader, or keep it busy, forever.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    path::Path,
};

/// Opens a regular file, following links.
///
/// # Errors
/// The error of the system, or one that says the path is not a regular file.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Even opening a device may have an effect, so look at the path first.
    check(path)?;
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // The file may have been replaced since. A pipe is then opened without waiting for someone who writes to it.
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        options.custom_flags(flags.bits() as i32);
    }
    let file = options.open(path)?;
    must_be_file(&file.metadata()?)?;
    Ok(file)
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
    must_be_file(&std::fs::metadata(path)?)
}

fn must_be_file(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "is not a regular file, so it was not read"))
}
