//! The library's front door does what the program does.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::io::{self, Read};

use skanner::{Confidence, Error, Report, Scanner};
use support::{Sandbox, openai_key};

fn scanner() -> Scanner {
    Scanner::builder().threads(2).build().unwrap()
}

/// `path:line rule` of every occurrence.
fn places(report: &Report) -> Vec<String> {
    let findings = report.findings.iter();
    let places = findings.flat_map(|finding| {
        finding
            .occurrences
            .iter()
            .map(|place| format!("{}:{} {}", place.full_path(), place.span.line, finding.rule.id))
    });
    places.collect()
}

#[test]
fn every_door_leads_to_the_same_finding() {
    let sandbox = Sandbox::new();
    let text = format!("a\nKEY='{}'\n", openai_key(1));
    let file = sandbox.write("a.py", &text);
    sandbox.git("", &["init", "-q"]);
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "one"]);
    let scanner = scanner();
    let name = file.to_str().unwrap();
    let reports = [
        scanner.scan_path(&file).unwrap(),
        scanner.scan_bytes(text.as_bytes(), name).unwrap(),
        scanner.scan_reader(text.as_bytes(), name).unwrap(),
    ];
    for report in &reports {
        assert_eq!(places(report), [format!("{name}:2 openai-project-key")]);
        assert!(report.is_complete());
    }
    let history = scanner.scan_repository(sandbox.tree()).unwrap();
    assert_eq!(places(&history), ["a.py:2 openai-project-key"]);
    assert!(history.findings[0].history.as_ref().unwrap().at_head);
    let fingerprints: Vec<_> =
        reports.iter().chain([&history]).map(|report| &report.findings[0].fingerprint).collect();
    assert!(fingerprints.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn what_cannot_be_read_is_in_the_report() {
    struct Failing(bool);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::take(&mut self.0) {
                buffer[0] = b'x';
                return Ok(1);
            }
            Err(io::Error::other("the line is dead"))
        }
    }
    let scanner = scanner();
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    let reports = [
        scanner.scan_bytes(&gzip, "cut.gz").unwrap(),
        scanner.scan_reader(Failing(true), "pipe").unwrap(),
        scanner.scan_path("/no/such/path").unwrap(),
        scanner.scan_repository("/").unwrap(),
    ];
    for report in &reports {
        assert!(!report.is_complete() && report.findings.is_empty(), "{report:?}");
    }
}

#[test]
fn archives_encodings_comments_and_names_count_as_in_the_program() {
    let key = openai_key(2);
    let scanner = scanner();
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    zip.start_file("in/a.env", zip::write::SimpleFileOptions::default()).unwrap();
    io::Write::write_all(&mut zip, format!("KEY={key}\n").as_bytes()).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    assert_eq!(places(&scanner.scan_bytes(&zip, "a.zip").unwrap()), ["a.zip!in/a.env:1 openai-project-key"]);

    let escaped = format!("KEY={}", key.replace('-', "%2D"));
    assert_eq!(scanner.scan_bytes(escaped.as_bytes(), "a").unwrap().findings.len(), 1);

    // Written in two parts, so that a scan of this file does not take it for a comment of its own.
    let allowed = format!("KEY={key} # {}", ["skanner", "allow"].join(":"));
    let report = scanner.scan_bytes(allowed.as_bytes(), "a").unwrap();
    assert_eq!((report.findings.len(), report.suppressed.len()), (0, 1));
    let strict = Scanner::builder().allow_comments(false).build().unwrap();
    assert_eq!(strict.scan_bytes(allowed.as_bytes(), "a").unwrap().findings.len(), 1);

    let report = scanner.scan_bytes(b"x", &format!("{key}.txt")).unwrap();
    assert_eq!(report.findings.len(), 1);
    assert!(!format!("{report:?}").contains(&key), "a debugged report shows the key");
}

#[test]
fn one_scanner_serves_many_threads() {
    let scanner = scanner();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let scanner = &scanner;
            scope.spawn(move || {
                for seed in 0..20 {
                    let text = format!("K='{}'", openai_key(thread * 100 + seed));
                    assert_eq!(scanner.scan_bytes(text.as_bytes(), "a").unwrap().findings.len(), 1);
                }
            });
        }
    });
}

#[test]
fn mistakes_are_errors_to_match_on() {
    let sandbox = Sandbox::new();
    let file = sandbox.write("skanner.toml", "min-confidence = 'sure'\n");
    let error = Scanner::builder().config(&file).build().unwrap_err();
    assert!(matches!(&error, Error::Configuration(text) if text.contains("min-confidence")), "{error}");
    let error = Scanner::builder().rules(["no-such-rule"]).build().unwrap_err();
    assert!(matches!(&error, Error::Configuration(text) if text.contains("no-such-rule")), "{error}");
    let scanner = Scanner::builder().baseline(sandbox.path("none")).build().unwrap();
    let error = scanner.scan_bytes(b"x", "a").unwrap_err();
    assert!(matches!(&error, Error::Resource(text) if text.contains("none")), "{error}");
}

#[test]
fn options_are_those_of_the_program() {
    let text = format!("K='{}'", openai_key(3));
    let only = |builder: skanner::ScannerBuilder| {
        builder.build().unwrap().scan_bytes(text.as_bytes(), "a").unwrap().findings.len()
    };
    assert_eq!(only(Scanner::builder().rules(["openai-project-key"])), 1);
    assert_eq!(only(Scanner::builder().exclude_rules(["openai-project-key"])), 0);
    assert_eq!(only(Scanner::builder().min_confidence(Confidence::Certain)), 1);
}
