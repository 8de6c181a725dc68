//! Why a walk did not read something.

use std::{fs, io, path::Path};

use crate::source::words::why;

/// Why something that is not a file, directory or link was not read.
pub(super) fn special(kind: fs::FileType) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "is a FIFO: pipe its output into `skanner scan -`".to_owned();
        }
        if kind.is_socket() {
            return "is a socket, which cannot be read like a file".to_owned();
        }
    }
    let _ = kind;
    "is a device, which cannot be read like a file".to_owned()
}

/// Why a path that was named cannot be read.
pub(super) fn missing(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound if path.is_symlink() => "is a broken link".to_owned(),
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        _ => why(error),
    }
}
