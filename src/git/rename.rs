//! Finds the deleted file that a new file was renamed from, by git's criterion: the two share at least half of the
//! larger one. Git and libgit2 detect renames in whole diffs, which means reading every new file. Here, only the few
//! files that hold a key are compared.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use git2::ObjectType;

use super::{object::Mode, objects::Objects, tree::PathEntry};
use crate::cold::ColdSort;

/// The largest number of files that are compared, the same as git's default for `diff.renameLimit`.
const MOST: usize = 1000;

/// Lines are split into pieces of this size, in bytes, as in git's `diffcore-delta.c`.
const PIECE: usize = 64;

/// Files and links are never matched with each other, so this holds either kind, sorted by path.
struct RenameCandidates<'a> {
    objects: &'a Objects<'a>,
    /// The deleted ones.
    gone: Vec<&'a PathEntry>,
    /// The new ones.
    added: Vec<&'a PathEntry>,
}

/// The deleted file that was renamed to the new one, which has `content`. Each deleted file is matched with only one of
/// the `added` files: a second one would be a copy.
#[must_use]
pub(crate) fn source<'e>(
    objects: &'e Objects<'e>,
    new: &PathEntry,
    content: &[u8],
    gone: &'e [PathEntry],
    added: &'e [PathEntry],
) -> Option<&'e PathEntry> {
    let is_alike = |entry: &&PathEntry| (entry.mode == Mode::Link) == (new.mode == Mode::Link);
    let files = RenameCandidates {
        objects,
        gone: gone.iter().filter(is_alike).collect(),
        added: added.iter().filter(is_alike).collect(),
    };
    files.moved(new).or_else(|| if new.mode == Mode::Link { None } else { files.changed(new, content) })
}

fn name(entry: &PathEntry) -> &[u8] {
    entry.path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

impl<'a> RenameCandidates<'a> {
    /// The file with the same content. If there are several, files with the same name are paired first, then the rest
    /// in order.
    fn moved(&self, new: &PathEntry) -> Option<&'a PathEntry> {
        let mut gone: Vec<&PathEntry> =
            self.gone.iter().copied().filter(|entry| entry.id == new.id).collect();
        let added = || self.added.iter().filter(|entry| entry.id == new.id);
        let mut rest = Vec::new();
        for entry in added() {
            match gone.iter().position(|old| name(old) == name(entry)) {
                Some(at) if entry.path == new.path => return Some(gone[at]),
                Some(at) => drop(gone.remove(at)),
                None => rest.push(*entry),
            }
        }
        rest.into_iter().zip(gone).find(|(entry, _)| entry.path == new.path).map(|(_, old)| old)
    }

    /// The most similar file, unless that one is more similar to another new file.
    fn changed(&self, new: &PathEntry, content: &[u8]) -> Option<&'a PathEntry> {
        let pieces = ContentPieces::of(content);
        let is_moved = |old: &PathEntry| self.added.iter().any(|entry| entry.id == old.id);
        let mut best: Option<(&PathEntry, u64)> = None;
        // Files with the same name come first, since they are more likely.
        let mut candidates: Vec<&PathEntry> =
            self.gone.iter().copied().filter(|old| !is_moved(old)).collect();
        candidates.cold_sort_by_key(|old| name(old) != name(new));
        for old in candidates.into_iter().take(MOST) {
            if let Some(alike) = self.likeness(old, &pieces, content.len() as u64)
                && best.is_none_or(|(_, most)| alike > most)
            {
                best = Some((old, alike));
            }
        }
        let (old, alike) = best?;
        let is_new = |entry: &&PathEntry| !self.gone.iter().any(|old| old.id == entry.id);
        let rivals = self.added.iter().copied().filter(is_new).filter(|entry| entry.path != new.path);
        let rank = |entry: &PathEntry, alike: u64| (alike, name(entry) == name(old));
        let own = rank(new, alike);
        let old_content = self.objects.read(old.id, ObjectType::Blob).ok()?;
        let old_pieces = ContentPieces::of(old_content.data());
        let is_closer = |rival: &PathEntry| {
            let alike = self.likeness(rival, &old_pieces, old_content.data().len() as u64);
            alike
                .map(|alike| rank(rival, alike))
                .is_some_and(|other| other > own || other == own && rival.path < new.path)
        };
        (!rivals.take(MOST).any(is_closer)).then_some(old)
    }

    /// How much a file has in common with content of this size, in thousandths of the larger one, if it is enough.
    fn likeness(&self, file: &PathEntry, pieces: &ContentPieces, size: u64) -> Option<u64> {
        let other = self.objects.size(file.id).unwrap_or(0);
        let (small, large) = (size.min(other), size.max(other));
        if small * 2 < large || large == 0 {
            return None;
        }
        let object = self.objects.read(file.id, ObjectType::Blob).ok()?;
        let common = pieces.common(object.data());
        (common * 2 >= large).then_some(common * 1000 / large)
    }
}

/// How many bytes of each line the content has.
struct ContentPieces {
    hasher: RandomState,
    bytes: HashMap<u64, u64>,
}

impl ContentPieces {
    fn of(content: &[u8]) -> Self {
        let mut pieces = Self { hasher: RandomState::new(), bytes: HashMap::new() };
        for piece in cut(content) {
            let hash = pieces.hasher.hash_one(piece);
            *pieces.bytes.entry(hash).or_default() += piece.len() as u64;
        }
        pieces
    }

    /// How many bytes the other content has in common with this one.
    fn common(&self, other: &[u8]) -> u64 {
        let mut left = HashMap::new();
        let mut common = 0;
        for piece in cut(other) {
            let hash = self.hasher.hash_one(piece);
            let left = left.entry(hash).or_insert_with(|| self.bytes.get(&hash).copied().unwrap_or(0));
            let taken = (*left).min(piece.len() as u64);
            *left -= taken;
            common += taken;
        }
        common
    }
}

fn cut(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split_inclusive(|byte| *byte == b'\n').flat_map(|line| line.chunks(PIECE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_contents_have_in_common_is_counted_once() {
        let pieces = ContentPieces::of(b"one\ntwo\ntwo\nthree\n");
        assert_eq!(pieces.common(b"three\none\ntwo\ntwo\n"), 18);
        assert_eq!(pieces.common(b"two\ntwo\ntwo\ntwo\n"), 8);
        assert_eq!(pieces.common(b"four\n"), 0);
        let long = [b'x'; 1000];
        assert_eq!(ContentPieces::of(&long).common(&long[..500]), 448);
    }
}
