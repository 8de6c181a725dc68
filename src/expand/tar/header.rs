//! One header block of a tar archive.

/// What follows a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TarKind {
    /// A file's content.
    Data,
    /// The content of a file without its holes, after the rest of the hole map.
    Sparse,
    /// The name of the next entry.
    LongName,
    /// The link target of the next entry.
    LongLink,
    /// Metadata of the next entry.
    Pax,
    /// Metadata of all entries.
    GlobalPax,
    /// Nothing: links, directories, devices.
    Other,
}

/// A header.
#[derive(Debug)]
pub(super) struct TarHeader {
    pub(super) kind: TarKind,
    pub(super) size: u64,
    pub(super) link: Vec<u8>,
    /// The map of a sparse file continues in the next block.
    pub(super) map_goes_on: bool,
    name: Vec<u8>,
    prefix: Vec<u8>,
}

impl TarHeader {
    /// Parses a block of 512 bytes; `None` if its checksum is wrong or its size is not a number.
    pub(super) fn parse(block: &[u8]) -> Option<Self> {
        // Almost every block that is not a header fails here.
        let expected = octal(&block[148..156])?;
        let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
        let sum_of_field: u64 = block[148..156].iter().map(|byte| u64::from(*byte)).sum();
        if sum - sum_of_field + 8 * u64::from(b' ') != expected {
            return None;
        }
        let is_posix = &block[257..263] == b"ustar\0";
        let kind = match block[156] {
            b'L' => TarKind::LongName,
            b'K' => TarKind::LongLink,
            b'x' | b'X' => TarKind::Pax,
            b'g' => TarKind::GlobalPax,
            b'S' => TarKind::Sparse,
            b'1'..=b'6' | b'V' => TarKind::Other,
            _ => TarKind::Data,
        };
        Some(Self {
            kind,
            size: number(&block[124..136])?,
            link: until_zero(&block[157..257]),
            map_goes_on: block[482] == 1,
            name: until_zero(&block[..100]),
            prefix: if is_posix { until_zero(&block[345..500]) } else { Vec::new() },
        })
    }

    /// The full name.
    pub(super) fn name(&self) -> Vec<u8> {
        if self.prefix.is_empty() { self.name.clone() } else { [&self.prefix[..], b"/", &self.name].concat() }
    }
}

fn until_zero(field: &[u8]) -> Vec<u8> {
    field[..field.iter().position(|byte| *byte == 0).unwrap_or(field.len())].to_vec()
}

/// Parses octal digits between spaces and zero bytes.
fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?.trim_matches(|c| c == ' ' || c == '\0');
    if text.starts_with('+') {
        return None;
    }
    u64::from_str_radix(text, 8).ok()
}

/// Parses octal digits, or a binary number if the first bit is set. An empty field is 0.
fn number(field: &[u8]) -> Option<u64> {
    if field.iter().all(|byte| matches!(byte, 0 | b' ')) {
        return Some(0);
    }
    if field[0] != 0x80 {
        return octal(field);
    }
    field[1..].iter().try_fold(0_u64, |number, byte| Some(number.checked_mul(256)? + u64::from(*byte)))
}

/// The records of a pax header: `LENGTH KEY=VALUE`, each followed by a line feed.
pub(super) fn records(mut data: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut records = Vec::new();
    while let Some(record) = record(&mut data) {
        records.push(record);
    }
    if !data.is_empty() {
        // Not a record, but it may still contain something to find.
        records.push((b"", data));
    }
    records
}

fn record<'a>(data: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let space = data.iter().take(20).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&data[..space]).ok()?.parse().ok()?;
    let record = data.get(space + 1..length)?.strip_suffix(b"\n")?;
    let equals = record.iter().position(|byte| *byte == b'=')?;
    *data = &data[length..];
    Some((&record[..equals], &record[equals + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        assert_eq!(number(b"00000000012\0"), Some(10));
        assert_eq!(number(b"         17 "), Some(15));
        assert_eq!(number(&[0; 12]), Some(0));
        assert_eq!(number(b"0000000009x\0"), None);
        let mut large = [0; 12];
        (large[0], large[7]) = (0x80, 2);
        assert_eq!(number(&large), Some(2 << 32));
        assert_eq!(number(&[0xff; 12]), None);
        large.fill(0xff);
        large[0] = 0x80;
        assert_eq!(number(&large), None);
    }

    #[test]
    fn records_are_cut_by_their_length() {
        let data = b"12 path=a\nb\n17 comment=x = y\nrest";
        let records = records(data);
        assert_eq!(records[0], (&b"path"[..], &b"a\nb"[..]));
        assert_eq!(records[1], (&b"comment"[..], &b"x = y"[..]));
        assert_eq!(records[2], (&b""[..], &b"rest"[..]));
        for broken in
            [&b"5"[..], b"99 a=b\n", b"0 a=b\n", b"2 a=b\n", b"a b=c\n", b"18446744073709551616 a=b\n"]
        {
            assert_eq!(super::records(broken), [(&b""[..], broken)]);
        }
    }
}
