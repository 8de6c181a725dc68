//! Sinks for histories.

use std::ops::Range;

use crate::{
    blob::{AnchorKinds, Origin},
    source::sink::Sink,
};

/// The result of a first look at the content of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TriageResult {
    /// Nothing can be found in it under any path, nor in the parts that another text shares with it. It contains these
    /// anchor kinds.
    Clean(AnchorKinds),
    /// Nothing can be found in it, but reading it depends on more than the surroundings of a key.
    Alone,
    /// It has to be scanned under its paths.
    Suspect,
}

/// A sink that can also tell what is worth pushing.
pub(crate) trait Searcher: Sink {
    /// Looks at content that may have any path. With `base`, only those ranges differ from content that was clean and
    /// contained those anchor kinds.
    fn look(&mut self, bytes: &[u8], base: Option<(&[Range<usize>], AnchorKinds)>) -> TriageResult;

    /// Takes note of a directory of this length, in bytes. Its names are scanned on their own.
    fn directory(&mut self, length: u64);

    /// Scans a name, which is the path of the origin.
    fn name(&mut self, origin: &Origin<'_>);
}
