//! JSON and JSON lines, version 1. The types here are the contract: `skanner schema report` is made from them.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use crate::{
    blob::SourceKind,
    finding::{
        Accepted, Audit, Candidate, Configuration, Finding, History, NotScanned, Occurrence, Report, Scanned,
        Suppressed, SuppressedBy, Suppression, Unused,
    },
    remedy,
    rule::{Confidence, Severity},
};

/// The version of this form; a new one only when something is taken away or changes its meaning.
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
struct Document<'a> {
    #[serde(flatten)]
    run: Run<'a>,
    /// One entry a secret, sorted by path, line, column and rule.
    findings: Vec<FindingEntry<'a>>,
}

/// What is said of a run beside its findings.
#[derive(Serialize, JsonSchema)]
struct Run<'a> {
    /// The version of this form.
    schema: u32,
    /// What wrote the report.
    tool: Tool,
    /// Whether everything that should have been read was. If not, no finding proves nothing.
    complete: bool,
    /// How much was really read.
    scanned: Scanned,
    /// What should have been read and was not.
    not_scanned: &'a [NotScanned],
    /// How many keys were suppressed, or with `--show-suppressed` all of them, an entry for each key and suppression.
    suppressed: SuppressedKeys<'a>,
    /// How many keys were suppressed by what; only where some were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressed_by: Vec<SuppressedBy>,
    /// Suppressions that do nothing; only where there are some. They do not change the exit code.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unused_suppressions: &'a [Unused],
    /// What was not read, as somebody knew and accepted; only where there is something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accepted: Vec<AcceptedEntry<'a>>,
    /// How many keys were left out by the name of what did: an option of the call, a variable, the configuration file; only
    /// where one did. Each key is counted once.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    left_out: &'a BTreeMap<String, u64>,
    /// The configuration file that counted; only if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration: Option<&'a Configuration>,
    /// Whether a shallow clone was accepted, so that what came before its first commits was not read; only if so.
    #[serde(skip_serializing_if = "is_false")]
    shallow: bool,
    /// Whether the repository may be published; only of `skanner audit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<Audit>,
}

/// What was suppressed.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum SuppressedKeys<'a> {
    /// How many keys.
    Count(u64),
    /// All of them.
    List(Vec<SuppressedEntry<'a>>),
}

/// One secret, with the places that one suppression took.
#[derive(Serialize, JsonSchema)]
struct SuppressedEntry<'a> {
    #[serde(flatten)]
    finding: FindingEntry<'a>,
    /// What took them.
    suppression: &'a Suppression,
}

/// Something that was not read, as somebody knew.
#[derive(Serialize, JsonSchema)]
struct AcceptedEntry<'a> {
    /// A path or an object; `a.zip!b/c.txt` is in an archive.
    what: &'a str,
    /// Why it was not read.
    why: &'a str,
    /// What accepts that.
    suppression: &'a Suppression,
}

/// One secret with all its places.
#[derive(Serialize, JsonSchema)]
struct FindingEntry<'a> {
    /// The rule that fits best; `skanner explain RULE` tells more.
    rule: &'a str,
    /// Who issues such keys.
    issuer: &'a str,
    /// What it is.
    title: &'a str,
    /// All issuers the shape fits; only where there are several.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [Candidate],
    /// How bad it is when a stranger has the key.
    severity: Severity,
    /// How sure we are that it is a key.
    confidence: Confidence,
    /// What convinced us.
    why: &'a str,
    /// The secret: its public prefix, `…`, its last four characters. Whole only with `--show-secrets`.
    secret: String,
    /// Identifies the secret without telling it; the same in every place and encoding.
    fingerprint: &'a str,
    /// Every place of the secret.
    occurrences: Vec<OccurrenceEntry<'a>>,
    /// Its life in the history of the repository; only with `--history` and of `skanner audit`, and only
    /// of what is in an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<&'a History>,
    /// What to do.
    remedy: Remedy<'a>,
}

/// One place. Lines and columns are 1-based, columns count Unicode code points.
#[derive(Serialize, JsonSchema)]
struct OccurrenceEntry<'a> {
    /// The kind of place.
    source: SourceKind,
    /// The path, from the current folder, or from the root of the tree for what git holds; bytes that are not UTF-8 are
    /// written `\xNN`, a secret in it is masked. Empty for standard input without a name, and for messages of commits
    /// and tags, of which lines and columns are those of `git cat-file commit` or `tag`.
    path: &'a str,
    /// Where in the archive at `path`, written like it, `!` between archives in archives; only for what is in one.
    /// Lines and columns are those of what is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<&'a str>,
    /// The git object that holds it: a blob, or the commit or tag whose message it is; only for what git holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<String>,
    /// The commit that brought it in; only where that is known.
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
    /// How the secret is written there, the outermost encoding first; only where it is not plain text.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    encoding: &'a [&'static str],
    /// The line with every secret in it masked, cut where it is long.
    excerpt: &'a str,
}

/// What to do about a key.
#[derive(Serialize, JsonSchema)]
struct Remedy<'a> {
    /// Where to revoke it; empty where that depends on the installation.
    revoke_url: &'a str,
    /// What to do, in order.
    steps: Vec<String>,
}

/// The last line of JSON lines.
#[derive(Serialize)]
struct Summary<'a> {
    #[serde(flatten)]
    run: Run<'a>,
    findings: usize,
}

/// One line of JSON lines.
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
        .into_root_schema_for::<Document<'static>>()
        .into()
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut run = run(report);
    if report.show_suppressed {
        run.suppressed = SuppressedKeys::List(suppressed(report).collect());
    }
    let findings = report.findings.iter().map(|finding| entry(report, finding)).collect();
    serde_json::to_writer_pretty(&mut *out, &Document { run, findings })?;
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

fn run(report: &Report) -> Run<'_> {
    Run {
        schema: SCHEMA,
        tool: TOOL,
        complete: report.is_complete(),
        scanned: report.scanned,
        not_scanned: &report.not_scanned,
        suppressed: SuppressedKeys::Count(report.suppressed_count()),
        suppressed_by: report.suppressed_by(),
        unused_suppressions: &report.unused,
        accepted: report.accepted.iter().map(accepted).collect(),
        left_out: &report.left_out,
        configuration: report.configuration.as_ref(),
        shallow: report.is_shallow,
        audit: report.audit(),
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

fn entry<'a>(report: &Report, finding: &'a Finding) -> FindingEntry<'a> {
    let rule = &finding.rule;
    FindingEntry {
        rule: &rule.id,
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
        remedy: Remedy { revoke_url: remedy::revoke_url(rule), steps: remedy::steps(rule) },
    }
}

fn suppressed(report: &Report) -> impl Iterator<Item = SuppressedEntry<'_>> {
    report.suppressed.iter().map(|Suppressed { finding, by }| SuppressedEntry {
        finding: entry(report, finding),
        suppression: by,
    })
}

fn accepted(accepted: &Accepted) -> AcceptedEntry<'_> {
    let Accepted { input, by } = accepted;
    AcceptedEntry { what: &input.what, why: &input.why, suppression: by }
}

fn occurrence(occurrence: &Occurrence) -> OccurrenceEntry<'_> {
    let span = occurrence.span;
    OccurrenceEntry {
        source: occurrence.source,
        path: &occurrence.path,
        archive: occurrence.archive.as_deref(),
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
