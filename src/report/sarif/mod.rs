//! SARIF 2.1.0, limited to what GitHub code scanning uses. It is meant for uploads, so it never contains a
//! secret, whatever the user asked for.

mod line_hash;
mod notification;
mod tool;
mod uri;

use std::{
    borrow::Cow,
    io::{self, Write},
};

use percent_encoding::percent_decode_str;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    blob::SourceKind,
    bytes::hex,
    finding::{Finding, Occurrence, Report, Suppression, SuppressionKind},
    hidden::escape_control,
    remedy,
};

use notification::invocation;
use tool::{RuleIndex, level, tool};
use uri::{SOURCE_ROOT, artifact, root_uri, uri};

pub(crate) use line_hash::line_hashes;

/// Separates these hashes from all other uses of SHA-256. A change of it makes every alert a new one.
const DOMAIN: &[u8] = b"skanner place fingerprint, version 1\0";

/// How many other occurrences of its key a result links to. GitHub shows related locations only if they are
/// linked, and a hundred of them for each of 25,000 results make a file four times as large as it accepts.
const RELATED: usize = 10;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [SarifRun<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRun<'a> {
    tool: Value,
    automation_details: Value,
    invocations: [Value; 1],
    original_uri_base_ids: Value,
    column_kind: &'static str,
    properties: Value,
    results: Results<'a>,
}

/// Creates results while they are written, since a key may have a million occurrences.
struct Results<'a> {
    report: &'a Report,
    rules: &'a RuleIndex<'a>,
}

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rules = RuleIndex::new();
    for (finding, _) in reported(report) {
        let (_, highest) = rules.entry(&finding.rule.id).or_insert((&finding.rule, finding.confidence));
        *highest = finding.confidence.max(*highest);
    }
    let run = SarifRun {
        tool: tool(&rules),
        automation_details: json!({ "id": "skanner/" }),
        invocations: [invocation(report)],
        original_uri_base_ids: json!({ SOURCE_ROOT: { "uri": root_uri(report) } }),
        column_kind: "unicodeCodePoints",
        properties: json!({ "scope": report.looked_for, "notRead": report.not_read.counts() }),
        results: Results { report, rules: &rules },
    };
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    serde_json::to_writer_pretty(&mut *out, &Log { schema, version: "2.1.0", runs: [run] })?;
    writeln!(out)
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(reported(self.report).flat_map(|(finding, by)| self.of(finding, by)))
    }
}

/// The findings, and the suppressed ones if they are to be listed.
fn reported(report: &Report) -> impl Iterator<Item = (&Finding, Option<&Suppression>)> {
    let suppressed = report.suppressed.iter().filter(|_| report.show_suppressed);
    let findings = report.findings.iter().map(|finding| (finding, None));
    findings.chain(suppressed.map(|one| (&one.finding, Some(&one.by))))
}

impl Results<'_> {
    /// One result per occurrence, since GitHub only shows the first location of a result.
    fn of<'a>(
        &'a self,
        finding: &'a Finding,
        by: Option<&'a Suppression>,
    ) -> impl Iterator<Item = Value> + 'a {
        let rule = &finding.rule;
        let index = self.rules.keys().position(|id| *id == rule.id);
        let mut same_path = (None, 0);
        finding.occurrences.iter().enumerate().map(move |(own, place)| {
            let path = Some((place.full_path(), place.object.filter(|_| place.path.is_empty())));
            same_path = if path == same_path.0 { (path, same_path.1 + 1) } else { (path, 1) };
            let mut location = location(self.report, place);
            let fingerprint =
                place_fingerprint(finding, place, &uri(self.report, &path_of(place)).0, same_path.1);
            let mut fingerprints = json!({ "skannerFinding/v1": fingerprint });
            if let Some(hash) = &place.line_hash {
                fingerprints["primaryLocationLineHash"] = hash.as_str().into();
            }
            if !self.report.show_secrets && has_region(place) {
                let excerpt = escape_control(&place.excerpt.text);
                location["physicalLocation"]["region"]["snippet"] = json!({ "text": excerpt });
            }
            let others = finding.occurrences.iter().enumerate().filter(|(at, _)| *at != own);
            let others: Vec<_> = others.map(|(_, other)| other).take(RELATED).collect();
            let mut result = json!({
                "ruleId": rule.id,
                "ruleIndex": index,
                "level": level(rule),
                "message": { "text": message(self.report, finding, place, &others) },
                "locations": [location],
                "partialFingerprints": fingerprints,
                "properties": {
                    "confidence": finding.confidence,
                    "severity": rule.severity,
                    "fingerprint": finding.fingerprint,
                },
            });
            if self.report.show_suppressed {
                // SARIF, section 3.27.23: if one result has `suppressions`, all of them must.
                result["suppressions"] = by.map(|by| suppression(self.report, by)).into_iter().collect();
            }
            if let Some(archive) = &place.archive {
                result["properties"]["archive"] = json!({
                    "path": escape_control(archive),
                    "startLine": place.span.line,
                    "startColumn": place.span.column,
                    "endLine": place.span.end_line,
                    "endColumn": place.span.end_column,
                });
            }
            if !others.is_empty() {
                let related = others.iter().zip(1..).map(|(other, id)| related(self.report, other, id));
                result["relatedLocations"] = related.collect();
            }
            if !finding.candidates.is_empty() {
                result["properties"]["candidates"] = json!(finding.candidates);
            }
            result
        })
    }
}

/// The suppression of a result. GitHub ignores it and shows the alert anyway.
fn suppression(report: &Report, by: &Suppression) -> Value {
    let in_source = matches!(by.kind, SuppressionKind::Inline | SuppressionKind::Foreign);
    let mut suppression = json!({
        "kind": if in_source { "inSource" } else { "external" },
        "status": "accepted",
        "location": notification::location(report, &by.place, by.line),
        "properties": { "by": by.kind },
    });
    if let Some(reason) = &by.reason {
        suppression["justification"] = escape_control(reason).into();
    }
    if let Some(until) = &by.until {
        suppression["properties"]["until"] = until.as_str().into();
    }
    suppression
}

/// GitHub shows only the first sentence if there is little space.
fn message(report: &Report, finding: &Finding, place: &Occurrence, others: &[&Occurrence]) -> String {
    let rule = &finding.rule;
    let (title, secret, why) =
        (escape_control(&rule.title), finding.secret.masked(), escape_control(&finding.why));
    let mut text = format!("{title} {}: {}, {why}.", escape_control(&secret), finding.confidence);
    match (&place.archive, place.source) {
        (None, SourceKind::Name) => text.push_str(" It is in the name itself."),
        (None, SourceKind::Message) if place.path.is_empty() => {
            text.push_str(&format!(" It is in the message of a {}.", kind(place)));
        }
        (Some(archive), SourceKind::Name) => {
            text.push_str(&format!(" It is in a name in this archive, {}.", escape_control(archive)));
        }
        (Some(archive), _) => {
            let at = format!("{}:{}", escape_control(archive), place.span.line);
            text.push_str(&format!(" It is in this archive at {at}."));
        }
        (None, _) => {}
    }
    if let Some(commit) = place.commit {
        text.push_str(&format!(" Commit {commit} added it."));
    }
    if let Some(repository) = &place.repository {
        text.push_str(&format!(" It is in the repository {}.", escape_control(repository)));
    }
    if !finding.candidates.is_empty() {
        let issuers: Vec<_> =
            finding.candidates.iter().map(|candidate| escape_control(&candidate.issuer)).collect();
        text.push_str(&format!(" It may be a key of {}.", issuers.join(" or ")));
    }
    if let Some(step) = remedy::steps(rule).first() {
        text.push_str(&format!(" {step}"));
    }
    let link = |(other, id): (&&Occurrence, usize)| {
        let (uri, _) = uri(report, &path_of(other));
        let inner = other.archive.as_ref().map_or_else(String::new, |archive| format!("!{archive}"));
        let name = format!("{}{inner}", percent_decode_str(&uri).decode_utf8_lossy());
        let name = escape_control(&name).replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]");
        let line =
            if other.source == SourceKind::Name { String::new() } else { format!(":{}", other.span.line) };
        format!("[{name}{line}]({id})")
    };
    let mut links: Vec<_> = others.iter().zip(1..).map(link).collect();
    let count = finding.occurrences.len() - 1;
    if count > links.len() {
        links.push("and others".to_owned());
    }
    if count > 0 {
        let s = if count == 1 { "" } else { "s" };
        text.push_str(&format!(" It is also in {count} other place{s}: {}.", links.join(", ")));
    }
    text
}

fn related(report: &Report, place: &Occurrence, id: u64) -> Value {
    let mut location = location(report, place);
    location["id"] = id.into();
    location
}

/// Whether the line numbers of the occurrence refer to its file.
fn has_region(place: &Occurrence) -> bool {
    place.source != SourceKind::Name && place.archive.is_none()
}

fn location(report: &Report, place: &Occurrence) -> Value {
    let mut physical = json!({ "artifactLocation": artifact(report, &path_of(place)) });
    if has_region(place) {
        let span = place.span;
        physical["region"] = json!({
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        });
    }
    json!({ "physicalLocation": physical })
}

/// The path of an occurrence. For git objects without a path, it is one that no work tree has.
fn path_of(place: &Occurrence) -> Cow<'_, str> {
    match place.object.filter(|_| place.path.is_empty()) {
        Some(id) => Cow::Owned(format!(".git/{}/{id}", kind(place))),
        None => Cow::Borrowed(&place.path),
    }
}

/// The kind of git object of an occurrence without a path.
fn kind(place: &Occurrence) -> &'static str {
    match place.source {
        SourceKind::Message if place.commit.is_some() => "commit",
        SourceKind::Message => "tag",
        _ => "blob",
    }
}

/// A fingerprint that stays the same when the key moves within its file. `count` distinguishes occurrences in
/// the same file.
fn place_fingerprint(finding: &Finding, place: &Occurrence, uri: &str, count: u64) -> String {
    let inner = place.archive.as_ref().map_or_else(String::new, |archive| format!("\0{archive}"));
    let text = format!("{}\0{uri}{inner}", finding.fingerprint);
    let hash = Sha256::new().chain_update(DOMAIN).chain_update(text).finalize();
    format!("{}:{count}", hex::digits(&hash[..16]))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{
        finding::{Candidate, Excerpt, NotScanned, Secret, Span},
        rule::{Confidence, RuleSet},
    };

    const KEY: &str = "sk-proj-a-key-of-these-tests-8sL4";

    fn place(path: &str, line: u64, source: SourceKind) -> Occurrence {
        Occurrence {
            source,
            path: path.into(),
            repository: None,
            object: None,
            commit: None,
            archive: None,
            span: Span { line, column: 7, end_line: line, end_column: 7 + KEY.len() as u64 },
            encoding: Vec::new(),
            excerpt: Excerpt { text: "key = sk-proj-…8sL4 \u{202e}".to_owned(), marker: (6, 20) },
            rule: RuleSet::builtin().get("openai-project-key").unwrap().clone(),
            markers: Vec::new(),
            line_hash: (line == 3).then(|| "271789c17abda88f:1".to_owned()),
        }
    }

    fn report(rule: &str, occurrences: Vec<Occurrence>) -> Report {
        let rule = RuleSet::builtin().get(rule).unwrap().clone();
        let secret = Secret::new(KEY.as_bytes(), 8);
        let finding = Finding {
            candidates: vec![Candidate { issuer: rule.issuer.clone(), why: "same shape".to_owned() }],
            rule,
            confidence: Confidence::Likely,
            why: "the prefix sk-proj- and a long random body".to_owned(),
            fingerprint: secret.fingerprint(),
            secret,
            occurrences,
            history: None,
            allowed_by: None,
        };
        Report {
            findings: vec![finding],
            not_scanned: vec![NotScanned {
                what: "a b/c".to_owned(),
                why: "permission denied".to_owned(),
                ..NotScanned::default()
            }],
            base: PathBuf::from("/home/é/repo/sub dir"),
            root: Some(PathBuf::from("/home/é/repo")),
            ..Report::default()
        }
    }

    fn written(report: &Report) -> (String, Value) {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let value = serde_json::from_str(&text).unwrap();
        (text, value)
    }

    #[test]
    fn one_result_a_place() {
        let places = [("a[1].py", 3), ("a[1].py", 9), ("b.py", 1)];
        let mut places: Vec<_> =
            places.iter().map(|(path, line)| place(path, *line, SourceKind::File)).collect();
        places.push(place("sk-proj-…8sL4", 1, SourceKind::Name));
        let mut report = report("openai-project-key", places);
        let (text, log) = written(&report);
        assert!(text.ends_with("}\n") && !text.contains('\u{202e}'));
        let results = &log["runs"][0]["results"];
        assert!(results[3].is_object() && results[4].is_null());
        assert_eq!(
            results[2]["message"]["text"],
            "OpenAI project API key sk-proj-…8sL4: likely, the prefix sk-proj- and a long random body. It may be a key \
             of OpenAI. Revoke the key at https://platform.openai.com/api-keys. It is also in 3 other places: \
             [sub dir/a\\[1\\].py:3](1), [sub dir/a\\[1\\].py:9](2), [sub dir/sk-proj-…8sL4](3)."
        );
        assert_eq!(results[0]["partialFingerprints"]["primaryLocationLineHash"], "271789c17abda88f:1");
        let own = |at: usize| results[at]["partialFingerprints"]["skannerFinding/v1"].as_str().unwrap();
        assert_eq!(own(0).strip_suffix(":1"), own(1).strip_suffix(":2"));
        assert_ne!(own(0), own(2));
        assert!(results[3]["locations"][0]["physicalLocation"]["region"].is_null());

        report.show_secrets = true;
        report.findings[0].occurrences[0].excerpt.text = KEY.to_owned();
        assert!(!written(&report).0.contains(KEY));
    }

    #[test]
    fn objects_without_a_path_are_named_all_the_same() {
        let [commit, blob] = [1, 2].map(|byte| crate::blob::ObjectId::new(&[byte; 20]));
        let mut places =
            [SourceKind::Message, SourceKind::Message, SourceKind::Blob].map(|kind| place("", 6, kind));
        (places[0].object, places[0].commit) = (commit, commit);
        (places[1].object, places[2].object) = (blob, blob);
        let log = written(&report("openai-project-key", places.to_vec())).1;
        let own = |at: usize| {
            let result = &log["runs"][0]["results"][at];
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            (uri.as_str().unwrap().to_owned(), result["message"]["text"].as_str().unwrap().to_owned())
        };
        let ids = ["01", "02"].map(|byte| byte.repeat(20));
        assert!(own(0).0.ends_with(&format!("/.git/commit/{}", ids[0])));
        assert!(own(0).1.contains(&format!("It is in the message of a commit. Commit {} added it.", ids[0])));
        assert!(own(1).0.ends_with(&format!("/.git/tag/{}", ids[1])));
        assert!(own(2).0.ends_with(&format!("/.git/blob/{}", ids[1])));
    }

    #[test]
    fn every_rule_makes_a_valid_document() {
        let schema = include_str!("../../../fixtures/sarif-schema-2.1.0.json");
        // The official schema has a typo here, a `]` without `[`. We never set a language.
        let schema = schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}?$");
        let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
        let valid =
            |log: &Value| assert_eq!(validator.iter_errors(log).next().map(|error| error.to_string()), None);
        valid(&written(&Report::default()).1);
        for rule in RuleSet::builtin().iter() {
            valid(&written(&report(&rule.id, vec![place("a.py", 3, SourceKind::File)])).1);
        }
        let places = (1..150).map(|line| place("a.py", line, SourceKind::File)).collect();
        let log = written(&report("openai-project-key", places)).1;
        valid(&log);
        let related = &log["runs"][0]["results"][7]["relatedLocations"];
        assert!(related[RELATED - 1].is_object() && related[RELATED].is_null());
    }
}
