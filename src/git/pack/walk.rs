//! Walks the forests: inflates every entry once, and applies its delta to the base, which is still in memory.
//!
//! The walk is depth first and visits the child with the most bytes below it last. A base is freed before its last
//! child is entered. So the number of bases held at once is at most the binary logarithm of the number of entries,
//! however deep or wide a tree is.

use std::ops::Range;

use super::{
    delta::{self, Changes},
    frame::{BaseBytes, Frame, SharedWork},
    header::PackedContent,
    inflate::Inflater,
    one::Pack,
    queue::{Queue, Work},
    reasons::{LOST_BASE, NO_BASE, NOT_HELD},
    roots::roots,
    visit::{DeltaBase, Object, Visitor},
};
use crate::{
    git::{
        hash,
        kind::{ObjectKind, ObjectKinds},
    },
    threads::Pool,
};

/// Larger buffers are not kept, in bytes.
const KEPT: usize = 1 << 20;

/// The most that one thread holds of bases for what is made from them, in bytes. Git makes no deltas of files of more than
/// 512 MiB.
const MOST_HELD: usize = 3 << 30;

/// Bases are only counted if one of them is larger, in bytes.
const COUNTED: usize = 1 << 26;

/// How many buffers are kept.
const SPARE: usize = 32;

/// Visits all objects of these kinds, and returns the visitors, one per thread.
pub(super) fn walk<V: Visitor>(
    packs: &[Pack],
    kinds: ObjectKinds,
    pool: &Pool,
    new_visitor: &(impl Fn() -> V + Sync),
) -> Vec<V> {
    let roots = roots(packs, kinds, pool.threads());
    // One giant root is enough work for many threads, but no root is work for none.
    let threads = pool.at_once(if roots.is_empty() { 1 } else { pool.threads() });
    let queue = Queue::new(roots, threads);
    pool.map(vec![(); threads], |()| {
        let _guard = Guard(&queue);
        let mut walker = Walker::new(packs, kinds, &queue, new_visitor());
        walker.run();
        walker.visitor
    })
}

/// Keeps other threads from waiting for a thread that panicked.
struct Guard<'a, R: Copy, T>(&'a Queue<R, T>);

impl<R: Copy, T> Drop for Guard<'_, R, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.abandon();
        }
    }
}

struct Walker<'a, V: Visitor> {
    packs: &'a [Pack],
    kinds: ObjectKinds,
    queue: &'a Queue<(usize, u32), SharedWork<V::Mark>>,
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
        kinds: ObjectKinds,
        queue: &'a Queue<(usize, u32), SharedWork<V::Mark>>,
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
                Work::Given(SharedWork { pack, frame }) => {
                    self.stack.push(frame);
                    pack
                }
            };
            while let Some(frame) = self.stack.last_mut() {
                let child = self.packs[at].forest.child(frame.left.start);
                frame.left.start += 1;
                self.child(at, child);
                if self.queue.has_idle() {
                    self.share(at);
                }
            }
        }
    }

    /// Reads a root, and makes it the first frame if it has children.
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
        self.push(
            at,
            pack.forest.children(entry),
            Frame { bytes: BaseBytes::Own(bytes), kind, mark, left: 0..0 },
        );
    }

    /// Builds a root whose base is elsewhere.
    fn foreign(&mut self, at: usize, entry: u32, bytes: &mut Vec<u8>) -> Result<ObjectKind, &'static str> {
        let pack = &self.packs[at];
        let mut delta = std::mem::take(&mut self.delta);
        let made = self.inflater.inflate(pack, entry, &mut delta).and_then(|header| {
            let PackedContent::ByName(name) = header.content else {
                return Err("has changed while it was read");
            };
            let (kind, base) = self.visitor.elsewhere(name).ok_or(NO_BASE)?;
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
        // If this is the last child, the base's bytes are freed before it is entered. The mark is still needed.
        let is_last = frame.left.is_empty();
        let Some(mut frame) = self.stack.pop() else { return };
        if is_last {
            self.recycle(std::mem::replace(&mut frame.bytes, BaseBytes::Own(Vec::new())));
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
        self.push(
            at,
            pack.forest.children(entry),
            Frame { bytes: BaseBytes::Own(bytes), kind, mark, left: 0..0 },
        );
    }

    fn visit(
        &mut self,
        at: usize,
        entry: u32,
        kind: ObjectKind,
        bytes: &[u8],
        mark: Option<&V::Mark>,
    ) -> Option<V::Mark> {
        let pack = &self.packs[at];
        let position = pack.forest.position(entry);
        if pack.is_shared(position) {
            // Copies are skipped, so what is read and what is skipped must be the same.
            if let Err(why) = hash::prove(pack.file.index.id(position), kind, bytes) {
                self.visitor.failed(pack.file.index.id(position), Some(kind), why);
            }
            if pack.is_copy(position) {
                return None;
            }
        }
        let base = mark.map(|mark| DeltaBase { mark, changes: &self.changes });
        Some(self.visitor.object(Object {
            id: pack.file.index.id(position),
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

    fn push(&mut self, at: usize, children: Range<u32>, frame: Frame<V::Mark>) {
        let held = || self.stack.iter().map(|frame| frame.bytes.len()).sum::<usize>();
        if children.is_empty() {
            self.recycle(frame.bytes);
        } else if frame.bytes.len() > COUNTED && held() + frame.bytes.len() > MOST_HELD {
            drop(frame);
            for child in children {
                self.fail(at, self.packs[at].forest.child(child), NOT_HELD);
            }
        } else {
            self.stack.push(Frame { left: children, ..frame });
        }
    }

    /// Neither the entry nor anything made from it can be read.
    fn fail(&mut self, at: usize, entry: u32, why: &'static str) {
        let pack = &self.packs[at];
        let mut below = vec![entry];
        let mut why = why;
        while let Some(entry) = below.pop() {
            let position = pack.forest.position(entry);
            self.visitor.failed(pack.file.index.id(position), pack.forest.kind(entry), why);
            if why != NOT_HELD {
                why = LOST_BASE;
            }
            below.extend(pack.forest.children(entry).map(|index| pack.forest.child(index)));
        }
    }

    /// Gives the largest remaining part to an idle thread, if that leaves work for this one.
    fn share(&mut self, at: usize) {
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
        let shared_work = Frame {
            bytes: BaseBytes::Shared(frame.bytes.share()),
            kind: frame.kind,
            mark: frame.mark.clone(),
            left: last..frame.left.end,
        };
        frame.left.end = last;
        if frame.left.is_empty() {
            self.stack.remove(depth);
        }
        self.queue.share(SharedWork { pack: at, frame: shared_work });
    }

    fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    fn recycle(&mut self, bytes: BaseBytes) {
        if let BaseBytes::Own(bytes) = bytes
            && bytes.capacity() <= KEPT
            && self.spare.len() < SPARE
        {
            self.spare.push(bytes);
        }
    }
}
