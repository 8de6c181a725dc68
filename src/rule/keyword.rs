//! The literals at which regular expressions are tried.

/// The minimum length of a keyword, in bytes. Shorter ones are everywhere.
pub(crate) const SHORTEST: usize = 3;

/// The maximum length, in bytes. The search around changes looks for them within this many.
pub(crate) const LONGEST: usize = 64;

/// A literal, and where matches may begin around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keyword {
    /// It, in lower case: it is found in any case.
    pub text: Vec<u8>,
    /// The minimum and maximum number of bytes of a match before it; `None` if it may stand beside the match.
    pub before: Option<(usize, usize)>,
}
