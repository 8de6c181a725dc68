//! Reads everything in packs only to know whether it can be read, and at which cost by other readers.

use super::{
    file::PackDamage,
    packs::Packs,
    reasons::NOT_HELD,
    visit::{Object, Visitor},
};
use crate::{
    blob::ObjectId,
    git::kind::{ObjectKind, ObjectKinds},
    threads::Pool,
};

/// Git does not make longer chains of deltas unless it is told to.
const USUAL_DEPTH: u32 = 50;

/// libgit2 does not remember bases that are larger, in bytes.
const REMEMBERED: usize = 1 << 20;

/// So many bytes may be made again and again: ten seconds or so.
const MOST_WORK: u64 = 1 << 34;

/// What a reader of single objects meets.
pub(in crate::git) struct PackCheck {
    /// What is wrong.
    pub(in crate::git) damages: Vec<PackDamage>,
    /// Chains of deltas are so long, and what they make so large, that reading objects one by one does not end.
    pub(in crate::git) is_endless: bool,
}

impl Packs {
    /// Reads all objects. They come in the order of [`Self::in_chains`].
    pub(in crate::git) fn check(&self) -> PackCheck {
        let new = || Checker { packs: self, failed: Vec::new(), visited: 0, work: 0 };
        let checkers = self.walk(ObjectKinds::ALL, &Pool::new(1), &new);
        let is_endless = checkers.iter().any(|checker| checker.work > MOST_WORK);
        let damage = |(id, why): (ObjectId, &str)| PackDamage {
            path: format!("object {id}").into(),
            why: format!("{why}, at least in one of several places"),
        };
        let failed = checkers.into_iter().flat_map(|checker| checker.failed);
        PackCheck { damages: failed.map(damage).chain(self.gaps()).collect(), is_endless }
    }
}

/// Remembers what cannot be read, and estimates what libgit2 makes again and again.
struct Checker<'a> {
    packs: &'a Packs,
    failed: Vec<(ObjectId, &'static str)>,
    visited: u64,
    work: u64,
}

impl Visitor for Checker<'_> {
    /// How many deltas lead to an object, and how many objects came before it.
    type Mark = (u32, u64);

    fn object(&mut self, object: Object<'_, Self::Mark>) -> Self::Mark {
        self.visited += 1;
        let Some(&(depth, before)) = object.base.map(|base| base.mark) else { return (0, self.visited) };
        let is_cheap = before + 1 == self.visited && object.bytes.len() < REMEMBERED;
        if depth > USUAL_DEPTH && !is_cheap {
            self.work = self.work.saturating_add(u64::from(depth) * object.bytes.len() as u64);
        }
        (depth + 1, self.visited)
    }

    fn failed(&mut self, id: ObjectId, _: Option<ObjectKind>, why: &'static str) {
        if why == NOT_HELD {
            // libgit2 holds even more.
            self.work = u64::MAX;
        } else {
            self.failed.push((id, why));
        }
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(ObjectKind, Vec<u8>)> {
        self.packs.read(id).ok()
    }
}
