//! Parses trees, commits and tags; the formats are known only here. Input is never trusted, and what git would refuse
//! is refused.

use std::ops::Range;

use crate::{blob::ObjectId, bytes::ONES};

/// What an entry of a tree refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// A file.
    File,
    /// An executable file.
    Executable,
    /// A symbolic link.
    Link,
    /// A directory.
    Directory,
    /// The commit of a submodule, which is in another repository.
    Submodule,
}

impl Mode {
    /// From the bits of a mode.
    #[must_use]
    pub fn new(bits: u32) -> Self {
        match bits & 0o170_000 {
            0o040_000 => Self::Directory,
            0o120_000 => Self::Link,
            0o160_000 => Self::Submodule,
            _ if bits & 0o111 != 0 => Self::Executable,
            _ => Self::File,
        }
    }

    /// Whether the entry is a blob, which has content of its own.
    #[must_use]
    pub fn is_blob(self) -> bool {
        matches!(self, Self::File | Self::Executable | Self::Link)
    }
}

/// An entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeEntry<'t> {
    /// The bits of its mode.
    pub bits: u32,
    /// Its name, not empty. In a valid tree, it holds any bytes but `/` and zero.
    pub name: &'t [u8],
    /// The name of the object, as bytes. There are so many entries that most are never converted.
    pub id: &'t [u8],
}

impl TreeEntry<'_> {
    /// What the entry refers to.
    #[must_use]
    pub fn mode(&self) -> Mode {
        Mode::new(self.bits)
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_tree(&self) -> bool {
        self.mode() == Mode::Directory
    }

    /// Whether it is the commit of a submodule, which is an object of another repository.
    #[must_use]
    pub fn is_submodule(&self) -> bool {
        self.mode() == Mode::Submodule
    }
}

/// Calls `each` for every entry of a tree, with its byte range. Object names are `width` bytes long. Returns whether
/// the tree is valid to its end.
pub fn tree(bytes: &[u8], width: usize, mut each: impl FnMut(Range<usize>, TreeEntry<'_>)) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        let Some((end, entry)) = tree_entry(bytes, at, width) else { return false };
        each(at..end, entry);
        at = end;
    }
    true
}

/// The entry that begins at `at`, and where it ends; `None` if there is no valid entry.
#[inline]
pub fn tree_entry(bytes: &[u8], at: usize, width: usize) -> Option<(usize, TreeEntry<'_>)> {
    let rest = &bytes[at..];
    // Nearly all entries have one of these modes, and there are many millions of entries.
    let (space, bits) = if rest.starts_with(b"100644 ") {
        (6, 0o100_644)
    } else if rest.starts_with(b"40000 ") {
        (5, 0o040_000)
    } else if rest.starts_with(b"100755 ") {
        (6, 0o100_755)
    } else {
        let space = memchr::memchr2(b' ', 0, rest).filter(|space| rest[*space] == b' ')?;
        (space, octal(&rest[..space])?)
    };
    let end = space + zero(&rest[space..]).filter(|length| *length > 1)?;
    let id = rest.get(end + 1..end + 1 + width)?;
    Some((at + end + 1 + width, TreeEntry { bits, name: &rest[space + 1..end], id }))
}

/// Whether this is the name of a tree without entries, in SHA-1 or SHA-256. It need not be stored: git knows it.
pub(crate) fn is_empty_tree(id: ObjectId) -> bool {
    const EMPTY: [&[u8]; 2] = [
        b"4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        b"6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    ];
    EMPTY.iter().any(|tree| ObjectId::from_hex(tree) == Some(id))
}

/// The number written in the octal digits of a mode.
fn octal(digits: &[u8]) -> Option<u32> {
    // More digits do not fit.
    if digits.is_empty() || digits.len() > 10 {
        return None;
    }
    digits.iter().try_fold(0, |bits, digit| {
        let digit = u32::from(digit.wrapping_sub(b'0'));
        (digit < 8).then_some(bits << 3 | digit)
    })
}

/// The position of the first zero byte. Names are so short that a function call takes longer than the search.
#[inline]
fn zero(bytes: &[u8]) -> Option<usize> {
    const TOPS: u64 = ONES * 0x80;
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The lowest top bit set belongs to the first zero byte. Borrows may have set others above it.
        let zeros = word.wrapping_sub(ONES) & !word & TOPS;
        if zeros != 0 {
            return Some(at * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| *byte == 0).map(|at| words.len() * 8 + at)
}

/// The lines of a header up to the empty line that ends it. The rest is the message.
struct CommitHeader<'t> {
    rest: &'t [u8],
}

impl<'t> Iterator for CommitHeader<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
        let line = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        (!line.is_empty()).then_some(line)
    }
}

/// The header of a commit, and its message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit<'t> {
    /// The tree.
    pub tree: Option<ObjectId>,
    /// The parent commits.
    pub parents: Vec<ObjectId>,
    /// The tree and all parents are where git puts them, and are valid object names.
    pub is_sound: bool,
    /// Who wrote it and when, unparsed.
    pub author: &'t [u8],
    /// Who committed it and when, unparsed.
    pub committer: &'t [u8],
    /// The message.
    pub message: &'t [u8],
}

impl<'t> Commit<'t> {
    /// Parses as much of a commit as possible. As in git, the tree must be on the first line and the parents right
    /// after it, and nowhere else.
    #[must_use]
    pub fn parse(bytes: &'t [u8]) -> Self {
        let mut lines = CommitHeader { rest: bytes };
        let tree = lines.next().and_then(|line| line.strip_prefix(b"tree ")).and_then(ObjectId::from_hex);
        let mut commit = Self { tree, is_sound: tree.is_some(), ..Self::default() };
        let mut is_parents = true;
        for line in &mut lines {
            if let Some(id) = line.strip_prefix(b"parent ").filter(|_| is_parents) {
                let parent = ObjectId::from_hex(id);
                commit.is_sound &= parent.is_some();
                commit.parents.extend(parent);
                continue;
            }
            is_parents = false;
            if let Some(author) = line.strip_prefix(b"author ") {
                commit.author = author;
            } else if let Some(committer) = line.strip_prefix(b"committer ") {
                commit.committer = committer;
            }
        }
        commit.message = lines.rest;
        commit
    }
}

/// The header of an annotated tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tag<'t> {
    /// The object it points to.
    pub target: Option<ObjectId>,
    /// Who made it and when, unparsed.
    pub tagger: &'t [u8],
}

impl<'t> Tag<'t> {
    /// Parses as much of a tag as possible. As in git, the tagged object must be on the first line.
    #[must_use]
    pub fn parse(bytes: &'t [u8]) -> Self {
        let mut lines = CommitHeader { rest: bytes };
        let target = lines.next().and_then(|line| line.strip_prefix(b"object ")).and_then(ObjectId::from_hex);
        let tagger = lines.find_map(|line| line.strip_prefix(b"tagger ")).unwrap_or_default();
        Self { target, tagger }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &[u8; 40] = b"4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const B: &[u8; 40] = b"5b825dc642cb6eb9a060e54bf8d69288fbee4905";

    fn id(digits: &[u8]) -> ObjectId {
        ObjectId::from_hex(digits).unwrap()
    }

    fn lines(lines: &[&[u8]]) -> Vec<u8> {
        lines.concat()
    }

    #[test]
    fn the_header_of_a_commit_is_read_as_git_reads_it() {
        let rest =
            &b"author A <a@b> 1 +0000\ncommitter C <c@d> 2 +0000\ngpgsig x\n parent y\n\nWords\n\nparent z\n"
                [..];
        let text = lines(&[b"tree ", A, b"\nparent ", A, b"\nparent ", B, b"\n", rest]);
        let commit = Commit::parse(&text);
        assert_eq!(
            (commit.tree, &commit.parents[..], commit.is_sound),
            (Some(id(A)), &[id(A), id(B)][..], true)
        );
        assert_eq!((commit.author, commit.committer), (&b"A <a@b> 1 +0000"[..], &b"C <c@d> 2 +0000"[..]));
        assert_eq!(commit.message, b"Words\n\nparent z\n");

        let late = lines(&[b"tree ", A, b"\nauthor A\nparent ", B, b"\ntree ", B, b"\n"]);
        let commit = Commit::parse(&late);
        assert_eq!((commit.tree, commit.parents.len(), commit.is_sound), (Some(id(A)), 0, true));
        for damaged in [
            b"".to_vec(),
            lines(&[b"parent ", A, b"\ntree ", A, b"\n\n"]),
            lines(&[b"tree ", &A[1..], b"\n\n"]),
            lines(&[b"tree ", A, b"\nparent ", &B[2..], b"\n\n"]),
            lines(&[b"tree ", A, b" \n\n"]),
        ] {
            assert!(!Commit::parse(&damaged).is_sound, "{}", damaged.escape_ascii());
        }
    }

    #[test]
    fn the_header_of_a_tag_is_read_as_git_reads_it() {
        let text =
            lines(&[b"object ", A, b"\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\nobject x\ntagger y\n"]);
        assert_eq!(Tag::parse(&text), Tag { target: Some(id(A)), tagger: b"A <a@b> 1 +0000" });
        let old = lines(&[b"type commit\nobject ", A, b"\n\ntagger y\n"]);
        assert_eq!(Tag::parse(&old), Tag::default());
    }

    #[test]
    fn entries_that_git_refuses_are_refused() {
        let entry = |start: &[u8]| [start, &[7; 20]].concat();
        for (start, mode) in [
            (&b"100644 a\0"[..], Mode::File),
            (b"100755 a\0", Mode::Executable),
            (b"120000 a\0", Mode::Link),
            (b"40000 a\0", Mode::Directory),
            (b"040000 a\0", Mode::Directory),
            (b"0040755 a\0", Mode::Directory),
            (b"160000 a b\0", Mode::Submodule),
        ] {
            let bytes = entry(start);
            let (end, found) = tree_entry(&bytes, 0, 20).unwrap();
            assert_eq!((end, found.mode(), found.name[0]), (bytes.len(), mode, b'a'));
        }
        for start in [
            &b"100644 \0"[..],
            b" a\0",
            b"100648 a\0",
            b"+00644 a\0",
            b"77777777777 a\0",
            b"a\0",
            b"100644\0a \0",
        ] {
            assert_eq!(tree_entry(&entry(start), 0, 20), None, "{}", start.escape_ascii());
        }
    }
}
