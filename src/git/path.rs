//! Paths as git stores them.

use std::path::Path;

/// A path as git stores it: bytes on Unix, UTF-8 elsewhere.
#[cfg(unix)]
#[must_use]
pub(crate) fn path(bytes: &[u8]) -> &Path {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    Path::new(OsStr::from_bytes(bytes))
}

/// A path as git stores it: bytes on Unix, UTF-8 elsewhere.
#[cfg(not(unix))]
#[must_use]
pub fn path(bytes: &[u8]) -> &Path {
    Path::new(std::str::from_utf8(bytes).unwrap_or_default())
}
