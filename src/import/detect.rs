//! Which list a file is: by what it holds, since reports may have any name.

use super::{
    detect_secrets, entry::ImportedList, ggshield, gitleaks, gitleaks_config, refusal::ListRefusal,
    trufflehog,
};
use crate::{bytes::line_of, loose_toml, suppression::GitleaksIgnore, yaml};

/// The usual names of lists at the root of a repository.
pub(crate) const NAMES: &[&str] = &[
    ".gitleaksignore",
    ".betterleaksignore",
    ".gitleaks.toml",
    "gitleaks.toml",
    ".betterleaks.toml",
    "gitleaks-baseline.json",
    ".gitleaks-baseline.json",
    "gitleaks-report.json",
    "gitleaks.json",
    "trufflehog.json",
    "trufflehog.jsonl",
    "trufflehog-report.json",
    ".secrets.baseline",
    ".gitguardian.yaml",
    ".gitguardian.yml",
];

/// Files of scanners that are named, and not read by this version.
pub(crate) const NOT_READ: &[&str] = &[
    ".secretlintignore",
    ".secretlintrc",
    ".secretlintrc.json",
    ".secretlintrc.yml",
    ".trivyignore",
    ".whispersignore",
];

/// Reads a list of any kind.
///
/// # Errors
/// When it is none, or not whole. The error quotes nothing of it.
pub(crate) fn read(bytes: &[u8]) -> Result<ImportedList, ListRefusal> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(ListRefusal::whole("it is UTF-16, as PowerShell writes files; save it as UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| ListRefusal::at(line_of(bytes, error.valid_up_to()), "not UTF-8"))?;
    let start = text.trim_start();
    if start.starts_with('{') {
        return object(text);
    }
    if is_array(start) {
        return array(text);
    }
    // gitleaks 8 writes this for no findings, depending on its version.
    if start.trim_end() == "null" {
        return gitleaks::report(b"[]");
    }
    if is_toml(text) {
        return gitleaks_config::config(text);
    }
    match yaml::parse(text) {
        Ok(root) if ggshield::is_config(&root) => return ggshield::config(text),
        Err(refusal) if text.lines().any(is_key_of_ggshield) => return Err(refusal.into()),
        _ => {}
    }
    let mut lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).peekable();
    if lines.peek().is_none() || lines.any(|line| GitleaksIgnore::parse(line, 1).is_some()) {
        return Ok(gitleaks::ignore_list(text));
    }
    Err(unknown())
}

/// The start of an array of objects. A table of TOML begins with a bracket, too.
fn is_array(start: &str) -> bool {
    let inner = start.strip_prefix('[').map(str::trim_start);
    inner.is_some_and(|inner| inner.is_empty() || inner.starts_with(['{', ']']))
}

/// A report with an object on each line, or one object.
fn object(text: &str) -> Result<ImportedList, ListRefusal> {
    let has = |key: &str| text.contains(&format!("\"{key}\""));
    if has("SourceMetadata") || has("DetectorName") {
        return trufflehog::report(text);
    }
    if has("results") && (has("plugins_used") || has("generated_at") || has("hashed_secret")) {
        return detect_secrets::baseline(text.as_bytes());
    }
    if has("stringsFound") {
        return Err(ListRefusal::whole(
            "it is a report of TruffleHog 2; make one with version 3, with --json",
        ));
    }
    if has("leakURL") || has("offender") {
        return Err(ListRefusal::whole(
            "it is a report of gitleaks before version 8; make one with version 8",
        ));
    }
    if has("$schema") && has("runs") {
        return Err(ListRefusal::whole("it is a report in SARIF; write one in JSON"));
    }
    Err(unknown())
}

fn array(text: &str) -> Result<ImportedList, ListRefusal> {
    if text.contains("\"SourceMetadata\"") {
        return Err(ListRefusal::whole(
            "results of TruffleHog must be on a line each, as --json writes them",
        ));
    }
    if text.contains("\"leakURL\"") || text.contains("\"offender\"") {
        return Err(ListRefusal::whole(
            "it is a report of gitleaks before version 8; make one with version 8",
        ));
    }
    let inner = text.trim_start().trim_start_matches('[').trim_start();
    if !inner.is_empty() && !inner.starts_with(']') && !text.contains("\"RuleID\"") {
        return Err(unknown());
    }
    gitleaks::report(text.as_bytes())
}

/// Whether a line begins a table or a setting of a configuration of gitleaks.
fn is_toml(text: &str) -> bool {
    let is_table = |line: &str| {
        let name = line.trim_start_matches('[').trim_start().to_ascii_lowercase();
        line.starts_with('[') && loose_toml::TABLES.iter().any(|table| name.starts_with(table))
    };
    text.lines().any(|line| is_table(line.trim()))
}

/// Whether a line is a key of a configuration of ggshield, with or without its value.
fn is_key_of_ggshield(line: &str) -> bool {
    let Some((key, rest)) = line.split_once(':') else { return false };
    let key = key.replace('-', "_");
    (rest.is_empty() || rest.starts_with(' ')) && (ggshield::KEYS.contains(&key.as_str()) || key == "version")
}

fn unknown() -> ListRefusal {
    ListRefusal::whole(
        "not a list that skanner can read: expected a .gitleaksignore, a report in JSON or a configuration of gitleaks, \
         a report of TruffleHog 3 with --json, a .secrets.baseline of detect-secrets, or a .gitguardian.yaml of ggshield",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A small list of each kind.
    const LISTS: &[&str] = &[
        "# known\nsrc/a.py:generic-api-key:3\n0123456789abcdef0123456789abcdef01234567:b:jwt:1\n",
        r#"[{"RuleID": "x", "File": "a", "StartLine": 1, "Commit": "", "Secret": "s", "Fingerprint": "a:x:1"}]"#,
        "[allowlist]\npaths = ['''^vendor/''', '''\\.md$''']\n[[rules]]\nid = \"x\"\n",
        r#"{"SourceMetadata":{"Data":{"Git":{"commit":"ab","file":"a","line":1}}},"DetectorName":"X","Raw":"s"}"#,
        r#"{"version": "1.5.0", "plugins_used": [], "filters_used": [{"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["a/"]}], "results": {"a": [{"type": "X", "hashed_secret": "0123456789abcdef0123456789abcdef01234567", "line_number": 1}]}}"#,
        "version: 2\nsecret:\n  ignored_paths:\n  - a/\n  ignored_matches:\n  - name: x\n    match: abc\n",
    ];

    #[test]
    fn each_list_is_recognized() {
        let tools: Vec<_> = LISTS
            .iter()
            .map(|text| {
                let list = read(text.as_bytes()).unwrap();
                (list.tool.name(), list.entries.len(), list.paths.len(), list.left_out.len())
            })
            .collect();
        let expected = [
            ("gitleaks", 2, 0, 0),
            ("gitleaks", 1, 0, 0),
            ("gitleaks", 0, 2, 0),
            ("TruffleHog", 1, 0, 0),
            ("detect-secrets", 1, 1, 0),
            ("ggshield", 1, 1, 0),
        ];
        assert_eq!(tools, expected);
    }

    proptest! {
        #[test]
        fn random_bytes_make_no_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
            let text = String::from_utf8_lossy(&bytes);
            let _ = (gitleaks::ignore_list(&text), gitleaks::report(&bytes), gitleaks_config::config(&text));
            let _ = (trufflehog::report(&text), detect_secrets::baseline(&bytes), ggshield::config(&text));
        }

        #[test]
        fn damaged_lists_make_no_parser_panic(
            which in 0..LISTS.len(),
            at in any::<prop::sample::Index>(),
            cut in 0_usize..9,
            with in prop::collection::vec(any::<u8>(), 0..4),
        ) {
            let mut bytes = LISTS[which].as_bytes().to_vec();
            let at = at.index(bytes.len());
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, with);
            if let Err(refusal) = read(&bytes) {
                prop_assert!(refusal.line.is_none_or(|line| line <= 12));
            }
        }
    }
}
