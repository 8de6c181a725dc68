//! A delta: makes an object from another one by copying parts of it and inserting new bytes. See git's
//! `gitformat-pack`.

use std::ops::Range;

use crate::bytes::varint;

/// The largest object that may be made from a delta, in bytes: a few bytes of delta may expand to megabytes.
pub(crate) const LARGEST: u64 = 2 << 30;

/// An object made of more parts than this counts as entirely new: a few bytes of a pack can produce very many parts.
const MOST_PARTS: usize = 1 << 20;

/// How an object differs from what it was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The parts of the object that differ from the base, in order: inserted bytes, and as empty ranges the seams
    /// between parts that are not adjacent in the base. The start of the object is such a seam unless it is also the
    /// start of the base, and the same goes for the end.
    pub changed_ranges: Vec<Range<usize>>,
    /// What was copied, in the order of the object.
    pub copied: Vec<CopiedRange>,
}

/// A part of an object that is copied from its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopiedRange {
    /// Its position in the object.
    pub to: usize,
    /// Its position in the base.
    pub from: usize,
    /// Its length in bytes.
    pub length: usize,
}

/// Makes an object from its base, and records how they differ.
///
/// # Errors
/// When the delta is damaged or belongs to another base. The content of `result` is unspecified then.
pub fn apply(
    base: &[u8],
    delta: &[u8],
    result: &mut Vec<u8>,
    changes: &mut Changes,
) -> Result<(), &'static str> {
    const CUT: &str = "its delta is truncated";
    result.clear();
    let Changes { changed_ranges, copied } = changes;
    changed_ranges.clear();
    copied.clear();
    let mut rest = delta;
    let base_size = varint::low_first(&mut rest).ok_or(CUT)?;
    if base_size != base.len() as u64 {
        return Err("its delta belongs to a base of a different size");
    }
    let result_size = varint::low_first(&mut rest).ok_or(CUT)?;
    if result_size > LARGEST {
        return Err("it is larger than 2 GiB, too large to be put together in memory");
    }
    let result_size = usize::try_from(result_size).unwrap_or(usize::MAX);
    // The operations may produce less than announced, so memory is allocated only as output arrives.
    if result.try_reserve(result_size.min(base.len() + delta.len())).is_err() {
        return Err("there is not enough memory for it");
    }
    // Where the base would continue if the next copy were adjacent to the last one.
    let mut adjacent = 0;
    let mut is_in_shreds = false;
    while let Some((&operation, after)) = rest.split_first() {
        rest = after;
        let start = result.len();
        if operation & 0x80 != 0 {
            let range = copy(operation, &mut rest).ok_or(CUT)?;
            let from = range.start;
            if from != adjacent {
                add(changed_ranges, start..start);
            }
            let piece = base.get(range).ok_or("its delta copies what is not in its base")?;
            if result_size - start < piece.len() {
                return Err("its delta gives more than it says");
            }
            result.extend_from_slice(piece);
            // Git copies at most 64 KiB at a time.
            match copied.last_mut() {
                Some(last) if from == adjacent && last.to + last.length == start => {
                    last.length += piece.len()
                }
                _ => copied.push(CopiedRange { to: start, from, length: piece.len() }),
            }
            adjacent = from + piece.len();
        } else if operation != 0 {
            let count = usize::from(operation);
            let piece = rest.get(..count).ok_or(CUT)?;
            if result_size - start < count {
                return Err("its delta gives more than it says");
            }
            rest = &rest[count..];
            result.extend_from_slice(piece);
            add(changed_ranges, start..start + count);
        } else {
            return Err("its delta has an unknown operation");
        }
        if copied.len().max(changed_ranges.len()) > MOST_PARTS {
            is_in_shreds = true;
            changed_ranges.clear();
            copied.clear();
        }
    }
    if result.len() != result_size {
        return Err("its delta gives less than it says");
    }
    if is_in_shreds {
        copied.clear();
        changed_ranges.clear();
        changed_ranges.push(0..result_size);
    } else if adjacent != base.len() {
        add(changed_ranges, result_size..result_size);
    }
    Ok(())
}

/// Adds a range that begins no earlier than the last one.
fn add(changed_ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    match changed_ranges.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => changed_ranges.push(range),
    }
}

/// The range that an operation copies. Its low bits say which bytes of offset and size follow.
fn copy(operation: u8, rest: &mut &[u8]) -> Option<Range<usize>> {
    let mut number = |first: u32, count: u32| {
        let mut number = 0;
        for at in 0..count {
            if operation & 1 << (first + at) != 0 {
                let (&byte, after) = rest.split_first()?;
                *rest = after;
                number |= usize::from(byte) << (8 * at);
            }
        }
        Some(number)
    };
    let start = number(0, 4)?;
    let size = match number(4, 3)? {
        0 => 0x10000,
        size => size,
    };
    Some(start..start.checked_add(size)?)
}
