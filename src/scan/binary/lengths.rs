//! How formats write the length of a string directly before it. A new format is one row.

use crate::bytes::{is_ascii_text, varint};

/// How a length is written.
struct Encoding {
    /// The number of bytes.
    width: usize,
    /// The bytes that may come before them; empty if that may be anything.
    tags: &'static [u8],
    /// The bytes that may follow the string, if it cannot be told otherwise that this is its length.
    next: &'static [u8],
    /// Whether these bytes are the length as it is.
    is_plain: bool,
    /// Reads the length of the key from these bytes.
    read: fn(&[u8]) -> Option<u64>,
}

/// A length that stands before a key.
#[derive(Clone, Copy)]
pub(super) struct Length {
    pub(super) bytes: usize,
    /// Whether it is not text, so that it can hardly be one by chance.
    pub(super) is_binary: bool,
    /// Whether a byte before it says that it is one.
    pub(super) is_tagged: bool,
    /// Whether it is written as it is, and not less one, halved or among other bits.
    pub(super) is_plain: bool,
    /// Whether it is that of CBOR.
    pub(super) is_cbor: bool,
    /// Whether its zeros are last, as behind a string of C.
    pub(super) ends_in_zero: bool,
    /// What may follow a string of this format.
    pub(super) next: &'static [u8],
}

const fn any(width: usize, read: fn(&[u8]) -> Option<u64>) -> Encoding {
    Encoding { width, tags: b"", next: b"", is_plain: false, read }
}

/// The bytes are the length as it is.
const fn plain(width: usize, read: fn(&[u8]) -> Option<u64>) -> Encoding {
    Encoding { width, tags: b"", next: b"", is_plain: true, read }
}

/// A NUL must follow the string.
const fn ended(width: usize, read: fn(&[u8]) -> Option<u64>) -> Encoding {
    Encoding { width, tags: b"", next: b"\0", is_plain: false, read }
}

const fn tagged(
    tags: &'static [u8],
    next: &'static [u8],
    width: usize,
    read: fn(&[u8]) -> Option<u64>,
) -> Encoding {
    Encoding { width, tags, next, is_plain: true, read }
}

/// The type of CBOR's strings of 24 to 255 bytes.
const CBOR: &[u8] = b"x";

/// The types of Python's marshal that may follow a string.
const MARSHAL: &[u8] = b"zZaAusCNTFSigIlryxf([{<>)?c";

#[rustfmt::skip]
const ENCODINGS: &[Encoding] = &[
    // Little endian: BINUNICODE of pickle, Parquet, Delphi, Rust's bincode, Lua 5.1.
    plain(8, little_endian),
    plain(4, little_endian),
    // With a NUL behind the string: BSON, D-Bus, Lua 5.1.
    ended(8, |bytes| minus(little_endian(bytes), 1)),
    ended(4, |bytes| minus(little_endian(bytes), 1)),
    // PostgreSQL's long values.
    any(4, |bytes| minus(Some(little_endian(bytes)? >> 2), 4)),
    // A byte for the type that is a letter: marshal and pickle of Python, CBOR, protobuf's fields from 6 on, Redis, Ruby.
    // Types that are no letters are told by that.
    tagged(b"zZ", MARSHAL, 1, one),
    tagged(b"U", b"qrsuatelpR", 1, one),
    tagged(CBOR, b"`abcdefghijklmnopqrstuvwx{", 1, one),
    tagged(b"2:BJRZbjrz", b"", 1, one),
    tagged(b"@", b"", 1, one),
    tagged(b"\":i", b"", 1, |bytes| minus(one(bytes), 5)),
    // Everything that has one byte, or several with the highest first: Java, Thrift, Erlang, DER, binary property lists.
    plain(1, one),
    plain(2, big_endian),
    plain(4, big_endian),
    plain(2, little_endian),
    // With a NUL behind the string, or one more than its length: Lua 5.2 to 5.3, FlatBuffers, Hermes.
    any(1, |bytes| minus(one(bytes), 1)),
    ended(4, |bytes| minus(big_endian(bytes), 1)),
    // Seven bits a byte, the lowest first: protobuf, DEX, .NET, LevelDB.
    plain(2, low_first),
    // The same with a sign, as in Avro and Kafka.
    any(1, |bytes| half(one(bytes))),
    any(2, |bytes| half(low_first(bytes))),
    // The highest bits first, and the top bit in the last byte: Lua 5.4.
    any(1, |bytes| minus(top_bit_last(bytes), 1)),
    any(2, |bytes| minus(top_bit_last(bytes), 1)),
    // The length in the byte of the type: msgpack, CBOR, OCaml, Smile.
    any(1, |bytes| within(bytes, 0xa0, 0x1f, 0)),
    any(1, |bytes| within(bytes, 0x60, 0x1f, 0)),
    any(1, |bytes| within(bytes, 0x20, 0x1f, 0)),
    any(1, |bytes| within(bytes, 0x60, 0x1f, 33)),
    // AMF, PostgreSQL's short values.
    any(1, |bytes| odd(one(bytes))),
    any(2, |bytes| odd(high_first(bytes))),
    any(1, |bytes| minus(odd(one(bytes)), 1)),
    // A byte for the kind or the alphabet, which counts: Chrome's storage.
    any(2, |bytes| (bytes[1] == 1).then(|| u64::from(bytes[0]).wrapping_sub(1))),
];

/// The lengths that the bytes before `start` may be, the best proved first.
pub(super) fn before(text: &[u8], start: usize) -> impl Iterator<Item = Length> + '_ {
    ENCODINGS.iter().filter_map(move |encoding| {
        let at = start.checked_sub(encoding.width)?;
        let tag = at.checked_sub(1).map(|tag| text[tag]);
        if !encoding.tags.is_empty() && !tag.is_some_and(|tag| encoding.tags.contains(&tag)) {
            return None;
        }
        let bytes = usize::try_from((encoding.read)(&text[at..start])?).ok()?;
        if encoding.next == b"\0" && text.get(start.saturating_add(bytes)) != Some(&0) {
            return None;
        }
        let is_binary = !text[at.saturating_sub(1)..start].iter().all(|byte| is_ascii_text(*byte));
        Some(Length {
            bytes,
            is_binary,
            is_tagged: !encoding.tags.is_empty(),
            is_plain: encoding.is_plain,
            is_cbor: encoding.tags == CBOR,
            ends_in_zero: encoding.next.is_empty() && text[start - 1] == 0,
            next: encoding.next,
        })
    })
}

/// Whether strings of CBOR fill the rest of the token that ends at `token_end`, from `at` on.
pub(super) fn are_cbor(text: &[u8], mut at: usize, token_end: usize) -> bool {
    while at < token_end {
        let (head, length) = match text[at..] {
            [head @ 0x60..=0x77, ..] => (1, usize::from(head & 0x1f)),
            [b'x', length, ..] => (2, usize::from(length)),
            _ => return false,
        };
        let string = text.get(at + head..at + head + length);
        if !string.is_some_and(|string| string.iter().all(|byte| !byte.is_ascii_control())) {
            return false;
        }
        at += head + length;
    }
    true
}

/// The length of a key that is written before it in a way that other texts do not have: in digits, as in bencode and
/// netstrings (`51:sk-…`), or as in msgpack, which may be a letter of UTF-8.
pub(super) fn in_text(text: &[u8], start: usize) -> Option<usize> {
    const MOST: usize = 4;
    if let [.., 0xd9, length] = &text[..start] {
        return (*length >= 128).then(|| usize::from(*length));
    }
    let before = text[..start].strip_suffix(b":")?;
    let count = before.iter().rev().take(MOST).take_while(|byte| byte.is_ascii_digit()).count();
    let digits = &before[before.len() - count..];
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn one(bytes: &[u8]) -> Option<u64> {
    match bytes {
        [byte] => Some(u64::from(*byte)),
        _ => None,
    }
}

fn little_endian(bytes: &[u8]) -> Option<u64> {
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn big_endian(bytes: &[u8]) -> Option<u64> {
    Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// Seven bits a byte, the lowest first.
fn low_first(mut bytes: &[u8]) -> Option<u64> {
    varint::low_first(&mut bytes).filter(|_| bytes.is_empty())
}

/// Seven bits a byte, the highest first.
fn high_first(bytes: &[u8]) -> Option<u64> {
    high_first_up_to(0, bytes)
}

/// The same with the top bit in the last byte instead of all others.
fn top_bit_last(bytes: &[u8]) -> Option<u64> {
    high_first_up_to(0x80, bytes)
}

/// Seven bits a byte, the highest first. The top bit of the last byte is as given, and that of the others is not.
fn high_first_up_to(top_bit: u8, bytes: &[u8]) -> Option<u64> {
    let (last, others) = bytes.split_last()?;
    let is_one = last & 0x80 == top_bit && others.iter().all(|byte| byte & 0x80 != top_bit);
    is_one.then(|| bytes.iter().fold(0, |sum, byte| sum << 7 | u64::from(byte & 0x7f)))
}

fn minus(length: Option<u64>, less: u64) -> Option<u64> {
    length?.checked_sub(less)
}

fn half(length: Option<u64>) -> Option<u64> {
    length.filter(|length| length % 2 == 0).map(|length| length / 2)
}

fn odd(length: Option<u64>) -> Option<u64> {
    length.filter(|length| length % 2 == 1).map(|length| length / 2)
}

fn within(bytes: &[u8], kind: u8, mask: u8, more: u64) -> Option<u64> {
    let byte = *bytes.first()?;
    (byte & !mask == kind).then(|| u64::from(byte & mask) + more)
}
