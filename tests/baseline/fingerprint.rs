//! The fingerprint is of the secret alone: the same in every source and encoding, and another one for another secret.

use std::{collections::BTreeSet, io::Write};

use base64::Engine as _;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use skanner::testing::finding::Secret;

use super::harness::*;

/// Computed without the program: what documents promise.
fn expected(key: &str) -> String {
    let hash = Sha256::digest(format!("skanner secret fingerprint, version 1\0{key}"));
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fingerprints(report: &Report) -> BTreeSet<String> {
    let findings = report.json["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
}

/// Ways to write a key into a file, by the name of the file.
pub(crate) fn written(key: &str) -> Vec<(&'static str, Vec<u8>)> {
    let line = format!("key = \"{key}\"\n");
    let base64 = base64::engine::general_purpose::STANDARD;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(line.as_bytes()).unwrap();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let (start, end) = key.split_at(40);
    let escaped: String = key.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let hex: String = line.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![
        ("plain.txt", line.clone().into_bytes()),
        ("windows.txt", format!("\r\n\r\n\t\t{line}\r\n").into_bytes()),
        ("base64.txt", base64.encode(&line).into_bytes()),
        ("twice.txt", base64.encode(base64.encode(&line)).into_bytes()),
        ("hex.txt", hex.into_bytes()),
        ("utf16.txt", [b"\xff\xfe".to_vec(), wide(&line)].concat()),
        ("percent.txt", format!("https://example.org/?k={}\n", key.replace('-', "%2D")).into_bytes()),
        ("escaped.json", format!("{{\"k\": \"{escaped}\"}}\n").into_bytes()),
        ("split.py", format!("k = \"{start}\" + \"{end}\"\n").into_bytes()),
        ("packed.gz", gzip.finish().unwrap()),
    ]
}

#[test]
fn it_is_the_same_in_every_source_and_encoding() {
    let key = openai_key(1);
    let sandbox = repository();
    for (name, content) in written(&key) {
        sandbox.write(name, content);
    }
    sandbox.write(format!("name/{key}/x"), "");
    let all: BTreeSet<String> = [expected(&key)].into();
    let check = |what: &str, report: &Report, least: usize| {
        assert_eq!(fingerprints(report), all, "{what}");
        assert!(report.places().len() >= least, "{what}: {:?}", report.places());
    };
    check("files", &sandbox.scan(&[]), 11);
    sandbox.git(".", &["add", "--all"]);
    check("index", &sandbox.scan(&["--staged"]), 11);
    commit(&sandbox, &format!("message with {key}"));
    check("range", &sandbox.scan(&["--range", "HEAD"]), 12);
    check("history", &sandbox.scan(&["--history"]), 12);
    sandbox.git(".", &["config", "remote.origin.url", &format!("https://{key}@example.org/x")]);
    check("configuration", &sandbox.scan(&["--history"]), 13);
    let audit = sandbox.skanner(&["audit", "--format", "json"]).report();
    check("audit", &audit, 24);
}

#[test]
fn it_does_not_hold_the_secret() {
    let key = openai_key(2);
    let fingerprint = Secret::new(key.as_bytes(), 8).fingerprint();
    assert_eq!(fingerprint, expected(&key));
    // Not that of tools which hash the key as it is.
    assert_ne!(
        fingerprint,
        Sha256::digest(&key)[..16].iter().map(|b| format!("{b:02x}")).collect::<String>()
    );
}

#[test]
fn the_command_in_the_documents_computes_it() {
    let documents = include_str!("../../docs/baseline.md");
    let command = documents.lines().find(|line| line.starts_with("printf 'skanner secret")).unwrap();
    let key = openai_key(3);
    let sandbox = Sandbox::new();
    let run = Run::of(sandbox.command("bash").args(["-c", command]).env("KEY", &key));
    assert_eq!(run.stdout.trim(), expected(&key), "{run:?}");
}

proptest! {
    #[test]
    fn another_secret_has_another_one(key in "sk-[A-Za-z0-9_-]{16,200}", at in any::<prop::sample::Index>(), other in "[A-Za-z0-9]") {
        let at = at.index(key.len());
        let changed = format!("{}{other}{}", &key[..at], &key[at + 1..]);
        let of = |key: &str, public| Secret::new(key.as_bytes(), public).fingerprint();
        prop_assert_eq!(of(&key, 3) == of(&changed, 3), key == changed);
        prop_assert_ne!(of(&key, 3), of(&key[..key.len() - 1], 3));
        // Neither what is known of its prefix nor padding is of the secret.
        prop_assert_eq!(of(&key, 3), of(&format!("{key}=="), 8));
    }
}
