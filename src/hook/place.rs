//! Where git looks for the hooks of a repository, and whether that place is ours to write to.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{
    Event,
    words::{self, Manager},
};
use crate::git::program::ask;

/// A folder of hooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The folder, absolute.
    pub folder: PathBuf,
    /// It is a part of the work tree, so that others may get what is in it.
    pub is_in_work_tree: bool,
    /// The repository has no work tree.
    pub is_bare: bool,
}

/// `core.hooksPath` as git sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HooksPath {
    /// Whether the repository itself has set it.
    pub is_local: bool,
    /// The folder, as it is written; relative ones start from the root of the work tree.
    pub folder: PathBuf,
}

/// Finds the folder for the repository round `here`.
///
/// # Errors
/// When there is no repository, or its hooks belong to somebody else. The error says what to do then.
pub fn of_repository(here: &Path) -> Result<Place> {
    let (root, is_bare) = root(here)?;
    let set = hooks_path(&root)?;
    if let Some(manager) = manager(&root, set.as_ref()) {
        bail!("{}", words::managed(manager));
    }
    if let Some(set) = set.filter(|set| !set.is_local) {
        bail!(
            "git looks for hooks in {} and in no repository, since your configuration sets core.hooksPath. `skanner hook \
             install --global` installs there, for all repositories",
            set.folder.display()
        );
    }
    let folder = root.join(about(&root, &["--git-path", "hooks"])?);
    check(&folder)?;
    let git_folder = root.join(about(&root, &["--git-common-dir"])?);
    let is_in_work_tree = !is_bare && folder.starts_with(&root) && !is_below(&folder, &git_folder);
    Ok(Place { folder, is_in_work_tree, is_bare })
}

/// The folders in which hooks may have been installed for the repository round `here`, whoever has taken it over since.
///
/// # Errors
/// When there is no repository.
pub fn folders(here: &Path) -> Result<Vec<PathBuf>> {
    let (root, _) = root(here)?;
    let mut folders = vec![root.join(about(&root, &["--git-common-dir"])?).join("hooks")];
    if hooks_path(&root)?.is_some_and(|set| set.is_local) {
        folders.push(root.join(about(&root, &["--git-path", "hooks"])?));
    }
    Ok(folders)
}

/// Where git runs hooks: the root of the work tree, or the folder of a bare repository. Says which of them it is.
fn root(here: &Path) -> Result<(PathBuf, bool)> {
    let is_bare = about(here, &["--is-bare-repository"])? == "true";
    Ok(match about(here, &["--is-inside-work-tree"])?.as_str() {
        "true" => (PathBuf::from(about(here, &["--show-toplevel"])?), false),
        _ if is_bare => (PathBuf::from(about(here, &["--absolute-git-dir"])?), true),
        _ => bail!("{} is inside of git's own folder; go to the work tree", here.display()),
    })
}

fn about(folder: &Path, question: &[&str]) -> Result<String> {
    let answer = ask(folder, &[&["rev-parse"], question].concat()).with_context(|| {
        format!("the repository of {} cannot be asked where its hooks are", folder.display())
    })?;
    answer.with_context(|| format!("`git rev-parse {}` says nothing", question.join(" ")))
}

fn is_below(folder: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    // The folder itself may not be there yet.
    let parent = folder.parent().map(whole);
    whole(folder).starts_with(whole(other)) || parent.is_some_and(|parent| parent.starts_with(whole(other)))
}

/// Whether hooks can be put there: people turn them off with a path that is no folder, such as `/dev/null`.
///
/// # Errors
/// When they cannot.
pub fn check(folder: &Path) -> Result<()> {
    if folder.exists() && !folder.is_dir() {
        bail!("core.hooksPath is {}, which is no folder: hooks are turned off", folder.display());
    }
    Ok(())
}

/// What git takes `core.hooksPath` for in a folder.
///
/// # Errors
/// When git's configuration cannot be read.
pub fn hooks_path(folder: &Path) -> Result<Option<HooksPath>> {
    let asked = ask(folder, &["config", "--show-scope", "--type=path", "--get", "core.hooksPath"])?;
    asked.as_deref().map_or(Ok(None), |answer| {
        let (scope, path) = answer.split_once('\t').context("`git config --show-scope` names no scope")?;
        Ok(Some(HooksPath { is_local: matches!(scope, "local" | "worktree"), folder: path.into() }))
    })
}

/// The program that has taken over the hooks of the work tree at `root`.
fn manager(root: &Path, set: Option<&HooksPath>) -> Option<Manager> {
    // Up to version 8 it is `.husky`, then `.husky/_`; in a monorepo, something stands before.
    if set.is_some_and(|set| set.folder.components().any(|part| part.as_os_str() == ".husky")) {
        return Some(Manager::Husky);
    }
    const NAMES: [&str; 3] = ["lefthook", ".lefthook", ".config/lefthook"];
    const KINDS: [&str; 5] = ["yml", "yaml", "toml", "json", "jsonc"];
    let mut files = NAMES.iter().flat_map(|name| KINDS.map(|kind| format!("{name}.{kind}")));
    files.any(|file| root.join(file).is_file()).then_some(Manager::Lefthook)
}

/// The hooks to install where none are named.
#[must_use]
pub fn usual(place: &Place) -> &'static [Event] {
    if place.is_bare { &[Event::PreReceive] } else { &Event::CLIENT }
}
