//! Git's own files: configuration, hooks, reflogs, pending messages, names of branches and tags.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    blob::{Blob, Content, Origin, SourceKind},
    cold::ColdSort,
    git::store::{Aside, look_aside},
    path::{current_directory, shown},
    source::{file::FileReader, sink::Sink, words::why},
};

/// A path as the user would write it from here.
pub(super) fn display_path(path: &Path) -> PathBuf {
    // libgit2 writes paths from here as the current directory is written.
    let here = [std::env::current_dir(), current_directory()].into_iter().flatten();
    let mut below = here.filter_map(|here| path.strip_prefix(here).ok());
    below.next().unwrap_or(path).to_owned()
}

/// A path as the user would write it from here, for a message that says something of it.
pub(super) fn name(path: &Path) -> Vec<u8> {
    let path = display_path(path);
    if path.as_os_str().is_empty() { b".".to_vec() } else { shown(&path).into_owned() }
}

/// Pushes files that are not objects by their name, wherever they are.
pub(super) fn feed_others(paths: &[PathBuf], sink: &mut impl Sink) {
    let mut reader = FileReader::default();
    for path in paths {
        let path = display_path(path);
        let kind = path.symlink_metadata().map(|metadata| metadata.file_type());
        feed_one(&path, kind, &mut reader, sink);
    }
}

/// Pushes a file or link. What git inflates is pushed inflated as well.
fn feed_one(path: &Path, kind: io::Result<fs::FileType>, reader: &mut FileReader, sink: &mut impl Sink) {
    let shown = &*shown(path);
    match kind {
        Ok(kind) if kind.is_symlink() => return FileReader::feed_link(path, sink),
        Ok(kind) if kind.is_file() => reader.feed_as(SourceKind::Config, path, false, sink),
        Ok(_) => {
            let reason = "is not a file, directory or link, so it was not read".to_owned();
            return sink.not_scanned(shown, reason);
        }
        Err(error) => return sink.not_scanned(shown, why(&error)),
    }
    match look_aside(path) {
        Ok(Aside::Inflated(bytes)) => {
            let origin = Origin::new(SourceKind::Config, shown);
            sink.blob(Blob::new(origin, Content::Bytes(&bytes)));
        }
        Ok(Aside::Unread(why)) => sink.not_scanned(shown, why.to_owned()),
        // If it cannot be opened, that has just been reported.
        Ok(Aside::Plain) | Err(_) => {}
    }
}

/// Pushes every file in a repository's directory except its object directory, and returns the repositories nested
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
                sink.not_scanned(&shown(&directory), why(&error));
                continue;
            }
        };
        entries.cold_sort_by_key(fs::DirEntry::file_name);
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
                kind => feed_one(&path, kind, &mut reader, sink),
            }
        }
        is_first = false;
    }
    nested
}
