//! Walks the forests: every entry is inflated once, and its delta applied to the base that is still in memory.
//!
//! Depth first, the child with the most bytes below it last, and a base is let go before its last child is gone into.
//! So the bases that are held at once are at most as many as the number of entries can be halved, however deep or wide
//! a tree is.

use std::{ops::Range, sync::Arc};

use super::{
    Pack,
    delta::{self, Changes},
    header::Content,
    inflate::Inflater,
    queue::{Queue, Work},
};
use crate::{
    blob::ObjectId,
    git::{Kind, Kinds},
};

/// Buffers that are larger are not kept, in bytes.
const KEPT: usize = 1 << 20;

/// So many buffers are kept.
const SPARE: usize = 32;

/// An object that was read.
pub struct Object<'a, M> {
    /// Its name.
    pub id: ObjectId,
    /// Its number, as [`super::Packs::number`] gives it.
    pub number: u32,
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub bytes: &'a [u8],
    /// Where it was made from another one that was visited.
    pub base: Option<Base<'a, M>>,
}

/// What an object was made from.
pub struct Base<'a, M> {
    /// What the visitor made of it.
    pub mark: &'a M,
    /// How the object differs from it.
    pub changes: &'a Changes,
}

/// Takes the objects; one a thread.
pub trait Visitor: Send {
    /// What is remembered of an object for those that are made from it.
    type Mark: Clone + Send + Sync;

    /// Takes an object.
    fn object(&mut self, object: Object<'_, Self::Mark>) -> Self::Mark;

    /// An object could not be read from its pack. Its kind is said where it is known.
    fn failed(&mut self, id: ObjectId, kind: Option<Kind>, why: &'static str);

    /// Reads an object that is in none of the packs where it should be.
    fn elsewhere(&mut self, id: ObjectId) -> Option<(Kind, Vec<u8>)>;
}

/// Bytes of a base: of this thread alone, until some of its children are given away.
enum Bytes {
    Own(Vec<u8>),
    Shared(Arc<Vec<u8>>),
}

impl Bytes {
    fn share(&mut self) -> Arc<Vec<u8>> {
        let shared = match self {
            Self::Own(bytes) => Arc::new(std::mem::take(bytes)),
            Self::Shared(shared) => return shared.clone(),
        };
        *self = Self::Shared(shared.clone());
        shared
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

/// A base, and which of its children are left.
struct Frame<M> {
    bytes: Bytes,
    kind: Kind,
    /// None where the visitor has not seen it.
    mark: Option<M>,
    left: Range<u32>,
}

/// Children that were given away.
struct Given<M> {
    pack: usize,
    frame: Frame<M>,
}

/// Visits all objects of these kinds, on so many threads, and returns the visitors.
pub(super) fn walk<V: Visitor>(
    packs: &[Pack],
    kinds: Kinds,
    threads: usize,
    new_visitor: &(impl Fn() -> V + Sync),
) -> Vec<V> {
    let threads = threads.max(1);
    let queue = Queue::new(roots(packs, kinds, threads), threads);
    let work = || {
        let _guard = Guard(&queue);
        let mut walker = Walker::new(packs, kinds, &queue, new_visitor());
        walker.run();
        walker.visitor
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let own = work();
        let others = others.into_iter().map(|thread| match thread.join() {
            Ok(visitor) => visitor,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        std::iter::once(own).chain(others).collect()
    })
}

/// Sees to it that a thread which panics leaves no other one waiting.
struct Guard<'a, R: Copy, T>(&'a Queue<R, T>);

impl<R: Copy, T> Drop for Guard<'_, R, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.abandon();
        }
    }
}

/// All roots of these kinds in the order they stand in, since that is how a disk is read best; only those that would
/// keep one thread busy at the end come first.
fn roots(packs: &[Pack], kinds: Kinds, threads: usize) -> Vec<(usize, u32)> {
    let mut roots: Vec<(usize, u32, u64)> = Vec::new();
    for (at, pack) in packs.iter().enumerate() {
        let wanted = |entry| pack.forest.kind(entry).is_none_or(|kind| kinds.contains(kind));
        let of_pack = pack.forest.roots.iter().filter(|(entry, _)| wanted(*entry));
        roots.extend(of_pack.map(|(entry, weight)| (at, *entry, *weight)));
    }
    let giant = roots.iter().map(|(.., weight)| weight).sum::<u64>() / (threads as u64 * 32);
    let giants = |root: &(usize, u32, u64)| if root.2 > giant { u64::MAX - root.2 } else { u64::MAX };
    roots.sort_by_key(giants);
    roots.into_iter().map(|(pack, entry, _)| (pack, entry)).collect()
}

struct Walker<'a, V: Visitor> {
    packs: &'a [Pack],
    kinds: Kinds,
    queue: &'a Queue<(usize, u32), Given<V::Mark>>,
    visitor: V,
    inflater: Inflater,
    stack: Vec<Frame<V::Mark>>,
    delta: Vec<u8>,
    changes: Changes,
    spare: Vec<Vec<u8>>,
}

impl<'a, V: Visitor> Walker<'a, V> {
    fn new(
        packs: &'a [Pack],
        kinds: Kinds,
        queue: &'a Queue<(usize, u32), Given<V::Mark>>,
        visitor: V,
    ) -> Self {
        Self {
            packs,
            kinds,
            queue,
            visitor,
            inflater: Inflater::new(),
            stack: Vec::new(),
            delta: Vec::new(),
            changes: Changes::default(),
            spare: Vec::new(),
        }
    }

    fn run(&mut self) {
        while let Some(work) = self.queue.next() {
            let at = match work {
                Work::Root((at, entry)) => {
                    self.root(at, entry);
                    at
                }
                Work::Given(Given { pack, frame }) => {
                    self.stack.push(frame);
                    pack
                }
            };
            while let Some(frame) = self.stack.last_mut() {
                let child = self.packs[at].forest.child(frame.left.start);
                frame.left.start += 1;
                self.child(at, child);
                if self.queue.is_hungry() {
                    self.give(at);
                }
            }
        }
    }

    /// Reads a root and makes it the first frame, if it has children.
    fn root(&mut self, at: usize, entry: u32) {
        let pack = &self.packs[at];
        let mut bytes = self.buffer();
        let kind = match pack.forest.kind(entry) {
            Some(kind) => match self.inflater.inflate(pack, entry, &mut bytes) {
                Ok(_) => kind,
                Err(why) => return self.fail(at, entry, why),
            },
            None => match self.foreign(at, entry, &mut bytes) {
                Ok(kind) if self.kinds.contains(kind) => kind,
                Ok(_) => return,
                Err(why) => return self.fail(at, entry, why),
            },
        };
        let mark = self.visit(at, entry, kind, &bytes, None);
        self.push(pack.forest.children(entry), Frame { bytes: Bytes::Own(bytes), kind, mark, left: 0..0 });
    }

    /// Makes a root whose base is in another place.
    fn foreign(&mut self, at: usize, entry: u32, bytes: &mut Vec<u8>) -> Result<Kind, &'static str> {
        let pack = &self.packs[at];
        let mut delta = std::mem::take(&mut self.delta);
        let made = self.inflater.inflate(pack, entry, &mut delta).and_then(|header| {
            let Content::ByName(name) = header.content else { return Err("has changed while it was read") };
            let (kind, base) = self.visitor.elsewhere(name).ok_or(super::NO_BASE)?;
            delta::apply(&base, &delta, bytes, &mut self.changes)?;
            Ok(kind)
        });
        self.delta = delta;
        made
    }

    /// Reads a child of the topmost frame.
    fn child(&mut self, at: usize, entry: u32) {
        let pack = &self.packs[at];
        let mut bytes = self.buffer();
        let Some(frame) = self.stack.last() else { return };
        let kind = frame.kind;
        let read = self
            .inflater
            .inflate(pack, entry, &mut self.delta)
            .and_then(|_| delta::apply(&frame.bytes, &self.delta, &mut bytes, &mut self.changes));
        // Its bytes are let go before the child is gone into, if that is the last one; its mark is still needed.
        let is_last = frame.left.is_empty();
        let Some(mut frame) = self.stack.pop() else { return };
        if is_last {
            self.recycle(std::mem::replace(&mut frame.bytes, Bytes::Own(Vec::new())));
        }
        let mark = match read {
            Ok(()) => self.visit(at, entry, kind, &bytes, frame.mark.as_ref()),
            Err(why) => {
                self.fail(at, entry, why);
                self.keep(frame);
                return;
            }
        };
        self.keep(frame);
        self.push(pack.forest.children(entry), Frame { bytes: Bytes::Own(bytes), kind, mark, left: 0..0 });
    }

    fn visit(
        &mut self,
        at: usize,
        entry: u32,
        kind: Kind,
        bytes: &[u8],
        mark: Option<&V::Mark>,
    ) -> Option<V::Mark> {
        let pack = &self.packs[at];
        let position = pack.forest.position(entry);
        if pack.is_copy(position) {
            return None;
        }
        let base = mark.map(|mark| Base { mark, changes: &self.changes });
        Some(self.visitor.object(Object {
            id: pack.index.id(position),
            number: pack.before + position as u32,
            kind,
            bytes,
            base,
        }))
    }

    /// Puts a frame back unless it is done.
    fn keep(&mut self, frame: Frame<V::Mark>) {
        if !frame.left.is_empty() {
            self.stack.push(frame);
        }
    }

    fn push(&mut self, children: Range<u32>, frame: Frame<V::Mark>) {
        if children.is_empty() {
            self.recycle(frame.bytes);
        } else {
            self.stack.push(Frame { left: children, ..frame });
        }
    }

    /// Neither the entry nor what is made from it can be read.
    fn fail(&mut self, at: usize, entry: u32, why: &'static str) {
        let pack = &self.packs[at];
        let mut below = vec![entry];
        let mut why = why;
        while let Some(entry) = below.pop() {
            let position = pack.forest.position(entry);
            if !pack.is_copy(position) {
                self.visitor.failed(pack.index.id(position), pack.forest.kind(entry), why);
            }
            why = super::LOST_BASE;
            below.extend(pack.forest.children(entry).map(|index| pack.forest.child(index)));
        }
    }

    /// Gives the largest part that is left to a thread that has nothing to do, if that leaves something here.
    fn give(&mut self, at: usize) {
        let frames = self.stack.len();
        let Some((depth, frame)) =
            self.stack.iter_mut().enumerate().find(|(_, frame)| !frame.left.is_empty())
        else {
            return;
        };
        if frame.left.len() < 2 && depth + 1 == frames {
            return;
        }
        let last = frame.left.end - 1;
        let given = Frame {
            bytes: Bytes::Shared(frame.bytes.share()),
            kind: frame.kind,
            mark: frame.mark.clone(),
            left: last..frame.left.end,
        };
        frame.left.end = last;
        if frame.left.is_empty() {
            self.stack.remove(depth);
        }
        self.queue.give(Given { pack: at, frame: given });
    }

    fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    fn recycle(&mut self, bytes: Bytes) {
        if let Bytes::Own(bytes) = bytes
            && bytes.capacity() <= KEPT
            && self.spare.len() < SPARE
        {
            self.spare.push(bytes);
        }
    }
}
