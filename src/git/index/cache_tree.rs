//! The `TREE` extension: the trees that unchanged parts of the index would be written as.

use super::input::IndexBytes;
use crate::{blob::ObjectId, cold::ColdSort};

/// Paths have at most this many directory levels, since no path is longer than 4096 bytes.
const DEEPEST: usize = 4096 / 2;

/// A directory in the tree cache.
pub(crate) struct CachedTree {
    name: Box<[u8]>,
    /// How many index entries it contains, and its tree; `None` if something in it has changed since.
    pub tree: Option<(usize, ObjectId)>,
    /// Its subdirectories, sorted by name.
    children: Vec<CachedTree>,
}

impl CachedTree {
    pub(crate) fn parse(content: &[u8], hash_length: usize) -> Option<Self> {
        let mut input = IndexBytes { bytes: content, at: 0 };
        let root = Self::node(&mut input, hash_length, 0)?;
        (input.at == content.len()).then_some(root)
    }

    fn node(input: &mut IndexBytes<'_>, hash_length: usize, depth: usize) -> Option<Self> {
        if depth > DEEPEST {
            return None;
        }
        let name = input.until(0)?.into();
        let count: i64 = number(input.until(b' ')?)?;
        let below: usize = number(input.until(b'\n')?)?;
        let tree = match usize::try_from(count) {
            Ok(count) => Some((count, ObjectId::new(input.take(hash_length)?)?)),
            Err(_) => None,
        };
        let mut children = Vec::new();
        for _ in 0..below {
            children.push(Self::node(input, hash_length, depth + 1)?);
        }
        // Git sorts them by length first.
        children.cold_sort_by(|a, b| a.name.cmp(&b.name));
        Some(Self { name, tree, children })
    }

    /// The subdirectory with this name.
    #[must_use]
    pub(crate) fn child(&self, name: &[u8]) -> Option<&Self> {
        let at = self.children.binary_search_by(|child| (*child.name).cmp(name)).ok()?;
        Some(&self.children[at])
    }
}

fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}
