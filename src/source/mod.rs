//! Where bytes come from. A source pushes what it reads into sinks, and owns the threads it needs for that.

mod exclude;
mod file;
mod history;
mod message;
mod parallel;
mod range;
mod staged;
mod stdin;
mod tracked;
mod walk;

use crate::{blob::Blob, finding::Scanned};

pub use file::{FileReader, why};
pub use history::{Contents, Fed, History, Look, Reading, Searcher};
pub use message::{Message, Tail};
pub use range::Range;
pub use staged::{Held, Staged, Wanted};
pub use stdin::Stdin;
pub use tracked::root as repository_root;
pub use walk::Walk;

/// Takes what a source reads. A source asks for one sink a thread.
pub trait Sink: Send {
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

/// The bytes of a path, `/` between its parts, without a leading `./`.
fn shown(path: &std::path::Path) -> &[u8] {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.as_os_str().as_encoded_bytes()
}
