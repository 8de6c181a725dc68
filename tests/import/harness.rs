//! What these tests share: lists as other scanners write them.

use std::fs;

use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use sha2::Sha256;

pub(crate) use crate::support::{Run, Sandbox, key, openai_key};

/// The name of the baseline.
pub(crate) const BASELINE: &str = ".skanner-baseline";

/// Seeds of keys that the tests plant.
const SEEDS: std::ops::Range<u64> = 1..40;

/// As many bytes of a key as nobody should see.
const LENGTH: usize = 12;

/// A secret as a list names it.
#[derive(Clone)]
pub(crate) struct Listed {
    pub(crate) path: &'static str,
    pub(crate) line: u64,
    pub(crate) secret: String,
    /// What this kind of secret is called, in gitleaks and in the others.
    pub(crate) names: [&'static str; 2],
}

/// A key of OpenAI on a line of a file.
pub(crate) fn openai(path: &'static str, line: u64, seed: u64) -> Listed {
    Listed { path, line, secret: openai_key(seed), names: ["openai-api-key", "OpenAI"] }
}

/// A format of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Ignore,
    Report,
    Redacted,
    TruffleHog,
    DetectSecrets,
    Ggshield,
    OldGgshield,
}

pub(crate) const FORMATS: [Format; 7] = [
    Format::Ignore,
    Format::Report,
    Format::Redacted,
    Format::TruffleHog,
    Format::DetectSecrets,
    Format::Ggshield,
    Format::OldGgshield,
];

impl Format {
    /// The usual name of such a list.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Ignore => ".gitleaksignore",
            Self::Report | Self::Redacted => "gitleaks-baseline.json",
            Self::TruffleHog => "trufflehog.json",
            Self::DetectSecrets => ".secrets.baseline",
            Self::Ggshield => ".gitguardian.yaml",
            Self::OldGgshield => ".gitguardian.yml",
        }
    }

    /// The text of a list.
    pub(crate) fn text(self, secrets: &[Listed]) -> String {
        match self {
            Self::Ignore => {
                let line = |one: &Listed| format!("{}:{}:{}\n", one.path, one.names[0], one.line);
                secrets.iter().map(line).collect()
            }
            Self::Report => leaks(secrets, false),
            Self::Redacted => leaks(secrets, true),
            Self::TruffleHog => secrets.iter().map(|one| format!("{}\n", result(one, None))).collect(),
            Self::DetectSecrets => secrets_baseline(secrets, &json!({})),
            Self::Ggshield => {
                let mut text = "secret:\n  ignored_matches:\n".to_owned();
                for one in secrets {
                    let (hash, name) = (ggshield_hash(&one.secret), one.names[1]);
                    text.push_str(&format!("  - match: {hash}\n    name: {name} - {}\n", one.path));
                }
                text + "version: 2\n"
            }
            Self::OldGgshield => {
                let lines = secrets.iter().map(|one| {
                    let (hash, name) = (ggshield_hash(&one.secret), one.names[1]);
                    format!("  - name: {name}\n    match: {hash}\n")
                });
                format!("matches-ignore:\n{}", lines.collect::<String>())
            }
        }
    }

    /// Writes a list where its tool does.
    pub(crate) fn write(self, sandbox: &Sandbox, secrets: &[Listed]) {
        sandbox.write(self.file(), self.text(secrets));
    }
}

/// A report of gitleaks, as version 8.30 writes it.
fn leaks(secrets: &[Listed], is_redacted: bool) -> String {
    let all: Vec<Value> = secrets.iter().map(|one| leak(one, "", is_redacted)).collect();
    serde_json::to_string_pretty(&all).unwrap()
}

pub(crate) fn leak(one: &Listed, commit: &str, is_redacted: bool) -> Value {
    let secret = if is_redacted { "REDACTED" } else { &one.secret };
    let before = if commit.is_empty() { String::new() } else { format!("{commit}:") };
    json!({
        "RuleID": one.names[0], "Description": "a leak", "StartLine": one.line, "EndLine": one.line,
        "StartColumn": 6, "EndColumn": 9, "Match": format!("{secret}\""), "Secret": secret, "File": one.path,
        "SymlinkFile": "", "Commit": commit, "Entropy": 5.7, "Author": "", "Email": "", "Date": "", "Message": "",
        "Tags": [], "Fingerprint": format!("{before}{}:{}:{}", one.path, one.names[0], one.line),
    })
}

/// A line of a report of TruffleHog 3.
pub(crate) fn result(one: &Listed, commit: Option<&str>) -> Value {
    let data = match commit {
        None => json!({ "Filesystem": { "file": one.path, "line": one.line } }),
        Some(commit) => json!({ "Git": {
            "commit": commit, "file": one.path, "email": "a <a@example.org>", "repository": "file://.",
            "timestamp": "2026-01-01 00:00:00 +0000", "line": one.line,
        } }),
    };
    json!({
        "SourceMetadata": { "Data": data }, "SourceID": 1, "SourceType": 15, "SourceName": "trufflehog",
        "DetectorType": 904, "DetectorName": one.names[1], "DecoderName": "PLAIN", "Verified": false,
        "Raw": one.secret, "RawV2": "", "Redacted": "", "ExtraData": null, "StructuredData": null,
    })
}

/// A baseline of detect-secrets 1.5. `more` is added to each secret.
pub(crate) fn secrets_baseline(secrets: &[Listed], more: &Value) -> String {
    let mut results = serde_json::Map::new();
    for one in secrets {
        let mut secret = json!({
            "type": format!("{} Token", one.names[1]), "filename": one.path, "hashed_secret": sha1(&one.secret),
            "is_verified": false, "line_number": one.line,
        });
        let fields = more.as_object().unwrap().iter();
        fields.for_each(|(key, value)| secret[key] = value.clone());
        results.entry(one.path).or_insert_with(|| json!([])).as_array_mut().unwrap().push(secret);
    }
    let baseline = json!({
        "version": "1.5.0", "plugins_used": [{ "name": "OpenAIDetector" }],
        "filters_used": [{ "path": "detect_secrets.filters.heuristic.is_sequential_string" }],
        "results": results, "generated_at": "2026-01-01T00:00:00Z",
    });
    serde_json::to_string_pretty(&baseline).unwrap()
}

pub(crate) fn sha1(text: &str) -> String {
    Sha1::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash that `ggshield secret ignore` adds: see `get_ignore_sha` in `ggshield/core/filter.py`.
pub(crate) fn ggshield_hash(secret: &str) -> String {
    Sha256::digest(format!("{secret},apikey")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A repository without a commit.
pub(crate) fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet"]);
    sandbox
}

/// A file with a key of OpenAI on a line.
pub(crate) fn plant(sandbox: &Sandbox, path: &str, line: usize, seed: u64) {
    let text = format!("{}k = '{}'\n", "x = 1\n".repeat(line - 1), openai_key(seed));
    sandbox.write(path, text);
}

/// Imports, and checks that no part of a key is shown or written.
pub(crate) fn import(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let run = sandbox.skanner(&[&["import"], arguments].concat());
    let read = |name: &str| fs::read_to_string(sandbox.path(name)).unwrap_or_default();
    let texts = [run.stdout.clone(), run.stderr.clone(), read("skanner.toml"), read(BASELINE)];
    for seed in SEEDS {
        let key = openai_key(seed);
        for at in 8..=key.len() - LENGTH {
            let part = &key[at..at + LENGTH];
            assert!(!texts.iter().any(|text| text.contains(part)), "a part of key {seed}: {run:?}");
        }
    }
    run
}

pub(crate) fn config(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.path("skanner.toml")).unwrap_or_default()
}

/// The places of the baseline's entries.
pub(crate) fn listed(sandbox: &Sandbox) -> Vec<String> {
    let text = fs::read_to_string(sandbox.path(BASELINE)).unwrap_or_default();
    let entries = text.lines().filter(|line| !line.starts_with('#'));
    let mut places: Vec<String> =
        entries.map(|line| line.splitn(3, ' ').nth(2).unwrap().to_owned()).collect();
    places.sort();
    places
}

/// The files in which a scan still finds keys. Lists that hold secrets unmasked are not asked.
pub(crate) fn still_found(sandbox: &Sandbox) -> Vec<String> {
    let lists = FORMATS.map(Format::file);
    let mut paths = sandbox.scan(&[]).paths();
    paths.retain(|path| !lists.contains(&path.as_str()));
    paths
}

#[track_caller]
pub(crate) fn assert_says(run: &Run, texts: &[&str]) {
    for text in texts {
        assert!(run.stdout.contains(text), "{text}\n{}{}", run.stdout, run.stderr);
    }
}
