//! What git tracks: an ignored file that is in the index is committed all the same, so it is read all the same.

use std::path::{Path, PathBuf};

use git2::{Repository, RepositoryOpenFlags};

/// An entry of the index.
pub(super) struct Tracked {
    /// Its path, below the folder that was asked about and named like it.
    pub(super) path: PathBuf,
    /// It is a submodule's commit, no file.
    pub(super) is_submodule: bool,
}

/// All that the repository round `folder` tracks below it; nothing where there is no repository.
///
/// # Errors
/// When there is a repository whose index cannot be read.
pub(super) fn below(folder: &Path) -> Result<Vec<Tracked>, git2::Error> {
    let repository = match open(folder) {
        Ok(repository) => repository,
        Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let (Some(root), Ok(folder_whole)) = (repository.workdir(), folder.canonicalize()) else {
        return Ok(Vec::new());
    };
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let Ok(prefix) = folder_whole.strip_prefix(&root) else { return Ok(Vec::new()) };
    let index = repository.index()?;
    let tracked = index.iter().filter_map(|entry| {
        let path = bytes_to_path(&entry.path).strip_prefix(prefix).ok()?.to_owned();
        Some(Tracked {
            path: folder.join(path),
            is_submodule: entry.mode == u32::from(git2::FileMode::Commit),
        })
    });
    Ok(tracked.collect())
}

/// The root of the work tree that `folder` is in.
#[must_use]
pub fn root(folder: &Path) -> Option<PathBuf> {
    open(folder).ok()?.workdir().map(Path::to_owned)
}

fn open(folder: &Path) -> Result<Repository, git2::Error> {
    prepare();
    Repository::open_ext(folder, RepositoryOpenFlags::CROSS_FS, std::iter::empty::<&Path>())
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

#[cfg(unix)]
fn bytes_to_path(bytes: &[u8]) -> &Path {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    Path::new(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn bytes_to_path(bytes: &[u8]) -> &Path {
    Path::new(std::str::from_utf8(bytes).unwrap_or_default())
}
