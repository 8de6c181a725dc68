//! What a source hands on: bytes, and where they came from.

use std::io::Read;

use schemars::JsonSchema;
use serde::Serialize;

/// The kind of place bytes came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A file of the working tree, or the text of a symbolic link.
    File,
    /// An entry of the git index.
    Index,
    /// An object of the repository.
    Blob,
    /// The message of a commit or tag.
    Message,
    /// A name: of a file, branch or tag.
    Name,
    /// The repository's own files, such as `.git/config`.
    Config,
    /// Standard input.
    Stdin,
}

/// Where bytes came from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The kind of place.
    pub source: SourceKind,
    /// The path as a user would write it, `/` between its parts; any bytes.
    pub path: &'a [u8],
}

/// How much is held at once, in bytes: what is larger comes as a stream. Small enough for a second-level cache, large
/// enough that the overlaps of windows cost little.
pub const WINDOW: usize = 256 << 10;

/// The bytes themselves.
pub enum Content<'a> {
    /// All of them.
    Bytes(&'a [u8]),
    /// More than fits in memory comfortably; what it fails to read was not scanned.
    Stream(&'a mut dyn Read),
}

/// One thing to scan.
pub struct Blob<'a> {
    /// Where it came from.
    pub origin: Origin<'a>,
    /// What it holds.
    pub content: Content<'a>,
}
