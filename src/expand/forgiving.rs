//! Compressed data in files that are no archives, such as the streams of a PDF: what comes out before a damage counts,
//! and the file is only incomplete if nothing does.

use std::{
    cell::Cell,
    collections::BTreeSet,
    io::{self, Read},
};

use super::{
    budget::{Budget, Meter},
    job::{ArchivePath, ExpandJob},
};
use crate::bytes::is_ascii_text;

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

/// Whether so much comes out of a decoder that it is no chance, or all there is.
pub(super) fn inflates(mut decoder: impl Read) -> bool {
    let mut start = [0; 64];
    let mut count = 0;
    while count < start.len() {
        match decoder.read(&mut start[count..]) {
            Ok(0) => return count > 0,
            Ok(more) => count += more,
            Err(_) => return false,
        }
    }
    true
}

/// How much comes out of a decoder beyond doubt. Of random bytes, one in a thousand inflates to a fourth of that, and
/// none in 180,000 to that.
const BEYOND_DOUBT: usize = 1 << 10;

/// How much text with so many different characters comes out beyond doubt.
const TEXT_BEYOND_DOUBT: (usize, usize) = (64, 16);

/// What comes out of a decoder at first.
pub(super) enum Beginning {
    /// So much that its input is compressed data, or all of it.
    Sound,
    /// This, and then an error. Chance may look like that.
    Doubtful(Vec<u8>),
}

/// Tries a decoder.
pub(super) fn begin(decoder: &mut dyn Read) -> Beginning {
    let mut start = Vec::new();
    while start.len() < BEYOND_DOUBT {
        // The output of a read that ends with an error is lost, so reads are small.
        let mut piece = [0; 16];
        match decoder.read(&mut piece) {
            Ok(0) if start.is_empty() => break,
            Ok(0) => return Beginning::Sound,
            Ok(count) => start.extend(&piece[..count]),
            Err(_) if is_text_beyond_doubt(&start) => return Beginning::Sound,
            Err(_) => return Beginning::Doubtful(start),
        }
    }
    if start.is_empty() { Beginning::Doubtful(start) } else { Beginning::Sound }
}

fn is_text_beyond_doubt(bytes: &[u8]) -> bool {
    let (length, kinds) = TEXT_BEYOND_DOUBT;
    bytes.len() >= length
        && bytes.iter().all(|byte| is_ascii_text(*byte))
        && bytes.iter().collect::<BTreeSet<_>>().len() >= kinds
}
