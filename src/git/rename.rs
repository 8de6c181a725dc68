//! Which file that is gone a new file has been made of, judged as git judges it: at least half of the larger one has to
//! be in both. Git asks this of libgit2's and its own diffs, which would have to read every file that is new; here it
//! is asked of the few that hold a key.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use git2::ObjectType;

use super::{object::Mode, objects::Objects, tree::PathEntry};

/// As many files are compared, at most, as git compares by default (`diff.renameLimit`).
const MOST: usize = 1000;

/// Lines are cut into pieces of this size, in bytes, as git's `diffcore-delta.c` does.
const PIECE: usize = 64;

/// Files and links are never taken for each other: the ones or the others, in the order of their paths.
struct RenameCandidates<'a> {
    objects: &'a Objects<'a>,
    /// Those that are gone.
    gone: Vec<&'a PathEntry>,
    /// Those that are new.
    added: Vec<&'a PathEntry>,
}

/// Of the files that are gone, the one that the new one, which holds `content`, was called before. A file that is gone has
/// become one of those that were `added`, no more: a second one is a copy.
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
    /// The file that has the same content. Of several, those with the same name belong together, then all in their order.
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

    /// The file that is most like it, unless that is more like another new one.
    fn changed(&self, new: &PathEntry, content: &[u8]) -> Option<&'a PathEntry> {
        let pieces = ContentPieces::of(content);
        let is_moved = |old: &PathEntry| self.added.iter().any(|entry| entry.id == old.id);
        let mut best: Option<(&PathEntry, u64)> = None;
        // Those of the same name first, since they are likelier.
        let mut candidates: Vec<&PathEntry> =
            self.gone.iter().copied().filter(|old| !is_moved(old)).collect();
        candidates.sort_by_key(|old| name(old) != name(new));
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

    /// How much a file has in common with a content of this size, in thousandths of the larger one, if that is enough.
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

/// How many bytes of each line a content holds.
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
