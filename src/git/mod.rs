//! Opening repositories with libgit2, so that nothing of theirs is executed and no user's configuration counts.

mod entries;
mod loose;
pub mod object;
pub mod pack;
pub mod store;

pub use entries::{Known, entries};

use std::path::Path;

use git2::{Repository, RepositoryOpenFlags};

use crate::blob::ObjectId;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A state of the whole tree, and where it comes from.
    Commit,
    /// A folder.
    Tree,
    /// The content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

/// Some kinds of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// All of them.
    pub const ALL: Self = Self::of(&[Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag]);

    /// These.
    #[must_use]
    pub const fn of(kinds: &[Kind]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < kinds.len() {
            bits |= 1 << kinds[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }
}

/// The repository that `folder` is in.
///
/// # Errors
/// libgit2's, with the code `NotFound` where there is no repository.
pub fn discover(folder: &Path) -> Result<Repository, git2::Error> {
    prepare();
    Repository::open_ext(folder, RepositoryOpenFlags::CROSS_FS, std::iter::empty::<&Path>())
}

/// All refs with the objects they name, sorted by name; the older entries of the stash, which are refs in all but name;
/// and HEAD where it names a commit itself. Objects are not looked at.
///
/// # Errors
/// When they cannot be listed.
pub fn refs(repository: &Repository) -> Result<Vec<(Vec<u8>, ObjectId)>, git2::Error> {
    let mut refs = Vec::new();
    let mut add = |name: Vec<u8>, target: Option<git2::Oid>| {
        refs.extend(target.and_then(|oid| ObjectId::new(oid.as_bytes())).map(|target| (name, target)));
    };
    for reference in repository.references()? {
        let reference = reference?;
        // What a symbolic one leads to is listed by itself.
        add(reference.name_bytes().to_vec(), reference.target());
    }
    if let Ok(stash) = repository.reflog("refs/stash") {
        for (number, entry) in stash.iter().enumerate().skip(1) {
            add(format!("refs/stash@{{{number}}}").into_bytes(), Some(entry.id_new()));
        }
    }
    let head = repository.find_reference("HEAD").ok().and_then(|head| head.target());
    add(b"HEAD".to_vec(), head);
    refs.sort();
    Ok(refs)
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
