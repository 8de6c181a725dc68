//! What a repository consists of that lies outside of the directory it was found in. Git goes wherever it is led, so a
//! repository that somebody hands over can lead to others of the same machine.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use git2::Repository;

use super::{lfs::lfs_storage, store::directories_outside};
use crate::{
    path::{WholePath, from_git},
    regular_file,
};

/// Something outside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outside {
    /// What it is for the repository, such as `work tree`.
    pub kind: &'static str,
    /// Its canonical path; for a link, that of the link.
    pub path: PathBuf,
}

/// Directories of a repository whose links git does not follow, or that belong to another repository.
const NOT_FOLLOWED: &[&str] = &["hooks", "lfs", "lost-found", "modules", "rr-cache"];

/// What lies outside of the directory in which a repository was found from `named`: the directory that holds its `.git`,
/// or its own if it is bare. Nothing outside is opened, and no object is read.
#[must_use]
pub fn outside(repository: &Repository, named: &Path) -> Vec<Outside> {
    let inside = found_in(repository, named);
    let is_outside = |path: &Path| !path.starts_with(&inside);
    let mut all = BTreeSet::new();
    if let Some(root) = repository.workdir().map(canonical)
        && is_outside(&root)
    {
        all.insert(Outside { kind: "work tree", path: root });
    }
    let own = canonical(repository.path());
    let common = canonical(repository.commondir());
    if is_outside(&own) && !own.starts_with(&common) {
        all.insert(Outside { kind: "repository directory", path: own });
    }
    if is_outside(&common) {
        // Whatever it leads to lies outside, too.
        all.insert(Outside { kind: "common directory", path: common });
        return all.into_iter().collect();
    }
    let lfs = lfs_storage(&common);
    for path in [canonical(&lfs), canonical(&lfs.join("objects"))] {
        if path.exists() && is_outside(&path) {
            all.insert(Outside { kind: "Git LFS store", path });
        }
    }
    for module in modules(&common.join("modules")) {
        let whole = canonical(&module);
        if is_outside(&whole) {
            all.insert(Outside { kind: "repository directory", path: whole });
            continue;
        }
        for name in ["commondir", "gitdir"] {
            // What a linked work tree of a submodule is made of is where this file says.
            let Ok(text) = regular_file::read(&module.join(name)) else { continue };
            let path = canonical(&module.join(from_git(text.trim_ascii_end())));
            if is_outside(&path) {
                all.insert(Outside { kind: "common directory", path });
            }
        }
        for path in directories_outside(&module, &inside) {
            all.insert(Outside { kind: "alternate object directory", path });
        }
        let links = links(&module).into_iter();
        all.extend(
            links
                .filter(|path| path.whole().is_ok_and(|target| is_outside(&target)))
                .map(|path| Outside { kind: "link", path }),
        );
    }
    let objects = canonical(&common.join("objects"));
    for path in directories_outside(&common, &inside) {
        let kind = if path == objects { "object directory" } else { "alternate object directory" };
        all.insert(Outside { kind, path });
    }
    for path in links(&common) {
        // A link that leads nowhere leads nowhere outside, either, unless something is created there.
        if path.whole().is_ok_and(|target| is_outside(&target)) {
            all.insert(Outside { kind: "link", path });
        }
    }
    all.into_iter().collect()
}

/// The directories that a repository consists of, canonical: its own, its work trees, and whatever lies elsewhere. An object
/// directory stands for the repository that it belongs to.
pub(crate) fn places(repository: &Repository, named: &Path) -> Vec<PathBuf> {
    let own = [repository.workdir(), Some(repository.commondir()), Some(repository.path())];
    let own = own.into_iter().flatten().map(canonical);
    let names = repository.worktrees();
    let linked = names.iter().flatten().flatten().flatten();
    let linked =
        linked.filter_map(|name| repository.find_worktree(name).ok()).map(|tree| canonical(tree.path()));
    let outside = outside(repository, named).into_iter().map(|one| match one.path.parent() {
        Some(parent) if one.path.ends_with(".git/objects") => parent.parent().unwrap_or(parent).to_owned(),
        Some(parent) if one.path.ends_with("objects") => parent.to_owned(),
        _ => one.path,
    });
    own.chain(linked).chain(outside).collect()
}

/// The directory in which a repository is found from another one.
fn found_in(repository: &Repository, named: &Path) -> PathBuf {
    let named = canonical(named);
    let own = canonical(repository.path());
    for directory in named.ancestors() {
        let is_own = directory == own;
        if is_own && directory.file_name().is_some_and(|name| name == ".git") {
            return directory.parent().unwrap_or(directory).to_owned();
        }
        if is_own || directory.join(".git").symlink_metadata().is_ok() {
            return directory.to_owned();
        }
    }
    named
}

fn canonical(path: &Path) -> PathBuf {
    path.whole().unwrap_or_else(|_| path.to_owned())
}

/// The repositories of submodules, at any depth.
fn modules(directory: &Path) -> Vec<PathBuf> {
    let mut modules = Vec::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(directory) = waiting.pop() {
        // What cannot be listed cannot be read later, and is reported then.
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if !is_directory && path.is_dir() {
                // A link: it is judged by where it leads.
                modules.push(path);
            } else if !is_directory {
                continue;
            } else if path.join("HEAD").symlink_metadata().is_ok() {
                waiting.push(path.join("modules"));
                modules.push(path);
            } else {
                waiting.push(path);
            }
        }
    }
    modules
}

/// The links in a repository's directory that git follows.
fn links(directory: &Path) -> Vec<PathBuf> {
    let mut links = Vec::new();
    let mut waiting = vec![directory.to_owned()];
    let is_followed = |path: &Path| {
        path.parent() != Some(directory)
            || !path.file_name().is_some_and(|name| NOT_FOLLOWED.iter().any(|one| name == *one))
    };
    while let Some(directory) = waiting.pop() {
        // What cannot be listed cannot be read later, and is reported then.
        for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_symlink() {
                links.push(entry.path());
            } else if kind.is_dir() && is_followed(&entry.path()) {
                waiting.push(entry.path());
            }
        }
    }
    links
}
