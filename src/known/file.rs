//! Reads a file of secrets.

use std::{
    io::{self, Read},
    path::Path,
};

use zeroize::Zeroizing;

use super::{
    dotenv, json,
    variable::{Mistake, Variable},
};
use crate::regular_file;

/// A larger file is no list of variables, in bytes.
const LARGEST: usize = 1 << 20;

/// Why a file cannot be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// There is none.
    Missing,
    /// What is wrong with the file as a whole.
    File(String),
    /// What is wrong on which of its lines.
    Line(u64, &'static str),
}

/// Reads the variables of a file in the syntax of `.env`, or all texts of a JSON object.
///
/// # Errors
/// When it cannot be read. The error shows nothing of it.
pub(crate) fn read(file: &Path) -> Result<Vec<Variable>, Unreadable> {
    let text = bytes(file)?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        return Err(Unreadable::File("is written in UTF-16; save it as UTF-8".to_owned()));
    }
    if text.contains(&0) {
        return Err(Unreadable::File("is a binary file, not lines such as NAME=value".to_owned()));
    }
    let read = if json::is_json(text) { json::parse(text) } else { dotenv::parse(text) };
    read.map_err(|Mistake { line, what }| Unreadable::Line(line, what))
}

fn bytes(file: &Path) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unreadable::Missing,
        io::ErrorKind::InvalidInput => Unreadable::File("is not a regular file".to_owned()),
        _ => Unreadable::File(format!("cannot be read: {error}")),
    };
    let opened = regular_file::open(file).map_err(failed)?;
    let length = opened.metadata().map_err(failed)?.len();
    // All of it is taken at once, so that its memory is never moved.
    let mut text = Zeroizing::new(vec![0; LARGEST.min(usize::try_from(length).unwrap_or(LARGEST)) + 1]);
    let mut opened = opened.take(LARGEST as u64 + 1);
    let mut filled = 0;
    while filled < text.len() {
        match opened.read(&mut text[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    if filled > LARGEST {
        return Err(Unreadable::File(format!(
            "is larger than {} MiB, which no list of variables is",
            LARGEST >> 20
        )));
    }
    if filled == text.len() {
        return Err(Unreadable::File("grew while it was read; try again".to_owned()));
    }
    text.truncate(filled);
    Ok(text)
}
