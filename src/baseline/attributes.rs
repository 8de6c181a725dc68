//! The line in `.gitattributes` that makes git merge two baselines by keeping the lines of both.

use std::{fs, io, path::Path};

use anyhow::{Context, Result};
use git2::{AttrCheckFlags, ObjectType, Repository};

use super::file::replace;
use crate::{
    git::{Objects, index::Index},
    path::{shown, shown_text},
    regular_file,
    threads::Pool,
};

/// Whether git would merge the file at this path with the `union` driver. The path starts at the root of the
/// work tree.
#[must_use]
pub(crate) fn is_union(repository: &Repository, path: &Path) -> bool {
    if !can_be_asked(repository, path) {
        return false;
    }
    let value = repository.get_attr(path, "merge", AttrCheckFlags::FILE_THEN_INDEX);
    value.is_ok_and(|value| value == Some("union"))
}

/// Whether libgit2 can read everything that it looks attributes up in: it waits for pipes, and never gets to the end of
/// an object that was cut short.
fn can_be_asked(repository: &Repository, path: &Path) -> bool {
    let root = repository.workdir().unwrap_or_else(|| repository.path());
    let (Ok(objects), Ok(index)) = (Objects::new(repository), Index::of(repository, &Pool::default())) else {
        return false;
    };
    path.ancestors().skip(1).all(|directory| {
        let file = directory.join(".gitattributes");
        let name = shown(&file);
        let mut staged = index.entries().iter().filter(|entry| index.name(entry) == &*name);
        let is_file = match regular_file::check(&root.join(&file)) {
            Err(error) => error.kind() == io::ErrorKind::NotFound,
            Ok(()) => true,
        };
        is_file && staged.all(|entry| objects.read(index.id(entry), ObjectType::Blob).is_ok())
    })
}

/// The `.gitattributes` line for the file at this path, which starts at the root of the work tree.
#[must_use]
pub(crate) fn line(path: &Path) -> String {
    let path = shown_text(path);
    // See gitattributes(5): a pattern with a space is quoted as in C, and glob characters are escaped.
    let mut pattern = String::new();
    for character in path.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    if pattern.contains(|c: char| c.is_whitespace() || c == '"') || pattern.starts_with(['#', '!']) {
        pattern = format!("\"{}\"", pattern.replace('\\', "\\\\").replace('"', "\\\""));
    }
    format!("{pattern} merge=union")
}

/// Appends a line to the `.gitattributes` of this directory.
///
/// # Errors
/// When `.gitattributes` is not a regular file, or cannot be read or written.
pub(crate) fn add(root: &Path, line: &str) -> Result<()> {
    let file = root.join(".gitattributes");
    let add = || {
        let mut text = match fs::symlink_metadata(&file) {
            // Git does not follow a symbolic link here either.
            Ok(metadata) if metadata.is_symlink() => {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a symbolic link"));
            }
            Ok(_) => regular_file::read(&file)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        if text.last().is_some_and(|byte| *byte != b'\n') {
            text.push(b'\n');
        }
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
        replace(&file, &text)
    };
    add().with_context(|| format!("cannot add the line `{line}` to {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_git_reads_them() {
        assert_eq!(line(Path::new(".skanner-baseline")), ".skanner-baseline merge=union");
        assert_eq!(line(Path::new("ci/known keys")), "\"ci/known keys\" merge=union");
        assert_eq!(line(Path::new("a[1]")), "a\\[1\\] merge=union");
    }
}
