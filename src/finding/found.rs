//! What the engine sees, and what becomes of it: one finding a secret, with all its places.

use std::{borrow::Cow, sync::Arc};

use schemars::JsonSchema;
use serde::Serialize;

use super::{marker::Marker, position::Span, secret::Secret};
use crate::{
    blob::{ObjectId, SourceKind},
    rule::{Confidence, Rule},
};

/// An issuer whose keys have the shape that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Candidate {
    /// The issuer's name.
    pub issuer: Arc<str>,
    /// What speaks for it.
    pub why: String,
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
    pub(super) fn order(&self) -> impl Ord + '_ {
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
