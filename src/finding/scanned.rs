//! What was read, and what was not.

use schemars::JsonSchema;
use serde::Serialize;

/// How much was really read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Scanned {
    /// Files of the working tree, standard input included.
    pub files: u64,
    /// Objects of the repository.
    pub blobs: u64,
    /// Commits whose message was read.
    pub commits: u64,
    /// Annotated tags whose message was read.
    pub tags: u64,
    /// Bytes of all of these.
    pub bytes: u64,
}

/// Something that should have been read and was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct NotScanned {
    /// A path or an object; `a.zip!b/c.txt` is in an archive.
    pub what: String,
    /// Why not, and what to do about it where there is something.
    pub why: String,
    /// The file itself, where `what` is in an archive.
    #[serde(skip)]
    #[schemars(skip)]
    pub file: Option<String>,
    /// There was nothing to read at all, such as a path that does not exist. Nobody can accept that.
    #[serde(skip)]
    #[schemars(skip)]
    pub is_nothing: bool,
}

impl Scanned {
    /// Adds what another part of the run has read.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.blobs += other.blobs;
        self.commits += other.commits;
        self.tags += other.tags;
        self.bytes += other.bytes;
    }
}
