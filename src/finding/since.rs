//! That a scan read only what was new.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A scan that read only what an earlier one had not read, and found nothing in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SinceScan {
    /// The file that the earlier scan left, as it was named; for several repositories, the directory with a file for each.
    pub state: String,
    /// The day it was written, in UTC, as `2027-01-31`; of several, the earliest.
    pub written: String,
    /// The number of keys that were found before; what is said about where they are is as of then.
    pub keys: u64,
    /// Whether this is true of only some of the reports that this one was made of; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_part: bool,
}

impl SinceScan {
    /// What is true of two reports together.
    #[must_use]
    pub(crate) fn merged(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(Self {
                written: one.written.min(other.written),
                keys: one.keys + other.keys,
                in_part: one.in_part || other.in_part,
                state: one.state,
            }),
            (one, other) => one.or(other).map(|since| Self { in_part: true, ..since }),
        }
    }
}
