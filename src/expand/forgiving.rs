//! Compressed data in files that are no archives, such as the streams of a PDF: what comes out before a damage counts,
//! and the file is only incomplete if nothing does.

use std::{
    cell::Cell,
    io::{self, Read},
};

use super::{
    budget::{Budget, Meter},
    job::{ArchivePath, ExpandJob},
};

/// Ends where the data does, or where it is damaged.
struct UpToDamage<'a> {
    decoder: Box<dyn Read + 'a>,
    meter: Meter<'a>,
    has_output: &'a Cell<bool>,
    is_damaged: &'a Cell<bool>,
}

impl Read for UpToDamage<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer).unwrap_or_else(|_| {
            self.is_damaged.set(true);
            0
        });
        if count > 0 {
            self.has_output.set(true);
        }
        self.meter.add(count)?;
        Ok(count)
    }
}

/// How far inflating looks back, in bytes.
pub(super) const INFLATE: u64 = 32 << 10;

/// Passes on what comes out of a decoder that looks back over `window` bytes, under this name. Returns whether anything did, or there was nothing in it.
pub(super) fn pass_on<'d>(
    job: &mut ExpandJob<'_>,
    place: &ArchivePath<'_>,
    name: &[u8],
    window: u64,
    decoder: Box<dyn Read + 'd>,
) -> bool {
    let budget: &Budget = job.budget;
    let (has_output, is_damaged) = (Cell::new(false), Cell::new(false));
    let result = budget.entry().and_then(|()| Meter::new(budget, window, 0)).and_then(|meter| {
        let mut content = UpToDamage { decoder, meter, has_output: &has_output, is_damaged: &is_damaged };
        job.inner(place, name, &mut content)
    });
    if let Err(error) = result {
        // Only a limit can end it so.
        job.damaged(place, "compressed data", &error);
        return true;
    }
    has_output.get() || !is_damaged.get()
}
