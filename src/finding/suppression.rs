//! What suppressed a finding, and suppressions that do nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    found::Finding,
    kind::{Suppression, place_and_line},
    scanned::NotScanned,
};

/// A key that was suppressed, with the occurrences that one suppression covers.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The key, with only these occurrences.
    pub finding: Finding,
    /// What suppressed them.
    pub by: Suppression,
}

/// A suppression that does nothing: nothing matches it any more, it has expired, or it is invalid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Unused {
    /// The file that contains it, as it is shown.
    pub place: String,
    /// Its line, 1-based, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The suppression, as it is written or shortened.
    pub what: String,
    /// What is wrong with it, and what to do.
    pub why: String,
}

/// An input that could not be read, and was accepted as such.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AcceptedInput {
    /// What was not read, and why not.
    pub input: NotScanned,
    /// The entry that accepts it.
    pub by: Suppression,
}

impl Unused {
    /// Its location, such as `skanner.toml:12`.
    #[must_use]
    pub fn at(&self) -> String {
        place_and_line(&self.place, self.line)
    }
}
