//! Limits what one input may cost, however deeply it is nested.

use std::{
    cell::Cell,
    io::{self, Read},
};

use super::{fault::user_error, memory::Share};
use crate::blob::ReadAt;

/// The most output that one input may produce, in bytes.
const MOST: u64 = 2 << 30;

/// Output up to this size is always allowed, in bytes.
const HARMLESS: u64 = 64 << 20;

/// More output than this many times the input only occurs in decompression bombs: text seldom shrinks to a twentieth.
const RATIO: u64 = 200;

/// How many archive entries are read.
const ENTRIES: u64 = 4 << 20;

/// How much memory may be initialized for decoders in total, in bytes: about five seconds spent on nothing else.
const SET_UP: u64 = 128 << 30;

/// At most this many things that were not scanned are named one by one.
const NAMED: u64 = 100;

/// Counts the cost of one top-level input.
#[derive(Default)]
pub(super) struct Budget {
    read: Cell<u64>,
    expanded: Cell<u64>,
    entries: Cell<u64>,
    set_up: Cell<u64>,
    reports: Cell<u64>,
    stopped: Cell<bool>,
    /// The input's share of the available memory.
    pub(super) memory: Share,
}

impl Budget {
    /// A limit was exceeded, and expansion must stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// Counts bytes read from the input itself. Those of a file count only once, wherever its directory leads.
    pub(super) fn read(&self, count: u64, size: u64) {
        self.read.set(self.read.get().saturating_add(count).min(size));
    }

    /// Counts bytes that came out of a container.
    ///
    /// # Errors
    /// When the limit is exceeded.
    pub(super) fn expanded(&self, count: u64) -> io::Result<()> {
        let expanded = self.expanded.get() + count;
        self.expanded.set(expanded);
        if expanded > MOST {
            return self.stop(
                "expands to more than 2 GiB, the limit for one file: unpack it and scan the directory",
            );
        }
        if expanded > HARMLESS && expanded / RATIO > self.read.get() {
            return self.stop(
                "expands to more than 200 times its size, like a decompression bomb: unpack it and scan \
                 its contents if you trust it",
            );
        }
        if self.is_stopped() { self.stop("holds more") } else { Ok(()) }
    }

    /// Counts an archive entry.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn entry(&self) -> io::Result<()> {
        self.entries.set(self.entries.get() + 1);
        if self.entries.get() > ENTRIES {
            return self.stop(
                "contains more than 4,194,304 entries, the limit for one file: unpack it and scan the directory",
            );
        }
        Ok(())
    }

    /// Counts a decoder that initializes this many bytes.
    ///
    /// # Errors
    /// When the total is too much.
    fn set_up(&self, bytes: u64) -> io::Result<()> {
        self.set_up.set(self.set_up.get() + bytes);
        if self.set_up.get() > SET_UP {
            return self
                .stop("contains too many small parts, which take too long to unpack: unpack it and scan the directory");
        }
        Ok(())
    }

    fn stop(&self, why: &str) -> io::Result<()> {
        self.stopped.set(true);
        Err(user_error(format!("{why}; nothing after this point was scanned")))
    }

    /// Whether the next thing that was not scanned may be named.
    pub(super) fn may_name(&self) -> bool {
        self.reports.set(self.reports.get() + 1);
        self.reports.get() <= NAMED
    }

    /// How many were not named.
    pub(super) fn unnamed(&self) -> u64 {
        self.reports.get().saturating_sub(NAMED)
    }
}

/// Counts what is read from the input itself.
pub(super) struct CountingReader<'a> {
    pub(super) inner: &'a mut dyn Read,
    pub(super) budget: &'a Budget,
}

impl Read for CountingReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.budget.read(count as u64, u64::MAX);
        Ok(count)
    }
}

/// The same for an input with random access.
pub(super) struct CountingReadAt<'a> {
    pub(super) inner: &'a dyn ReadAt,
    pub(super) budget: &'a Budget,
}

impl ReadAt for CountingReadAt<'_> {
    fn size(&self) -> u64 {
        self.inner.size()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = self.inner.read_at(buffer, offset)?;
        self.budget.read(count as u64, self.size());
        Ok(count)
    }
}

/// Counts the output of one decoder, and the dictionary memory it therefore uses.
pub(super) struct Meter<'a> {
    budget: &'a Budget,
    window: u64,
    held: u64,
    produced: u64,
}

/// Memory is allocated in steps of this many bytes.
const STEP: u64 = 1 << 20;

impl<'a> Meter<'a> {
    /// For a decoder that looks back over `window` bytes of its output, and allocates `fixed` bytes at once.
    pub(super) fn new(budget: &'a Budget, window: u64, fixed: u64) -> io::Result<Self> {
        budget.set_up(fixed)?;
        budget.memory.take(fixed)?;
        Ok(Self { budget, window, held: fixed, produced: 0 })
    }

    pub(super) fn add(&mut self, count: usize) -> io::Result<()> {
        self.produced += count as u64;
        // Anything smaller fits into the allowance that every thread has anyway.
        let needed = self.produced.min(self.window);
        if self.window > STEP && needed > self.held {
            let more = (needed - self.held).next_multiple_of(STEP);
            self.budget.memory.take(more)?;
            self.held += more;
        }
        self.budget.expanded(count as u64)
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        self.budget.memory.give(self.held);
    }
}
