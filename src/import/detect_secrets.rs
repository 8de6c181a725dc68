//! detect-secrets: `.secrets.baseline`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use super::{
    entry::{ForeignTool, ImportedEntry, ImportedList, ImportedPaths, Judgment},
    json::{self, LineCounter},
    refusal::ListRefusal,
    regex_path,
    secret_hash::SecretHash,
};
use crate::bytes::{self, hex};

/// The file. See `detect_secrets/core/baseline.py`.
#[derive(Deserialize)]
struct SecretsBaseline {
    results: SecretsByFile,
    #[serde(default)]
    filters_used: Vec<SecretsFilter>,
    #[serde(default)]
    plugins_used: Vec<SecretsPlugin>,
    /// What versions before 1.0 have instead of filters.
    exclude: Option<OldExclusions>,
}

#[derive(Deserialize)]
struct ListedSecret {
    #[serde(rename = "type")]
    kind: String,
    hashed_secret: String,
    line_number: Option<u64>,
    is_secret: Option<bool>,
}

/// A filter, with its settings.
#[derive(Deserialize)]
struct SecretsFilter {
    path: String,
    #[serde(flatten)]
    settings: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct SecretsPlugin {
    name: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize)]
struct OldExclusions {
    files: Option<String>,
    lines: Option<String>,
}

/// In the order of the text, by which their lines are found.
struct SecretsByFile(Vec<(String, Vec<ListedSecret>)>);

impl<'de> Deserialize<'de> for SecretsByFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = SecretsByFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a list of secrets for each file")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<SecretsByFile, M::Error> {
                let mut files = Vec::new();
                while let Some(file) = map.next_entry()? {
                    files.push(file);
                }
                Ok(SecretsByFile(files))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Reads a baseline.
///
/// # Errors
/// When it is not one.
pub(super) fn baseline(text: &[u8]) -> Result<ImportedList, ListRefusal> {
    let baseline: SecretsBaseline = serde_json::from_slice(text)
        .map_err(|error| json::refusal(&error, 1, "a baseline of detect-secrets"))?;
    let mut list = ImportedList::of(ForeignTool::DetectSecrets);
    let results = memchr::memmem::find(text, b"\"results\"").unwrap_or_default();
    let (mut at, mut lines) = (results, LineCounter::new(text));
    for (file, secrets) in baseline.results.0 {
        for secret in secrets {
            // A hash is on a line of its own, or at least behind the one before.
            if let Some(next) = memchr::memmem::find(&text[at..], secret.hashed_secret.as_bytes()) {
                at += next + secret.hashed_secret.len();
            }
            let line = lines.line(at);
            let Some(hash) = sha1(&secret.hashed_secret) else {
                return Err(ListRefusal::at(line, "`hashed_secret` must be a SHA-1 of 40 hex digits"));
            };
            list.entries.push(ImportedEntry {
                line,
                path: Some(file.clone()),
                at: secret.line_number.filter(|line| *line > 0),
                commit: None,
                kind: secret.kind,
                secret: Some(SecretHash::Sha1(hash)),
                judgment: match secret.is_secret {
                    Some(false) => Judgment::FalsePositive,
                    _ => Judgment::Known,
                },
            });
        }
    }
    for plugin in baseline.plugins_used.iter().filter(|plugin| plugin.path.is_some()) {
        let name = plugin.name.as_deref().unwrap_or_default();
        list.leave_out(
            line_of(text, name),
            format!("plugin {name}"),
            "plugins of your own are not taken over",
        );
    }
    for filter in &baseline.filters_used {
        add_filter(&mut list, filter, text);
    }
    if let Some(OldExclusions { files, lines }) = baseline.exclude {
        files.into_iter().for_each(|regex| add_paths(&mut list, &regex, text));
        lines.into_iter().for_each(|regex| leave_out_lines(&mut list, &regex, text));
    }
    Ok(list)
}

/// Takes a filter over, if it is not one of those that judge by heuristics.
fn add_filter(list: &mut ImportedList, filter: &SecretsFilter, text: &[u8]) {
    let strings = |key: &str| -> Vec<String> {
        let one = |value: &Value| value.as_str().map(str::to_owned);
        match filter.settings.get(key) {
            Some(Value::Array(all)) => all.iter().filter_map(one).collect(),
            Some(value) => one(value).into_iter().collect(),
            None => Vec::new(),
        }
    };
    let regexes = strings("pattern");
    match filter.path.strip_prefix("detect_secrets.filters.") {
        Some("regex.should_exclude_file") => {
            regexes.iter().for_each(|regex| add_paths(list, regex, text));
        }
        Some("regex.should_exclude_line") => {
            regexes.iter().for_each(|regex| leave_out_lines(list, regex, text));
        }
        Some("regex.should_exclude_secret") => {
            for regex in regexes {
                list.leave_out(
                    line_of(text, &regex),
                    format!("excluded secrets {regex}"),
                    "regular expressions for secrets are not taken over; allow a key by its fingerprint",
                );
            }
        }
        Some("wordlist.should_exclude_secret") => {
            for file in strings("file_name") {
                list.leave_out(
                    line_of(text, &file),
                    format!("word list {file}"),
                    "lists of words are not taken over",
                );
            }
        }
        Some(_) => {}
        None => list.leave_out(
            line_of(text, &filter.path),
            format!("filter {}", filter.path),
            "filters of your own are not taken over",
        ),
    }
}

fn add_paths(list: &mut ImportedList, regex: &str, text: &[u8]) {
    list.paths.push(ImportedPaths {
        line: line_of(text, regex),
        written: regex.to_owned(),
        patterns: regex_path::patterns(regex),
    });
}

fn leave_out_lines(list: &mut ImportedList, regex: &str, text: &[u8]) {
    list.leave_out(
        line_of(text, regex),
        format!("excluded lines {regex}"),
        "regular expressions for lines are not taken over; write `skanner:allow` on such lines",
    );
}

/// The first line with this text, as JSON writes it.
fn line_of(text: &[u8], value: &str) -> u64 {
    let written = Value::from(value).to_string();
    bytes::line_of(text, memchr::memmem::find(text, written.as_bytes()).unwrap_or_default())
}

fn sha1(digits: &str) -> Option<[u8; 20]> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    let bytes: Option<Vec<u8>> = pairs.iter().map(|pair| hex::byte(*pair)).collect();
    bytes?.try_into().ok()
}
