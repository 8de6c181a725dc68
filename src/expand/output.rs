//! Where all that comes out goes.

use std::io;

use crate::blob::{Content, Origin};

/// Takes what is to be scanned.
pub trait Output {
    /// Something to scan: the blob itself, or something out of it.
    ///
    /// # Errors
    /// When the content is a stream that cannot be read to its end; what came before must have been scanned.
    fn blob(&mut self, origin: &Origin<'_>, content: Content<'_>) -> io::Result<()>;

    /// Something in the blob could not be scanned. `why` says what to do, where there is something.
    fn not_scanned(&mut self, origin: &Origin<'_>, why: String);
}
