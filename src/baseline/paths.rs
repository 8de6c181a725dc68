//! Translates paths of a report to paths of a baseline.

use std::path::{Path, PathBuf};

use super::location::FilePath;
use crate::{
    blob::SourceKind,
    bytes::hex,
    finding::Occurrence,
    path::{PathStyle, WholePath, from_git, parent, resolve, shown_text},
};

/// The directories that paths in a report start from, absolute.
#[derive(Clone, Debug)]
pub(crate) struct ReportRoots {
    /// The directory that file paths start from.
    pub files: PathBuf,
    /// The root of the tree that was read from objects.
    pub tree: PathBuf,
}

/// Knows the directories that the paths of a report and of a baseline start from.
#[derive(Debug)]
pub(crate) struct BaselinePaths {
    /// The directory of the baseline.
    root: PathBuf,
    /// Its components.
    directory: Vec<String>,
    /// The components of the directory that file paths start from.
    base: Vec<String>,
    /// The components of the root of the tree that paths in objects start from.
    tree: Vec<String>,
    /// For each path that the user named and that leads through a link: its components, and those of its
    /// target.
    links: Vec<PathLink>,
}

type PathLink = (Vec<String>, Vec<String>);

impl BaselinePaths {
    /// Takes the directory of the baseline, absolute, the directories that paths in the report start from,
    /// and the paths that the user named.
    #[must_use]
    pub(crate) fn new(directory: &Path, bases: &ReportRoots, named: &[PathBuf]) -> Self {
        let mut places = Self {
            root: directory.to_owned(),
            directory: parts(directory),
            base: parts(&bases.files),
            tree: parts(&bases.tree),
            links: Vec::new(),
        };
        for path in named {
            let whole = match (path.whole(), parent(path), path.file_name()) {
                (Ok(whole), ..) if whole.is_dir() => Some(whole),
                // A file that is itself a link keeps its own name.
                (Ok(_), Some(parent), Some(name)) => parent.whole().ok().map(|parent| parent.join(name)),
                _ => None,
            };
            let Some(whole) = whole.map(|whole| parts(&whole)) else { continue };
            let shown = shown_text(path);
            let named: Vec<String> = absolute(&places.base, &shown).into_iter().map(str::to_owned).collect();
            if named != whole {
                places.links.push((named, whole));
            }
        }
        places
    }

    /// The path as an entry has it; `None` if the occurrence has no path.
    #[must_use]
    pub(crate) fn of(&self, occurrence: &Occurrence) -> Option<FilePath> {
        if occurrence.path.is_empty() {
            return None;
        }
        let is_object = match occurrence.source {
            SourceKind::Index | SourceKind::Blob => true,
            SourceKind::Name => occurrence.object.is_some() || occurrence.commit.is_some(),
            SourceKind::File | SourceKind::Message | SourceKind::Config | SourceKind::Stdin => false,
        };
        let path = match is_object {
            true => self.relative(&self.tree, &[], &occurrence.path),
            false => self.relative(&self.base, &self.links, &occurrence.path),
        };
        Some(FilePath { path, inner: occurrence.archive.as_deref().map(str::to_owned) })
    }

    /// The absolute paths that a path of the baseline may mean: it does not say whether `\xff` is one byte or
    /// four characters. Empty if the path holds a masked secret, since that file cannot be found.
    #[must_use]
    pub(crate) fn files(&self, place: &FilePath) -> Vec<PathBuf> {
        const MASK: char = '…';
        if place.path.contains(MASK) {
            return Vec::new();
        }
        let mut files = vec![self.root.join(&place.path)];
        if let Some(bytes) = raw(&place.path) {
            files.push(self.root.join(from_git(&bytes)));
        }
        files
    }

    /// Makes a path of a report, which starts from `base`, relative to the directory of the baseline.
    fn relative(&self, base: &[String], links: &[PathLink], path: &str) -> String {
        // Nearly all paths are plain.
        let is_plain = !is_absolute(path) && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if is_plain && links.is_empty() && base == self.directory {
            return path.to_owned();
        }
        let mut parts = absolute(base, path);
        let link = links.iter().filter(|(named, _)| starts_with(&parts, named));
        if let Some((named, whole)) = link.max_by_key(|(named, _)| named.len()) {
            parts.splice(..named.len(), whole.iter().map(String::as_str));
        }
        let shared = self.directory.iter().zip(&parts).take_while(|(a, b)| a == b).count();
        let up = std::iter::repeat_n("..", self.directory.len() - shared);
        up.chain(parts[shared..].iter().copied()).collect::<Vec<_>>().join("/")
    }
}

/// The components from the root of the file system of a path that starts from `base`.
fn absolute<'a>(base: &'a [String], path: &'a str) -> Vec<&'a str> {
    let base = if is_absolute(path) { &[] } else { base };
    resolve(base.iter().map(String::as_str).chain(path.split('/')))
}

/// The bytes of a path with `\xff` escapes decoded; `None` if it has no such escape.
fn raw(path: &str) -> Option<Vec<u8>> {
    let (before, mut rest) = path.split_once("\\x")?;
    let mut bytes = before.as_bytes().to_owned();
    loop {
        match rest.as_bytes().first_chunk().and_then(|digits| hex::byte(*digits)) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[2..];
            }
            None => bytes.extend(b"\\x"),
        }
        let Some((before, behind)) = rest.split_once("\\x") else {
            bytes.extend(rest.as_bytes());
            return Some(bytes);
        };
        bytes.extend(before.as_bytes());
        rest = behind;
    }
}

fn starts_with(parts: &[&str], start: &[String]) -> bool {
    parts.len() >= start.len() && parts.iter().zip(start).all(|(a, b)| a == b)
}

fn is_absolute(path: &str) -> bool {
    PathStyle::OWN.is_absolute(path.as_bytes())
}

/// The components of an absolute path, as in a report: a drive or server is one like any other.
fn parts(path: &Path) -> Vec<String> {
    absolute(&[], &shown_text(path)).into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(directory: &str, base: &str, path: &str, expected: &str) {
        let bases = ReportRoots { files: base.into(), tree: "/elsewhere".into() };
        let places = BaselinePaths::new(Path::new(directory), &bases, &[]);
        assert_eq!(places.relative(&places.base, &[], path), expected);
    }

    #[test]
    fn paths_start_from_the_folder_of_the_baseline() {
        check("/r", "/r", "src/a.py", "src/a.py");
        check("/r", "/r", "./src//a.py", "src/a.py");
        check("/r", "/r/src", "a.py", "src/a.py");
        check("/r", "/r/src", "../a.py", "a.py");
        check("/r", "/r/src/deep", "../../b/a.py", "b/a.py");
        check("/r", "/r", "/r/src/a.py", "src/a.py");
        check("/r", "/r", "/other/a.py", "../other/a.py");
        check("/r/ci", "/r", "src/a.py", "../src/a.py");
        check("/r/a", "/r/b", "../a/x", "x");
        check("/r", "/r", "..a/...", "..a/...");
        check("/", "/r", "a", "r/a");
    }

    #[test]
    fn bytes_that_are_no_text_are_found_again() {
        assert_eq!(raw("a/b"), None);
        assert_eq!(raw("a\\xffb\\xe9"), Some(b"a\xffb\xe9".to_vec()));
        assert_eq!(raw("a\\xf"), Some(b"a\\xf".to_vec()));
        let bases = ReportRoots { files: "/r".into(), tree: "/r".into() };
        let places = BaselinePaths::new(Path::new("/r"), &bases, &[]);
        let files = |path: &str| places.files(&FilePath { path: path.to_owned(), inner: None });
        assert_eq!(files("a"), [Path::new("/r/a")]);
        assert!(files("sk-…w9QA").is_empty());
        assert_eq!(files("\\xff")[0], Path::new("/r/\\xff"));
        assert_eq!(files("\\xff").len(), 2);
    }
}
