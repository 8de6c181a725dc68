//! Opening repositories with libgit2, so that nothing of theirs is executed and no user's configuration counts.

pub mod ci;
pub mod index;
mod objects;
pub mod program;
pub mod rename;
pub mod revisions;
pub mod staged;
pub mod tree;

use std::path::Path;

use git2::{Repository, RepositoryOpenFlags};

pub use objects::{Objects, object_id, oid};

/// The repository that `folder` is in.
///
/// # Errors
/// libgit2's, with the code `NotFound` where there is no repository.
pub fn discover(folder: &Path) -> Result<Repository, git2::Error> {
    prepare();
    Repository::open_ext(folder, RepositoryOpenFlags::CROSS_FS, std::iter::empty::<&Path>())
}

/// The repository that a git command in the current folder would work on: `GIT_DIR`, `GIT_WORK_TREE`,
/// `GIT_OBJECT_DIRECTORY`, `GIT_ALTERNATE_OBJECT_DIRECTORIES` and `GIT_CEILING_DIRECTORIES` count, since git tells its
/// hooks by them what it works on. libgit2 can do that by itself, but then it reads the user's configuration, takes
/// `GIT_WORK_TREE` from the wrong folder, and does not follow the alternates of alternates.
///
/// # Errors
/// libgit2's, with the code `NotFound` where there is no repository.
pub fn from_environment() -> Result<Repository, git2::Error> {
    prepare();
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let split = |name: &str| {
        let value = variable(name).unwrap_or_default();
        std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty()).collect::<Vec<_>>()
    };
    let git_folder = variable("GIT_DIR");
    let repository = match &git_folder {
        Some(folder) => {
            let flags = RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT;
            Repository::open_ext(folder, flags, std::iter::empty::<&Path>())?
        }
        None => Repository::open_ext(".", RepositoryOpenFlags::CROSS_FS, split("GIT_CEILING_DIRECTORIES"))?,
    };
    if let Some(folder) = variable("GIT_COMMON_DIR")
        && Path::new(&folder).canonicalize().ok() != repository.commondir().canonicalize().ok()
    {
        return Err(git2::Error::from_str("GIT_COMMON_DIR names another folder than the repository itself"));
    }
    if let Some(folder) = variable("GIT_WORK_TREE") {
        repository.set_workdir(Path::new(&folder), false)?;
    } else if git_folder.is_some() && !repository.is_bare() {
        // Git takes the current folder for the work tree then.
        let is_named = repository.config().is_ok_and(|config| config.get_entry("core.worktree").is_ok());
        if !is_named {
            repository.set_workdir(Path::new("."), false)?;
        }
    }
    let mut folders = split("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    folders.extend(variable("GIT_OBJECT_DIRECTORY").map(Into::into));
    for folder in folders {
        let folder =
            folder.to_str().ok_or_else(|| git2::Error::from_str("a folder of objects is not UTF-8"))?;
        repository.odb()?.add_disk_alternate(folder)?;
    }
    Ok(repository)
}

/// Nothing of a repository is executed, so it does not matter who owns it; and the user's own configuration must not
/// change what is found.
fn prepare() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        #[expect(
            unsafe_code,
            reason = "libgit2's global options; no other thread is inside libgit2 before the first open"
        )]
        // SAFETY: `Once` lets nobody else open a repository before this is done.
        unsafe {
            use git2::{ConfigLevel, opts};
            let _ = opts::set_verify_owner_validation(false);
            // Zlib's checksum tells damage; computing each object's name once more costs more than reading it.
            opts::strict_hash_verification(false);
            for level in
                [ConfigLevel::ProgramData, ConfigLevel::System, ConfigLevel::XDG, ConfigLevel::Global]
            {
                let _ = opts::set_search_path(level, "");
            }
        }
    });
}

/// A path as git stores it: bytes on Unix, UTF-8 elsewhere.
#[cfg(unix)]
#[must_use]
pub fn path(bytes: &[u8]) -> &Path {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    Path::new(OsStr::from_bytes(bytes))
}

/// A path as git stores it: bytes on Unix, UTF-8 elsewhere.
#[cfg(not(unix))]
#[must_use]
pub fn path(bytes: &[u8]) -> &Path {
    Path::new(std::str::from_utf8(bytes).unwrap_or_default())
}
