//! How paths and errors are shown.

use std::{borrow::Cow, io, path::Path};

use crate::path::shown;

/// The bytes of a path, with `/` as the separator and without a leading `./`.
pub(super) fn display_path(path: &Path) -> Cow<'_, [u8]> {
    shown(path.strip_prefix(".").unwrap_or(path))
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
