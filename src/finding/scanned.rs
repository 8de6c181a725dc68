//! What was read, and what was not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scanned {
    /// Files of the work tree, including standard input.
    pub files: u64,
    /// Git objects.
    pub blobs: u64,
    /// Commits whose message was read.
    pub commits: u64,
    /// Annotated tags whose message was read.
    pub tags: u64,
    /// The total size in bytes.
    pub bytes: u64,
}

/// Something that should have been read and was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NotScanned {
    /// A path or an object. `a.zip!b/c.txt` is inside an archive.
    pub what: String,
    /// Why it was not read, and what to do about it.
    pub why: String,
    /// The archive file; absent if `what` is not inside an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Whether there was nothing to read at all, such as a path that does not exist. This can never be
    /// accepted.
    #[serde(skip)]
    #[schemars(skip)]
    pub is_nothing: bool,
}

impl Scanned {
    /// Adds what another part of the run read.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.blobs += other.blobs;
        self.commits += other.commits;
        self.tags += other.tags;
        self.bytes += other.bytes;
    }
}
