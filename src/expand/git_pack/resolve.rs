//! Puts the objects of a pack together, and passes them on.
//!
//! Deltas are followed depth first. The smaller parts of a tree of deltas come first, and an object is dropped before
//! the last delta against it is followed, so that few objects are held at once.

use std::{
    collections::HashMap,
    io::{self, Read},
};

use super::entries::{PackedEntries, PackedEntry, damaged, name};
use crate::{
    blob::{ObjectId, ReadAt},
    bytes::varint,
    expand::{
        budget::Budget,
        job::{ArchivePath, ExpandJob},
    },
    git::{
        ObjectKind,
        pack::{Changes, PackedContent, apply},
    },
};

/// Passes on all objects, and reports how many could not be put together.
pub(super) fn pass_on(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    whole: &dyn ReadAt,
    entries: &PackedEntries<'_>,
) -> io::Result<()> {
    let mut forest = DeltaForest::new(entries);
    let mut walk = PackWalk { job, place, whole, entries, changes: Changes::default(), passed: 0, why: None };
    for (at, entry) in entries.list.iter().enumerate() {
        if let (PackedContent::Whole(kind), false) = (entry.content, walk.job.budget.is_stopped()) {
            walk.tree(at, entry, kind, &mut forest)?;
        }
    }
    let left = entries.list.len() - walk.passed;
    if left > 0 && !walk.job.budget.is_stopped() {
        let what = if left == 1 { "1 object".to_owned() } else { format!("{left} objects") };
        let why = walk.why.map_or_else(
            || "what they are made from is not in it: scan the repository that it belongs to".to_owned(),
            |error| error.to_string(),
        );
        walk.job.not_scanned(place, format!("{what} in its git pack could not be read: {why}"));
    }
    Ok(())
}

/// Which entries are made from which.
struct DeltaForest {
    by_entry: HashMap<usize, Vec<usize>>,
    /// Those made from an object that is only named. It may be a delta itself.
    by_name: HashMap<ObjectId, Vec<usize>>,
    /// How many entries hang on each.
    weights: Vec<u32>,
}

impl DeltaForest {
    fn new(entries: &PackedEntries<'_>) -> Self {
        let list = &entries.list;
        let mut forest =
            Self { by_entry: HashMap::new(), by_name: HashMap::new(), weights: vec![1; list.len()] };
        // A base at a distance stands before its deltas.
        for (at, entry) in list.iter().enumerate().rev() {
            match entry.content {
                PackedContent::Whole(_) => {}
                PackedContent::ByName(base) => forest.by_name.entry(base).or_default().push(at),
                PackedContent::ByDistance(distance) => {
                    let base = entry.offset.checked_sub(distance);
                    let found =
                        base.and_then(|base| list.binary_search_by_key(&base, |entry| entry.offset).ok());
                    if let Some(base) = found.filter(|base| *base < at) {
                        forest.weights[base] = forest.weights[base].saturating_add(forest.weights[at]);
                        forest.by_entry.entry(base).or_default().push(at);
                    }
                }
            }
        }
        forest
    }

    /// The entries made from one, the largest first. They are given only once.
    fn take(&mut self, at: usize, id: Option<ObjectId>) -> Vec<usize> {
        let mut made = self.by_entry.remove(&at).unwrap_or_default();
        made.extend(id.and_then(|id| self.by_name.remove(&id)).unwrap_or_default());
        made.sort_by_key(|at| std::cmp::Reverse(self.weights[*at]));
        made
    }
}

struct PackWalk<'w, 'j> {
    job: &'w mut ExpandJob<'j>,
    place: &'w ArchivePath<'w>,
    whole: &'w dyn ReadAt,
    entries: &'w PackedEntries<'w>,
    changes: Changes,
    /// How many objects were passed on.
    passed: usize,
    /// Why the first that could not be read was not.
    why: Option<io::Error>,
}

/// An object that others are made from.
struct Held {
    content: Vec<u8>,
    made: Vec<usize>,
}

impl PackWalk<'_, '_> {
    /// Passes on an object, and all that is made from it.
    fn tree(
        &mut self,
        at: usize,
        entry: &PackedEntry,
        kind: ObjectKind,
        forest: &mut DeltaForest,
    ) -> io::Result<()> {
        let width = self.entries.width();
        let id = name(kind, entry.size, width, &mut entry.decoder(self.whole))?;
        self.emit(id, &mut entry.decoder(self.whole))?;
        let made = forest.take(at, id);
        let mut held: Vec<Held> = Vec::new();
        if !made.is_empty()
            && let Some(content) = self.inflate(entry)?
        {
            held.push(Held { content, made });
        }
        while let Some(top) = held.last_mut() {
            let Some(at) = top.made.pop() else {
                held.pop().into_iter().for_each(|done| self.give(&done.content));
                continue;
            };
            if self.job.budget.is_stopped() {
                top.made.clear();
                continue;
            }
            let budget = self.job.budget;
            let delta = &self.entries.list[at];
            let result = apply_delta(budget, self.whole, delta, &top.content, &mut self.changes);
            if top.made.is_empty() {
                held.pop().into_iter().for_each(|done| self.give(&done.content));
            }
            let content = match result {
                Ok(content) => content,
                Err(error) => {
                    self.why.get_or_insert(error);
                    continue;
                }
            };
            let id = name(kind, content.len() as u64, width, &mut &content[..])?;
            self.emit(id, &mut &content[..])?;
            held.push(Held { content, made: forest.take(at, id) });
        }
        Ok(())
    }

    fn emit(&mut self, id: Option<ObjectId>, content: &mut dyn Read) -> io::Result<()> {
        let name = id.map(|id| id.to_string()).unwrap_or_default();
        self.passed += 1;
        self.job.inner(self.place, name.as_bytes(), content)
    }

    /// An object to make others from; `None` if it takes too much memory.
    fn inflate(&mut self, entry: &PackedEntry) -> io::Result<Option<Vec<u8>>> {
        if let Err(error) = self.job.budget.memory.take(entry.size) {
            self.why.get_or_insert(error);
            return Ok(None);
        }
        let mut content = Vec::new();
        entry.decoder(self.whole).read_to_end(&mut content)?;
        Ok(Some(content))
    }

    fn give(&self, content: &[u8]) {
        self.job.budget.memory.give(content.len() as u64);
    }
}

/// The object that a delta makes. Its memory is counted until somebody gives it back.
fn apply_delta(
    budget: &Budget,
    whole: &dyn ReadAt,
    entry: &PackedEntry,
    base: &[u8],
    changes: &mut Changes,
) -> io::Result<Vec<u8>> {
    budget.memory.take(entry.size)?;
    let mut delta = Vec::new();
    let read = entry.decoder(whole).take(entry.size + 1).read_to_end(&mut delta);
    let made = read.and_then(|_| {
        // A few bytes can make a very large object.
        let mut rest = &delta[..];
        let size = varint::low_first(&mut rest).and_then(|_| varint::low_first(&mut rest));
        let size = size.ok_or_else(|| damaged("a delta is truncated"))?;
        budget.expanded(size)?;
        budget.memory.take(size)?;
        let mut content = Vec::new();
        apply(base, &delta, &mut content, changes).map_err(|why| {
            budget.memory.give(size);
            damaged(why)
        })?;
        Ok(content)
    });
    budget.memory.give(entry.size);
    made
}
