//! What a file of secrets consists of.

use std::fmt;

use zeroize::Zeroizing;

use crate::bytes::line_of;

/// A name and its value.
pub(crate) struct Variable {
    /// The name; in JSON, the path to it.
    pub(crate) name: String,
    /// The value, decoded.
    pub(crate) text: Zeroizing<Vec<u8>>,
}

/// What is wrong with a file, without anything of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The line, 1-based.
    pub(crate) line: u64,
    /// What it is.
    pub(crate) what: &'static str,
}

impl Variable {
    pub(super) fn new(name: String, capacity: usize) -> Self {
        Self { name, text: Zeroizing::new(Vec::with_capacity(capacity)) }
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Variable({})", self.name)
    }
}

impl Mistake {
    /// A mistake at an offset of a text.
    pub(super) fn at(text: &[u8], at: usize, what: &'static str) -> Self {
        Self { line: line_of(text, at), what }
    }
}
