//! Where sources push what they read.

use crate::{blob::Blob, finding::Scanned};

/// Takes what a source reads. A source asks for one sink a thread.
pub(crate) trait Sink: Send {
    /// Something was read, or is about to be.
    fn blob(&mut self, blob: Blob<'_>);

    /// Counts what was read and is no blob: commits and tags.
    fn count(&mut self, read: Scanned);

    /// Something should have been read and was not. `what` is a path or the name of an object, any bytes; `why` says
    /// what to do, where there is something.
    fn not_scanned(&mut self, what: &[u8], why: String);

    /// The same of what is not there at all, or holds nothing that could be scanned: nobody can accept that.
    fn nothing(&mut self, what: &[u8], why: String) {
        self.not_scanned(what, why);
    }
}
