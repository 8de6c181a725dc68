//! Sets of families: what a run looks for.

use super::model::Family;

/// The number of sets, including the empty one.
pub(crate) const SETS: usize = 1 << Family::WORDS.len();

/// A set of families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Families(usize);

impl Families {
    /// All of them.
    pub(crate) const ALL: Self = Self(SETS - 1);

    /// These, or all of them if there is none.
    #[must_use]
    pub(crate) fn of(families: &[Family]) -> Self {
        let bits = families.iter().fold(0, |bits, family| bits | bit(*family));
        if bits == 0 { Self::ALL } else { Self(bits) }
    }

    /// Whether a family is among them.
    #[must_use]
    pub(crate) fn has(self, family: Family) -> bool {
        self.0 & bit(family) != 0
    }

    /// The families, in the order in which people are told of them.
    pub(crate) fn iter(self) -> impl Iterator<Item = Family> {
        Family::WORDS.iter().map(|(_, family)| *family).filter(move |family| self.has(*family))
    }

    /// Its place in tables that have an entry for each set.
    #[must_use]
    pub(crate) fn index(self) -> usize {
        self.0
    }
}

fn bit(family: Family) -> usize {
    1 << family as usize
}
