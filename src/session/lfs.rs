//! Git LFS: what a repository holds of a large file is a pointer, and its content may be in a store beside the
//! repository. The content is scanned under the path of the pointer.

use std::{
    fs,
    path::{Path, PathBuf},
};

use git2::Repository;

use crate::{
    blob::{Origin, SourceKind},
    git,
    path::{WholePath, from_git, parent},
    root::{self, Root},
};

/// Pointers are no longer than this, in bytes.
const LONGEST: usize = 1024;

/// What a pointer begins with: the version of today, and those of the years before the first release.
const VERSIONS: [&[u8]; 3] =
    [b"https://git-lfs.github.com/spec/v1", b"https://hawser.github.com/spec/v1", b"http://git-media.io/v/2"];

/// What becomes of a pointer whose content is not in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingContent {
    /// The content had to be read, so the run is incomplete.
    Fails,
    /// It is counted.
    Counts,
}

/// What the run knows about Git LFS from its command.
pub(super) struct LfsPolicy {
    /// The repository's own files.
    pub(super) directory: PathBuf,
    pub(super) missing: MissingContent,
}

impl LfsPolicy {
    pub(super) fn new(repository: &Repository, missing: MissingContent) -> Self {
        Self { directory: repository.commondir().to_owned(), missing }
    }
}

/// A pointer to content.
pub(super) struct LfsPointer {
    /// The SHA-256 of the content in hex digits.
    name: String,
    size: u64,
}

impl LfsPointer {
    /// Whether this text is a pointer to some content.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let rest = text.strip_prefix(b"version ")?;
        let mut lines =
            rest.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        if !VERSIONS.contains(&lines.next()?) {
            return None;
        }
        let (mut name, mut size) = (None, None);
        for line in lines {
            if let Some(digits) = line.strip_prefix(b"oid sha256:") {
                let is_name = digits.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit);
                name = is_name.then(|| String::from_utf8_lossy(digits).to_ascii_lowercase());
            } else if let Some(digits) = line.strip_prefix(b"size ") {
                size = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            }
        }
        Some(Self { name: name?, size: size.filter(|size| *size > 0)? })
    }

    /// Where the content is, if a repository with these files has it.
    pub(super) fn content(&self, directory: &Path) -> Option<PathBuf> {
        let path = git::lfs_storage(directory)
            .join("objects")
            .join(&self.name[..2])
            .join(&self.name[2..4])
            .join(&self.name);
        let metadata = fs::symlink_metadata(&path).ok()?;
        (metadata.is_file() && metadata.len() == self.size).then_some(path)
    }
}

/// The files of the repository that something on disk belongs to.
pub(super) fn directory_around(origin: &Origin<'_>) -> Option<PathBuf> {
    if origin.source != SourceKind::File {
        return None;
    }
    let path = from_git(origin.path);
    let parent = parent(&path).unwrap_or(Path::new("."));
    match Root::of(&parent.whole().ok()?) {
        Root::Tree(root) => Some(root::common_directory(root)),
        Root::None | Root::Bare(_) | Root::Broken(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_told_from_other_texts() {
        let name = "a".repeat(64);
        let is_pointer = |text: &str| LfsPointer::parse(text.as_bytes()).is_some();
        let version = "version https://git-lfs.github.com/spec/v1\n";
        for (text, expected) in [
            (format!("{version}oid sha256:{name}\nsize 5\n"), true),
            (format!("{version}ext-0-foo sha256:{name}\noid sha256:{name}\nsize 5\n"), true),
            (format!("{version}oid sha256:{name}\nsize 5\n").replace('\n', "\r\n"), true),
            (format!("version https://hawser.github.com/spec/v1\noid sha256:{name}\nsize 5\n"), true),
            // What is empty needs no content.
            (format!("{version}oid sha256:{name}\nsize 0\n"), false),
            (format!("{version}oid sha256:{name}\n"), false),
            (format!("{version}oid sha256:{}\nsize 5\n", &name[1..]), false),
            (format!("{version}oid sha256:{}/..\nsize 5\n", &name[3..]), false),
            (format!("version 1\noid sha256:{name}\nsize 5\n"), false),
            (format!("{version}oid sha256:{name}\nsize 5\n{}", " ".repeat(1000)), false),
        ] {
            assert_eq!(is_pointer(&text), expected, "{text}");
        }
    }
}
