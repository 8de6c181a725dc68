//! SARIF 2.1.0, limited to what GitHub code scanning uses. It is meant for uploads, so it never contains a
//! secret, whatever the user asked for.

mod limit;
mod line_hash;
mod notification;
mod result;
mod tool;
mod uri;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use limit::{KeptResults, MOST_RESULTS};
use notification::invocation;
use result::Results;
use tool::{RuleIndex, tool};
use uri::SOURCE_ROOT;

use super::{document::ReportDocument, view::View};
use crate::{finding::RunMode, json_text};

pub(crate) use line_hash::line_hashes;

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

pub(super) fn write(report: &ReportDocument, view: &View, out: &mut dyn Write) -> io::Result<()> {
    write_limited(report, view, out).map(drop)
}

/// Writes as much as GitHub takes, and says what was left out.
pub(super) fn write_limited(
    report: &ReportDocument,
    view: &View,
    out: &mut dyn Write,
) -> io::Result<Option<String>> {
    let mut most = MOST_RESULTS;
    loop {
        let kept = KeptResults::of(report, most);
        let text = rendered(report, view, &kept)?;
        if let Some(fewer) = limit::fewer(&text, kept.kept)? {
            most = fewer;
            continue;
        }
        out.write_all(&text)?;
        return Ok(kept.left_out());
    }
}

fn rendered(report: &ReportDocument, view: &View, kept: &KeptResults) -> io::Result<Vec<u8>> {
    let mut rules = RuleIndex::new();
    for (finding, _) in report.all() {
        let (_, highest) = rules.entry(&finding.rule).or_insert((finding, finding.confidence));
        *highest = finding.confidence.max(*highest);
    }
    let scope = &report.run.scope;
    let run = SarifRun {
        tool: tool(&rules),
        automation_details: json!({ "id": category(report.run.mode, view) }),
        invocations: [invocation(report, kept)],
        original_uri_base_ids: json!({ SOURCE_ROOT: {
            "description": { "text": "The root of the repository, or the current directory outside of any." },
        } }),
        column_kind: "unicodeCodePoints",
        properties: json!({ "scope": scope, "notRead": report.run.not_read }),
        results: Results { report, rules: &rules, kept },
    };
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    let mut text = Vec::new();
    json_text::write_pretty(&mut text, &Log { schema, version: "2.1.0", runs: [run] })?;
    text.push(b'\n');
    Ok(text)
}

/// What an upload replaces: the one with the same category. What comes after the last slash only tells runs apart.
fn category(mode: RunMode, view: &View) -> String {
    match &view.sarif_category {
        Some(category) => format!("{}/", category.trim_end_matches('/')),
        None => format!("skanner/{}/", mode.name()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{
        blob::SourceKind,
        finding::{Candidate, Excerpt, Finding, NotScanned, Occurrence, Report, Secret, Span},
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
            written: None,
            excerpt: Excerpt { text: "key = sk-proj-…8sL4 \u{202e}".to_owned(), marker: (6, 20) },
            rule: RuleSet::builtin().get("openai-project-key").unwrap().clone(),
            markers: Vec::new(),
            terms: Vec::new(),
            in_output: false,
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
            refused: None,
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
        write(&ReportDocument::new(report), &View::default(), &mut out).unwrap();
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
        assert!(own(0).0.ends_with(&format!("/.git/commit/{}", ids[0])), "{}", own(0).0);
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
        const RELATED: usize = 10;
        let related = &log["runs"][0]["results"][7]["relatedLocations"];
        assert!(related[RELATED - 1].is_object() && related[RELATED].is_null());
    }

    /// The key and the line of each result, and what the notification of this kind says.
    fn results(log: &Value, notification: &str) -> (Vec<(String, u64)>, Vec<String>) {
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap().iter().map(|result| {
            let line = &result["locations"][0]["physicalLocation"]["region"]["startLine"];
            let key = result["properties"]["fingerprint"].as_str().unwrap();
            (key.to_owned(), line.as_u64().unwrap())
        });
        let said = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().iter();
        let said = said.filter(|one| one["descriptor"]["id"] == notification);
        let said = said.map(|one| one["message"]["text"].as_str().unwrap().to_owned());
        (results.collect(), said.collect())
    }

    #[test]
    fn github_gets_no_more_results_than_it_takes() {
        let rules = ["openai-project-key", "stripe-test-key", "stripe-webhook-secret"];
        let levels = [Confidence::Possible, Confidence::Certain, Confidence::Likely];
        let mut random = fastrand::Rng::with_seed(5);
        for (count, most) in [(3, 3), (40, 1), (40, 7), (40, 25), (40, 60), (40, 119), (40, 120), (40, 500)] {
            let mut all = Report::default();
            for number in 0..count {
                // Three places each.
                let lines = [number + 1, number + 1001, number + 2001];
                let places = lines.map(|line| place("a.py", line, SourceKind::File)).to_vec();
                let mut one = report(rules[random.usize(..3)], places).findings.remove(0);
                one.confidence = levels[random.usize(..3)];
                one.fingerprint = format!("{number:04}");
                all.findings.push(one);
            }
            let document = ReportDocument::new(&all);
            let kept = KeptResults::of(&document, most);
            let log: Value =
                serde_json::from_slice(&rendered(&document, &View::default(), &kept).unwrap()).unwrap();
            let mut expected: Vec<_> = document.findings.iter().collect();
            expected.sort_by_key(|one| {
                (std::cmp::Reverse((one.severity, one.confidence)), one.fingerprint.clone())
            });
            let first = expected.iter().map(|one| (one.fingerprint.clone(), one.occurrences[0].line));
            let others = expected.iter().flat_map(|one| {
                one.occurrences[1..].iter().map(|place| (one.fingerprint.clone(), place.line))
            });
            let mut expected: Vec<_> = first.chain(others).take(most).collect();
            // They are in the order of the report.
            expected.sort();
            let (found, said) = results(&log, "results-left-out");
            assert_eq!(found, expected, "{count} {most}");
            let total = usize::try_from(count).unwrap() * 3;
            assert_eq!((kept.all, kept.kept), (total, total.min(most)));
            if total <= most {
                assert!(said.is_empty());
            } else {
                assert!(said[0].contains(&format!("{most} of {total} results")), "{said:?}");
            }
        }
    }

    #[test]
    fn github_says_what_it_does_not_show() {
        for (count, expected) in [(limit::SHOWN_RESULTS, 0), (limit::SHOWN_RESULTS + 1, 1)] {
            let places = (1..=count as u64).map(|line| place("a.py", line, SourceKind::File)).collect();
            let (found, said) =
                results(&written(&report("openai-project-key", places)).1, "results-not-shown");
            assert_eq!((found.len(), said.len()), (count, expected));
        }
    }

    #[test]
    fn notifications_stay_few() {
        let input = |number: usize| NotScanned { what: format!("{number:05}"), ..NotScanned::default() };
        let report = Report { not_scanned: (0..5000).map(input).collect(), ..Report::default() };
        let (_, said) = results(&written(&report).1, "not-scanned");
        assert_eq!(said.len(), 1001);
        assert_eq!(said[1000], "4000 more are not listed here; a report in JSON has all of them.");
    }
}
