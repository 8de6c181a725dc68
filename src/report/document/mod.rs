//! What a report holds, version 1: the types that reporters read, and that a report in JSON is read back to. `skanner schema
//! report` is generated from them. All texts are safe to show, unless `unmasked` says otherwise.

mod build;
mod counts;
mod flat;
pub(super) mod merge;
mod questions;
mod read;
mod repositories;

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};

pub(super) use read::{NotAReport, ReportHeader};

use crate::{
    advice::{Placement, Replacement},
    blob::SourceKind,
    finding::{
        AppliedPolicy, Audit, Candidate, Configuration, History, LookedFor, NotReadKind, NotScanned,
        RefsRead, Refused, RuleFileUse, RunMode, Scanned, SinceScan, Subject, SuppressedBy, Suppression,
        Tolerated, Unused,
    },
    rule::{Confidence, Family, Severity},
};

/// The version of the format. It only increases when something is removed or changes its meaning.
const SCHEMA: u32 = 1;

/// The program that wrote a report.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its version.
    pub version: Cow<'static, str>,
}

/// A report of skanner: which API keys were found, where, and what could not be read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "skanner report")]
#[schemars(rename = "Document")]
pub struct ReportDocument {
    /// Everything but the findings.
    #[serde(flatten)]
    pub run: RunReport,
    /// One entry per secret, sorted by path, line, column and rule.
    pub findings: Vec<FindingEntry>,
}

/// Everything about a run except its findings.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Run")]
pub struct RunReport {
    /// The version of the format.
    pub schema: u32,
    /// The program that wrote the report.
    pub tool: Tool,
    /// What was scanned: the files of a tree, the staged changes, a range of commits, a history, or all of a
    /// repository.
    pub mode: RunMode,
    /// Whether everything that should have been read was read. If not, the absence of findings proves
    /// nothing.
    pub complete: bool,
    /// Which secrets were looked for. The report says nothing about any others.
    pub scope: LookedFor,
    /// How much was read.
    pub scanned: Scanned,
    /// What should have been read but was not.
    pub not_scanned: Vec<NotScanned>,
    /// How much was left out on purpose, by kind. It changes neither `complete` nor the exit code.
    pub not_read: BTreeMap<NotReadKind, u64>,
    /// The names of the first 20 things of each kind in `not_read`; absent if there are none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_read_names: BTreeMap<NotReadKind, Vec<String>>,
    /// The number of suppressed keys. With `--show-suppressed`, the keys themselves, with one entry per key
    /// and suppression.
    pub suppressed: SuppressedKeys,
    /// The number of suppressed keys by what suppressed them; absent if none were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressed_by: Vec<SuppressedBy>,
    /// Each suppression that suppressed keys, with its reason; only from `skanner audit`, and absent if there is
    /// none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<SuppressionEntry>,
    /// Suppressions that do nothing; absent if there are none. They do not change the exit code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused_suppressions: Vec<Unused>,
    /// What was not read, and was accepted as such; absent if there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<AcceptedEntry>,
    /// The number of excluded keys by what excluded them: an option, an environment variable or the
    /// configuration file. Absent if there are none. Each key is counted once.
    #[serde(default, rename = "left_out", skip_serializing_if = "BTreeMap::is_empty")]
    pub excluded: BTreeMap<String, u64>,
    /// The configuration file that was used; absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Configuration>,
    /// The files with rules of other scanners that were used; absent if there were none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules_from: Vec<RuleFileUse>,
    /// The policy of an organization that was obeyed; absent if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<AppliedPolicy>,
    /// What a configuration, a comment, a baseline, an option or a variable tried and the policy refused, sorted by place;
    /// absent if there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// The findings that do not make the exit code 1, because of `--fail-on` or its like; absent if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerated: Option<Tolerated>,
    /// Whether a shallow clone was accepted, so that its older commits were not read; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shallow: bool,
    /// Whether nothing that came with what was scanned decided what is reported; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untrusted: bool,
    /// The refs that the history was read from; only with `--history` and from `skanner audit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refs: Option<RefsRead>,
    /// What was read outside of the directory of the repository, such as `alternate object directory /srv/a`;
    /// absent if there is nothing. Keys there are reported as this repository's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<String>,
    /// That only what was new was read, and nothing found in it; absent if everything was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_scan: Option<SinceScan>,
    /// What was scanned, in words; absent if it is the files of a tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The directory in the repository that paths are relative to, with `/` between its parts; absent if that is
    /// its root, or there is no repository.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub directory: String,
    /// Whether secrets are shown unmasked; absent if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unmasked: bool,
    /// Whether the repository is safe to publish; only from `skanner audit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// Identifies the version of skanner, its rules and the options that the report was made with, so that `--resume` does not
    /// mix two; only with `--format reports`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The repositories that the report is about, by name; absent if there is only one that was named by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repositories: Vec<RepositoryEntry>,
    /// The root of the repository, or the current directory outside of any, with `/` between its parts. No report contains
    /// it.
    #[serde(skip)]
    pub root: Option<String>,
}

/// One of the repositories that a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RepositoryEntry {
    /// Its path, as it was named or found. Occurrences in it have it as `repository`.
    pub name: String,
    /// The SHA-256 of its name as the list has it, as hex digits, where `name` is another text because the name is not UTF-8 or
    /// holds a key; absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Whether everything in it that should have been read was read.
    pub complete: bool,
    /// The verdict on it alone; absent if nothing of it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// Whether something was excluded, accepted or suppressed by a baseline, so that "safe" is not the whole truth; absent
    /// if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub qualified: bool,
    /// The number of its keys by severity; absent if there are none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<Severity, u64>,
    /// How much of it was read.
    pub scanned: Scanned,
}

/// The suppressed keys.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum SuppressedKeys {
    /// Their number.
    Count(u64),
    /// One entry per key and suppression.
    List(Vec<SuppressedEntry>),
}

/// One secret, with the occurrences that one suppression covers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SuppressedEntry {
    /// The secret.
    #[serde(flatten)]
    pub finding: FindingEntry,
    /// What suppressed them.
    pub suppression: Suppression,
}

/// A suppression, and how many keys it suppressed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SuppressionEntry {
    /// The suppression.
    #[serde(flatten)]
    pub suppression: Suppression,
    /// The number of keys.
    pub keys: u64,
}

/// Something that was not read, and was accepted as such.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AcceptedEntry {
    /// What was not read, and why not.
    #[serde(flatten)]
    pub input: NotScanned,
    /// The entry that accepts it.
    pub suppression: Suppression,
}

/// One secret with all its occurrences.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FindingEntry {
    /// The rule that fits best; `skanner explain RULE` explains it.
    pub rule: String,
    /// The file that defines the rule; absent for built-in ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_place: Option<String>,
    /// The family of the rule.
    pub family: Family,
    /// Who issues such keys.
    pub issuer: String,
    /// The kind of key.
    pub title: String,
    /// What somebody can do with it.
    pub impact: String,
    /// All issuers whose keys have this shape; absent if there is only one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Candidate>,
    /// How bad it is if a stranger has the key.
    pub severity: Severity,
    /// How sure we are that it is a key.
    pub confidence: Confidence,
    /// Why this is a key.
    pub why: String,
    /// The secret, masked: its public prefix, `…`, and its last four characters. Unmasked only with
    /// `--show-secrets`.
    pub secret: String,
    /// The masked secret; absent if `secret` is masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked: Option<String>,
    /// Identifies the secret without revealing it; the same in every occurrence and encoding.
    pub fingerprint: String,
    /// Every occurrence of the secret.
    pub occurrences: Vec<OccurrenceEntry>,
    /// Its history in the repository; only with `--history` and from `skanner audit`, and only for secrets in
    /// git objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    /// What allows it without effect: the entry of the baseline that lists it, from `skanner audit`, where such keys
    /// count; what the scanned change itself brings, with `--untrusted`; or what the policy refuses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_by: Option<Suppression>,
    /// Why the policy refuses `allowed_by`; absent if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_because: Option<String>,
    /// What it means that it stands there, if that calls for its own advice. What every visitor can read is one severity up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
    /// What to do.
    pub remedy: Remedy,
}

/// One occurrence. Lines and columns are 1-based, and columns count Unicode code points.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OccurrenceEntry {
    /// The kind of place.
    pub source: SourceKind,
    /// The path, relative to the current directory, or to the root of the tree for git objects. Bytes that
    /// are not UTF-8 are written `\xNN`, and secrets in it are masked. Empty for standard input without a
    /// name, and for messages of commits and tags, whose lines and columns are those of `git cat-file commit`
    /// or `tag`.
    pub path: String,
    /// The path inside the archive at `path`, in the same notation, with `!` between nested archives; absent
    /// outside of archives. Lines and columns then refer to the file inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
    /// The repository whose history contains it; absent if only one was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The git object that contains it: a blob, or the commit or tag of a message; absent for files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// The commit that added it; absent if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// First line.
    pub line: u64,
    /// Column of the first character.
    pub column: u64,
    /// Last line.
    pub end_line: u64,
    /// Column after the last character.
    pub end_column: u64,
    /// How the secret is encoded, outermost encoding first; absent for plain text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub encoding: Vec<Cow<'static, str>>,
    /// The line with every secret in it masked, shortened if it is long.
    pub excerpt: String,
    /// Where the secret begins and ends in `excerpt`, in bytes of UTF-8 from 0.
    pub marker: (usize, usize),
    /// GitHub's hash of the line; only if a report in SARIF was written in the same run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_hash: Option<String>,
}

/// What to do about a key.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// Where to revoke it; empty if that depends on the installation.
    pub revoke_url: String,
    /// How to revoke it.
    #[serde(default)]
    pub revoke: String,
    /// Where its usage is seen; absent if no such page is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub usage_url: String,
    /// How to see what it was used for; absent if that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub usage: String,
    /// What breaks when it is revoked; absent if that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub breaks: String,
    /// Whether such keys can be limited, such as to a project or an amount; absent if that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limits: String,
    /// What GitHub and the issuer do by themselves with a key that has leaked; absent if that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub leaked: String,
    /// How to get from this key to the next; absent if that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rotate: String,
    /// The steps to take, in order; they contain all of the above.
    pub steps: Vec<String>,
    /// What to write in the place of the key, where it stands now; absent for kinds of files that skanner does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<Replacement>,
}

/// The JSON Schema of a report.
#[must_use]
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft07().for_serialize().into_generator().into_root_schema_for::<ReportDocument>().into()
}
