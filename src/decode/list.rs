//! Keys that are written as a list of bytes: `[115, 107, 45]`, `0x73, 0x6b`, `'s', 'k'`, `73 6b 2d`, registry files,
//! and hex dumps with offsets and a column of text.
//!
//! Hardly any other text has as few letters, so a look at eight bytes of each 64 finds where lists are. All elements of
//! a list are decoded.

use std::ops::Range;

use super::Decoded;

/// Every so many bytes, a sample is looked at. The shortest key takes more as a list.
const STEP: usize = 64;

/// The length of a sample.
const SAMPLE: usize = 8;

/// The samples that show no list, as in a line between, before the list is over.
const MOST_OTHERS: usize = 8;

/// How far the list may reach beyond its samples, in bytes.
pub(crate) const MARGIN: usize = MOST_OTHERS * STEP;

/// The maximum length of what stands between two elements, in bytes.
const WIDEST: usize = 120;

/// The minimum number of elements. No key is shorter.
const LEAST: usize = 18;

/// A 1 in every byte.
const ONES: u64 = u64::MAX / 255;

/// The first part of `range` in which a list of bytes may be.
#[must_use]
pub(crate) fn next_region(text: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let first = sample(text, range.start, range.end)?;
    let mut last = first;
    let mut at = first + STEP;
    while at < range.end && at <= last + MOST_OTHERS * STEP {
        if is_list(text, at) {
            last = at;
        }
        at += STEP;
    }
    Some(first.saturating_sub(MARGIN)..text.len().min(last + MARGIN))
}

/// The first sample at or after `from` that looks like a list.
fn sample(text: &[u8], from: usize, end: usize) -> Option<usize> {
    let end = end.min(text.len());
    let mut at = from;
    loop {
        let steps = text.get(at..end)?.chunks(STEP);
        let skipped = steps.take_while(|step| has_letters(step)).count();
        at += skipped * STEP;
        if at >= end {
            return None;
        }
        if is_list(text, at) {
            return Some(at);
        }
        at += STEP;
    }
}

/// Whether more than three of the eight bytes are letters, or other bytes from 0x40 on.
fn has_letters(step: &[u8]) -> bool {
    const MOST: u64 = 3;
    step.first_chunk().is_none_or(|sample: &[u8; SAMPLE]| {
        let letters = (u64::from_le_bytes(*sample) >> 6) & ONES;
        letters.wrapping_mul(ONES) >> 56 > MOST
    })
}

fn is_list(text: &[u8], at: usize) -> bool {
    let Some(sample) = text.get(at..at + SAMPLE) else { return false };
    let telling =
        sample.iter().filter(|byte| byte.is_ascii_digit() || matches!(**byte, b'\'' | b'"')).count();
    telling >= 2 && sample.is_ascii() && !has_letters(sample)
}

/// How the first byte of a key may be written in a list.
#[must_use]
pub(crate) fn spellings(byte: u8) -> Vec<Vec<u8>> {
    let quoted = |quote: char| format!("{quote}{}{quote}", char::from(byte)).into_bytes();
    let mut all =
        vec![byte.to_string().into_bytes(), format!("{byte:02x}").into_bytes(), quoted('\''), quoted('"')];
    let upper = format!("{byte:02X}").into_bytes();
    if !all.contains(&upper) {
        all.push(upper);
    }
    all
}

/// Whether a list may go on with the other bytes of an anchor, behind the spelling of its first one, which is at `at`.
#[must_use]
pub(crate) fn goes_on_with(text: &[u8], at: usize, spelling: &[u8], others: &[u8]) -> bool {
    let behind = at + spelling.len();
    let after = &text[behind..text.len().min(behind + WIDEST)];
    // The next line of a dump begins with an offset, and a list may have one element a line.
    let within = |byte: u8, most: usize| {
        let mut lines = after.split(|byte| *byte == b'\n').take(4);
        lines.any(|line| {
            let words = line.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
            words.take(most).any(|word| is_spelled(word, byte))
        })
    };
    let [second, more @ ..] = others else { return true };
    // The bytes of a word may be swapped.
    let is_swapped = at >= 2 && is_spelled(&text[at - 2..at], *second);
    let is_quoted = spelling.starts_with(b"'") || spelling.starts_with(b"\"");
    (within(*second, 3) || is_swapped) && (is_quoted || more.first().is_none_or(|third| within(*third, 6)))
}

/// Whether a word of a list spells the byte, or begins or ends with its hex digits.
fn is_spelled(word: &[u8], byte: u8) -> bool {
    let ends =
        [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).map_or(0, |digit| digit as u8));
    let is_hex = |digits: Option<&[u8]>| digits.is_some_and(|digits| digits.eq_ignore_ascii_case(&ends));
    let number = word.strip_prefix(b"0x").or(word.strip_prefix(b"0X")).unwrap_or(word);
    let digits = word.iter().take_while(|digit| digit.is_ascii_digit()).count();
    let value = word[..digits].iter().take(4).fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    word == [byte]
        || (1..=3).contains(&digits) && value == u32::from(byte)
        || is_hex(number.get(..2))
        || number.len() == 4 && is_hex(number.get(2..))
}

/// How numbers without a prefix are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Radix {
    Decimal,
    Hex,
}

/// The lists in a part of a text, read in both ways, with the name of each encoding.
pub(crate) fn decode(text: &[u8], region: &Range<usize>) -> Vec<(Decoded, &'static str)> {
    [Radix::Decimal, Radix::Hex]
        .into_iter()
        .filter_map(|radix| {
            let mut list = List { text, end: region.end, radix, ..List::default() };
            list.read(region.start);
            let name = if list.is_dump { "hex-dump" } else { "byte-list" };
            (!list.decoded.text.is_empty()).then_some((list.decoded, name))
        })
        .collect()
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
    fn read(&mut self, from: usize) {
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
        let all = decode(text.as_bytes(), &region);
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
