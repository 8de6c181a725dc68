//! What lies in object directories: packs, loose objects, and files that git does not know as objects. The latter are
//! listed as well, since whoever publishes the directory publishes them.

use std::{
    collections::BTreeSet,
    fs::{self, FileType},
    io,
    path::{Path, PathBuf},
};

use super::directories::ObjectDirectory;
use crate::{blob::ObjectId, git::pack::PackDamage};

/// Everything in some object directories.
#[derive(Default)]
pub(super) struct ObjectListing {
    /// The indexes of packs that exist.
    pub(super) indexes: Vec<PathBuf>,
    /// Loose objects, with the number of their object directory.
    pub(super) loose: Vec<(ObjectId, u32)>,
    /// The object directories: those that were asked for, and those that interrupted commands left in them.
    pub(super) directories: Vec<PathBuf>,
    /// Other files of the repository, and symbolic links.
    pub(super) others: Vec<PathBuf>,
    /// What cannot be read.
    pub(super) damages: Vec<PackDamage>,
    /// Some pack came from a partial clone.
    pub(super) is_partial: bool,
}

/// What a directory is for.
enum Role {
    /// Loose objects whose names begin with these two digits.
    Prefix([u8; 2], u32),
    /// An object directory.
    Objects(u32),
    /// Packs, lists, or something git does not know.
    Other,
}

impl ObjectListing {
    /// Lists everything in these directories. Names of objects are `width` bytes long.
    pub(super) fn new(directories: &[ObjectDirectory], width: usize) -> Self {
        let mut listing = Self::default();
        for ObjectDirectory { path, is_own } in directories {
            let mut waiting = vec![(path.clone(), listing.add(path))];
            while let Some((directory, role)) = waiting.pop() {
                listing.list(&directory, &role, (width, *is_own), &mut waiting);
            }
        }
        listing
    }

    /// Adds an object directory.
    fn add(&mut self, path: &Path) -> Role {
        self.directories.push(path.to_owned());
        Role::Objects(self.directories.len() as u32 - 1)
    }

    /// Lists one directory, and adds those in it to the `waiting` ones.
    fn list(
        &mut self,
        directory: &Path,
        role: &Role,
        (width, is_own): (usize, bool),
        waiting: &mut Vec<(PathBuf, Role)>,
    ) {
        let mut files = BTreeSet::new();
        for (path, kind) in self.entries(directory) {
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            match role {
                Role::Prefix(digits, number) if !kind.is_dir() => {
                    let id = ObjectId::from_hex(&[&digits[..], name].concat());
                    match id.filter(|id| id.as_bytes().len() == width) {
                        Some(id) => self.loose.push((id, *number)),
                        None => drop(files.insert(path)),
                    }
                }
                Role::Objects(number) if is_directory(&path, kind, is_known(name)) => {
                    let role = match *name {
                        [first, second] if is_known(name) => Role::Prefix([first, second], *number),
                        _ if is_known(name) => Role::Other,
                        // What interrupted pushes left has the form of an object directory.
                        _ if is_own => self.add(&path),
                        _ => continue,
                    };
                    waiting.push((path, role));
                }
                _ if !kind.is_dir() => drop(files.insert(path)),
                Role::Prefix(digits, _)
                    if ObjectId::from_hex(&[&digits[..], name].concat())
                        .is_some_and(|id| id.as_bytes().len() == width) =>
                {
                    let why = "is a directory in the place of an object: run `git fsck`".to_owned();
                    self.damages.push(PackDamage { path: path.clone(), why });
                    waiting.extend(is_own.then_some((path, Role::Other)));
                }
                _ if is_own => waiting.push((path, Role::Other)),
                _ => {}
            }
        }
        self.sort(&files, matches!(role, Role::Prefix(..)), is_own);
    }

    /// Sorts the files of a directory into packs and others.
    fn sort(&mut self, files: &BTreeSet<PathBuf>, is_prefix: bool, is_own: bool) {
        let has = |path: &Path, extension: &str| files.contains(&path.with_extension(extension));
        for path in files {
            let mut damage =
                |why: &str| self.damages.push(PackDamage { path: path.clone(), why: why.to_owned() });
            let extension = path.extension().unwrap_or_default();
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            if extension == "idx" && has(path, "pack") {
                self.indexes.push(path.clone());
            } else if extension == "idx" {
                damage("is the index of a pack that does not exist");
            } else if extension == "pack" {
                if !has(path, "idx") {
                    damage(NO_INDEX);
                }
                continue;
            } else if name.starts_with(b"tmp_") || is_prefix {
                damage(LEFT_OVER);
            }
            self.is_partial |= extension == "promisor";
            if is_own {
                self.others.push(path.clone());
            }
        }
    }

    /// The entries of a directory; empty if it does not exist.
    fn entries(&mut self, directory: &Path) -> Vec<(PathBuf, FileType)> {
        let list = || -> io::Result<Vec<_>> {
            fs::read_dir(directory)?
                .map(|entry| entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))))
                .collect()
        };
        match list() {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                self.damages.push(PackDamage { path: directory.to_owned(), why: error.to_string() });
                Vec::new()
            }
        }
    }
}

/// What to say of a pack without an index.
pub(crate) const NO_INDEX: &str = "is a pack without its index: `git index-pack` creates one";

const LEFT_OVER: &str =
    "is left over from an interrupted command, and is not an object yet: `git gc` removes it";

/// Whether git knows a directory of this name in an object directory.
fn is_known(name: &[u8]) -> bool {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    matches!(name, b"pack" | b"info") || name.len() == 2 && name.iter().all(is_digit)
}

/// Whether to enter a path. As in git, a link in the place of a known directory is followed.
fn is_directory(path: &Path, kind: FileType, is_known: bool) -> bool {
    kind.is_dir() || kind.is_symlink() && is_known && path.is_dir()
}
