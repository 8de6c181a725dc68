//! Stores input that can be read only once, for formats that need random access.

use std::{
    fs::File,
    io::{self, Read, Write},
};

use super::{budget::Budget, fault::user_error};
use crate::{
    blob::{FileAt, ReadAt, WINDOW},
    bytes::fill,
};

/// Smaller input stays in memory, in bytes.
const SMALL: usize = 8 << 20;

/// The largest input that is stored, in bytes.
const MOST: u64 = 2 << 30;

/// All the bytes, and the error that ended them.
pub(super) struct Spool<'a> {
    memory: Vec<u8>,
    file: Option<(File, u64)>,
    held: u64,
    budget: &'a Budget,
    /// The error that ended the input.
    pub(super) error: Option<io::Error>,
}

impl<'a> Spool<'a> {
    /// Reads to the end.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn new(mut reader: impl Read, budget: &'a Budget) -> io::Result<Self> {
        let mut spool = Self { memory: Vec::new(), file: None, held: 0, budget, error: None };
        while spool.error.is_none() && spool.memory.len() < SMALL {
            let filled = spool.memory.len();
            if budget.memory.take(WINDOW as u64).is_err() {
                break;
            }
            spool.held += WINDOW as u64;
            spool.memory.reserve_exact(WINDOW);
            spool.memory.resize(filled + WINDOW, 0);
            let (count, error) = fill(&mut reader, &mut spool.memory[filled..]);
            spool.memory.truncate(filled + count);
            spool.error = error;
            if count < WINDOW {
                return Ok(spool);
            }
        }
        spool.move_to_file(reader)?;
        Ok(spool)
    }

    /// Moves the bytes to a file that has no name and that nobody else can open.
    fn move_to_file(&mut self, mut reader: impl Read) -> io::Result<()> {
        let explain = |error: io::Error| {
            user_error(format!(
                "is too large to unpack in memory, and no temporary file can be written ({error}): set TMPDIR to a \
                 directory with more space, or unpack it and scan the directory"
            ))
        };
        let mut file = tempfile::tempfile().map_err(explain)?;
        file.write_all(&self.memory).map_err(explain)?;
        let mut size = self.memory.len() as u64;
        self.memory.truncate(WINDOW);
        self.memory.shrink_to_fit();
        self.budget.memory.give(self.held);
        self.held = 0;
        while self.error.is_none() {
            let (count, error) = fill(&mut reader, &mut self.memory);
            file.write_all(&self.memory[..count]).map_err(explain)?;
            size += count as u64;
            self.error = error;
            if size > MOST {
                self.error = Some(user_error(
                    "contains a zip archive of more than 2 GiB, the limit: unpack it and scan the directory; \
                     everything before that was scanned"
                        .to_owned(),
                ));
            }
            if count < self.memory.len() {
                break;
            }
        }
        self.memory = Vec::new();
        self.file = Some((file, size));
        Ok(())
    }

    /// All of them, wherever they are.
    pub(super) fn kept(&self) -> Box<dyn ReadAt + '_> {
        match &self.file {
            Some((file, size)) => Box::new(FileAt { file, size: *size }),
            None => Box::new(&*self.memory),
        }
    }
}

impl Drop for Spool<'_> {
    fn drop(&mut self) {
        self.budget.memory.give(self.held);
    }
}
