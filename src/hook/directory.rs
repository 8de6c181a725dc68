//! Finds the directory where git looks for the hooks of a repository, and checks whether we may write to it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{
    GitHook,
    messages::{self, Manager},
};
use crate::{git::program::ask, path::WholePath};

/// A directory of hooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HooksDirectory {
    /// The directory, absolute.
    pub directory: PathBuf,
    /// Whether it is part of the work tree, so that its contents may be shared with others.
    pub is_in_work_tree: bool,
    /// Whether the repository is bare.
    pub is_bare: bool,
}

/// The value of `core.hooksPath`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HooksPath {
    /// Whether it is set in the repository's own configuration.
    pub is_local: bool,
    /// The directory as written. A relative path starts at the root of the work tree.
    pub directory: PathBuf,
}

/// Finds the hooks directory of the repository that contains `here`.
///
/// # Errors
/// When there is no repository, or another program manages its hooks. The error then says what to do.
pub(crate) fn of_repository(here: &Path) -> Result<HooksDirectory> {
    let (root, is_bare) = root(here)?;
    let set = hooks_path(&root)?;
    if let Some(manager) = manager(&root, set.as_ref()) {
        bail!("{}", messages::managed(manager));
    }
    if let Some(set) = set.filter(|set| !set.is_local) {
        bail!(
            "your configuration sets core.hooksPath, so git only looks for hooks in {}, not in repositories. Run `skanner \
             hook install --global` to install there, for all repositories",
            set.directory.display()
        );
    }
    let directory = root.join(about(&root, &["--git-path", "hooks"])?);
    check(&directory)?;
    let git_directory = root.join(about(&root, &["--git-common-dir"])?);
    let is_in_work_tree = !is_bare && directory.starts_with(&root) && !is_below(&directory, &git_directory);
    Ok(HooksDirectory { directory, is_in_work_tree, is_bare })
}

/// The directories in which hooks of the repository that contains `here` may have been installed, even if
/// another program manages them now.
///
/// # Errors
/// When there is no repository.
pub(crate) fn directories(here: &Path) -> Result<Vec<PathBuf>> {
    let (root, _) = root(here)?;
    let mut directories = vec![root.join(about(&root, &["--git-common-dir"])?).join("hooks")];
    if hooks_path(&root)?.is_some_and(|set| set.is_local) {
        directories.push(root.join(about(&root, &["--git-path", "hooks"])?));
    }
    Ok(directories)
}

/// The directory in which git runs hooks, and whether the repository is bare: the root of the work tree, or
/// the bare repository itself.
fn root(here: &Path) -> Result<(PathBuf, bool)> {
    let is_bare = about(here, &["--is-bare-repository"])? == "true";
    Ok(match about(here, &["--is-inside-work-tree"])?.as_str() {
        "true" => (PathBuf::from(about(here, &["--show-toplevel"])?), false),
        _ if is_bare => (PathBuf::from(about(here, &["--absolute-git-dir"])?), true),
        _ => bail!("{} is inside git's own directory; change to the work tree", here.display()),
    })
}

fn about(directory: &Path, question: &[&str]) -> Result<String> {
    let answer = ask(directory, &[&["rev-parse"], question].concat()).with_context(|| {
        format!("{} is not in a git repository, or git cannot read it", directory.display())
    })?;
    answer.with_context(|| format!("`git rev-parse {}` printed nothing", question.join(" ")))
}

fn is_below(directory: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.whole().unwrap_or_else(|_| path.to_owned());
    // The directory itself may not exist yet.
    let parent = directory.parent().map(whole);
    whole(directory).starts_with(whole(other))
        || parent.is_some_and(|parent| parent.starts_with(whole(other)))
}

/// Checks that hooks can be installed there: `core.hooksPath` may be set to something like `/dev/null` to
/// turn hooks off.
///
/// # Errors
/// When it is not a directory.
pub(crate) fn check(directory: &Path) -> Result<()> {
    if directory.exists() && !directory.is_dir() {
        bail!("core.hooksPath is {}, which is not a directory: hooks are turned off", directory.display());
    }
    Ok(())
}

/// The value of `core.hooksPath` in a directory.
///
/// # Errors
/// When git's configuration cannot be read.
pub(crate) fn hooks_path(directory: &Path) -> Result<Option<HooksPath>> {
    let asked = ask(directory, &["config", "--show-scope", "--type=path", "--get", "core.hooksPath"])?;
    asked.as_deref().map_or(Ok(None), |answer| {
        let (scope, path) = answer.split_once('\t').context("`git config --show-scope` printed no scope")?;
        Ok(Some(HooksPath { is_local: matches!(scope, "local" | "worktree"), directory: path.into() }))
    })
}

/// The program that manages the hooks of the work tree at `root`.
fn manager(root: &Path, set: Option<&HooksPath>) -> Option<Manager> {
    // Up to version 8 of husky it is `.husky`, later `.husky/_`. In a monorepo, it may be in a subdirectory.
    if set.is_some_and(|set| set.directory.components().any(|part| part.as_os_str() == ".husky")) {
        return Some(Manager::Husky);
    }
    const NAMES: [&str; 3] = ["lefthook", ".lefthook", ".config/lefthook"];
    const KINDS: [&str; 5] = ["yml", "yaml", "toml", "json", "jsonc"];
    let mut files = NAMES.iter().flat_map(|name| KINDS.map(|kind| format!("{name}.{kind}")));
    files.any(|file| root.join(file).is_file()).then_some(Manager::Lefthook)
}

/// The hooks to install by default.
#[must_use]
pub(crate) fn usual(place: &HooksDirectory) -> &'static [GitHook] {
    if place.is_bare { &[GitHook::PreReceive] } else { &GitHook::CLIENT }
}
