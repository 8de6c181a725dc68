//! Looks at files before libgit2 opens them. A pipe in the place of one would make it wait forever, and a device would
//! fill the memory. A clone brings no such thing, but a folder that was handed over may.

use std::{
    fs::{self, FileType},
    io,
    path::{Path, PathBuf},
};

use git2::{Error, Repository};
use memchr::memmem;

use crate::{
    path::{WholePath, from_git},
    regular_file,
};

/// What libgit2 reads of a work tree's own directory.
const OWN: &[&str] = &["HEAD", "commondir", "gitdir", "config.worktree"];

/// What libgit2 reads of the directory that all work trees share.
const COMMON: &[&str] =
    &["config", "packed-refs", "shallow", "info/grafts", "info/exclude", "info/attributes"];

/// References that name others are followed to this depth, as in git.
const DEEPEST_REFERENCE: usize = 5;

/// How a section or variable begins that names a file, in lower case.
const NAMING: &[&[u8]] = &[b"[include", b"attributesfile", b"excludesfile"];

/// Configurations that include others are followed to this depth, as in git.
const DEEPEST_INCLUDE: usize = 10;

/// Looks at what libgit2 reads while it searches this directory and those above it for a repository.
pub(super) fn before_search(directory: &Path) -> Result<(), Error> {
    let Ok(whole) = directory.whole() else { return Ok(()) };
    for directory in whole.ancestors() {
        let inner = directory.join(".git");
        if inner.is_dir() {
            at_file(&inner.join("gitdir"))?;
            // A whole repository ends the search.
            if ["HEAD", "objects", "refs"].iter().all(|name| inner.join(name).exists()) {
                break;
            }
        } else if let Some(path) =
            regular_file::read(&inner).ok().as_deref().and_then(|text| text.strip_prefix(b"gitdir:"))
        {
            at_file(&directory.join(from_git(path.trim_ascii())).join("gitdir"))?;
        } else if directory.join("HEAD").is_file() {
            at_file(&directory.join("gitdir"))?;
        }
    }
    Ok(())
}

/// Looks at what libgit2 reads when it opens the repository in this directory.
pub(super) fn at_repository(directory: &Path) -> Result<(), Error> {
    let common = common_directory(directory)?;
    for (directory, names) in [(directory, OWN), (&common, COMMON)] {
        for name in names {
            at_file(&directory.join(name))?;
        }
    }
    at_config(&common.join("config"), 0)?;
    at_config(&directory.join("config.worktree"), 0)?;
    at_reference(&[directory, &common], "HEAD")
}

/// The directory that all work trees share.
fn common_directory(directory: &Path) -> Result<PathBuf, Error> {
    let file = directory.join("commondir");
    match regular_file::read(&file) {
        Ok(text) => Ok(directory.join(from_git(text.trim_ascii_end()))),
        Err(error) if is_absent(&error) => Ok(directory.to_owned()),
        Err(error) => Err(cannot_be_read(&file, &error)),
    }
}

/// Looks at what libgit2 reads of object directories before it reads an object.
pub(super) fn at_objects(directories: &[PathBuf]) -> Result<(), Error> {
    for directory in directories {
        at_file(&directory.join("info/alternates"))?;
        let packs = directory.join("pack");
        let entries = match fs::read_dir(&packs) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => continue,
            Err(error) => return Err(cannot_be_read(&packs, &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| cannot_be_read(&packs, &error))?;
            // A directory is left alone, since libgit2 cannot wait for one.
            if !entry.file_type().is_ok_and(|kind: FileType| kind.is_file() || kind.is_dir()) {
                at_file(&entry.path())?;
            }
        }
    }
    Ok(())
}

/// Looks at everything that may be meant by a short name of a reference.
pub(super) fn at_short_name(repository: &Repository, name: &str) -> Result<(), Error> {
    let directories = [repository.path(), repository.commondir()];
    for prefix in ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"] {
        at_reference(&directories, &format!("{prefix}{name}"))?;
    }
    at_reference(&directories, &format!("refs/remotes/{name}/HEAD"))
}

/// Looks at a reference in one of these directories, and at those that it leads to.
pub(super) fn at_reference(directories: &[&Path], name: &str) -> Result<(), Error> {
    let mut waiting = vec![(name.to_owned(), 0)];
    while let Some((name, depth)) = waiting.pop() {
        if Path::new(&name).is_absolute() || name.split('/').any(|part| part == "..") {
            // This is no name of a reference, so libgit2 refuses it.
            continue;
        }
        let mut last = None;
        for directory in directories {
            if last.replace(directory) == Some(directory) {
                continue;
            }
            let file = directory.join(&name);
            match fs::metadata(&file) {
                Ok(data) if data.is_file() => {}
                Ok(data) if data.is_dir() => continue,
                Err(error) if is_absent(&error) => continue,
                _ => at_file(&file)?,
            }
            let text = regular_file::read(&file).map_err(|error| cannot_be_read(&file, &error))?;
            let target = text.strip_prefix(b"ref:").and_then(|name| std::str::from_utf8(name).ok());
            waiting.extend(
                target.filter(|_| depth < DEEPEST_REFERENCE).map(|name| (name.trim().to_owned(), depth + 1)),
            );
        }
    }
    Ok(())
}

/// Looks at a configuration, and at the files that it names.
fn at_config(file: &Path, depth: usize) -> Result<(), Error> {
    at_file(file)?;
    let Ok(text) = regular_file::read(file) else { return Ok(()) };
    let lower = text.to_ascii_lowercase();
    let names_file = NAMING.iter().any(|word| memmem::find(&lower, word).is_some());
    if !names_file || depth > DEEPEST_INCLUDE {
        return Ok(());
    }
    for path in named_files(&text) {
        let path = match path.strip_prefix("~/") {
            Ok(below) => std::env::home_dir().unwrap_or_default().join(below),
            Err(_) => file.parent().unwrap_or(Path::new("")).join(path),
        };
        at_config(&path, depth + 1)?;
    }
    Ok(())
}

/// All values of variables that name files, in whatever section.
fn named_files(text: &[u8]) -> Vec<PathBuf> {
    let text = text.to_vec();
    let mut joined = Vec::with_capacity(text.len());
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.strip_suffix(b"\\") {
            Some(start) => joined.extend_from_slice(start),
            None => joined.extend([line, b"\n"].concat()),
        }
    }
    let value = |line: &[u8]| {
        // A section may stand on the same line.
        let line = line.rsplit(|byte| *byte == b']').next().unwrap_or(line);
        let at = line.iter().position(|byte| *byte == b'=')?;
        let key = line[..at].trim_ascii().to_ascii_lowercase();
        let is_file = matches!(&key[..], b"path" | b"attributesfile" | b"excludesfile");
        is_file.then(|| unquoted(line[at + 1..].trim_ascii()))
    };
    joined.split(|byte| *byte == b'\n').filter_map(value).map(|path| from_git(&path).into_owned()).collect()
}

/// A value without its quotes, escapes and comment.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut is_quoted = false;
    let mut bytes = value.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\\' => plain.extend(bytes.next()),
            b'#' | b';' if !is_quoted => break,
            _ => plain.push(*byte),
        }
    }
    plain.trim_ascii_end().to_owned()
}

/// Checks that something is a file, a link to one, or absent.
fn at_file(path: &Path) -> Result<(), Error> {
    match regular_file::check(path) {
        Ok(()) => Ok(()),
        Err(error) if is_absent(&error) => Ok(()),
        Err(error) => Err(cannot_be_read(path, &error)),
    }
}

/// The error for a path. If it is not a plain file, `error` says so.
pub(super) fn cannot_be_read(path: &Path, error: &io::Error) -> Error {
    Error::from_str(&match error.kind() {
        io::ErrorKind::InvalidInput => format!("{} {error}", path.display()),
        _ => format!("{} cannot be read: {error}", path.display()),
    })
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_that_a_configuration_names_are_found_as_git_finds_them() {
        let text = b"[include]\n\tpath = a\n[includeIf \"gitdir:x\"] PATH=\"b c\" # d\n  path = e\\\nf\r\npath = g\\\\h ; i\n\
                     [core]\n\tbare = false\n\tattributesFile = i\n";
        let expected: Vec<PathBuf> = ["a", "b c", "ef", "g\\h", "i"].map(PathBuf::from).into();
        assert_eq!(named_files(text), expected);
    }
}
