//! `skanner scan --history`: all objects, then what is suspect once more under its names.

use std::path::Path;

use super::worker::Workshop;
use crate::source::{History, Sink};

/// Scans the history of the repository that `path` is in, or says why that cannot be done.
pub(super) fn scan(
    path: &Path,
    threads: usize,
    allow_shallow: bool,
    workshop: &Workshop<'_>,
    is_nested: bool,
) {
    let shown = path.as_os_str().as_encoded_bytes();
    let open = if is_nested { History::open_nested } else { History::open };
    let history = match open(path, threads, allow_shallow) {
        Ok(history) => history,
        Err(error) if error.code() == git2::ErrorCode::NotFound => {
            let why = "is in no git repository: there is no history to scan".to_owned();
            return workshop.worker().not_scanned(shown, why);
        }
        Err(error) => {
            let why = format!("its repository cannot be opened: {}", error.message());
            return workshop.worker().not_scanned(shown, why);
        }
    };
    let fed = history.feed(&|| workshop.worker());
    let mut worker = workshop.worker();
    for id in fed.suspects {
        history.feed_blob(id, b"", &mut worker);
    }
    drop(worker);
    for path in fed.nested {
        scan(&path, threads, allow_shallow, workshop, true);
    }
}
