//! What was looked at.

/// How much of what an entry may be about has been looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A part, so that it cannot be said that an entry is of no use.
    Part,
    /// All files, but not the history that they have.
    Files,
    /// All there is.
    Everything,
}

impl Look {
    /// That nothing matches something.
    pub(super) fn nothing_matches(self, it: &str) -> String {
        match self {
            Self::Everything => format!("nothing matches {it} any more; take it away"),
            Self::Files | Self::Part => {
                format!(
                    "nothing in these files matches {it}; take it away, unless `skanner audit` needs it for the history"
                )
            }
        }
    }
}
