//! Opens repositories with libgit2, without executing anything of theirs and without reading the user's configuration.

use std::path::{Path, PathBuf};

use git2::{Repository, RepositoryOpenFlags};

use super::{look, object_directories::object_directories};
use crate::{
    path::{WholePath, from_git},
    regular_file,
};

/// The repository that contains `directory`.
///
/// # Errors
/// The error of libgit2, with the code `NotFound` if there is no repository.
pub(crate) fn discover(directory: &Path) -> Result<Repository, git2::Error> {
    prepare();
    open_round(directory, &[])
}

/// Opens the repository around a directory, unless it lies above a ceiling.
fn open_round(directory: &Path, ceilings: &[PathBuf]) -> Result<Repository, git2::Error> {
    look::before_search(directory)?;
    if let Ok(found) = Repository::discover_path(directory, ceilings) {
        look::at_repository(&found)?;
    }
    let repository = Repository::open_ext(directory, RepositoryOpenFlags::CROSS_FS, ceilings)?;
    // A directory that is not named `.git`, such as a copy of one, has no work tree for git unless the configuration names
    // one. For libgit2, that is the parent directory.
    let is_named = repository.path().file_name().is_some_and(|name| name == ".git");
    let is_linked =
        repository.is_worktree() || repository.workdir().is_none_or(|root| root.join(".git").exists());
    let is_configured = repository.config().is_ok_and(|config| config.get_entry("core.worktree").is_ok());
    if is_named || is_linked || is_configured {
        return Ok(repository);
    }
    Repository::open_bare(repository.path())
}

/// Opens the repository in exactly this directory, without searching its parents.
///
/// # Errors
/// The error of libgit2, with the code `NotFound` if this is not a valid repository.
pub(crate) fn open(directory: &Path) -> Result<Repository, git2::Error> {
    prepare();
    open_at(directory)
}

/// Opens the repository in exactly this directory, or that which a `.git` file leads to.
fn open_at(directory: &Path) -> Result<Repository, git2::Error> {
    let linked = regular_file::read(directory).ok();
    let linked = linked.as_deref().and_then(|text| text.strip_prefix(b"gitdir:"));
    let parent = directory.parent().unwrap_or(Path::new(""));
    let target = linked.map(|path| parent.join(from_git(path.trim_ascii())));
    look::at_repository(target.as_deref().unwrap_or(directory))?;
    let flags = RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT;
    Repository::open_ext(directory, flags, std::iter::empty::<&Path>())
}

/// The repository that a git command in the current directory would work on: `GIT_DIR`, `GIT_WORK_TREE`,
/// `GIT_OBJECT_DIRECTORY`, `GIT_ALTERNATE_OBJECT_DIRECTORIES` and `GIT_CEILING_DIRECTORIES` are honored, since git uses
/// them to tell its hooks what it works on. libgit2 can do this by itself, but then it reads the user's configuration,
/// resolves `GIT_WORK_TREE` against the wrong directory, and does not follow the alternates of alternates.
///
/// # Errors
/// The error of libgit2, with the code `NotFound` if there is no repository.
pub(crate) fn from_environment() -> Result<Repository, git2::Error> {
    prepare();
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let split = |name: &str| {
        let value = variable(name).unwrap_or_default();
        std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty()).collect::<Vec<_>>()
    };
    let git_directory = variable("GIT_DIR");
    let repository = match &git_directory {
        Some(directory) => open_at(Path::new(directory))?,
        None => open_round(Path::new("."), &split("GIT_CEILING_DIRECTORIES"))?,
    };
    if let Some(directory) = variable("GIT_COMMON_DIR")
        && Path::new(&directory).whole().ok() != repository.commondir().whole().ok()
    {
        return Err(git2::Error::from_str(
            "GIT_COMMON_DIR names a different directory than the repository itself",
        ));
    }
    if let Some(directory) = variable("GIT_WORK_TREE") {
        repository.set_workdir(Path::new(&directory), false)?;
    } else if git_directory.is_some() && !repository.is_bare() {
        // In that case, git uses the current directory as the work tree.
        let is_named = repository.config().is_ok_and(|config| config.get_entry("core.worktree").is_ok());
        if !is_named {
            repository.set_workdir(Path::new("."), false)?;
        }
    }
    let mut directories = split("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    directories.extend(variable("GIT_OBJECT_DIRECTORY").map(Into::into));
    if !directories.is_empty() {
        look::at_objects(&object_directories(&repository.commondir().join("objects")))?;
    }
    for directory in directories {
        let directory = directory
            .to_str()
            .ok_or_else(|| git2::Error::from_str("the path of an object directory is not UTF-8"))?;
        repository.odb()?.add_disk_alternate(directory)?;
    }
    Ok(repository)
}

/// Nothing of a repository is executed, so its owner does not matter, and the user's configuration must not change what
/// is found.
fn prepare() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        #[expect(
            unsafe_code,
            reason = "libgit2's global options; no other thread is inside libgit2 before the first open"
        )]
        // SAFETY: `Once` keeps other threads from opening a repository before this is done.
        unsafe {
            use git2::{ConfigLevel, opts};
            let _ = opts::set_verify_owner_validation(false);
            // Zlib's checksum detects damage. Hashing every object again costs more than reading it.
            opts::strict_hash_verification(false);
            for level in
                [ConfigLevel::ProgramData, ConfigLevel::System, ConfigLevel::XDG, ConfigLevel::Global]
            {
                let _ = opts::set_search_path(level, "");
            }
        }
    });
}
