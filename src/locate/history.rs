//! Computes the history of one secret from directories and commits.

use super::{date, graph::Bits, location::ObjectLocations, rows::NONE};
use crate::{
    blob::ObjectId,
    git::{
        ObjectKind,
        object::{Commit, Tag},
    },
};

/// The history of a secret. Texts are raw, as in git, and may contain secrets.
#[derive(Clone, Debug, Default)]
pub(crate) struct SecretHistory {
    /// The first commit that contains it and has no parent that does.
    pub introduced: Option<HistoryEvent>,
    /// The last commit that does not contain it but has a parent that does. `None` if HEAD contains it.
    pub removed: Option<HistoryEvent>,
    /// Whether the checked-out commit contains it.
    pub at_head: bool,
    /// The refs that reach it.
    pub refs: Vec<Vec<u8>>,
    /// The number of commits that contain it.
    pub commits: u64,
    /// Whether any ref reaches it. If not, it is only in the object store.
    pub reachable: bool,
}

/// A commit that introduced or removed a secret.
#[derive(Clone, Debug)]
pub(crate) struct HistoryEvent {
    /// The commit.
    pub commit: ObjectId,
    /// The author: name and email address.
    pub author: Vec<u8>,
    /// The author date, in RFC 3339 format with the author's time zone; empty if the commit has none.
    pub date: String,
    /// The first line of its message.
    pub summary: Vec<u8>,
    /// Where the secret is in the commit, or was in its parent.
    pub path: Vec<u8>,
}

impl ObjectLocations<'_> {
    /// The history of a secret that is in these objects, which must be sorted: blobs, directories with it in
    /// a name, commits or tags. `None` if none of them is an object of this repository.
    #[must_use]
    pub(crate) fn secret_history(&self, objects: &[ObjectId]) -> Option<SecretHistory> {
        if !objects.iter().any(|id| self.store.number(*id).is_some()) {
            return None;
        }
        let above = self.above(objects);
        let holds = self.holding(&above, objects);
        let mut secret_history = SecretHistory {
            commits: holds.iter().filter(|holds| **holds).count() as u64,
            ..SecretHistory::default()
        };
        // Whether a commit or one of its ancestors contains the secret.
        let mut reaches = holds.clone();
        let mut introduced: Option<usize> = None;
        let mut removed: Option<usize> = None;
        for commit in 0..self.commits.len() {
            let parents = self.commits.parents(commit);
            reaches[commit] |= parents.iter().any(|parent| reaches[*parent as usize]);
            let parent_holds = parents.iter().any(|parent| holds[*parent as usize]);
            let time = |commit: usize| (self.commits.times[commit], commit);
            if holds[commit] && !parent_holds && introduced.is_none_or(|first| time(commit) < time(first)) {
                introduced = Some(commit);
            }
            if !holds[commit] && parent_holds && removed.is_none_or(|last| time(commit) > time(last)) {
                removed = Some(commit);
            }
        }
        let head = self.head.and_then(|head| self.commits.place(head));
        secret_history.at_head = head.is_some_and(|head| holds[head]);
        let tags = self.tags.leading_to(objects);
        for one in &self.refs {
            let leads = self.commits.place(one.peeled).is_some_and(|commit| reaches[commit])
                || tags.contains(&one.target)
                || [one.target, one.peeled].iter().any(|id| objects.binary_search(id).is_ok())
                || self.store.number(one.peeled).is_some_and(|number| above.has(number));
            if leads {
                secret_history.refs.push(one.name.clone());
            }
        }
        secret_history.reachable = !secret_history.refs.is_empty();
        secret_history.introduced = introduced.and_then(|commit| self.event(commit, commit, &above, objects));
        // Nothing removes a message.
        let is_message = objects.iter().all(|id| self.commits.place(*id).is_some());
        if !secret_history.at_head && !is_message {
            let before =
                |removed: usize| self.commits.parents(removed).iter().find(|parent| holds[**parent as usize]);
            secret_history.removed =
                removed.and_then(|removed| self.event(removed, *before(removed)? as usize, &above, objects));
        }
        Some(secret_history)
    }

    /// Whether all commits and tags that contain a secret in these objects are older than a time, in seconds
    /// since 1970. False if one of them has no date, or if no commit leads to a blob. `None` if none of the
    /// objects is in this repository.
    #[must_use]
    pub(crate) fn is_older(&self, objects: &[ObjectId], time: i64) -> Option<bool> {
        if !objects.iter().any(|id| self.store.number(*id).is_some()) {
            return None;
        }
        // Zero means that there is no date.
        let is_old = |seconds: i64| seconds != 0 && seconds < time;
        let holds = self.holding(&self.above(objects), objects);
        let mut commits = holds.iter().zip(&self.commits.times).filter(|(holds, _)| **holds).peekable();
        let is_committed = commits.peek().is_some();
        let mut is_tagged = false;
        let is_other = |id: &&ObjectId| !self.suspects.contains_key(id) && self.commits.place(**id).is_none();
        let is_all_old = commits.all(|(_, time)| is_old(*time))
            && objects.iter().filter(is_other).all(|id| match self.store.read(*id) {
                Ok((ObjectKind::Tag, bytes)) => {
                    is_tagged = true;
                    is_old(date::seconds(Tag::parse(&bytes).tagger))
                }
                Ok((ObjectKind::Blob, _)) => false,
                _ => true,
            });
        Some(is_all_old && (is_committed || is_tagged))
    }

    /// The commit that introduced a blob, if any.
    pub(super) fn introduction(&self, holds: &[bool]) -> Option<usize> {
        let is_new = |commit: &usize| {
            holds[*commit] && !self.commits.parents(*commit).iter().any(|parent| holds[*parent as usize])
        };
        (0..self.commits.len()).filter(is_new).min_by_key(|commit| (self.commits.times[*commit], *commit))
    }

    /// All directories above the objects, and the objects that are directories.
    pub(super) fn above(&self, objects: &[ObjectId]) -> Bits {
        let directories = objects.iter().flat_map(|id| {
            let own = self.store.number(*id).filter(|_| !self.suspects.contains_key(id));
            let held = self.suspects.get(id).into_iter().flatten().map(|(directory, _)| *directory);
            held.chain(own)
        });
        self.directories.above(directories)
    }

    /// For each commit, whether it contains one of the objects.
    pub(super) fn holding(&self, above: &Bits, objects: &[ObjectId]) -> Vec<bool> {
        let tree = |tree: &u32| *tree != NONE && above.has(*tree);
        let mut holds: Vec<bool> = self.commits.trees.iter().map(tree).collect();
        for commit in objects.iter().filter_map(|id| self.commits.place(*id)) {
            holds[commit] = true;
        }
        holds
    }

    /// The index of the checked-out commit.
    pub(super) fn head_place(&self) -> Option<usize> {
        self.head.and_then(|head| self.commits.place(head))
    }

    /// The event of a commit, with the path of the secret in the tree of `holder`.
    fn event(
        &self,
        commit: usize,
        holder: usize,
        above: &Bits,
        objects: &[ObjectId],
    ) -> Option<HistoryEvent> {
        let id = self.commits.ids[commit];
        let (kind, bytes) = self.store.read(id).ok()?;
        if kind != ObjectKind::Commit {
            return None;
        }
        let parsed = Commit::parse(&bytes);
        let (author, date) = date::person(parsed.author);
        let summary =
            parsed.message.split(|byte| *byte == b'\n').find(|line| !line.is_empty()).unwrap_or_default();
        let path = self.paths_in(holder, above, objects, 1).pop().map(|(path, _)| path).unwrap_or_default();
        Some(HistoryEvent { commit: id, author: author.to_vec(), date, summary: summary.to_vec(), path })
    }
}
