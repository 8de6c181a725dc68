//! How paths and errors are shown.

use std::{io, path::Path};

/// The bytes of a path, with `/` as the separator and without a leading `./`.
pub(super) fn display_path(path: &Path) -> &[u8] {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.as_os_str().as_encoded_bytes()
}

/// A short description of an error about one input. The path is shown next to it.
#[must_use]
pub(crate) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "vanished before it could be read".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
