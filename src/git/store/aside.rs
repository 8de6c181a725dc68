//! Files of a repository that git does not know as objects, though they may be some: what interrupted or careless
//! commands left, and copies under other names.

use std::{
    io::{self, Read},
    path::Path,
};

use flate2::read::ZlibDecoder;

use super::listing::NO_INDEX;
use crate::{git::pack::LARGEST, regular_file};

/// What a file holds, apart from its bytes as they are.
pub(crate) enum Aside {
    /// Nothing.
    Plain,
    /// A compressed text, such as a loose object with its header.
    Inflated(Vec<u8>),
    /// Objects that cannot be read, and why.
    Unread(&'static str),
}

/// Looks at a file that is no object by its name.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn look_aside(path: &Path) -> io::Result<Aside> {
    let mut start = Vec::new();
    regular_file::open(path)?.take(8).read_to_end(&mut start)?;
    match *start {
        [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3] => Ok(Aside::Unread(NO_INDEX)),
        // A zlib stream begins so. Some texts do, too.
        [first, second, ..] if first & 0xf == 8 && u16::from_be_bytes([first, second]).is_multiple_of(31) => {
            inflate(path)
        }
        _ => Ok(Aside::Plain),
    }
}

fn inflate(path: &Path) -> io::Result<Aside> {
    let mut bytes = Vec::new();
    let mut reader = ZlibDecoder::new(regular_file::open(path)?).take(LARGEST + 1);
    match reader.read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > LARGEST => {
            Ok(Aside::Unread("is larger than 2 GiB, too large to be read into memory"))
        }
        Ok(_) => Ok(Aside::Inflated(bytes)),
        Err(_) if KINDS.iter().any(|kind| bytes.starts_with(kind)) => {
            Ok(Aside::Unread("is an object that is damaged or truncated: remove it if nothing needs it"))
        }
        Err(_) => Ok(Aside::Plain),
    }
}

/// What the header of a loose object begins with.
const KINDS: [&[u8]; 4] = [b"blob ", b"tree ", b"commit ", b"tag "];
