//! How much was read.

/// How much of what an entry may match was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadExtent {
    /// A part, so an entry cannot be called unused.
    Part,
    /// All files, but not their history.
    Files,
    /// Everything.
    Everything,
}

impl ReadExtent {
    /// Says that nothing matches something.
    pub(super) fn nothing_matches(self, it: &str) -> String {
        match self {
            Self::Everything => format!("nothing matches {it} any more; remove it"),
            Self::Files | Self::Part => {
                format!(
                    "nothing in these files matches {it}; remove it, unless `skanner audit` needs it for the history"
                )
            }
        }
    }
}
