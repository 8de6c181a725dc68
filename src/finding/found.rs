//! What the engine detects, and what it becomes: one finding per secret, with all its occurrences.

use std::{borrow::Cow, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kind::Suppression;
use super::{allow_comment::AllowComment, position::Span, secret::Secret};
use crate::{
    blob::{ObjectId, SourceKind},
    rule::{Confidence, PlaceTerms, Rule},
};

/// An issuer whose keys have the shape that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// The name of the issuer.
    pub issuer: Arc<str>,
    /// Why it is a candidate.
    pub why: String,
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
    pub has_context: bool,
    /// The secret.
    pub secret: Secret,
    /// How it is encoded, outermost encoding first. Empty for plain text.
    pub encoding: Vec<&'static str>,
    /// The secret as the text has it, if it is written in another way there.
    pub written: Option<Secret>,
    /// What its place must be like, for each rule that matches there; empty if one of them says nothing about that.
    pub terms: Vec<Arc<PlaceTerms>>,
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
    /// The repository whose history contains it, as it may be shown, if the run read several.
    pub repository: Option<Arc<str>>,
    /// The git object that contains it: a blob, or the commit or tag of a message.
    pub object: Option<ObjectId>,
    /// The commit that added it, if known.
    pub commit: Option<ObjectId>,
    /// Where in the text it is.
    pub span: Span,
    /// How it is encoded, outermost encoding first. Empty for plain text.
    pub encoding: Vec<&'static str>,
    /// The secret as the text has it, if it is written in another way there. A text that is in UTF-16 as a whole is
    /// meant as it is decoded.
    pub written: Option<Secret>,
    /// The line.
    pub excerpt: Excerpt,
    /// The rule that fits best here. The finding may have another one, because of other occurrences.
    pub rule: Arc<Rule>,
    /// Comments that may allow the key here, in the order of the text. Resolved before the report is written.
    pub markers: Vec<Arc<AllowComment>>,
    /// What the place must be like, for each rule that matches there; empty if one of them says nothing about that. Resolved before the report is written.
    pub terms: Vec<Arc<PlaceTerms>>,
    /// Whether it is in an output of a notebook, and not in its source.
    pub in_output: bool,
    /// GitHub's hash of the line, if the format of the report needs it.
    pub line_hash: Option<String>,
}

impl Occurrence {
    pub(super) fn order(&self) -> impl Ord + '_ {
        let Self { path, archive, span, source, object, commit, repository, .. } = self;
        // Git's own files repeat what stands elsewhere: the index has every name.
        let is_of_git = *source == SourceKind::Config;
        (is_of_git, path, archive.as_deref(), *span, *source, *object, *commit, repository.as_deref())
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
    /// The entry of the baseline that lists it, if that does not keep it out of the report. Known debt is still a key
    /// that a published repository gives away.
    pub allowed_by: Option<Suppression>,
    /// Why the policy of an organization refuses what `allowed_by` says, if it does. Safe to show.
    pub refused: Option<String>,
}

/// The history of a secret in a repository. All texts are safe to show: secrets in them are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl Event {
    /// The day of the date, in the author's time zone; empty if there is none.
    pub(crate) fn day(&self) -> &str {
        self.date.split('T').next().unwrap_or_default()
    }
}
