//! Compressed bitmaps (EWAH), as gitformat-bitmap(5) describes them.

use super::input::IndexBytes;

/// The positions of the set bits.
pub(super) struct Bitmap(pub(super) Vec<usize>);

impl Bitmap {
    /// Positions at or above `limit` are invalid.
    pub(super) fn parse(input: &mut IndexBytes<'_>, limit: usize) -> Option<Self> {
        const BITS: usize = 64;
        let _bits = input.u32()?;
        let mut words = input.u32()?;
        let (mut set, mut at) = (Vec::new(), 0usize);
        while words > 0 {
            // A word gives the value and length of a run of equal words, and how many literal words follow.
            let head = input.u64()?;
            let (value, run, plain) = (head & 1 == 1, head >> 1 & 0xffff_ffff, (head >> 33) as u32);
            words = words.checked_sub(1)?.checked_sub(plain)?;
            let end = at.checked_add(usize::try_from(run).ok()?.checked_mul(BITS)?)?;
            if value {
                if end > limit {
                    return None;
                }
                set.extend(at..end);
            }
            at = end;
            for _ in 0..plain {
                let word = input.u64()?;
                set.extend((0..BITS).filter(|bit| word >> bit & 1 == 1).map(|bit| at + bit));
                at = at.checked_add(BITS)?;
            }
        }
        // The start of the last run, which is only needed for appending.
        input.u32()?;
        set.last().is_none_or(|last| *last < limit).then_some(Self(set))
    }
}
