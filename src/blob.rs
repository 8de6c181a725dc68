//! What a source hands on: bytes, and where they came from.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bytes::hex;

/// The kind of place bytes came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SourceKind {
    /// A file of the working tree, or the text of a symbolic link.
    File,
    /// An entry of the git index.
    Index,
    /// An object of the repository.
    Blob,
    /// The message of a commit or tag.
    Message,
    /// A name: of a file, branch or tag.
    Name,
    /// The repository's own files, such as `.git/config`.
    Config,
    /// Standard input.
    Stdin,
}

/// What a content holds that a key may begin with. A content that was made from another one holds nothing that is
/// neither in that one nor where the two differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnchorKinds(u8);

impl AnchorKinds {
    /// What keys begin with.
    pub const ANCHOR: Self = Self(1);
    /// How the start of a key is written where it is escaped.
    pub const ESCAPE: Self = Self(2);
    /// A zero, as texts in UTF-16 hold them.
    pub const ZERO: Self = Self(4);
    /// A long run of letters and digits, as texts in base64 are.
    pub const RUN: Self = Self(8);
    /// A prefix with something in it that nobody sees, or with another dash.
    pub const BROKEN: Self = Self(16);
    /// A list of bytes.
    pub const LIST: Self = Self(32);
    /// A keyword that may be far from what a regular expression matches.
    pub const KEYWORD: Self = Self(64);
    /// A keyword of a regular expression whose matches may have many lines.
    pub const LONG: Self = Self(128);
    /// All of these.
    pub const ALL: Self = Self(255);

    /// Whether it holds this.
    #[must_use]
    pub fn has(self, sign: Self) -> bool {
        self.0 & sign.0 != 0
    }

    /// Adds others.
    pub fn add(&mut self, anchor_kinds: Self) {
        self.0 |= anchor_kinds.0;
    }
}

/// The name of a git object: SHA-1 (20 bytes) or SHA-256 (32).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    bytes: [u8; 32],
    length: u8,
}

impl ObjectId {
    /// The longest name, in bytes.
    const LONGEST: usize = 32;

    /// Takes the name as bytes, not as hex digits; `None` where there are neither 20 nor 32 of them.
    #[must_use]
    pub fn new(name: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::LONGEST];
        bytes.get_mut(..name.len())?.copy_from_slice(name);
        matches!(name.len(), 20 | 32).then(|| Self { bytes, length: name.len() as u8 })
    }

    /// Takes the name as 40 or 64 hex digits.
    #[must_use]
    pub fn from_hex(digits: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::LONGEST];
        if digits.len() > 2 * Self::LONGEST || !digits.len().is_multiple_of(2) {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks().0) {
            *byte = hex::byte(*pair)?;
        }
        Self::new(&bytes[..digits.len() / 2])
    }

    /// The name as bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(self.as_bytes(), f)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectId({self})")
    }
}

/// Where bytes came from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The kind of place.
    pub source: SourceKind,
    /// The path as a user would write it, `/` between its parts; any bytes.
    pub path: &'a [u8],
    /// Where in the archive that is at `path`; the names of archives in archives are joined with `!`.
    pub archive: Option<&'a [u8]>,
    /// The git object that holds the bytes, where one does: a blob, or the commit or tag of a message.
    pub object: Option<ObjectId>,
    /// The commit that brought it in, where that is known.
    pub commit: Option<ObjectId>,
}

impl<'a> Origin<'a> {
    /// A place outside of git's objects.
    #[must_use]
    pub fn new(source: SourceKind, path: &'a [u8]) -> Self {
        Self { source, path, archive: None, object: None, commit: None }
    }
}

/// How much is held at once, in bytes: what is larger comes as a stream. Small enough for a second-level cache, large
/// enough that the overlaps of windows cost little.
pub const WINDOW: usize = 256 << 10;

/// The bytes themselves.
pub enum Content<'a> {
    /// All of them.
    Bytes(&'a [u8]),
    /// More than fits in memory comfortably; what it fails to read was not scanned.
    Stream(&'a mut dyn Read),
}

/// One thing to scan.
pub struct Blob<'a> {
    /// Where it came from.
    pub origin: Origin<'a>,
    /// What it holds.
    pub content: Content<'a>,
    /// The same bytes at any place, where a stream comes from something that can give them: some containers have
    /// their directory at the end. Reading here may leave the stream anywhere.
    pub at: Option<&'a dyn ReadAt>,
    /// What was there before, where only what is new is asked for.
    pub before: Option<&'a dyn PriorVersions>,
}

impl<'a> Blob<'a> {
    /// Content that nothing more is known of.
    #[must_use]
    pub fn new(origin: Origin<'a>, content: Content<'a>) -> Self {
        Self { origin, content, at: None, before: None }
    }
}

/// What there was before a change: a secret in it is no news. It is asked only where something was found.
pub trait PriorVersions {
    /// Whether something was at the same path.
    fn had_path(&self) -> bool;

    /// Passes on the earlier versions of the content. What cannot be read is left out, so that all counts as new that
    /// only it holds.
    fn versions(&self, pass: &mut dyn FnMut(Blob<'_>));
}

/// Bytes that can be read at any place.
pub trait ReadAt {
    /// How many there are, in bytes.
    fn size(&self) -> u64;

    /// Reads some bytes from `offset` on; 0 at the end.
    ///
    /// # Errors
    /// Those of the medium.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
}

impl ReadAt for &[u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = &self[usize::try_from(offset).unwrap_or(usize::MAX).min(self.len())..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

/// A file as it was when it was opened: what is appended later is not seen.
pub(crate) struct FileAt<'a> {
    /// The file.
    pub file: &'a File,
    /// Its size in bytes.
    pub size: u64,
}

impl ReadAt for FileAt<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let most = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX).min(buffer.len());
        read_at(self.file, &mut buffer[..most], offset)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// What any other system can do. As on Windows, this leaves the file behind what was read.
#[cfg(any(not(any(unix, windows)), test))]
fn seek_and_read(mut file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.read(buffer)
}

#[cfg(not(any(unix, windows)))]
use seek_and_read as read_at;

/// How a container stands in the middle of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// In base64.
    Base64,
    /// In hex.
    Hex,
}

/// A container that begins in the middle of a content. It has only been recognized by its first bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedContainer {
    /// How it is wrapped.
    pub wrapping: Wrapping,
    /// The line on which it begins, 1-based.
    pub line: u64,
    /// The characters of its encoding alone, base64 in the standard alphabet and without padding.
    pub text: Vec<u8>,
    /// There is more of it than was kept.
    pub is_cut: bool,
    /// Dots follow: someone left out the rest.
    pub is_abbreviated: bool,
    /// The text around it was searched for keys in base64, and one was found in here. It was not reported: compressed
    /// data may hold a key as it is, but what follows it there is no edge.
    pub holds_key: bool,
}

/// The containers that begin in the middle of a content.
#[derive(Debug, Default)]
pub struct WrappedContainers {
    /// In the order of the content.
    pub found: Vec<WrappedContainer>,
    /// How many more there are, for which there was no room.
    pub left_out: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_systems_read_the_same_at_a_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, b"0123456789").unwrap();
        let file = File::open(&path).unwrap();
        for (offset, length) in [(0, 4), (6, 4), (3, 0), (8, 4), (10, 4), (20, 4)] {
            let read = |read: fn(&File, &mut [u8], u64) -> io::Result<usize>| {
                let mut buffer = vec![0; length];
                let count = read(&file, &mut buffer, offset).unwrap();
                buffer.truncate(count);
                buffer
            };
            assert_eq!(read(seek_and_read), read(read_at), "{offset} {length}");
        }
    }
}
