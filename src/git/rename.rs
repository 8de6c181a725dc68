//! Which file that is gone a new file has been made of, judged as git judges it: at least half of the larger one has to
//! be in both. Git asks this of libgit2's and its own diffs, which would have to read every file that is new; here it
//! is asked of the few that hold a key.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use git2::ObjectType;

use super::{
    Objects,
    tree::{Entry, Mode},
};

/// As many files are compared, at most, as git compares by default (`diff.renameLimit`).
const MOST: usize = 1000;

/// Lines are cut into pieces of this size, in bytes, as git's `diffcore-delta.c` does.
const PIECE: usize = 64;

/// Of the files that are gone, the one that the new one, which holds `content`, was called before.
#[must_use]
pub fn source<'e>(
    objects: &Objects<'_>,
    new: &Entry,
    content: &[u8],
    gone: &'e [Entry],
) -> Option<&'e Entry> {
    let name = |entry: &Entry| entry.path.rsplit(|byte| *byte == b'/').next().map(<[u8]>::to_owned);
    let own = name(new);
    let is_alike = |entry: &&Entry| (entry.mode == Mode::Link) == (new.mode == Mode::Link);
    let has_name = |entry: &&Entry| name(entry) == own;
    let mut same = gone.iter().filter(is_alike).filter(|entry| entry.id == new.id);
    if let Some(first) = same.clone().find(has_name).or_else(|| same.next()) {
        return Some(first);
    }
    // Those of the same name first, since they are likelier.
    let mut candidates: Vec<&Entry> =
        gone.iter().filter(is_alike).filter(|_| new.mode != Mode::Link).collect();
    candidates.sort_by_key(|entry| !has_name(entry));
    let pieces = Pieces::of(content);
    let mut best = None;
    for entry in candidates.into_iter().take(MOST) {
        let size = objects.size(entry.id).unwrap_or(0);
        let (small, large) = (size.min(content.len() as u64), size.max(content.len() as u64));
        if small * 2 < large {
            continue;
        }
        let Ok(old) = objects.read(entry.id, ObjectType::Blob) else { continue };
        let common = pieces.common(old.data());
        // The first one of the best, so that those of the same name win.
        if common * 2 >= large && large > 0 && best.is_none_or(|(_, most)| common > most) {
            best = Some((entry, common));
        }
    }
    best.map(|(entry, _)| entry)
}

/// How many bytes of each line a content holds.
struct Pieces {
    hasher: RandomState,
    bytes: HashMap<u64, u64>,
}

impl Pieces {
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
        let pieces = Pieces::of(b"one\ntwo\ntwo\nthree\n");
        assert_eq!(pieces.common(b"three\none\ntwo\ntwo\n"), 18);
        assert_eq!(pieces.common(b"two\ntwo\ntwo\ntwo\n"), 8);
        assert_eq!(pieces.common(b"four\n"), 0);
        let long = [b'x'; 1000];
        assert_eq!(Pieces::of(&long).common(&long[..500]), 448);
    }
}
