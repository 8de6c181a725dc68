//! A loose object: a zlib-compressed file with a header such as `blob 12`, a zero byte, and the content.

use std::{io::Read, path::Path};

use flate2::read::ZlibDecoder;

use super::{kind::ObjectKind, pack::LARGEST};
use crate::regular_file;

/// The longest valid header, in bytes.
const LONGEST_HEADER: usize = 32;

/// Reads the object in a file.
///
/// # Errors
/// Why it cannot be read, phrased to follow the name of the object.
pub(super) fn read(path: &Path) -> Result<(ObjectKind, Vec<u8>), String> {
    let damaged = |error: std::io::Error| format!("is damaged or cannot be read: {error}");
    let file = regular_file::open(path).map_err(damaged)?;
    let length = file.metadata().map_err(damaged)?.len();
    let mut reader = ZlibDecoder::new(file);
    let mut header = Vec::new();
    let mut byte = [0];
    loop {
        reader.read_exact(&mut byte).map_err(damaged)?;
        if byte == [0] {
            break;
        }
        header.push(byte[0]);
        if header.len() > LONGEST_HEADER {
            return Err("is damaged: it has no header".to_owned());
        }
    }
    let (kind, size) = parse(&header).ok_or("is damaged: it has no header")?;
    if size > LARGEST {
        return Err("is larger than 2 GiB, too large to be read into memory".to_owned());
    }
    let mut bytes = Vec::new();
    reader.by_ref().take(size + 1).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() as u64 != size {
        return Err("is damaged: it is not as large as it says".to_owned());
    }
    if reader.total_in() != length {
        return Err("is damaged: bytes that belong to no object follow it in its file".to_owned());
    }
    Ok((kind, bytes))
}

fn parse(header: &[u8]) -> Option<(ObjectKind, u64)> {
    let (kind, size) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let kind = match kind {
        "commit" => ObjectKind::Commit,
        "tree" => ObjectKind::Tree,
        "blob" => ObjectKind::Blob,
        "tag" => ObjectKind::Tag,
        _ => return None,
    };
    Some((kind, size.parse().ok()?))
}
