//! How suppressed keys, useless suppressions and accepted inputs are reported, in every format.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use serde_json::{Value, json};
use skanner::testing::{
    blob::SourceKind,
    finding::{
        AcceptedInput, Excerpt, Finding, NotScanned, Occurrence, Report, RunMode, Secret, Span, Suppressed,
        Suppression, SuppressionKind, Unused,
    },
    report::{self, ReportDocument, View},
    rule::{Confidence, RuleSet},
};
use support::openai_key;

fn finding(seed: u64, path: &str) -> Finding {
    let secret = Secret::new(openai_key(seed).as_bytes(), 8);
    let text = format!("key = {}", secret.masked());
    let place = Occurrence {
        source: SourceKind::File,
        path: path.into(),
        archive: None,
        repository: None,
        object: None,
        commit: None,
        span: Span { line: 3, column: 7, end_line: 3, end_column: 171 },
        encoding: Vec::new(),
        written: None,
        excerpt: Excerpt { marker: (6, text.len()), text },
        rule: RuleSet::builtin().get("openai-project-key").unwrap().clone(),
        terms: Vec::new(),
        markers: Vec::new(),
        in_output: false,
        line_hash: None,
    };
    Finding {
        rule: RuleSet::builtin().get("openai-project-key").unwrap().clone(),
        confidence: Confidence::Certain,
        why: "marker".to_owned(),
        candidates: Vec::new(),
        fingerprint: secret.fingerprint(),
        secret,
        occurrences: vec![place],
        history: None,
        allowed_by: None,
        refused: None,
    }
}

fn by(kind: SuppressionKind, place: &str, line: u64) -> Suppression {
    Suppression {
        kind,
        place: place.to_owned(),
        line: Some(line),
        rule: None,
        reason: Some("a fixture\u{202e}".to_owned()),
        until: Some("2027-01-31".to_owned()),
    }
}

/// Two keys by the configuration, one of them in another place by a comment; nothing that is a finding.
fn sample() -> Report {
    let one = |seed, path, by| Suppressed { finding: finding(seed, path), by };
    let input =
        NotScanned { what: "a.zip".to_owned(), why: "is damaged".to_owned(), ..NotScanned::default() };
    Report {
        suppressed: vec![
            one(1, "src/a.py", by(SuppressionKind::Inline, "src/a.py", 3)),
            one(1, "tests/a.py", by(SuppressionKind::Config, "skanner.toml", 7)),
            one(2, "tests/b.py", by(SuppressionKind::Fingerprint, "skanner.toml", 8)),
        ],
        unused: vec![Unused {
            place: "skanner.toml".to_owned(),
            line: Some(9),
            what: "paths = [\"old/**\"]".to_owned(),
            why: "nothing matches it; remove it".to_owned(),
        }],
        accepted: vec![AcceptedInput { input, by: by(SuppressionKind::Config, "skanner.toml", 2) }],
        base: "/home/repo".into(),
        ..Report::default()
    }
}

fn written(format: &str, report: &Report, quiet: bool) -> String {
    let mut out = Vec::new();
    let view = View { quiet, ..View::default() };
    (report::format(format).unwrap().write)(&ReportDocument::new(report), &view, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains('\u{202e}') || format.starts_with("json"), "{text}");
    for seed in 1..4 {
        assert!(!text.contains(&openai_key(seed)));
    }
    text
}

const COUNTS: &str = "no key found, 3 suppressed (2 by skanner.toml, 1 by a comment in src/a.py); \
                      1 unread input accepted by skanner.toml; no files (0 B) read; looked for keys of the \
                     sk- family and of AI services";

#[test]
fn the_closing_line_says_what_was_suppressed_even_if_that_is_all() {
    for quiet in [false, true] {
        let text = written("text", &sample(), quiet);
        assert_eq!(text.lines().last().unwrap(), COUNTS);
        assert!(
            text.contains("unused suppression: skanner.toml:9: paths = [\"old/**\"]: nothing matches it")
        );
        let accepted = "accepted: a.zip: is damaged (by skanner.toml:2 until 2027-01-31: a fixture\\u{202e})";
        assert_eq!(text.contains(accepted), !quiet, "{text}");
        assert!(!text.contains("sk-proj"), "{text}");
    }
    let mut report = sample();
    report.mode = RunMode::Audit;
    let text = written("text", &report, false);
    assert!(
        text.contains(
            "safe to publish: no keys of the sk- family or of AI services, 3 suppressed (2 by skanner.toml, 1 by a comment"
        ),
        "{text}"
    );
    assert!(!text.contains("nothing left out"));
}

#[test]
fn many_comments_are_summed_up_and_decoys_hide_none() {
    let mut report = sample();
    let add = |report: &mut Report, kind: SuppressionKind, seed: u64, file: &str| {
        report.suppressed.push(Suppressed { finding: finding(seed, "x"), by: by(kind, file, 1) });
    };
    for seed in 10..19 {
        add(&mut report, SuppressionKind::Inline, seed, &format!("src/{seed}.py"));
    }
    let text = written("text", &report, false);
    assert!(text.contains("src/18.py and src/a.py)"), "{text}");
    for seed in 20..23 {
        add(&mut report, SuppressionKind::Inline, seed, "z.py");
    }
    add(&mut report, SuppressionKind::Inline, 30, "y.py");
    for number in 0..20 {
        add(&mut report, SuppressionKind::Baseline, 40 + number, &format!("list-{number}"));
    }
    let text = written("text", &report, false);
    for number in 0..20 {
        assert!(text.contains(&format!("1 by list-{number},")), "{text}");
    }
    let expected = "14 by comments in z.py, src/10.py, src/11.py, src/12.py, src/13.py, src/14.py, src/15.py, src/16.py, \
                    src/17.py, src/18.py and 2 other files (--show-suppressed lists all))";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_flood_of_useless_suppressions_is_counted() {
    let mut report = sample();
    let one = report.unused[0].clone();
    report.unused = (1..=10_000).map(|line| Unused { line: Some(line), ..one.clone() }).collect();
    let text = written("text", &report, false);
    assert_eq!(text.matches("unused suppression: ").count(), 20);
    assert!(text.contains("unused suppressions: 9,980 more (--show-suppressed lists them)"), "{text}");
    report.unused.truncate(20);
    assert!(!written("text", &report, false).contains("more (--show"));
    report.unused = (1..=30).map(|line| Unused { line: Some(line), ..one.clone() }).collect();
    report.show_suppressed = true;
    assert_eq!(written("text", &report, false).matches("unused suppression: ").count(), 30);
}

#[test]
fn text_lists_them_when_asked() {
    let report = Report { show_suppressed: true, ..sample() };
    let text = written("text", &report, false);
    assert_eq!(text.matches("suppressed[openai-project-key]: ").count(), 3, "{text}");
    assert!(text.contains("= suppressed: by skanner.toml:7 until 2027-01-31: a fixture\\u{202e}"), "{text}");
    assert_eq!(text.lines().last().unwrap(), COUNTS);
}

#[test]
fn json_has_a_number_or_a_list() {
    let schema = report::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for show_suppressed in [false, true] {
        let report = Report { show_suppressed, ..sample() };
        let json: Value = serde_json::from_str(&written("json", &report, false)).unwrap();
        let errors: Vec<_> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(json["complete"], json!(true));
        if show_suppressed {
            let list = json["suppressed"].as_array().unwrap();
            assert_eq!(list.len(), 3);
            assert_eq!(list[0]["suppression"]["kind"], "inline");
            assert_eq!(list[2]["suppression"]["kind"], "fingerprint");
            assert_eq!(list[2]["occurrences"][0]["path"], "tests/b.py");
        } else {
            assert_eq!(json["suppressed"], json!(3));
        }
        let by = json!([
            {"kind": "inline", "place": "src/a.py", "count": 1},
            {"kind": "config", "place": "skanner.toml", "count": 2},
        ]);
        assert_eq!(json["suppressed_by"], by);
        assert_eq!(json["unused_suppressions"][0]["line"], json!(9));
        assert_eq!(json["accepted"][0]["what"], "a.zip");
        assert_eq!(json["accepted"][0]["suppression"]["line"], json!(2));
    }
}

#[test]
fn json_lines_list_them_before_the_summary() {
    for (show_suppressed, kinds) in [(false, vec![]), (true, vec!["suppressed"; 3])] {
        let report = Report { show_suppressed, ..sample() };
        let text = written("jsonl", &report, false);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (summary, listed) = lines.split_last().unwrap();
        assert_eq!(listed.iter().map(|line| line["type"].as_str().unwrap()).collect::<Vec<_>>(), kinds);
        assert_eq!((&summary["type"], &summary["suppressed"]), (&json!("summary"), &json!(3)));
        assert_eq!(summary["accepted"][0]["why"], "is damaged");
    }
}

#[test]
fn sarif_has_results_of_them_only_when_asked() {
    let schema =
        include_str!("../fixtures/sarif-schema-2.1.0.json").replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$");
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    for show_suppressed in [false, true] {
        let mut report = Report { show_suppressed, ..sample() };
        report.findings.push(finding(3, "src/c.py"));
        let log: Value = serde_json::from_str(&written("sarif", &report, false)).unwrap();
        let errors: Vec<_> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), if show_suppressed { 4 } else { 1 });
        if show_suppressed {
            assert_eq!(results[0]["suppressions"], json!([]));
            let own = |at: usize| &results[at]["suppressions"][0];
            assert_eq!((&own(1)["kind"], &own(2)["kind"]), (&json!("inSource"), &json!("external")));
            assert_eq!(own(1)["justification"], "a fixture\\u{202e}");
            assert_eq!(own(2)["location"]["physicalLocation"]["region"]["startLine"], json!(7));
        } else {
            assert_eq!(results[0]["suppressions"], Value::Null);
        }
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], json!(true));
        let told: Vec<_> = invocation["toolExecutionNotifications"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let index = usize::try_from(one["descriptor"]["index"].as_u64().unwrap()).unwrap();
                let descriptor = &run["tool"]["driver"]["notifications"][index];
                assert_eq!(descriptor["id"], one["descriptor"]["id"]);
                (one["descriptor"]["id"].as_str().unwrap(), one["level"].as_str().unwrap())
            })
            .collect();
        let expected = [
            ("accepted-unread", "note"),
            ("unused-suppression", "warning"),
            ("suppressed", "note"),
            ("suppressed", "note"),
            ("scope", "note"),
        ];
        assert_eq!(told, expected);
    }
}
