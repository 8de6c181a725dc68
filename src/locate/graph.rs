//! Which directory contains which.

/// How many times to go through all pairs of directories before they are sorted.
const MOST_LEVELS: usize = 16;

/// For every object, the directories that contain it, in compressed rows.
pub(super) struct DirectoryGraph {
    first: Vec<u32>,
    parents: Vec<u32>,
}

/// A set of indices.
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    pub(super) fn has(&self, number: u32) -> bool {
        self.0[number as usize / 64] & 1 << (number % 64) != 0
    }

    /// Adds a number. Returns whether it is new.
    pub(super) fn add(&mut self, number: u32) -> bool {
        let word = &mut self.0[number as usize / 64];
        let bit = 1 << (number % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}

impl DirectoryGraph {
    /// Takes pairs of a directory and one that it contains, from `count` objects. Drops directories that do
    /// not lead to any of the `wanted`.
    pub(super) fn new(count: usize, edges: Vec<Vec<(u32, u32)>>, wanted: impl Iterator<Item = u32>) -> Self {
        let mut edges = edges;
        let mut above = Bits::new(count);
        wanted.for_each(|directory| {
            above.add(directory);
        });
        // This mostly leaves next to nothing of millions, and going through all of them a few times is faster than
        // sorting them. Directories are a few levels deep, unless someone wants to cause trouble.
        let mut add_parents = || {
            let mut is_any_new = false;
            for (parent, child) in edges.iter().flatten() {
                is_any_new |= above.has(*child) && above.add(*parent);
            }
            is_any_new
        };
        let is_done = (0..MOST_LEVELS).any(|_| !add_parents());
        if is_done {
            for edges in &mut edges {
                edges.retain(|(_, child)| above.has(*child));
            }
        }
        let mut first = vec![0_u32; count + 1];
        for (_, child) in edges.iter().flatten() {
            first[*child as usize] += 1;
        }
        let mut sum = 0;
        for place in &mut first {
            sum += *place;
            *place = sum;
        }
        let mut parents = vec![0; sum as usize];
        for (parent, child) in edges.into_iter().flatten() {
            let place = &mut first[child as usize];
            *place -= 1;
            parents[*place as usize] = parent;
        }
        Self { first, parents }
    }

    /// All directories that contain these, and these themselves.
    pub(super) fn above(&self, directories: impl Iterator<Item = u32>) -> Bits {
        let mut above = Bits::new(self.first.len());
        let mut waiting: Vec<u32> = directories.filter(|directory| above.add(*directory)).collect();
        while let Some(directory) = waiting.pop() {
            let range = self.first[directory as usize] as usize..self.first[directory as usize + 1] as usize;
            waiting.extend(self.parents[range].iter().filter(|parent| above.add(**parent)));
        }
        above
    }
}
