//! The directories that hold the objects of a repository: its own, and those that `objects/info/alternates` names.

use std::{
    collections::BTreeSet,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{
    git::pack::PackDamage,
    path::{WholePath, from_git},
    regular_file,
};

/// Nested alternates are followed to this depth, as in git.
const DEEPEST: usize = 5;

/// A list of alternates is read up to this size, in bytes.
const LONGEST: u64 = 1 << 20;

/// A list of alternates is followed up to this many lines.
const MOST: usize = 1000;

/// An object directory.
pub(super) struct ObjectDirectory {
    /// Its canonical path.
    pub(super) path: PathBuf,
    /// It is part of the repository's own directory.
    pub(super) is_own: bool,
}

/// The object directory `own` and those of all alternates, each once. Those that are not in `inside` are only opened if
/// `follow` is set.
pub(super) fn find(
    own: &Path,
    inside: &Path,
    follow: bool,
    damages: &mut Vec<PackDamage>,
) -> Vec<ObjectDirectory> {
    let inside = inside.whole().unwrap_or_else(|_| inside.to_owned());
    let mut directories = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting = Vec::new();
    match own.whole() {
        Ok(own) => waiting.push((own, 0)),
        Err(error) => damages.push(PackDamage {
            path: own.to_owned(),
            why: format!("is an object directory that cannot be read: {error}"),
        }),
    }
    while let Some((path, depth)) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let is_own = path.starts_with(&inside);
        if is_own || follow {
            alternates(&path, depth, &mut waiting, damages);
        }
        directories.push(ObjectDirectory { path, is_own });
    }
    directories
}

/// Adds the alternates of an object directory. What the list says is not shown: it may be any file.
fn alternates(
    objects: &Path,
    depth: usize,
    waiting: &mut Vec<(PathBuf, usize)>,
    damages: &mut Vec<PackDamage>,
) {
    let list = objects.join("info/alternates");
    let text = match read(&list) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => return damages.push(PackDamage { path: list, why: error.to_string() }),
    };
    if depth >= DEEPEST && !text.is_empty() {
        let why =
            format!("names alternates at a depth of more than {DEEPEST}, where git does not look either");
        return damages.push(PackDamage { path: list, why });
    }
    let lines = text.split(|byte| *byte == b'\n').zip(1..);
    let mut lines = lines.filter(|(line, _)| !line.is_empty() && line[0] != b'#');
    let mut failed: Option<(usize, io::Error)> = None;
    let mut further = 0;
    for (line, number) in lines.by_ref().take(MOST) {
        let directory = objects.join(from_git(line)).whole();
        match directory.and_then(|path| if path.is_dir() { Ok(path) } else { Err(no_directory()) }) {
            Ok(path) => waiting.push((path, depth + 1)),
            Err(_) if failed.is_some() => further += 1,
            Err(error) => failed = Some((number, error)),
        }
    }
    if lines.next().is_some() {
        let why = format!("has more than {MOST} lines; the rest was not followed");
        damages.push(PackDamage { path: list.clone(), why });
    }
    if let Some((number, error)) = failed {
        let more = if further == 0 { String::new() } else { format!(", like {further} more") };
        let why = format!("names in line {number} an object directory that cannot be read{more}: {error}");
        damages.push(PackDamage { path: list, why });
    }
}

fn no_directory() -> io::Error {
    io::Error::new(io::ErrorKind::NotADirectory, "not a directory")
}

/// Reads a list of alternates, which must be a short regular file and no link.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let refuse = |why: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    if path.symlink_metadata()?.is_symlink() {
        return refuse("is a symbolic link, which is not followed: replace it with the file itself");
    }
    let mut text = Vec::new();
    regular_file::open(path)?.take(LONGEST + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LONGEST {
        return refuse("is longer than any list of object directories, so it was not followed");
    }
    Ok(text)
}
