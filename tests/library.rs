//! The library's front door does what the program does.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::io::{self, Read};

use proptest::prelude::*;
use skanner::{Confidence, Error, Family, Report, Scanner};
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
    for error in [
        Scanner::builder().rules(["no-such-rule"]).build(),
        Scanner::builder().exclude_rules(["no-such-rule"]).build(),
        Scanner::builder().rules(["openai-project-key"]).families([Family::Ai]).build(),
        Scanner::builder().rules::<String>([]).build(),
        Scanner::builder().families([]).build(),
    ] {
        let text = error.unwrap_err().to_string();
        let names = ["rules: ", "exclude_rules: ", "rules is empty", "families is empty"];
        assert!(names.iter().any(|name| text.starts_with(name)) && !text.contains("--"), "{text}");
    }
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

#[test]
fn what_the_builder_sets_takes_the_place_of_what_the_configuration_sets() {
    let sandbox = Sandbox::new();
    let text = format!("K='{}'", openai_key(4));
    let found = |config: &str, set: &dyn Fn(skanner::ScannerBuilder) -> skanner::ScannerBuilder| {
        let file = sandbox.write("skanner.toml", config);
        let scanner = set(Scanner::builder().config(file)).build().unwrap();
        let effective = (
            scanner.min_confidence(),
            scanner.families(),
            scanner.rules().join(" "),
            scanner.exclude_rules().join(" "),
        );
        (effective, scanner.scan_bytes(text.as_bytes(), "a").unwrap().findings.len())
    };
    let (rule, other) = ("openai-project-key", "anthropic-api-key");
    let (likely, all) = (Confidence::Likely, vec![Family::Sk, Family::Ai]);
    let none = String::new;
    let as_file_says: &dyn Fn(skanner::ScannerBuilder) -> skanner::ScannerBuilder = &|builder| builder;
    let excluding = format!("exclude-rules = ['{rule}']");
    for (config, set, effective, findings) in [
        ("", as_file_says, (likely, all.clone(), none(), none()), 1),
        ("min-confidence = 'possible'", as_file_says, (Confidence::Possible, all.clone(), none(), none()), 1),
        (
            "min-confidence = 'possible'",
            &|builder| builder.min_confidence(Confidence::Certain),
            (Confidence::Certain, all.clone(), none(), none()),
            1,
        ),
        ("families = ['ai']", as_file_says, (likely, vec![Family::Ai], none(), none()), 0),
        (
            "families = ['ai']",
            &|builder| builder.families([Family::Sk]),
            (likely, vec![Family::Sk], none(), none()),
            1,
        ),
        (&format!("rules = ['{other}']"), as_file_says, (likely, all.clone(), other.to_owned(), none()), 0),
        (
            &format!("rules = ['{other}']"),
            &|builder| builder.rules([rule]),
            (likely, all.clone(), rule.to_owned(), none()),
            1,
        ),
        (&excluding, as_file_says, (likely, all.clone(), none(), rule.to_owned()), 0),
        (
            &excluding,
            &|builder| builder.exclude_rules([other]),
            (likely, all.clone(), none(), other.to_owned()),
            1,
        ),
        (
            &excluding,
            &|builder| builder.exclude_rules::<String>([]),
            (likely, all.clone(), none(), none()),
            1,
        ),
    ] {
        assert_eq!(found(config, set), (effective, findings), "{config}");
    }
}

#[test]
fn a_text_has_a_report_if_there_is_anything_to_tell() {
    let scanner = scanner();
    let key = openai_key(11);
    let allowed = format!("K={key} # {}", ["skanner", "allow"].join(":"));
    for (text, is_clean) in [
        (b"".to_vec(), true),
        (b"nothing".to_vec(), true),
        (format!("K={key}").into_bytes(), false),
        (allowed.into_bytes(), false),
        (vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1], false),
    ] {
        for _ in 0..2 {
            let one = scanner.scan_text(&text, "a").unwrap();
            let whole = scanner.scan_bytes(&text, "a").unwrap();
            assert_eq!(one.is_none(), is_clean);
            assert_eq!(
                whole.findings.is_empty() && whole.is_complete() && whole.suppressed.is_empty(),
                is_clean
            );
            assert_eq!(one.map(|report| report.to_json()), (!is_clean).then(|| whole.to_json()));
        }
    }
    assert!(scanner.scan_text(b"x", &format!("{key}.txt")).unwrap().is_some(), "names count");
}

#[test]
fn masking_hides_every_key_however_it_is_written() {
    let scanner = scanner();
    let (key, other) = (openai_key(12), openai_key(13));
    let masked = format!("sk-proj-…{}", &key[key.len() - 4..]);
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &key);
    for (text, expected) in [
        (format!("a {key} b"), format!("a {masked} b")),
        (format!("\u{feff}é {key}\n"), format!("\u{feff}é {masked}\n")),
        (
            format!("k={key} # {}", ["skanner", "allow"].join(":")),
            format!("k={masked} # {}", ["skanner", "allow"].join(":")),
        ),
        (format!("k={}&x=1", key.replace('-', "%2D")), format!("k={masked}&x=1")),
        (format!("{key}\r\n汉 {key}"), format!("{masked}\r\n汉 {masked}")),
        // The padding is no part of what was found.
        (
            format!("token: {base64}\nrest"),
            format!("token: {masked}{}\nrest", &base64[base64.trim_end_matches('=').len()..]),
        ),
    ] {
        assert_eq!(scanner.mask(&text).unwrap(), expected);
    }
    let latin = [b"caf\xe9 \xff\xc3 ", key.as_bytes(), b" \xe9 ", other.as_bytes(), b"\xe9"].concat();
    let shown = scanner.mask_bytes(&latin).unwrap();
    let tail = &other[other.len() - 4..];
    let expected =
        [b"caf\xe9 \xff\xc3 ", masked.as_bytes(), " sk-proj-…".as_bytes(), tail.as_bytes(), b"\xe9"];
    let expected = [expected[0], expected[1], b" \xe9", expected[2], expected[3], expected[4]].concat();
    assert_eq!(String::from_utf8_lossy(&shown), String::from_utf8_lossy(&expected));
    let wide: Vec<u8> = format!("\u{feff}k={key}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(*scanner.mask_bytes(&wide).unwrap(), *"…".as_bytes());
    let damaged = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    assert_eq!(*scanner.mask_bytes(&damaged).unwrap(), *"…".as_bytes());
}

#[test]
fn keys_that_stand_alone_on_lines_are_masked_one_by_one() {
    const COUNT: u64 = 40;
    let scanner = scanner();
    let keys: Vec<String> = (0..COUNT).map(|seed| openai_key(100 + seed)).collect();
    let shown: Vec<String> = keys.iter().map(|key| format!("sk-proj-…{}", &key[key.len() - 4..])).collect();
    for between in ["\n", "\r\n", "\n\n", "\n> ", "\n  - ", " ", "\t", ",", "\"\n\""] {
        let (text, expected) = (keys.join(between), shown.join(between));
        let masked = scanner.mask(&text).unwrap();
        assert_eq!(masked, expected, "{between:?}");
        assert_eq!(scanner.mask(&masked).unwrap(), masked, "{between:?}");
        assert_eq!(scanner.scan_bytes(text.as_bytes(), "").unwrap().findings.len(), keys.len());
    }
}

proptest! {
    #[test]
    fn masking_changes_nothing_but_keys_and_is_done_at_once(
        parts in prop::collection::vec(("[ -~é\n\t…]{0,30}", 0..6u64), 0..6),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let scanner = Scanner::builder().min_confidence(Confidence::Possible).build().unwrap();
        let keys: Vec<String> = (0..6).map(|seed| openai_key(20 + seed)).collect();
        let mut text = String::new();
        let mut expected = String::new();
        for (between, seed) in &parts {
            let key = &keys[*seed as usize];
            text.push_str(&format!("{between}\n k = '{key}' \n"));
            expected.push_str(&format!("{between}\n k = 'sk-proj-…{}' \n", &key[key.len() - 4..]));
        }
        let masked = scanner.mask(&text).unwrap();
        prop_assert_eq!(&masked, &expected);
        prop_assert_eq!(scanner.mask(&masked).unwrap(), masked.clone());
        // Whatever comes first, no byte of a whole key is left, and once is enough.
        let mixed = [&bytes[..], text.as_bytes(), &bytes[..]].concat();
        let masked = scanner.mask_bytes(&mixed).unwrap().into_owned();
        prop_assert!(keys.iter().all(|key| memchr::memmem::find(&masked, key.as_bytes()).is_none()));
        prop_assert_eq!(scanner.mask_bytes(&masked).unwrap().into_owned(), masked.clone());
    }
}
