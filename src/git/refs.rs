//! What makes objects reachable: branches, tags, stashes, and what is checked out.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use git2::{Error, Repository};

use super::{
    look::{self, cannot_be_read},
    objects::oid,
    reflog,
};
use crate::{blob::ObjectId, cold::ColdSort, regular_file};

/// All refs with the objects they point to, sorted by name; the older stash entries, which are refs in all but name;
/// and detached HEADs, including those of linked work trees. The objects are not read.
///
/// # Errors
/// When they cannot be listed.
pub(crate) fn refs(repository: &Repository) -> Result<Vec<(Vec<u8>, ObjectId)>, Error> {
    check(repository)?;
    let mut refs = Vec::new();
    let mut add = |name: Vec<u8>, target: Option<git2::Oid>| {
        refs.extend(target.and_then(|oid| ObjectId::new(oid.as_bytes())).map(|target| (name, target)));
    };
    for reference in repository.references()? {
        let reference = reference?;
        // The target of a symbolic ref is listed by itself.
        add(reference.name_bytes().to_vec(), reference.target());
    }
    let stash = reflog::read(repository, "refs/stash").map_err(|why| Error::from_str(&format!("{why:#}")))?;
    for (number, entry) in stash.iter().rev().enumerate().skip(1) {
        add(format!("refs/stash@{{{number}}}").into_bytes(), Some(oid(entry.id)));
    }
    let head = repository.find_reference("HEAD").ok().and_then(|head| head.target());
    add(b"HEAD".to_vec(), head);
    // Git uses the same names.
    for (name, head) in heads_of_worktrees(repository.commondir())? {
        add([b"worktrees/", name.as_encoded_bytes(), b"/HEAD"].concat(), Some(head));
    }
    refs.cold_sort();
    Ok(refs)
}

/// Checks that everything below `refs/` can be read. libgit2 skips in silence what it cannot read.
///
/// # Errors
/// What cannot be read.
pub(crate) fn check(repository: &Repository) -> Result<(), Error> {
    let directories = [repository.path(), repository.commondir()];
    let mut roots: Vec<PathBuf> = directories.iter().map(|directory| directory.join("refs")).collect();
    roots.dedup();
    let mut waiting = roots;
    while let Some(directory) = waiting.pop() {
        let error = |error: io::Error| cannot_be_read(&directory, &error);
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            // A linked work tree may have no references of its own.
            Err(why) if why.kind() == io::ErrorKind::NotFound => continue,
            Err(why) => return Err(error(why)),
        };
        for entry in entries {
            let entry = entry.map_err(error)?;
            let name = entry.file_name();
            let name = name.as_encoded_bytes();
            // Git takes neither for a reference.
            if name.starts_with(b".") || name.ends_with(b".lock") {
                continue;
            }
            if entry.file_type().map_err(error)?.is_dir() {
                waiting.push(entry.path());
            } else {
                check_reference(&directories, &entry.path())?;
            }
        }
    }
    Ok(())
}

/// Checks that a file holds a reference.
fn check_reference(directories: &[&Path], file: &Path) -> Result<(), Error> {
    let text = match regular_file::read(file) {
        Ok(text) => text,
        // It was deleted just now, or is a link to a branch that does not exist yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(cannot_be_read(file, &error)),
    };
    if let Some(target) = text.strip_prefix(b"ref:") {
        return match std::str::from_utf8(target) {
            // The others are checked by themselves.
            Ok(target) if !target.trim().starts_with("refs/") => {
                look::at_reference(directories, target.trim())
            }
            _ => Ok(()),
        };
    }
    let digits = text.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    if ObjectId::from_hex(digits).is_some() {
        return Ok(());
    }
    let why = format!("{} is damaged: it names no object; restore it, or delete it", file.display());
    Err(Error::from_str(&why))
}

/// The names of linked work trees with a detached HEAD, and the commits checked out in them.
fn heads_of_worktrees(directory: &Path) -> Result<Vec<(OsString, git2::Oid)>, Error> {
    let worktrees = directory.join("worktrees");
    let entries = match fs::read_dir(&worktrees) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(cannot_be_read(&worktrees, &error)),
    };
    let mut heads = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| cannot_be_read(&worktrees, &error))?;
        let file = entry.path().join("HEAD");
        match regular_file::read(&file) {
            Ok(text) => {
                let id = ObjectId::from_hex(text.trim_ascii_end());
                heads.extend(id.map(|id| (entry.file_name(), oid(id))));
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(cannot_be_read(&file, &error)),
        }
    }
    Ok(heads)
}
