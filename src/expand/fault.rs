//! Errors whose text is shown to the user unchanged.

use std::io;

/// Creates such an error.
pub(super) fn user_error(why: String) -> io::Error {
    io::Error::other(UserMessage(why))
}

/// The text of such an error.
pub(super) fn user_message(error: &io::Error) -> Option<&str> {
    error.get_ref()?.downcast_ref::<UserMessage>().map(|said| said.0.as_str())
}

#[derive(Debug)]
struct UserMessage(String);

impl std::fmt::Display for UserMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UserMessage {}
