//! Annotated tags, which may point to other tags.

use std::collections::{HashMap, HashSet};

use super::commits::CommitTable;
use crate::{
    blob::ObjectId,
    git::{ObjectKind, object::Tag, store::Store},
};

/// The peeled targets of the tags that any ref reaches.
#[derive(Default)]
pub(super) struct Tags {
    named: HashMap<ObjectId, ObjectId>,
    /// The object that remains after peeling all tags, for each tag that a ref names.
    peeled: HashMap<ObjectId, ObjectId>,
}

impl Tags {
    /// Peels any number of tags, and reads each of them only once.
    pub(super) fn peel(&mut self, store: &Store, commits: &CommitTable, target: ObjectId) -> ObjectId {
        let mut id = target;
        // Tags cannot form a cycle, since they name each other by their hashes, which are verified here.
        while commits.place(id).is_none() && !self.peeled.contains_key(&id) {
            let next = match self.named.get(&id) {
                Some(next) => *next,
                None => {
                    let Ok((ObjectKind::Tag, bytes)) = store.read(id) else { break };
                    match Tag::parse(&bytes).target {
                        Some(next) => next,
                        None => break,
                    }
                }
            };
            self.named.insert(id, next);
            id = next;
        }
        let peeled = self.peeled.get(&id).copied().unwrap_or(id);
        // Where another ref meets this chain, it need not be followed again from there.
        let mut way = target;
        while let Some(next) = self.named.get(&way).filter(|_| way != peeled)
            && self.peeled.insert(way, peeled).is_none()
        {
            way = *next;
        }
        peeled
    }

    /// The tags that lead to one of these objects.
    pub(super) fn leading_to(&self, objects: &[ObjectId]) -> HashSet<ObjectId> {
        let mut leading = HashSet::new();
        if self.named.is_empty() {
            return leading;
        }
        let mut namers: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
        for (tag, named) in &self.named {
            namers.entry(*named).or_default().push(*tag);
        }
        let mut waiting = objects.to_vec();
        while let Some(id) = waiting.pop() {
            let new = namers.get(&id).into_iter().flatten();
            waiting.extend(new.filter(|tag| leading.insert(**tag)));
        }
        leading
    }
}
