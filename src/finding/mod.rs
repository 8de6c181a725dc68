//! What a run found, and everything else that it reports.

mod audit;
mod collect;
mod fingerprint;
mod marker;
mod name;
mod position;
mod secret;
mod suppress;

use std::{borrow::Cow, collections::BTreeMap, path::PathBuf, sync::Arc};

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    blob::{ObjectId, SourceKind},
    rule::{Confidence, Rule},
};

pub use audit::{Audit, Safety, Standing};
pub use collect::Collector;
pub use fingerprint::Fingerprint;
pub use marker::{Marker, Scope, Sighting};
pub(crate) use name::short;
pub use position::Cursor;
pub use secret::Secret;
pub use suppress::{Accepted, Kind, Suppressed, SuppressedBy, Suppression, Unused};

/// An issuer whose keys have the shape that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Candidate {
    /// The name of the issuer.
    pub issuer: Arc<str>,
    /// Why it is a candidate.
    pub why: String,
}

/// A range of text. Lines and columns are 1-based, and columns count Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First line.
    pub line: u64,
    /// Column of the first character.
    pub column: u64,
    /// Last line.
    pub end_line: u64,
    /// Column after the last character.
    pub end_column: u64,
}

/// The line of a secret, with every secret in it masked, cut to a readable width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The text without its line end. It may contain control characters of the source.
    pub text: String,
    /// The byte range of the masked secret in `text`.
    pub marker: (usize, usize),
}

/// One match of a secret in one text, as the engine reports it.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The rule that fits best.
    pub rule: Arc<Rule>,
    /// How sure we are.
    pub confidence: Confidence,
    /// Why this is a key.
    pub why: String,
    /// All issuers whose keys have this shape, if there are several.
    pub candidates: Vec<Candidate>,
    /// Whether a name or host near the secret chose the rule.
    pub has_evidence: bool,
    /// The secret.
    pub secret: Secret,
    /// How it is encoded, outermost encoding first. Empty for plain text.
    pub encoding: Vec<&'static str>,
    /// Where it is.
    pub span: Span,
    /// Its line.
    pub excerpt: Excerpt,
}

/// One place where a secret is.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The kind of place.
    pub source: SourceKind,
    /// The path, safe to show: bytes that are not UTF-8 are escaped, and secrets are masked. Empty for
    /// standard input without a name, and for git objects without a path, such as commits.
    pub path: Arc<str>,
    /// The path inside the archive at `path`, also safe to show. Lines and columns then refer to the file
    /// inside.
    pub archive: Option<Arc<str>>,
    /// The git object that contains it: a blob, or the commit or tag of a message.
    pub object: Option<ObjectId>,
    /// The commit that added it, if known.
    pub commit: Option<ObjectId>,
    /// Where in the text it is.
    pub span: Span,
    /// How it is encoded, outermost encoding first. Empty for plain text.
    pub encoding: Vec<&'static str>,
    /// The line.
    pub excerpt: Excerpt,
    /// The rule that fits best here. The finding may have another one, because of other occurrences.
    pub rule: Arc<Rule>,
    /// Comments that may allow the key here, in the order of the text. Resolved before the report is written.
    pub markers: Vec<Arc<Marker>>,
    /// GitHub's hash of the line, if the format of the report needs it.
    pub line_hash: Option<String>,
}

impl Occurrence {
    fn order(&self) -> impl Ord + '_ {
        (&self.path, self.archive.as_deref(), self.span, self.source, self.object, self.commit)
    }

    /// The path followed by the inner path, as in `a.zip!b/c.txt`.
    #[must_use]
    pub fn full_path(&self) -> Cow<'_, str> {
        match &self.archive {
            Some(archive) => Cow::Owned(format!("{}!{archive}", self.path)),
            None => Cow::Borrowed(&self.path),
        }
    }
}

/// One secret with all its occurrences.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that fits best.
    pub rule: Arc<Rule>,
    /// How sure we are.
    pub confidence: Confidence,
    /// Why this is a key.
    pub why: String,
    /// All issuers whose keys have this shape, if there are several.
    pub candidates: Vec<Candidate>,
    /// The secret.
    pub secret: Secret,
    /// Identifies the secret without revealing it; see [`Secret::fingerprint`].
    pub fingerprint: String,
    /// Every occurrence, sorted. Never empty.
    pub occurrences: Vec<Occurrence>,
    /// Its history in the repository, if that was read.
    pub history: Option<History>,
}

/// The history of a secret in a repository. All texts are safe to show: secrets in them are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct History {
    /// The first commit that contains it and has no parent that does; null if no commit contains it.
    pub introduced: Option<Event>,
    /// The last commit that does not contain it but has a parent that does; null while HEAD contains it, and
    /// if no commit removed it.
    pub removed: Option<Event>,
    /// Whether the checked-out commit contains it.
    pub at_head: bool,
    /// The refs that reach a commit that contains it, or the object itself, sorted. `refs/stash@{1}` is an
    /// older stash.
    pub refs: Vec<String>,
    /// The number of commits that contain it.
    pub commits: u64,
    /// Whether any ref reaches it. If not, it is only in the object store.
    pub reachable: bool,
}

/// A commit that introduced or removed a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Event {
    /// The commit.
    pub commit: String,
    /// The author: name and email address.
    pub author: String,
    /// The author date, in RFC 3339 format with the author's time zone; empty if the commit has none.
    pub date: String,
    /// The first line of its message.
    pub summary: String,
    /// The path of the secret in the commit, or in its parent if the commit removed it. Empty if it is not in
    /// a file.
    pub path: String,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct NotScanned {
    /// A path or an object. `a.zip!b/c.txt` is inside an archive.
    pub what: String,
    /// Why it was not read, and what to do about it.
    pub why: String,
    /// The archive file, if `what` is inside an archive.
    #[serde(skip)]
    #[schemars(skip)]
    pub file: Option<String>,
    /// Whether there was nothing to read at all, such as a path that does not exist. This can never be
    /// accepted.
    #[serde(skip)]
    #[schemars(skip)]
    pub is_nothing: bool,
}

/// What a run scanned, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The thing in which keys were found, such as `what is staged`.
    pub what: String,
    /// Why there was nothing to scan, such as `nothing is staged`.
    pub nothing: Option<String>,
}

/// The configuration file that was used. Its texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Configuration {
    /// The file.
    pub file: String,
    /// How it reduces what is reported by default, as phrases that follow its name: `leaves out 3 rules`.
    pub weakened: Vec<String>,
}

/// Everything that a run reports.
#[derive(Debug, Default)]
pub struct Report {
    /// One finding per secret, sorted by path, line, column and rule.
    pub findings: Vec<Finding>,
    /// How much was read.
    pub scanned: Scanned,
    /// What was not read, sorted.
    pub not_scanned: Vec<NotScanned>,
    /// What was found and suppressed: one entry per secret and suppression, in the order of findings.
    pub suppressed: Vec<Suppressed>,
    /// Suppressions that do nothing, sorted.
    pub unused: Vec<Unused>,
    /// What was not read, and was accepted as unread, sorted.
    pub accepted: Vec<Accepted>,
    /// Whether to list suppressed findings, because the user asked for it.
    pub show_suppressed: bool,
    /// The number of excluded findings by what excluded them: an option, an environment variable or the
    /// configuration. Zero counts are omitted.
    pub left_out: BTreeMap<String, u64>,
    /// The configuration file that was used, if any.
    pub configuration: Option<Configuration>,
    /// Whether the configuration file, and no option, makes comments for other scanners count.
    pub trusts_foreign: bool,
    /// Whether a shallow clone was read and accepted. Its older commits are missing.
    pub is_shallow: bool,
    /// Whether to give a verdict about publishing the repository; see [`Report::audit`].
    pub is_audit: bool,
    /// What was scanned, if not the files of a tree.
    pub subject: Option<Subject>,
    /// The directory that relative paths start from, absolute.
    pub base: PathBuf,
    /// The root of the repository that contains `base`, absolute.
    pub root: Option<PathBuf>,
    /// Whether to show secrets unmasked, because the user asked for it.
    pub show_secrets: bool,
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

impl Report {
    /// Whether everything that should have been read was read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.not_scanned.is_empty()
    }

    /// The secret in the form that this report may show.
    #[must_use]
    pub fn show(&self, secret: &Secret) -> String {
        if self.show_secrets { secret.reveal() } else { secret.masked() }
    }
}
