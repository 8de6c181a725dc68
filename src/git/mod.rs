//! Opening repositories with libgit2, so that nothing of theirs is executed and no user's configuration counts.

pub mod ci;
pub mod index;
mod objects;
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
/// `GIT_INDEX_FILE`, `GIT_OBJECT_DIRECTORY`, `GIT_ALTERNATE_OBJECT_DIRECTORIES`, `GIT_COMMON_DIR` and
/// `GIT_CEILING_DIRECTORIES` count, since git tells its hooks by them what it works on.
///
/// # Errors
/// libgit2's, with the code `NotFound` where there is no repository.
pub fn from_environment() -> Result<Repository, git2::Error> {
    prepare();
    if std::env::var_os("GIT_DIR").is_some() {
        return Repository::open_from_env();
    }
    let ceilings = std::env::var_os("GIT_CEILING_DIRECTORIES").unwrap_or_default();
    // A folder that is mounted from elsewhere belongs to its repository all the same, as in `discover`.
    let flags = RepositoryOpenFlags::FROM_ENV | RepositoryOpenFlags::CROSS_FS;
    Repository::open_ext(".", flags, std::env::split_paths(&ceilings).filter(|path| path.is_absolute()))
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
