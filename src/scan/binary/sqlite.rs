//! Columns of SQLite databases. A record begins with the types of its columns, which tell the length of each text; the
//! columns then follow without anything between them.

/// How far before a column its record may begin, in bytes.
const FARTHEST: usize = 1000;

/// The longest header of a record, in bytes. Longer ones would look like text.
const LONGEST_HEADER: u8 = 31;

/// The length of the text column that begins at `start`.
pub(super) fn column(text: &[u8], start: usize) -> Option<usize> {
    let first = start.saturating_sub(FARTHEST);
    (first..start).rev().filter(|at| (2..=LONGEST_HEADER).contains(&text[*at])).find_map(|at| {
        let (length, total) = column_of(text, at, start)?;
        is_cell(&text[..at], total).then_some(length)
    })
}

/// The length of the text column at `start` of the record at `at`, and the length of the record.
fn column_of(text: &[u8], at: usize, start: usize) -> Option<(usize, u64)> {
    let body = at + usize::from(text[at]);
    let mut header = text.get(at + 1..body)?;
    if body > start {
        return None;
    }
    let (mut offset, mut length) = (body as u64, None);
    while !header.is_empty() {
        let kind = varint(&mut header)?;
        let bytes = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        };
        if offset == start as u64 && kind >= 13 && kind % 2 == 1 {
            length = usize::try_from(bytes).ok();
        }
        offset = offset.checked_add(bytes)?;
        if length.is_none() && offset > start as u64 {
            return None;
        }
    }
    Some((length?, offset - at as u64))
}

/// Whether the text ends in the head of a cell with a record of this length: the length, and in tables the row's number.
fn is_cell(before: &[u8], total: u64) -> bool {
    const LONGEST_VARINT: usize = 9;
    let first = before.len().saturating_sub(2 * LONGEST_VARINT);
    (first..before.len()).any(|at| {
        let mut head = &before[at..];
        varint(&mut head) == Some(total)
            && (head.is_empty() || varint(&mut head).is_some() && head.is_empty())
    })
}

/// A number with seven bits a byte, the highest first; the ninth byte has eight.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for count in 1..=9 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if count == 9 {
            return Some(number << 8 | u64::from(byte));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
