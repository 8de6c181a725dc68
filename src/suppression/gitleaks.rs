//! `.gitleaksignore`: a line for each known finding of gitleaks, as `file:rule:line` or
//! `commit:file:rule:line`. The rules of gitleaks have other names than ours, so a line is matched by file
//! and line number. It allows one key, as a comment does.

use std::collections::{BTreeMap, BTreeSet, HashMap, hash_map::Entry};

use super::paths::PathRoots;
use crate::{
    blob::SourceKind,
    finding::{Occurrence, Report, Span, Suppression, SuppressionKind},
};

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GitleaksIgnore {
    /// The commit, in hex digits, if the line names one.
    pub(crate) commit: Option<String>,
    /// The path, from the root of the tree.
    pub(crate) path: String,
    /// The rule id of gitleaks.
    pub(crate) rule: String,
    /// The line of the key, 1-based.
    pub(crate) line: u64,
    /// The line of the list, 1-based.
    pub(crate) number: u64,
}

/// Parses a list. Invalid lines are skipped, as gitleaks does.
#[must_use]
pub(crate) fn parse(text: &str) -> Vec<GitleaksIgnore> {
    text.lines().zip(1..).filter_map(|(line, number)| GitleaksIgnore::parse(line, number)).collect()
}

impl GitleaksIgnore {
    /// Parses one line; `None` for a comment, an empty line and an invalid one.
    #[must_use]
    pub(crate) fn parse(line: &str, number: u64) -> Option<Self> {
        // See `gitleaksIgnorePath` in `detect/detect.go` of gitleaks.
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let mut parts = line.rsplitn(3, ':');
        let (at, rule, rest) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
        let is_commit =
            |text: &str| matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (commit, path) = match rest.split_once(':') {
            Some((commit, path)) if is_commit(commit) => (Some(commit.to_ascii_lowercase()), path),
            _ => (None, rest),
        };
        let path = path.replace('\\', "/");
        Some(Self {
            commit,
            path: path.trim_start_matches("./").to_owned(),
            rule: rule.to_owned(),
            line: at,
            number,
        })
    }
}

/// A line of a file, in one of its versions.
type IgnoreKey = (String, u64, Option<String>, SourceKind);

/// Suppresses what the lines of a list allow. `place` is the path of the list, as it is shown.
pub(crate) fn apply(report: &mut Report, ignored: &[GitleaksIgnore], place: &str, directories: &PathRoots) {
    if ignored.is_empty() || report.findings.is_empty() {
        return;
    }
    let mut by_line: HashMap<(&str, u64), Vec<&GitleaksIgnore>> = HashMap::new();
    for one in ignored {
        by_line.entry((&one.path, one.line)).or_default().push(one);
    }
    let mut keys: BTreeMap<IgnoreKey, BTreeSet<(Span, &str)>> = BTreeMap::new();
    for finding in &report.findings {
        for occurrence in &finding.occurrences {
            let ignore_key = ignore_key(occurrence, directories);
            if let Some(ignore_key) =
                ignore_key.filter(|ignore_key| by_line.contains_key(&(ignore_key.0.as_str(), ignore_key.1)))
            {
                keys.entry(ignore_key).or_default().insert((occurrence.span, &finding.fingerprint));
            }
        }
    }
    let mut taken: HashMap<(IgnoreKey, String), &GitleaksIgnore> = HashMap::new();
    for (ignore_key, keys) in keys {
        let listed = by_line.get(&(ignore_key.0.as_str(), ignore_key.1)).into_iter().flatten();
        let mut listed = listed.filter(|one| one.commit.is_none() || one.commit == ignore_key.2);
        for (_, fingerprint) in keys {
            let key = (ignore_key.clone(), fingerprint.to_owned());
            if let Entry::Vacant(vacant) = taken.entry(key)
                && let Some(one) = listed.next()
            {
                vacant.insert(one);
            }
        }
    }
    report.suppress(|finding, occurrence| {
        let one = taken.get(&(ignore_key(occurrence, directories)?, finding.fingerprint.clone()))?;
        Some(Suppression {
            kind: SuppressionKind::ForeignList,
            place: place.to_owned(),
            line: Some(one.number),
            rule: Some(one.rule.clone()),
            reason: None,
            until: None,
        })
    });
}

fn ignore_key(occurrence: &Occurrence, directories: &PathRoots) -> Option<IgnoreKey> {
    let path = directories.of(occurrence)?;
    let path = match &occurrence.archive {
        Some(archive) => format!("{path}!{archive}"),
        None => path,
    };
    Some((path, occurrence.span.line, occurrence.commit.map(|id| id.to_string()), occurrence.source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_gitleaks_writes() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let text = format!(
            "# known\n\n./src/a.py:generic-api-key:3\n{id}:a b/c:d.py:openai-api-key:12\nno line\nx:y:z\n"
        );
        let one = |commit: Option<&str>, path: &str, rule: &str, line, number| GitleaksIgnore {
            commit: commit.map(str::to_owned),
            path: path.to_owned(),
            rule: rule.to_owned(),
            line,
            number,
        };
        let expected = [
            one(None, "src/a.py", "generic-api-key", 3, 3),
            one(Some(id), "a b/c:d.py", "openai-api-key", 12, 4),
        ];
        assert_eq!(parse(&text), expected);
    }
}
