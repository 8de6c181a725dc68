//! Where sources push what they read.

use crate::{
    blob::Blob,
    finding::{NotReadKind, Scanned},
};

/// Takes what a source reads. A source requests one sink per thread.
pub(crate) trait Sink: Send {
    /// Something has been read, or is about to be.
    fn blob(&mut self, blob: Blob<'_>);

    /// Counts what was read and is not a blob: commits and tags.
    fn count(&mut self, read: Scanned);

    /// Something should have been read and was not. `what` is a path or the name of an object, as arbitrary bytes;
    /// `why` says what to do about it, if anything.
    fn not_scanned(&mut self, what: &[u8], why: String);

    /// Something was left out on purpose, which is no failure. `what` is a path, as arbitrary bytes.
    fn not_read(&mut self, kind: NotReadKind, what: &[u8]);

    /// Like [`Self::not_scanned`], for something that does not exist or holds nothing to scan. Nobody can accept that.
    fn nothing(&mut self, what: &[u8], why: String) {
        self.not_scanned(what, why);
    }
}
