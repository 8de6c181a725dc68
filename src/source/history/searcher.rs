//! Sinks for histories.

use std::ops::Range;

use crate::{
    blob::{AnchorKinds, Origin},
    source::sink::Sink,
};

/// What a first look at the content of a blob says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TriageResult {
    /// Nothing could be found in it under any name, nor in what is the same in another text. It holds these signs.
    Clean(AnchorKinds),
    /// Nothing could be found in it, but it is read in a way that depends on more than the neighborhood of a key.
    Alone,
    /// It has to be scanned under its names.
    Suspect,
}

/// A sink that can also tell what is worth pushing.
pub(crate) trait Searcher: Sink {
    /// Looks at a content that may have any name. With `base`, only those ranges differ from a content that was clean and
    /// held those signs.
    fn look(&mut self, bytes: &[u8], base: Option<(&[Range<usize>], AnchorKinds)>) -> TriageResult;

    /// Scans a name, which is the path of the origin.
    fn name(&mut self, origin: &Origin<'_>);
}
