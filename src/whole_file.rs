//! Writes files completely or not at all: after an interrupted run, or on a full disk, the old content is still there.
//!
//! The text goes into a temporary file next to its target, under an unused name, and is renamed once all of it has been
//! written.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use tempfile::{Builder, NamedTempFile};

/// A file that was written and not yet put in place. It is deleted if it never is.
#[derive(Debug)]
pub(crate) struct Written(NamedTempFile);

/// The purpose of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// It is read.
    Data,
    /// It is executed.
    Program,
}

/// Replaces `file` atomically or not at all. An existing file keeps its permissions. A new one gets the usual
/// permissions. A link in its place is refused, since the link itself would be replaced.
///
/// # Errors
/// The error of the system, or one that says `file` is not a regular file. The old content is kept.
pub(crate) fn replace(file: &Path, text: &[u8]) -> io::Result<()> {
    let permissions = match fs::symlink_metadata(file) {
        Ok(metadata) if metadata.is_file() => Some(metadata.permissions()),
        Ok(_) => {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "something other than a file is there"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let written = beside(file, text, Use::Data)?;
    if let Some(permissions) = permissions {
        written.0.as_file().set_permissions(permissions)?;
    }
    written.put(file)
}

/// Writes a file in the directory of `file`, to be moved there later.
///
/// # Errors
/// The error of the system. The temporary file is deleted.
pub(crate) fn beside(file: &Path, text: &[u8], purpose: Use) -> io::Result<Written> {
    let directory = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut options = OpenOptions::new();
    // Never write to an existing file, or through a link that someone put there.
    options.write(true).create_new(true);
    // The umask removes the permissions that users do not want to grant to others.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        match purpose {
            Use::Data => 0o666,
            Use::Program => 0o777,
        },
    );
    #[cfg(not(unix))]
    let _ = purpose;
    let temporary = Builder::new()
        .prefix(".skanner-")
        .suffix(".tmp")
        .make_in(directory, |path| options.open(path))
        .map_err(|error| match error.kind() {
            // The file itself may well be writable, so the system's message alone would be puzzling.
            kind @ (io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
                io::Error::new(kind, format!("no file can be created in its directory: {error}"))
            }
            _ => error,
        })?;
    let mut file = temporary.as_file();
    file.write_all(text)?;
    file.sync_all()?;
    Ok(Written(temporary))
}

impl Written {
    /// Moves the text to `file`, in the same directory.
    ///
    /// # Errors
    /// The error of the system. `file` keeps its old content, and the temporary file is deleted.
    pub(crate) fn put(self, file: &Path) -> io::Result<()> {
        self.0.persist(file).map(drop).map_err(|error| error.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<std::ffi::OsString> {
        let mut names: Vec<_> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_but_the_file_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("report");
        replace(&file, b"one").unwrap();
        replace(&file, b"another").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"another");
        drop(beside(&file, b"unwanted", Use::Data).unwrap());
        let written = beside(&file, b"nowhere", Use::Program).unwrap();
        assert!(written.put(&dir.path().join("no/such/directory")).is_err());
        assert_eq!(names(dir.path()), ["report"]);
        assert!(replace(&dir.path().join("no/report"), b"").is_err());
        assert!(replace(dir.path(), b"").is_err());
        assert_eq!(names(dir.path()), ["report"]);
    }

    #[test]
    #[cfg(unix)]
    fn permissions_are_kept_or_those_of_a_new_file() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let mode = |file: &Path| fs::symlink_metadata(file).unwrap().permissions().mode() & 0o7777;
        let dir = tempfile::tempdir().unwrap();
        let (plain, file) = (dir.path().join("plain"), dir.path().join("file"));
        fs::write(&plain, "").unwrap();
        replace(&file, b"new").unwrap();
        assert_eq!(mode(&file), mode(&plain));
        for own in [0o600, 0o664, 0o444] {
            fs::set_permissions(&file, fs::Permissions::from_mode(own)).unwrap();
            replace(&file, b"again").unwrap();
            assert_eq!(mode(&file), own);
        }
        let program = dir.path().join("program");
        beside(&program, b"#!", Use::Program).unwrap().put(&program).unwrap();
        assert_eq!(mode(&program) & 0o111, mode(&plain) >> 2 & 0o111);
        symlink(&plain, dir.path().join("link")).unwrap();
        assert!(replace(&dir.path().join("link"), b"through").is_err());
        assert_eq!(fs::read(&plain).unwrap(), b"");
    }
}
