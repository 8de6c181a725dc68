//! Errors whose words are for the user as they are.

use std::io;

/// Such an error.
pub(super) fn said(why: String) -> io::Error {
    io::Error::other(Said(why))
}

/// The words of such an error.
pub(super) fn words(error: &io::Error) -> Option<&str> {
    error.get_ref()?.downcast_ref::<Said>().map(|said| said.0.as_str())
}

#[derive(Debug)]
struct Said(String);

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Said {}
