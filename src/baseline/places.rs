//! From the paths of a report to those of a baseline.

use std::path::{Component, Path, PathBuf};

use super::place::FilePath;
use crate::{blob::SourceKind, finding::Occurrence, git, path::resolve};

/// The folders that paths in a report start from, absolute.
#[derive(Clone, Debug)]
pub struct Bases {
    /// Where files are named from.
    pub files: PathBuf,
    /// The root of the tree whose objects were read.
    pub tree: PathBuf,
}

/// Knows which folders the paths of a report start from, and which one those of a baseline.
#[derive(Debug)]
pub struct Places {
    /// The folder that the baseline lies in.
    root: PathBuf,
    /// The parts of it.
    folder: Vec<String>,
    /// The parts of the folder that files are named from.
    base: Vec<String>,
    /// The parts of the root of the tree that paths in objects start from.
    tree: Vec<String>,
    /// The parts of what the user has named by a way through a link, and of what it is.
    links: Vec<Link>,
}

type Link = (Vec<String>, Vec<String>);

impl Places {
    /// Takes the folder of the baseline, absolute, the ones that paths in the report start from, and what the user has
    /// named to be scanned.
    #[must_use]
    pub fn new(folder: &Path, bases: &Bases, named: &[PathBuf]) -> Self {
        let mut places = Self {
            root: folder.to_owned(),
            folder: parts(folder),
            base: parts(&bases.files),
            tree: parts(&bases.tree),
            links: Vec::new(),
        };
        for path in named {
            let whole = match (path.canonicalize(), path.parent(), path.file_name()) {
                (Ok(whole), ..) if whole.is_dir() => Some(whole),
                // A file that is a link stands where its name is.
                (Ok(_), Some(parent), Some(name)) => {
                    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
                    parent.canonicalize().ok().map(|parent| parent.join(name))
                }
                _ => None,
            };
            let Some(whole) = whole.map(|whole| parts(&whole)) else { continue };
            let shown = path.to_string_lossy();
            let named: Vec<String> = absolute(&places.base, &shown).into_iter().map(str::to_owned).collect();
            if named != whole {
                places.links.push((named, whole));
            }
        }
        places
    }

    /// The place as an entry has it; nothing for what has no path.
    #[must_use]
    pub fn of(&self, occurrence: &Occurrence) -> Option<FilePath> {
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

    /// The absolute paths that may be meant by a path of the baseline: it does not say whether `\xff` is a byte or just
    /// these letters. None if there is a masked secret in it, whose file cannot be found.
    #[must_use]
    pub fn files(&self, place: &FilePath) -> Vec<PathBuf> {
        const MASK: char = '…';
        if place.path.contains(MASK) {
            return Vec::new();
        }
        let mut files = vec![self.root.join(&place.path)];
        if let Some(bytes) = raw(&place.path) {
            files.push(self.root.join(git::path(&bytes)));
        }
        files
    }

    /// A path of a report, which starts from `base`, from the folder of the baseline.
    fn relative(&self, base: &[String], links: &[Link], path: &str) -> String {
        // Nearly all are like that.
        let is_plain = !path.starts_with('/') && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if is_plain && links.is_empty() && base == self.folder {
            return path.to_owned();
        }
        let mut parts = absolute(base, path);
        let link = links.iter().filter(|(named, _)| starts_with(&parts, named));
        if let Some((named, whole)) = link.max_by_key(|(named, _)| named.len()) {
            parts.splice(..named.len(), whole.iter().map(String::as_str));
        }
        let shared = self.folder.iter().zip(&parts).take_while(|(a, b)| a == b).count();
        let up = std::iter::repeat_n("..", self.folder.len() - shared);
        up.chain(parts[shared..].iter().copied()).collect::<Vec<_>>().join("/")
    }
}

/// The parts of a path that starts from `base`, from the root of the file system.
fn absolute<'a>(base: &'a [String], path: &'a str) -> Vec<&'a str> {
    let base = if path.starts_with('/') { &[] } else { base };
    resolve(base.iter().map(String::as_str).chain(path.split('/')))
}

/// The bytes of a path in which some are written `\xff`; nothing where none is.
fn raw(path: &str) -> Option<Vec<u8>> {
    let (before, mut rest) = path.split_once("\\x")?;
    let mut bytes = before.as_bytes().to_owned();
    loop {
        match rest.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
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

fn parts(path: &Path) -> Vec<String> {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        Component::Prefix(prefix) => Some(prefix.as_os_str().to_string_lossy().into_owned()),
        Component::RootDir | Component::CurDir | Component::ParentDir => None,
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(folder: &str, base: &str, path: &str, expected: &str) {
        let bases = Bases { files: base.into(), tree: "/elsewhere".into() };
        let places = Places::new(Path::new(folder), &bases, &[]);
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
        let bases = Bases { files: "/r".into(), tree: "/r".into() };
        let places = Places::new(Path::new("/r"), &bases, &[]);
        let files = |path: &str| places.files(&FilePath { path: path.to_owned(), inner: None });
        assert_eq!(files("a"), [Path::new("/r/a")]);
        assert!(files("sk-…w9QA").is_empty());
        assert_eq!(files("\\xff")[0], Path::new("/r/\\xff"));
        assert_eq!(files("\\xff").len(), 2);
    }
}
