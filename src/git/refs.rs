//! What makes objects reachable: branches, tags, stashes, and what is checked out.

use std::{ffi::OsString, path::Path};

use git2::Repository;

use super::objects::oid;
use crate::{blob::ObjectId, regular_file};

/// All refs with the objects they point to, sorted by name; the older stash entries, which are refs in all but name;
/// and detached HEADs, including those of linked work trees. The objects are not read.
///
/// # Errors
/// When they cannot be listed.
pub(crate) fn refs(repository: &Repository) -> Result<Vec<(Vec<u8>, ObjectId)>, git2::Error> {
    let mut refs = Vec::new();
    let mut add = |name: Vec<u8>, target: Option<git2::Oid>| {
        refs.extend(target.and_then(|oid| ObjectId::new(oid.as_bytes())).map(|target| (name, target)));
    };
    for reference in repository.references()? {
        let reference = reference?;
        // The target of a symbolic ref is listed by itself.
        add(reference.name_bytes().to_vec(), reference.target());
    }
    if let Ok(stash) = repository.reflog("refs/stash") {
        for (number, entry) in stash.iter().enumerate().skip(1) {
            add(format!("refs/stash@{{{number}}}").into_bytes(), Some(entry.id_new()));
        }
    }
    let head = repository.find_reference("HEAD").ok().and_then(|head| head.target());
    add(b"HEAD".to_vec(), head);
    // Git uses the same names.
    for (name, head) in heads_of_worktrees(repository.commondir()) {
        add([b"worktrees/", name.as_encoded_bytes(), b"/HEAD"].concat(), Some(head));
    }
    refs.sort();
    Ok(refs)
}

/// The names of linked work trees with a detached HEAD, and the commits checked out in them.
fn heads_of_worktrees(directory: &Path) -> Vec<(OsString, git2::Oid)> {
    let Ok(entries) = std::fs::read_dir(directory.join("worktrees")) else { return Vec::new() };
    let head = |entry: std::fs::DirEntry| {
        let text = regular_file::read(&entry.path().join("HEAD")).ok()?;
        let id = ObjectId::from_hex(text.trim_ascii_end())?;
        Some((entry.file_name(), oid(id)))
    };
    entries.filter_map(|entry| head(entry.ok()?)).collect()
}
