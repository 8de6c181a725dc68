//! What is in trees, commits and tags. Nothing here trusts what it reads.

use std::ops::Range;

use crate::blob::ObjectId;

/// An entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeEntry<'t> {
    /// Its mode as it stands there: octal digits.
    pub mode: &'t [u8],
    /// Its name; any bytes but `/` and zero in a sound tree.
    pub name: &'t [u8],
    /// The name of the object, as bytes: there are so many entries that nothing is made of those that do not count.
    pub id: &'t [u8],
}

impl TreeEntry<'_> {
    /// Whether it is a folder.
    #[must_use]
    pub fn is_tree(&self) -> bool {
        self.mode == b"40000" || self.mode == b"040000"
    }

    /// Whether it is the commit of a submodule, which is an object of another repository.
    #[must_use]
    pub fn is_submodule(&self) -> bool {
        self.mode == b"160000"
    }
}

/// Calls `each` for every entry of a tree, with where it stands. Names are `width` bytes long. Returns whether the tree
/// is sound to its end.
pub fn tree(bytes: &[u8], width: usize, mut each: impl FnMut(Range<usize>, TreeEntry<'_>)) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        let Some((end, entry)) = tree_entry(bytes, at, width) else { return false };
        each(at..end, entry);
        at = end;
    }
    true
}

/// The entry that begins at `at`, and where it ends; nothing where none does.
#[inline]
pub fn tree_entry(bytes: &[u8], at: usize, width: usize) -> Option<(usize, TreeEntry<'_>)> {
    let rest = &bytes[at..];
    // Nearly all modes have five or six digits.
    let space = match rest {
        [_, _, _, _, _, b' ', ..] => 5,
        [_, _, _, _, _, _, b' ', ..] => 6,
        _ => memchr::memchr2(b' ', 0, rest).filter(|space| rest[*space] == b' ')?,
    };
    let end = space + zero(&rest[space..])?;
    let id = rest.get(end + 1..end + 1 + width)?;
    Some((at + end + 1 + width, TreeEntry { mode: &rest[..space], name: &rest[space + 1..end], id }))
}

/// Where the first zero is. Names are so short that calling anything takes longer than looking.
#[inline]
fn zero(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES * 0x80;
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The lowest top bit that is set is that of the first zero; above it borrows may have set more.
        let zeros = word.wrapping_sub(ONES) & !word & TOPS;
        if zeros != 0 {
            return Some(at * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| *byte == 0).map(|at| words.len() * 8 + at)
}

/// The header of a commit or tag, and its message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit<'t> {
    /// The tree.
    pub tree: Option<ObjectId>,
    /// The commits it follows.
    pub parents: Vec<ObjectId>,
    /// Who wrote it and when, as it stands there.
    pub author: &'t [u8],
    /// Who committed it and when, as it stands there.
    pub committer: &'t [u8],
    /// The message.
    pub message: &'t [u8],
}

impl<'t> Commit<'t> {
    /// Reads what can be read of a commit.
    #[must_use]
    pub fn parse(bytes: &'t [u8]) -> Self {
        let mut commit = Self::default();
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let line = &rest[..end];
            rest = &rest[end + 1..];
            if line.is_empty() {
                commit.message = rest;
                break;
            }
            if let Some(id) = line.strip_prefix(b"tree ") {
                commit.tree = commit.tree.or_else(|| ObjectId::from_hex(id));
            } else if let Some(id) = line.strip_prefix(b"parent ") {
                commit.parents.extend(ObjectId::from_hex(id));
            } else if let Some(author) = line.strip_prefix(b"author ") {
                commit.author = author;
            } else if let Some(committer) = line.strip_prefix(b"committer ") {
                commit.committer = committer;
            }
        }
        commit
    }
}
