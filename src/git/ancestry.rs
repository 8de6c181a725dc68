//! Walks from commits to their parents. libgit2 could do this as well, but it reads loose objects by itself.

use std::{
    collections::{BTreeSet, BinaryHeap, HashMap, HashSet},
    rc::Rc,
};

use anyhow::{Result, anyhow};
use git2::{ObjectType, Repository};

use super::{object::Commit, objects::Objects, shallow};
use crate::blob::ObjectId;

/// Once only hidden commits are left, this many more are visited, to see whether their dates can be trusted.
const MORE: usize = 16;

/// Marks of a commit in the search for merge bases: reachable from the one, from the other, from a merge base.
const ONE: u8 = 1;
const OTHER: u8 = 2;
const BOTH: u8 = ONE | OTHER;
const STALE: u8 = 4;

/// Reads commits, and walks their history.
pub(crate) struct Ancestry<'o> {
    objects: &'o Objects<'o>,
    /// The commits where the history of a shallow clone ends.
    ends: HashSet<ObjectId>,
}

/// A commit on the way.
struct Visited {
    date: i64,
    parents: Rc<[ObjectId]>,
    is_hidden: bool,
    is_waiting: bool,
}

impl<'o> Ancestry<'o> {
    /// Walks in a repository with these objects.
    ///
    /// # Errors
    /// When it cannot be told where its history ends.
    pub(crate) fn new(repository: &Repository, objects: &'o Objects<'o>) -> Result<Self> {
        Ok(Self { objects, ends: shallow::ends(repository)? })
    }

    /// The commits that are reachable from `tips` and not from `hidden`.
    ///
    /// As in git, the newest commits are visited first, and the walk ends once only hidden commits are left. That is
    /// right if no commit is older than its parents. Where one is, the whole history is walked.
    ///
    /// # Errors
    /// When a commit on the way cannot be read.
    pub(crate) fn new_commits(
        &self,
        tips: impl IntoIterator<Item = ObjectId>,
        hidden: impl IntoIterator<Item = ObjectId>,
    ) -> Result<Vec<ObjectId>> {
        let (visited, waiting) = (HashMap::new(), BinaryHeap::new());
        let mut walk = CommitWalk { ancestry: self, visited, waiting, open: 0, shown: 0 };
        for id in hidden {
            walk.meet(id, true)?;
        }
        for id in tips {
            walk.meet(id, false)?;
        }
        walk.run()
    }

    /// Whether a commit is the other one or one of its descendants.
    ///
    /// # Errors
    /// When a commit on the way cannot be read.
    pub(crate) fn reaches(&self, from: ObjectId, to: ObjectId) -> Result<bool> {
        Ok(self.new_commits([to], [from])?.is_empty())
    }

    /// Common ancestors of two commits that reach all of their common ancestors.
    ///
    /// # Errors
    /// When a commit on the way cannot be read.
    pub(crate) fn merge_bases(&self, one: ObjectId, other: ObjectId) -> Result<Vec<ObjectId>> {
        let mut search =
            BaseSearch { ancestry: self, met: HashMap::new(), waiting: BinaryHeap::new(), open: 0 };
        search.mark(one, ONE)?;
        search.mark(other, OTHER)?;
        search.run()
    }

    /// The date and the parents of a commit.
    fn read(&self, id: ObjectId) -> Result<(i64, Rc<[ObjectId]>)> {
        let object = self.objects.read(id, ObjectType::Commit).map_err(|why| anyhow!(why))?;
        let commit = Commit::parse(object.data());
        if !commit.is_sound {
            return Err(anyhow!("commit {id} is damaged: run `git fsck`"));
        }
        let parents = if self.ends.contains(&id) { Rc::default() } else { commit.parents.into() };
        Ok((date(commit.committer), parents))
    }
}

/// The seconds in `NAME <ADDRESS> SECONDS ZONE`; 0 if there are none.
fn date(committer: &[u8]) -> i64 {
    let behind = committer.rsplit(|byte| *byte == b'>').next().unwrap_or_default();
    let digits = behind.trim_ascii_start().split(|byte| *byte == b' ').next().unwrap_or_default();
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

/// A walk that lists commits.
struct CommitWalk<'w> {
    ancestry: &'w Ancestry<'w>,
    visited: HashMap<ObjectId, Visited>,
    waiting: BinaryHeap<(i64, ObjectId)>,
    /// How many of the waiting commits are not hidden.
    open: usize,
    /// How many of the visited commits are not hidden.
    shown: usize,
}

impl CommitWalk<'_> {
    /// Lets a commit wait if it is new, and hides it, if it is to be hidden. Returns its date.
    fn meet(&mut self, id: ObjectId, is_hidden: bool) -> Result<i64> {
        if let Some(known) = self.visited.get(&id) {
            let date = known.date;
            if is_hidden {
                self.hide(id);
            }
            return Ok(date);
        }
        let (date, parents) = self.ancestry.read(id)?;
        self.visited.insert(id, Visited { date, parents, is_hidden, is_waiting: true });
        self.waiting.push((date, id));
        self.open += usize::from(!is_hidden);
        Ok(date)
    }

    /// Hides a commit, and all of its ancestors that were met already.
    fn hide(&mut self, id: ObjectId) {
        let mut next = vec![id];
        while let Some(id) = next.pop() {
            let Some(commit) = self.visited.get_mut(&id).filter(|commit| !commit.is_hidden) else { continue };
            commit.is_hidden = true;
            if commit.is_waiting {
                // Its parents are hidden when it is visited.
                self.open -= 1;
            } else {
                self.shown -= 1;
                next.extend(commit.parents.iter());
            }
        }
    }

    fn run(mut self) -> Result<Vec<ObjectId>> {
        let mut shown = Vec::new();
        let mut oldest = i64::MAX;
        let mut more = MORE;
        let mut is_skewed = false;
        while (self.open > 0 || more > 0)
            && let Some((date, id)) = self.waiting.pop()
        {
            let Some(commit) = self.visited.get_mut(&id) else { continue };
            commit.is_waiting = false;
            let (parents, is_hidden) = (commit.parents.clone(), commit.is_hidden);
            if !is_hidden {
                self.open -= 1;
                self.shown += 1;
                shown.push(id);
                oldest = oldest.min(date);
            }
            for parent in parents.iter() {
                is_skewed |= self.meet(*parent, is_hidden)? > date;
            }
            let may_end = self.open == 0 && !is_skewed && date < oldest;
            more = if may_end { more - 1 } else { MORE };
            if self.open + self.shown == 0 {
                break;
            }
        }
        shown.retain(|id| !self.visited[id].is_hidden);
        Ok(shown)
    }
}

/// A search for merge bases.
struct BaseSearch<'w> {
    ancestry: &'w Ancestry<'w>,
    met: HashMap<ObjectId, Marked>,
    waiting: BinaryHeap<(i64, ObjectId)>,
    /// How many of the waiting commits are not stale.
    open: usize,
}

/// A commit with its marks.
struct Marked {
    date: i64,
    parents: Rc<[ObjectId]>,
    marks: u8,
    is_waiting: bool,
}

impl BaseSearch<'_> {
    /// Adds marks to a commit, and lets it wait if it did not have all of them.
    fn mark(&mut self, id: ObjectId, marks: u8) -> Result<()> {
        if !self.met.contains_key(&id) {
            let (date, parents) = self.ancestry.read(id)?;
            self.met.insert(id, Marked { date, parents, marks: 0, is_waiting: false });
        }
        let Some(commit) = self.met.get_mut(&id) else { return Ok(()) };
        if commit.marks & marks == marks {
            return Ok(());
        }
        let was_open = commit.is_waiting && commit.marks & STALE == 0;
        commit.marks |= marks;
        let is_open = commit.marks & STALE == 0;
        if !std::mem::replace(&mut commit.is_waiting, true) {
            self.waiting.push((commit.date, id));
        }
        self.open = self.open + usize::from(is_open) - usize::from(was_open);
        Ok(())
    }

    fn run(mut self) -> Result<Vec<ObjectId>> {
        let mut bases = BTreeSet::new();
        // What is stale makes nothing else a base.
        while self.open > 0
            && let Some((_, id)) = self.waiting.pop()
        {
            let Some(commit) = self.met.get_mut(&id) else { continue };
            commit.is_waiting = false;
            let (parents, mut marks) = (commit.parents.clone(), commit.marks);
            self.open -= usize::from(marks & STALE == 0);
            if marks & BOTH == BOTH {
                bases.insert(id);
                marks |= STALE;
            }
            for parent in parents.iter() {
                self.mark(*parent, marks)?;
            }
        }
        bases.retain(|id| self.met[id].marks & STALE == 0);
        Ok(bases.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_behind_the_address() {
        for (committer, expected) in [
            (&b"C <c@d> 2 +0000"[..], 2),
            (b"C <c@d> -7 +0000", -7),
            (b"C > 5 <c@d> 12345678901 +0000", 12_345_678_901),
            (b"C <c@d>", 0),
            (b"", 0),
            (b"C <c@d> 99999999999999999999 +0000", 0),
        ] {
            assert_eq!(date(committer), expected, "{}", committer.escape_ascii());
        }
    }
}
