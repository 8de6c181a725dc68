//! The filters of a PDF stream.

use std::io::{self, BufReader, Cursor, Read};

use flate2::bufread::ZlibDecoder;

use super::streams::{PdfStream, value};
use crate::{blob::ReadAt, expand::source::RangeReader};

/// Nobody uses more than two. Those after these are ignored.
const MOST_FILTERS: usize = 8;

/// How a stream is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    Flate,
    Ascii85,
    AsciiHex,
    RunLength,
    /// The rest is a picture.
    Picture,
    Unknown(&'static str),
}

impl Filter {
    /// The filters of a stream, in the order in which they are undone.
    pub(super) fn all(dictionary: &[u8]) -> Vec<Self> {
        let Some(names) = value(dictionary, b"/Filter") else { return Vec::new() };
        let end = match names.first() {
            Some(b'[') => memchr::memchr(b']', names).unwrap_or(names.len()),
            // One name: it ends where the next one begins.
            _ => names
                .iter()
                .skip(1)
                .position(|byte| !byte.is_ascii_alphanumeric())
                .map_or(names.len(), |at| at + 1),
        };
        let names = names[..end].split(|byte| *byte == b'/').skip(1);
        names.take(MOST_FILTERS).map(|name| Self::of(name.trim_ascii())).collect()
    }

    fn of(name: &[u8]) -> Self {
        match name {
            b"FlateDecode" | b"Fl" => Self::Flate,
            b"ASCII85Decode" | b"A85" => Self::Ascii85,
            b"ASCIIHexDecode" | b"AHx" => Self::AsciiHex,
            b"RunLengthDecode" | b"RL" => Self::RunLength,
            b"LZWDecode" | b"LZW" => Self::Unknown("LZWDecode"),
            b"Crypt" => Self::Unknown("Crypt"),
            // All others are for pictures.
            _ => Self::Picture,
        }
    }
}

/// More text in a printable encoding is not read, in bytes.
const MOST: u64 = 16 << 20;

/// A decoder for the data of a stream.
pub(super) fn decoder<'a>(
    filters: &[Filter],
    at: &'a dyn ReadAt,
    stream: &PdfStream,
) -> io::Result<Box<dyn Read + 'a>> {
    let mut data: Box<dyn Read + 'a> = Box::new(RangeReader::new(at, stream.start, stream.end));
    for filter in filters {
        let decode: fn(&[u8]) -> Vec<u8> = match filter {
            Filter::Flate => {
                data = Box::new(ZlibDecoder::new(BufReader::new(data)));
                continue;
            }
            Filter::Ascii85 => ascii85,
            Filter::AsciiHex => ascii_hex,
            Filter::RunLength => run_length,
            Filter::Picture | Filter::Unknown(_) => break,
        };
        let mut encoded = Vec::new();
        // What comes before a damage is decoded.
        let _ = data.take(MOST).read_to_end(&mut encoded);
        data = Box::new(Cursor::new(decode(&encoded)));
    }
    Ok(data)
}

fn ascii85(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut group, mut count) = (0_u32, 0);
    for byte in text.strip_prefix(b"<~").unwrap_or(text) {
        match byte {
            b'z' if count == 0 => bytes.extend([0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                count += 1;
                if count == 5 {
                    bytes.extend(group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            b'~' => break,
            _ => {}
        }
    }
    if count > 1 {
        for _ in count..5 {
            group = group.wrapping_mul(85).wrapping_add(84);
        }
        bytes.extend(&group.to_be_bytes()[..count - 1]);
    }
    bytes
}

fn ascii_hex(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = text
        .iter()
        .take_while(|byte| **byte != b'>')
        .filter(|byte| byte.is_ascii_hexdigit())
        .copied()
        .collect();
    digits.as_chunks().0.iter().filter_map(|pair| crate::bytes::hex::byte(*pair)).collect()
}

/// A length below 128 precedes one byte more than that, any higher one a byte that is repeated.
fn run_length(mut packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let ([length, rest @ ..], true) = (packed, (bytes.len() as u64) < MOST) {
        let count = match length {
            0..=127 => {
                let count = rest.len().min(usize::from(*length) + 1);
                bytes.extend(&rest[..count]);
                count
            }
            128 => break,
            _ => {
                bytes.extend(
                    rest.first().map(|byte| vec![*byte; 257 - usize::from(*length)]).unwrap_or_default(),
                );
                rest.len().min(1)
            }
        };
        packed = &rest[count..];
    }
    bytes
}
