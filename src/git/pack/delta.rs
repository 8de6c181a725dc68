//! A delta: how to make an object from another one by copying parts of it and inserting new bytes. See git's
//! `gitformat-pack`.

use std::ops::Range;

/// An object made from a delta is no larger, in bytes: a few bytes of delta may stand for megabytes.
pub const LARGEST: u64 = 2 << 30;

/// Makes an object from its base. In `novel` it says which parts of the result do not stand in the base as they stand
/// here: what was inserted, and as empty ranges the seams between parts that are not adjacent in the base. The start of
/// the result is such a seam unless it is that of the base, and so is the end.
///
/// # Errors
/// When the delta is damaged or belongs to another base. `result` holds anything then.
pub fn apply(
    base: &[u8],
    delta: &[u8],
    result: &mut Vec<u8>,
    novel: &mut Vec<Range<usize>>,
) -> Result<(), &'static str> {
    const CUT: &str = "its delta is cut short";
    result.clear();
    novel.clear();
    let mut rest = delta;
    let base_size = size(&mut rest).ok_or(CUT)?;
    if base_size != base.len() as u64 {
        return Err("its delta belongs to a base of another size");
    }
    let result_size = size(&mut rest).ok_or(CUT)?;
    if result_size > LARGEST {
        return Err("it is larger than 2 GiB, too large to be put together in memory");
    }
    let result_size = usize::try_from(result_size).unwrap_or(usize::MAX);
    // The operations may give less than was announced, so memory for all of it is only taken as they come.
    if result.try_reserve(result_size.min(base.len() + delta.len())).is_err() {
        return Err("there is not enough memory for it");
    }
    // Where the base would go on if the next copy were adjacent to the last one.
    let mut adjacent = 0;
    while let Some((&operation, after)) = rest.split_first() {
        rest = after;
        let start = result.len();
        if operation & 0x80 != 0 {
            let copied = copy(operation, &mut rest).ok_or(CUT)?;
            if copied.start != adjacent {
                add(novel, start..start);
            }
            adjacent = copied.end;
            let piece = base.get(copied).ok_or("its delta copies what is not in its base")?;
            if result_size - start < piece.len() {
                return Err("its delta gives more than it says");
            }
            result.extend_from_slice(piece);
        } else if operation != 0 {
            let count = usize::from(operation);
            let piece = rest.get(..count).ok_or(CUT)?;
            if result_size - start < count {
                return Err("its delta gives more than it says");
            }
            rest = &rest[count..];
            result.extend_from_slice(piece);
            add(novel, start..start + count);
        } else {
            return Err("its delta has an operation that is not known");
        }
    }
    if result.len() != result_size {
        return Err("its delta gives less than it says");
    }
    if adjacent != base.len() {
        add(novel, result_size..result_size);
    }
    Ok(())
}

/// Adds a range that begins no earlier than the last one.
fn add(novel: &mut Vec<Range<usize>>, range: Range<usize>) {
    match novel.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => novel.push(range),
    }
}

/// What an operation copies. Its low bits say which bytes of offset and size follow.
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

/// A number with seven bits in each byte, the lowest first.
fn size(rest: &mut &[u8]) -> Option<u64> {
    let mut size = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        let part = u64::from(byte & 0x7f);
        if (part << shift) >> shift != part {
            return None;
        }
        size |= part << shift;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
    None
}
