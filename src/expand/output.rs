//! Where all expanded content goes.

use std::io;

use crate::blob::{Content, Origin, WrappedContainers};

/// Takes content to scan.
pub trait Output {
    /// Content to scan: the blob itself, or something inside of it.
    ///
    /// # Errors
    /// When the content is a stream that cannot be read to its end. Everything before that must have been scanned.
    fn blob(&mut self, origin: &Origin<'_>, content: Content<'_>) -> io::Result<()>;

    /// The containers that begin in the middle of the content that was taken last. They are opened next.
    fn take_containers(&mut self) -> WrappedContainers {
        WrappedContainers::default()
    }

    /// Something in the blob could not be scanned. `why` says what to do about it, if anything.
    fn not_scanned(&mut self, origin: &Origin<'_>, why: String);
}
