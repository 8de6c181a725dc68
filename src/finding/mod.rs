//! What was found, and what a run has to say in the end.

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
    /// The issuer's name.
    pub issuer: Arc<str>,
    /// What speaks for it.
    pub why: String,
}

/// Where something stands in a text. Lines and columns are 1-based, columns count Unicode code points.
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

/// The line a secret stands on, with every secret in it masked, cut to a width a person can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The text, without its line end; may hold control characters of the source.
    pub text: String,
    /// The byte range of the masked secret in `text`.
    pub marker: (usize, usize),
}

/// One sighting of a secret, as the engine reports it.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The rule that fits best.
    pub rule: Arc<Rule>,
    /// How sure we are.
    pub confidence: Confidence,
    /// What convinced us.
    pub why: String,
    /// All issuers the shape fits, where there are several.
    pub candidates: Vec<Candidate>,
    /// A name or host near the secret chose the rule.
    pub has_evidence: bool,
    /// The secret.
    pub secret: Secret,
    /// How it is written there, the outermost encoding first; empty for plain text.
    pub encoding: Vec<&'static str>,
    /// Where it stands.
    pub span: Span,
    /// Its line.
    pub excerpt: Excerpt,
}

/// One place of a secret.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The kind of place.
    pub source: SourceKind,
    /// The path, safe to show: what is not UTF-8 is escaped, a secret in it masked. Empty for standard input without
    /// a name, and for objects of git that have none, such as commits.
    pub path: Arc<str>,
    /// Where in the archive at `path`, safe to show as well; lines and columns are those of what is there.
    pub archive: Option<Arc<str>>,
    /// The git object that holds it, where one does: a blob, or the commit or tag of a message.
    pub object: Option<ObjectId>,
    /// The commit that brought it in, where that is known.
    pub commit: Option<ObjectId>,
    /// Where in it.
    pub span: Span,
    /// How it is written there, the outermost encoding first; empty for plain text.
    pub encoding: Vec<&'static str>,
    /// The line.
    pub excerpt: Excerpt,
    /// The rule that fits best here; that of the whole finding may be another one, for what stands elsewhere.
    pub rule: Arc<Rule>,
    /// Comments that may allow the key here, in the order of the text; settled before it is reported.
    pub markers: Vec<Arc<Marker>>,
    /// GitHub's hash of the line, where a report that carries it was asked for.
    pub line_hash: Option<String>,
}

impl Occurrence {
    fn order(&self) -> impl Ord + '_ {
        (&self.path, self.archive.as_deref(), self.span, self.source, self.object, self.commit)
    }

    /// The path with the inner path behind it, as in `a.zip!b/c.txt`.
    #[must_use]
    pub fn full_path(&self) -> Cow<'_, str> {
        match &self.archive {
            Some(archive) => Cow::Owned(format!("{}!{archive}", self.path)),
            None => Cow::Borrowed(&self.path),
        }
    }
}

/// One secret with all its places.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that fits best.
    pub rule: Arc<Rule>,
    /// How sure we are.
    pub confidence: Confidence,
    /// What convinced us.
    pub why: String,
    /// All issuers the shape fits, where there are several.
    pub candidates: Vec<Candidate>,
    /// The secret.
    pub secret: Secret,
    /// Identifies the secret without telling it; see [`Secret::fingerprint`].
    pub fingerprint: String,
    /// Every place, sorted; never empty.
    pub occurrences: Vec<Occurrence>,
    /// Its life in the history of a repository, where that was read.
    pub history: Option<History>,
}

/// The life of a secret in the history of a repository. All texts are safe to show: secrets in them are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct History {
    /// The first commit that holds it while none of its parents does; null if no commit holds it.
    pub introduced: Option<Event>,
    /// The last commit that does not hold it while a parent does; null while HEAD holds it, and if no commit took it
    /// out.
    pub removed: Option<Event>,
    /// Whether the commit that is checked out holds it.
    pub at_head: bool,
    /// The refs that lead to a commit that holds it, or to the object itself, sorted; `refs/stash@{1}` is an older
    /// stash.
    pub refs: Vec<String>,
    /// How many commits hold it.
    pub commits: u64,
    /// Whether some ref leads to it. If not, it is in the store of objects alone.
    pub reachable: bool,
}

/// A commit that put a secret into a history, or took it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Event {
    /// The commit.
    pub commit: String,
    /// Who wrote it: name and address.
    pub author: String,
    /// When it was written, in the form of RFC 3339 with the zone of the author; empty where the commit does not say.
    pub date: String,
    /// The first line of its message.
    pub summary: String,
    /// The path of the secret in it, or before it; empty where it stands in no file.
    pub path: String,
}

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

/// What a run scanned, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// It, as what a key is found in: `what is staged`.
    pub what: String,
    /// Why there was nothing to scan, if that is so: `nothing is staged`.
    pub nothing: Option<String>,
}

/// The configuration file that a run went by. Its texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Configuration {
    /// The file.
    pub file: String,
    /// How it makes less be reported than by default, in words that go on after its name: `leaves out 3 rules`.
    pub weakened: Vec<String>,
}

/// All that a run has to say.
#[derive(Debug, Default)]
pub struct Report {
    /// One entry a secret, sorted by path, line, column and rule.
    pub findings: Vec<Finding>,
    /// How much was read.
    pub scanned: Scanned,
    /// What was not read, sorted.
    pub not_scanned: Vec<NotScanned>,
    /// What was found and is suppressed: an entry for each secret and suppression, sorted as the findings are.
    pub suppressed: Vec<Suppressed>,
    /// Suppressions that do nothing, sorted.
    pub unused: Vec<Unused>,
    /// What was not read and need not be, sorted.
    pub accepted: Vec<Accepted>,
    /// Suppressed findings are listed, since the user asked for it.
    pub show_suppressed: bool,
    /// How many findings were left out by the name of what did: an option of the call, a variable, the configuration;
    /// none that left out nothing.
    pub left_out: BTreeMap<String, u64>,
    /// The configuration file that counted, if there was one.
    pub configuration: Option<Configuration>,
    /// That file lets comments for other scanners count, and no option of the call does.
    pub trusts_foreign: bool,
    /// A repository was read that is a shallow clone, and the user knows it: what came before its first commits is not
    /// here.
    pub is_shallow: bool,
    /// It shall be said whether a repository may be published: see [`Report::audit`].
    pub is_audit: bool,
    /// What was scanned, where that is not the files of a tree.
    pub subject: Option<Subject>,
    /// The folder that relative paths start from, absolute.
    pub base: PathBuf,
    /// The root of the repository `base` is in, absolute.
    pub root: Option<PathBuf>,
    /// Secrets are shown whole, since the user asked for it.
    pub show_secrets: bool,
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

impl Report {
    /// Whether everything that should have been read was.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.not_scanned.is_empty()
    }

    /// The secret as this report may show it.
    #[must_use]
    pub fn show(&self, secret: &Secret) -> String {
        if self.show_secrets { secret.reveal() } else { secret.masked() }
    }
}
