//! Handles paths purely by name. No file system is consulted, since a path may not exist in any.

use std::path::Path;

/// The components of a path from the root, with `.` and `..` resolved. `..` at the root stays there, as in a file
/// system.
#[must_use]
pub(crate) fn resolve<N: AsRef<[u8]>>(names: impl IntoIterator<Item = N>) -> Vec<N> {
    let mut way = Vec::new();
    for name in names {
        match name.as_ref() {
            b"" | b"." => {}
            b".." => drop(way.pop()),
            _ => way.push(name),
        }
    }
    way
}

/// The directory that a path is in: `.` for a single name. `None` for a root and for nothing.
#[must_use]
pub(crate) fn parent(path: &Path) -> Option<&Path> {
    path.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
}

/// A path as git stores it: bytes on Unix, UTF-8 elsewhere.
#[cfg(unix)]
#[must_use]
pub(crate) fn from_git(bytes: &[u8]) -> &Path {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    Path::new(OsStr::from_bytes(bytes))
}

/// A path as git stores it: bytes on Unix, UTF-8 elsewhere.
#[cfg(not(unix))]
#[must_use]
pub(crate) fn from_git(bytes: &[u8]) -> &Path {
    Path::new(std::str::from_utf8(bytes).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_name_is_in_this_directory() {
        for (path, expected) in
            [("a", Some(".")), ("a/b", Some("a")), ("/a", Some("/")), ("/", None), ("", None)]
        {
            assert_eq!(parent(Path::new(path)), expected.map(Path::new), "{path}");
        }
    }

    #[test]
    fn names_that_are_no_names_are_undone() {
        assert_eq!(resolve("/a/./b//../c/".split('/')), ["a", "c"]);
        assert_eq!(resolve("../../a/...".split('/')), ["a", "..."]);
        assert!(resolve([&b".."[..], b"", b"."]).is_empty());
    }
}
