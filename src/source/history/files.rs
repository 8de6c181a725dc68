//! Git's own files: configuration, hooks, reflogs, pending messages, names of branches and tags.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    blob::SourceKind,
    source::{file::FileReader, sink::Sink, words::why},
};

/// A path as the user would write it from here.
pub(super) fn display_path(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let below = here.ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    below.unwrap_or_else(|| path.to_owned())
}

/// Pushes every file in a repository's directory except those that store objects, and returns the repositories nested
/// in it.
pub(super) fn feed(directory: &Path, sink: &mut impl Sink) -> Vec<PathBuf> {
    let mut reader = FileReader::default();
    let mut waiting = vec![display_path(directory)];
    let mut is_first = true;
    let mut nested = Vec::new();
    while let Some(directory) = waiting.pop() {
        let entries =
            fs::read_dir(if directory.as_os_str().is_empty() { Path::new(".") } else { &directory })
                .and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                sink.not_scanned(directory.as_os_str().as_encoded_bytes(), why(&error));
                continue;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        let is_repository =
            ["HEAD", "objects"].iter().all(|name| entries.iter().any(|entry| entry.file_name() == *name));
        if is_repository && !is_first {
            nested.push(directory.clone());
        }
        for entry in entries {
            let path = directory.join(entry.file_name());
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && is_repository && entry.file_name() == "objects" => {}
                Ok(kind) if kind.is_dir() => waiting.push(path),
                Ok(kind) if kind.is_symlink() => FileReader::feed_link(&path, sink),
                Ok(kind) if kind.is_file() => reader.feed_as(SourceKind::Config, &path, false, sink),
                Ok(_) => {
                    let reason = "is not a file, directory or link, so it was not read".to_owned();
                    sink.not_scanned(path.as_os_str().as_encoded_bytes(), reason);
                }
                Err(error) => sink.not_scanned(path.as_os_str().as_encoded_bytes(), why(&error)),
            }
        }
        is_first = false;
    }
    nested
}
