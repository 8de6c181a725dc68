//! GitHub's `primaryLocationLineHash`, as `fingerprints.ts` of github/codeql-action computes it for an
//! upload. It must be identical: a different hash closes an alert and opens a new one.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{ErrorKind, Read, Result},
    str,
};

/// How many characters from the start of a line its hash covers.
const WINDOW: usize = 100;

/// The base of the rolling hash.
const BASE: u64 = 37;

/// The factor of a character that leaves the window: the base to the power of the window.
const LEAVING: u64 = BASE.wrapping_pow(WINDOW as u32);

/// Stands for the end of the file.
const END: u16 = 0xffff;

const CHUNK: usize = 64 * 1024;

/// How many different hashes are remembered, to number equal ones: about 35 MB at most. Lines of longer files
/// get no hash, and the upload computes it.
const REMEMBERED: usize = 1 << 20;

/// GitHub's hashes of the `wanted` lines, 1-based. Lines that do not exist are omitted. Reads only as far as
/// the last wanted line requires.
///
/// # Errors
/// When `reader` fails.
pub(crate) fn line_hashes(reader: impl Read, wanted: &BTreeSet<u64>) -> Result<BTreeMap<u64, String>> {
    hashes(reader, wanted, &mut vec![0; CHUNK], REMEMBERED)
}

/// `buffer` must have room for more than one character.
fn hashes(
    mut reader: impl Read,
    wanted: &BTreeSet<u64>,
    buffer: &mut [u8],
    remembered: usize,
) -> Result<BTreeMap<u64, String>> {
    let mut hasher = Hasher::new(wanted, remembered);
    let mut held = 0;
    while !hasher.done {
        let count = match reader.read(&mut buffer[held..]) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = held + count;
        let used = hasher.text(&buffer[..end], count == 0);
        if count == 0 {
            hasher.finish();
            break;
        }
        buffer.copy_within(used..end, 0);
        held = end - used;
    }
    Ok(hasher.found)
}

struct Hasher<'a> {
    wanted: &'a BTreeSet<u64>,
    found: BTreeMap<u64, String>,
    /// The last `WINDOW` characters, each with the line that it begins, or 0.
    window: [(u16, u64); WINDOW],
    at: usize,
    hash: u64,
    /// The line of the last character, 1-based.
    line: u64,
    at_line_start: bool,
    after_carriage_return: bool,
    /// How many times each hash has occurred.
    seen: HashMap<u64, u64>,
    remembered: usize,
    /// Whether all wanted lines are done.
    done: bool,
}

impl<'a> Hasher<'a> {
    fn new(wanted: &'a BTreeSet<u64>, remembered: usize) -> Self {
        Self {
            wanted,
            found: BTreeMap::new(),
            window: [(0, 0); WINDOW],
            at: 0,
            hash: 0,
            line: 0,
            at_line_start: true,
            after_carriage_return: false,
            seen: HashMap::new(),
            remembered,
            done: wanted.is_empty(),
        }
    }

    /// Processes bytes and returns how many it used: an incomplete character at the end is left for the next
    /// call, unless this is the `last` one. Invalid UTF-8 becomes U+FFFD in the same places as in Node's
    /// decoder.
    fn text(&mut self, bytes: &[u8], last: bool) -> usize {
        let mut used = 0;
        while used < bytes.len() {
            let (valid, skip) = match str::from_utf8(&bytes[used..]) {
                Ok(text) => (text.len(), 0),
                Err(error) => match error.error_len() {
                    Some(length) => (error.valid_up_to(), length),
                    None if last => (error.valid_up_to(), bytes.len() - used - error.valid_up_to()),
                    None => {
                        let valid = error.valid_up_to();
                        self.units(&bytes[used..used + valid]);
                        return used + valid;
                    }
                },
            };
            self.units(&bytes[used..used + valid]);
            if skip > 0 {
                self.unit(char::REPLACEMENT_CHARACTER as u16);
            }
            used += valid + skip;
        }
        used
    }

    fn units(&mut self, valid: &[u8]) {
        for unit in str::from_utf8(valid).unwrap_or_default().encode_utf16() {
            self.unit(unit);
        }
    }

    fn unit(&mut self, unit: u16) {
        const LINE_FEED: u16 = b'\n' as u16;
        const CARRIAGE_RETURN: u16 = b'\r' as u16;
        let after_carriage_return =
            std::mem::replace(&mut self.after_carriage_return, unit == CARRIAGE_RETURN);
        match unit {
            0x20 | 0x09 => {}
            LINE_FEED if after_carriage_return => {}
            CARRIAGE_RETURN => self.push(LINE_FEED),
            _ => self.push(unit),
        }
    }

    fn push(&mut self, unit: u16) {
        self.emit();
        if self.at_line_start {
            self.line += 1;
            self.window[self.at].1 = self.line;
        }
        self.at_line_start = unit == u16::from(b'\n');
        self.roll(unit);
    }

    fn finish(&mut self) {
        self.push(END);
        for _ in 0..WINDOW {
            self.emit();
            self.roll(0);
        }
    }

    /// The character that leaves the window next may begin a line, whose hash is then complete.
    fn emit(&mut self) {
        let line = std::mem::take(&mut self.window[self.at].1);
        if line == 0 || self.done {
            return;
        }
        if self.seen.len() >= self.remembered && !self.seen.contains_key(&self.hash) {
            self.done = true;
            return;
        }
        let count = self.seen.entry(self.hash).or_default();
        *count += 1;
        if self.wanted.contains(&line) {
            self.found.insert(line, format!("{:x}:{count}", self.hash));
        }
        self.done = self.wanted.last().is_none_or(|last| line >= *last);
    }

    fn roll(&mut self, unit: u16) {
        let leaving = std::mem::replace(&mut self.window[self.at].0, unit);
        let kept = self.hash.wrapping_mul(BASE).wrapping_add(u64::from(unit));
        self.hash = kept.wrapping_sub(LEAVING.wrapping_mul(u64::from(leaving)));
        self.at = (self.at + 1) % WINDOW;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8]) -> Vec<String> {
        line_hashes(text, &(1..1000).collect()).unwrap().into_values().collect()
    }

    // The vectors of codeql-action's `fingerprints.test.ts`.
    #[test]
    fn agrees_with_github() {
        assert_eq!(all(b""), ["c129715d7a2bc9a3:1"]);
        let expected = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"];
        assert_eq!(all(b" a\nb\n  \t\tc\n d"), expected);
    }

    #[test]
    fn all_line_ends_are_the_same() {
        let expected = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        assert_eq!(all(b" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n"), expected);
        assert_eq!(all(b" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r"), expected);
        assert_eq!(all(b" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n"), expected);
        assert_eq!(all(b" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n"), expected);
    }

    #[test]
    fn equal_hashes_are_numbered() {
        let hashes = all("Lorem ipsum dolor sit amet.\n".repeat(10).as_bytes());
        assert_eq!(hashes[..2], ["a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2"]);
        assert_eq!(hashes[5..8], ["a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1"]);
    }

    // These hashes were computed with `fingerprints.ts` itself, under Node.
    #[test]
    fn characters_are_utf_16_code_units() {
        let expected = ["7ab7f3a0bb55a8df:1", "946d06b6a5e138cc:1", "c129715d7a2bc9a3:1"];
        assert_eq!(all("🦀 = \"é汉\"\n\u{feff}𝒳\n".as_bytes()), expected);
        let not_utf_8 = b"\xff\xe2\x82 \xf0\x9f\xa6a\n\xed\xa0\x80\xf0\x9f";
        assert_eq!(all(not_utf_8), ["34d30947f0cf9a55:1", "820e17bae189b7bf:1"]);
    }

    #[test]
    fn only_the_start_of_a_long_line_counts() {
        let text = format!("{}\n{}🦀\nend", "key = \"sk-\" ".repeat(5000), "a".repeat(99));
        let expected = ["ececfd9eaa77f9c2:1", "871f6af4d0d5b559:1", "43b6461eda086fe2:1"];
        assert_eq!(all(text.as_bytes()), expected);
        let other_end = text.replacen(" \n", "!\n", 1);
        assert_eq!(all(other_end.as_bytes()), expected);
    }

    #[test]
    fn only_wanted_lines_that_exist() {
        let found = line_hashes(&b" a\nb\n  \t\tc\n d"[..], &BTreeSet::from([2, 4, 9])).unwrap();
        let found: Vec<_> = found.iter().map(|(line, hash)| (*line, hash.as_str())).collect();
        assert_eq!(found, [(2, "54703d4cd895b18:1"), (4, "a23a3dc5e078b07b:1")]);
    }

    #[test]
    fn reads_no_further_than_needed() {
        let endless = std::io::Read::chain(&b"key\n"[..], std::io::repeat(b'a'));
        assert_eq!(line_hashes(endless, &BTreeSet::from([1])).unwrap().len(), 1);
        assert!(line_hashes(std::io::repeat(b'a'), &BTreeSet::new()).unwrap().is_empty());
    }

    #[test]
    fn gives_up_rather_than_remember_too_many_lines() {
        let text: String = (0..500).map(|number| format!("{number}\n")).collect();
        let found = hashes(text.as_bytes(), &(1..1000).collect(), &mut [0; 64], 10).unwrap();
        assert_eq!(found.into_keys().collect::<Vec<_>>(), (1..=10).collect::<Vec<u64>>());
    }

    proptest! {
        #[test]
        fn chunks_change_nothing(
            bytes in prop_oneof![
                "[a \t\r\né汉🦀]{0,300}".prop_map(String::into_bytes),
                proptest::collection::vec(any::<u8>(), 0..300),
            ],
            room in 4..20_usize,
        ) {
            let wanted: BTreeSet<u64> = (1..400).collect();
            let chunked = hashes(&bytes[..], &wanted, &mut vec![0; room], REMEMBERED).unwrap();
            prop_assert_eq!(&chunked, &line_hashes(&bytes[..], &wanted).unwrap());
            let lossy = String::from_utf8_lossy(&bytes);
            prop_assert_eq!(&chunked, &line_hashes(lossy.as_bytes(), &wanted).unwrap());
        }
    }
}
