//! That a scan read only what was new.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A scan that read only what an earlier one had not read, and found nothing in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SinceScan {
    /// The file that the earlier scan left, as it was named.
    pub state: String,
    /// The day it was written, in UTC, as `2027-01-31`.
    pub written: String,
    /// The number of keys in the report. All of them were found before; what is said about where they are is as of then.
    pub keys: u64,
}
