//! JSON and JSON Lines, version 1. The types here are the contract: `skanner schema report` is generated from
//! them.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use crate::{
    blob::SourceKind,
    finding::{
        AcceptedInput, Audit, Candidate, Configuration, Finding, History, LookedFor, NotReadKind, NotScanned,
        Occurrence, RefsRead, Report, Scanned, Suppressed, SuppressedBy, Suppression, Unused,
    },
    remedy,
    rule::{Confidence, Family, Severity},
};

/// The version of the format. It only increases when something is removed or changes its meaning.
const SCHEMA: u32 = 1;

#[derive(Serialize, JsonSchema)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

const TOOL: Tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

/// A report of skanner: which API keys were found, where, and what could not be read.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "skanner report")]
#[schemars(rename = "Document")]
struct ReportDocument<'a> {
    #[serde(flatten)]
    run: RunReport<'a>,
    /// One entry per secret, sorted by path, line, column and rule.
    findings: Vec<FindingEntry<'a>>,
}

/// Everything about a run except its findings.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Run")]
struct RunReport<'a> {
    /// The version of the format.
    schema: u32,
    /// The program that wrote the report.
    tool: Tool,
    /// Whether everything that should have been read was read. If not, the absence of findings proves
    /// nothing.
    complete: bool,
    /// Which secrets were looked for. The report says nothing about any others.
    scope: &'a LookedFor,
    /// How much was read.
    scanned: Scanned,
    /// What should have been read but was not.
    not_scanned: &'a [NotScanned],
    /// How much was left out on purpose, by kind. It changes neither `complete` nor the exit code.
    not_read: BTreeMap<NotReadKind, u64>,
    /// The names of the first 20 things of each kind in `not_read`; absent if there are none.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    not_read_names: BTreeMap<NotReadKind, Vec<&'a str>>,
    /// The number of suppressed keys. With `--show-suppressed`, the keys themselves, with one entry per key
    /// and suppression.
    suppressed: SuppressedKeys<'a>,
    /// The number of suppressed keys by what suppressed them; absent if none were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressed_by: Vec<SuppressedBy>,
    /// Each suppression that suppressed keys, with its reason; only from `skanner audit`, and absent if there is
    /// none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<SuppressionEntry<'a>>,
    /// Suppressions that do nothing; absent if there are none. They do not change the exit code.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unused_suppressions: &'a [Unused],
    /// What was not read, and was accepted as such; absent if there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accepted: Vec<AcceptedEntry<'a>>,
    /// The number of excluded keys by what excluded them: an option, an environment variable or the
    /// configuration file. Absent if there are none. Each key is counted once.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[serde(rename = "left_out")]
    excluded: &'a BTreeMap<String, u64>,
    /// The configuration file that was used; absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration: Option<&'a Configuration>,
    /// Whether a shallow clone was accepted, so that its older commits were not read; absent if not.
    #[serde(skip_serializing_if = "is_false")]
    shallow: bool,
    /// The refs that the history was read from; only with `--history` and from `skanner audit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    refs: Option<&'a RefsRead>,
    /// What was read outside of the directory of the repository, such as `alternate object directory /srv/a`;
    /// absent if there is nothing. Keys there are reported as this repository's.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    outside: &'a [String],
    /// Whether the repository is safe to publish; only from `skanner audit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<Audit>,
}

/// The suppressed keys.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum SuppressedKeys<'a> {
    /// Their number.
    Count(u64),
    /// One entry per key and suppression.
    List(Vec<SuppressedEntry<'a>>),
}

/// One secret, with the occurrences that one suppression covers.
#[derive(Serialize, JsonSchema)]
struct SuppressedEntry<'a> {
    #[serde(flatten)]
    finding: FindingEntry<'a>,
    /// What suppressed them.
    suppression: &'a Suppression,
}

/// A suppression, and how many keys it suppressed.
#[derive(Serialize, JsonSchema)]
struct SuppressionEntry<'a> {
    #[serde(flatten)]
    suppression: &'a Suppression,
    /// The number of keys.
    keys: u64,
}

/// Something that was not read, and was accepted as such.
#[derive(Serialize, JsonSchema)]
struct AcceptedEntry<'a> {
    /// A path or an object. `a.zip!b/c.txt` is inside an archive.
    what: &'a str,
    /// Why it was not read.
    why: &'a str,
    /// The entry that accepts it.
    suppression: &'a Suppression,
}

/// One secret with all its occurrences.
#[derive(Serialize, JsonSchema)]
struct FindingEntry<'a> {
    /// The rule that fits best; `skanner explain RULE` explains it.
    rule: &'a str,
    /// The family of the rule.
    family: Family,
    /// Who issues such keys.
    issuer: &'a str,
    /// The kind of key.
    title: &'a str,
    /// All issuers whose keys have this shape; absent if there is only one.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [Candidate],
    /// How bad it is if a stranger has the key.
    severity: Severity,
    /// How sure we are that it is a key.
    confidence: Confidence,
    /// Why this is a key.
    why: &'a str,
    /// The secret, masked: its public prefix, `…`, and its last four characters. Unmasked only with
    /// `--show-secrets`.
    secret: String,
    /// Identifies the secret without revealing it; the same in every occurrence and encoding.
    fingerprint: &'a str,
    /// Every occurrence of the secret.
    occurrences: Vec<OccurrenceEntry<'a>>,
    /// Its history in the repository; only with `--history` and from `skanner audit`, and only for secrets in
    /// git objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<&'a History>,
    /// The entry of the baseline that lists it; only from `skanner audit`, where such keys count.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_by: Option<&'a Suppression>,
    /// What to do.
    remedy: Remedy<'a>,
}

/// One occurrence. Lines and columns are 1-based, and columns count Unicode code points.
#[derive(Serialize, JsonSchema)]
struct OccurrenceEntry<'a> {
    /// The kind of place.
    source: SourceKind,
    /// The path, relative to the current directory, or to the root of the tree for git objects. Bytes that
    /// are not UTF-8 are written `\xNN`, and secrets in it are masked. Empty for standard input without a
    /// name, and for messages of commits and tags, whose lines and columns are those of `git cat-file commit`
    /// or `tag`.
    path: &'a str,
    /// The path inside the archive at `path`, in the same notation, with `!` between nested archives; absent
    /// outside of archives. Lines and columns then refer to the file inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<&'a str>,
    /// The repository whose history contains it; absent if only one was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a str>,
    /// The git object that contains it: a blob, or the commit or tag of a message; absent for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<String>,
    /// The commit that added it; absent if unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// First line.
    line: u64,
    /// Column of the first character.
    column: u64,
    /// Last line.
    end_line: u64,
    /// Column after the last character.
    end_column: u64,
    /// How the secret is encoded, outermost encoding first; absent for plain text.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    encoding: &'a [&'static str],
    /// The line with every secret in it masked, shortened if it is long.
    excerpt: &'a str,
}

/// What to do about a key.
#[derive(Serialize, JsonSchema)]
struct Remedy<'a> {
    /// Where to revoke it; empty if that depends on the installation.
    revoke_url: &'a str,
    /// The steps to take, in order.
    steps: Vec<String>,
}

/// The last line of JSON Lines.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    run: RunReport<'a>,
    findings: usize,
}

/// One line of JSON Lines.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Finding(FindingEntry<'a>),
    Suppressed(SuppressedEntry<'a>),
    Summary(Summary<'a>),
}

/// The JSON Schema of a report.
#[must_use]
pub fn schema() -> serde_json::Value {
    SchemaSettings::draft07()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<ReportDocument<'static>>()
        .into()
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut run = run(report);
    if report.show_suppressed {
        run.suppressed = SuppressedKeys::List(suppressed(report).collect());
    }
    let findings = report.findings.iter().map(|finding| entry(report, finding)).collect();
    serde_json::to_writer_pretty(&mut *out, &ReportDocument { run, findings })?;
    writeln!(out)
}

pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings.iter().map(|finding| Line::Finding(entry(report, finding)));
    let listed = report.show_suppressed.then(|| suppressed(report).map(Line::Suppressed));
    let summary = Line::Summary(Summary { run: run(report), findings: report.findings.len() });
    for line in findings.chain(listed.into_iter().flatten()).chain([summary]) {
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}

fn run(report: &Report) -> RunReport<'_> {
    RunReport {
        schema: SCHEMA,
        tool: TOOL,
        complete: report.is_complete(),
        scope: &report.looked_for,
        scanned: report.scanned,
        not_scanned: &report.not_scanned,
        not_read: report.not_read.counts(),
        not_read_names: names_of_not_read(report),
        suppressed: SuppressedKeys::Count(report.suppressed_count()),
        suppressed_by: report.suppressed_by(),
        suppressions: suppressions(report),
        unused_suppressions: &report.unused,
        accepted: report.accepted.iter().map(accepted).collect(),
        excluded: &report.excluded,
        configuration: report.configuration.as_ref(),
        shallow: report.is_shallow,
        refs: report.refs.as_ref(),
        outside: &report.outside,
        audit: report.audit(),
    }
}

fn suppressions(report: &Report) -> Vec<SuppressionEntry<'_>> {
    let entry = |(suppression, keys)| SuppressionEntry { suppression, keys };
    if report.is_audit { report.suppressions().into_iter().map(entry).collect() } else { Vec::new() }
}

fn names_of_not_read(report: &Report) -> BTreeMap<NotReadKind, Vec<&str>> {
    let kinds = report.not_read.counts().into_keys();
    let named = kinds.map(|kind| (kind, report.not_read.names(kind).collect::<Vec<_>>()));
    named.filter(|(_, names)| !names.is_empty()).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

fn entry<'a>(report: &Report, finding: &'a Finding) -> FindingEntry<'a> {
    let rule = &finding.rule;
    FindingEntry {
        rule: &rule.id,
        family: rule.family,
        issuer: &rule.issuer,
        title: &rule.title,
        candidates: &finding.candidates,
        severity: rule.severity,
        confidence: finding.confidence,
        why: &finding.why,
        secret: report.show(&finding.secret),
        fingerprint: &finding.fingerprint,
        occurrences: finding.occurrences.iter().map(occurrence).collect(),
        history: finding.history.as_ref(),
        allowed_by: finding.allowed_by.as_ref(),
        remedy: Remedy { revoke_url: remedy::revoke_url(rule), steps: remedy::steps(rule) },
    }
}

fn suppressed(report: &Report) -> impl Iterator<Item = SuppressedEntry<'_>> {
    report.suppressed.iter().map(|Suppressed { finding, by }| SuppressedEntry {
        finding: entry(report, finding),
        suppression: by,
    })
}

fn accepted(accepted: &AcceptedInput) -> AcceptedEntry<'_> {
    let AcceptedInput { input, by } = accepted;
    AcceptedEntry { what: &input.what, why: &input.why, suppression: by }
}

fn occurrence(occurrence: &Occurrence) -> OccurrenceEntry<'_> {
    let span = occurrence.span;
    OccurrenceEntry {
        source: occurrence.source,
        path: &occurrence.path,
        archive: occurrence.archive.as_deref(),
        repository: occurrence.repository.as_deref(),
        blob: occurrence.object.map(|id| id.to_string()),
        commit: occurrence.commit.map(|id| id.to_string()),
        line: span.line,
        column: span.column,
        end_line: span.end_line,
        end_column: span.end_column,
        encoding: &occurrence.encoding,
        excerpt: &occurrence.excerpt.text,
    }
}
