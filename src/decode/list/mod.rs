//! Keys that are written as a list of bytes: `[115, 107, 45]`, `0x73, 0x6b`, `'s', 'k'`, `73 6b 2d`, registry files,
//! and hex dumps with offsets and a column of text. All elements of a list are decoded.

mod find;

use std::ops::Range;

use super::Decoded;
use find::WIDEST;
pub(crate) use find::{MARGIN, goes_on_with, next_region, spellings};

/// The minimum number of elements. No key is shorter.
const LEAST: usize = 18;

/// How numbers without a prefix are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Radix {
    Decimal,
    Hex,
}

/// The lists in a part of a text up to the one at `at`, read in both ways, with the name of each encoding, and where the
/// longer reading ends.
pub(crate) fn decode(text: &[u8], region: &Range<usize>, at: usize) -> (Vec<(Decoded, &'static str)>, usize) {
    let mut end = at;
    let readings = [Radix::Decimal, Radix::Hex].into_iter().filter_map(|radix| {
        let mut list = List { text, end: region.end, radix, ..List::default() };
        end = end.max(list.read(region.start, at));
        let name = if list.is_dump { "hex-dump" } else { "byte-list" };
        (!list.decoded.text.is_empty()).then_some((list.decoded, name))
    });
    (readings.collect(), end)
}

/// The offset at the start of a line of a dump.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Offset {
    #[default]
    None,
    /// `00000000: 736b 2d70  sk-p`
    Colon,
    /// `00000000  73 6b 2d 70  |sk-p|`
    Space,
}

struct List<'t> {
    text: &'t [u8],
    end: usize,
    radix: Radix,
    decoded: Decoded,
    /// Where the current list begins in what was decoded.
    start: usize,
    is_dump: bool,
    offset: Offset,
    /// The number of bytes on the line.
    on_line: usize,
}

impl Default for List<'_> {
    fn default() -> Self {
        Self {
            text: b"",
            end: 0,
            radix: Radix::Decimal,
            decoded: Decoded::default(),
            start: 0,
            is_dump: false,
            offset: Offset::None,
            on_line: 0,
        }
    }
}

impl List<'_> {
    /// Reads lists until the first one that ends behind `past`. Returns where that is.
    fn read(&mut self, from: usize, past: usize) -> usize {
        let mut at = from;
        let mut last = from;
        // The first line may begin before.
        let mut is_line_start = from == 0;
        while at < self.end {
            let rest = &self.text[at..self.end];
            if is_line_start
                && self.radix == Radix::Hex
                && let Some((length, offset)) = offset(rest)
            {
                self.offset = offset;
                self.is_dump = true;
                at += length;
                last = at;
                is_line_start = false;
                continue;
            }
            if let Some(length) = self.element(at) {
                at += length;
                last = at;
                is_line_start = false;
                continue;
            }
            match self.separator(rest) {
                Some((length, is_line_end)) if at + length - last <= WIDEST => {
                    at += length;
                    if is_line_end {
                        is_line_start = true;
                        (self.offset, self.on_line) = (Offset::None, 0);
                    }
                }
                _ => {
                    self.finish(at);
                    if at > past {
                        return at;
                    }
                    let word = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
                    is_line_start = rest[0] == b'\n';
                    if is_line_start {
                        (self.offset, self.on_line) = (Offset::None, 0);
                    }
                    at += word.max(1);
                    last = at;
                }
            }
        }
        self.finish(self.end);
        self.end
    }

    /// Ends a list. A short one is forgotten.
    fn finish(&mut self, at: usize) {
        let length = self.decoded.text.len() - self.start;
        if length < LEAST {
            self.decoded.truncate(self.start);
        } else {
            self.decoded.push(b'\n', at..at);
        }
        self.start = self.decoded.text.len();
    }

    fn push(&mut self, byte: u8, source: Range<usize>) {
        self.decoded.push(byte, source);
        self.on_line += 1;
    }

    /// Reads an element. Returns its length.
    fn element(&mut self, at: usize) -> Option<usize> {
        let rest = &self.text[at..self.end];
        match *rest.first()? {
            quote @ (b'\'' | b'"') => {
                let [_, character @ b'!'..=b'~', end, ..] = rest else { return None };
                if *end != quote || *character == quote {
                    return None;
                }
                self.push(*character, at..at + 3);
                return Some(3);
            }
            b'0' if matches!(rest.get(1), Some(b'x' | b'X')) => return self.prefixed(at, 2),
            b'&' if matches!(rest.get(1), Some(b'h' | b'H')) => return self.prefixed(at, 2),
            b'$' if self.radix == Radix::Decimal => return self.prefixed(at, 1),
            byte if !byte.is_ascii_hexdigit() => return None,
            _ => {}
        }
        let word = rest.iter().take(20).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        match self.radix {
            Radix::Decimal => {
                let digits = rest[..word].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let is_whole = digits == word || is_type(&rest[digits..word]);
                if !(1..=3).contains(&digits) || !is_whole {
                    return None;
                }
                let value =
                    rest[..digits].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
                self.push(u8::try_from(value).ok()?, at..at + digits);
                Some(word)
            }
            Radix::Hex => {
                let digits = &rest[..word];
                let byte = |at: usize| u8::try_from(crate::bytes::hex::number(&digits[at..at + 2])?).ok();
                match word {
                    2 => {
                        self.push(byte(0)?, at..at + 2);
                    }
                    4 => {
                        let (first, second) = (byte(0)?, byte(2)?);
                        if self.offset == Offset::Space {
                            self.push(second, at..at + 4);
                            self.push(first, at..at + 4);
                        } else {
                            self.push(first, at..at + 2);
                            self.push(second, at + 2..at + 4);
                        }
                    }
                    _ => return None,
                }
                Some(word)
            }
        }
    }

    /// Reads a hex number behind a prefix.
    fn prefixed(&mut self, at: usize, prefix: usize) -> Option<usize> {
        let rest = &self.text[at + prefix..self.end];
        let digits = rest.iter().take(3).take_while(|byte| byte.is_ascii_hexdigit()).count();
        if !(1..=2).contains(&digits) {
            return None;
        }
        let value = crate::bytes::hex::number(&rest[..digits])?;
        let suffix = rest[digits..].iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if suffix > 0 && !is_type(&rest[digits..digits + suffix]) {
            return None;
        }
        let length = prefix + digits;
        self.push(u8::try_from(value).ok()?, at..at + length);
        Some(length + suffix)
    }

    /// What may stand between two elements: its length, and whether it ends a line.
    fn separator(&self, rest: &[u8]) -> Option<(usize, bool)> {
        let byte = rest[0];
        if byte == b'\n' {
            return Some((1, true));
        }
        let is_dump = self.offset != Offset::None;
        if is_dump && self.on_line > 0 {
            let spaces = rest.iter().take(4).take_while(|byte| **byte == b' ').count();
            let is_text = match self.offset {
                Offset::Colon => spaces >= 2,
                _ => spaces >= 3 || rest[spaces..].starts_with(b"|"),
            };
            if is_text || self.on_line >= 16 {
                // The column of text goes on to the end of the line.
                let line = rest.iter().take(WIDEST).take_while(|byte| **byte != b'\n').count();
                return (line > 0).then_some((line, false));
            }
        }
        if byte.is_ascii_whitespace() || b",;:+.&|-()[]{}'\"\\@<>".contains(&byte) {
            return Some((1, false));
        }
        let word =
            rest.iter().take(20).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        is_type(&rest[..word]).then_some((word, false))
    }
}

/// Whether a word is a type, a conversion or a suffix of a number.
fn is_type(word: &[u8]) -> bool {
    const TYPES: &[&str] = &[
        "b",
        "u",
        "l",
        "n",
        "c",
        "ul",
        "ub",
        "uy",
        "y",
        "h",
        "u8",
        "i8",
        "byte",
        "bytes",
        "char",
        "chr",
        "chrw",
        "nchar",
        "sbyte",
        "uint8",
        "int8",
        "uint8_t",
        "int8_t",
        "unsigned",
        "signed",
        "as",
        "rune",
        "ord",
        "tobyte",
        "tochar",
        "unichr",
        "fromcharcode",
        "string",
        "cast",
    ];
    TYPES.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()))
}

/// The offset at the start of a line of a dump, with what follows it.
fn offset(rest: &[u8]) -> Option<(usize, Offset)> {
    let digits = rest.iter().take(17).take_while(|byte| byte.is_ascii_hexdigit()).count();
    match (digits, rest.get(digits..)?) {
        (4..=16, [b':', b' ', ..]) => Some((digits + 1, Offset::Colon)),
        (6..=16, [b' ', ..]) | (4, [b' ', b' ', ..]) => Some((digits + 1, Offset::Space)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "sk-proj-abcdefghijklmnop_0123";

    fn decoded(text: &str) -> Vec<String> {
        let whole = 0..text.len();
        let Some(region) = next_region(text.as_bytes(), whole) else { return Vec::new() };
        let (all, _) = decode(text.as_bytes(), &region, text.len());
        all.into_iter().map(|(decoded, _)| String::from_utf8_lossy(&decoded.text).into_owned()).collect()
    }

    fn list(element: impl Fn(u8) -> String, separator: &str) -> String {
        TEXT.bytes().map(element).collect::<Vec<_>>().join(separator)
    }

    #[test]
    fn every_notation_is_read() {
        let dump = |line: &dyn Fn(usize, &[u8]) -> String| {
            TEXT.as_bytes().chunks(16).enumerate().map(|(at, bytes)| line(16 * at, bytes)).collect::<String>()
        };
        let hex = |bytes: &[u8], separator: &str| {
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(separator)
        };
        let ascii = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        for text in [
            list(|byte| byte.to_string(), ","),
            list(|byte| byte.to_string(), ", "),
            list(|byte| byte.to_string(), ",\n        "),
            list(|byte| format!("0x{byte:02x}"), ", "),
            list(|byte| format!("0x{byte:02X}"), ","),
            list(|byte| format!("(byte)0x{byte:02x}"), ", "),
            list(|byte| format!("0x{byte:02x}u8"), ", "),
            list(|byte| format!("'{}'", char::from(byte)), ", "),
            list(|byte| format!("b'{}'", char::from(byte)), ", "),
            list(|byte| format!("\"{}\"", char::from(byte)), ","),
            list(|byte| format!("chr({byte})"), " . "),
            list(|byte| format!("{byte:02x}"), " "),
            list(|byte| format!("{byte:02X}"), ":"),
            list(|byte| format!("{byte:02x}"), "-"),
            list(|byte| format!("{byte:02x}"), ",\\\n  "),
            dump(&|at, bytes| format!("{at:08x}  {:<49} |{}|\n", hex(bytes, " "), ascii(bytes))),
            dump(&|at, bytes| {
                let pairs: Vec<String> = bytes.chunks(2).map(|pair| hex(pair, "")).collect();
                format!("{at:08x}: {:<41}{}\n", pairs.join(" "), ascii(bytes))
            }),
            dump(&|at, bytes| format!("{at:07o} {}\n", hex(bytes, " "))),
        ] {
            let text = if text.starts_with("0000") { text } else { format!("x = [{text}]\n") };
            let found = decoded(&text);
            assert!(found.iter().any(|one| one.contains(TEXT)), "{text}\n{found:?}");
        }
    }

    #[test]
    fn other_text_is_none() {
        for text in [
            "fn main() {\n        println!(\"one, two, three\");\n        let x = 1;\n    }\n".repeat(20),
            "0.1234, -0.5678, 12.5e3, 99999, 123456\n".repeat(20),
        ] {
            assert!(decoded(&text).is_empty(), "{text} {:?}", decoded(&text));
        }
    }
}
