//! Comments for other scanners beside a finding: people who wrote one wonder why the key is still reported.
//!
//! What suppresses a finding is decided elsewhere, on the text itself. This looks at the line as it is shown.

/// A comment for another scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ForeignComment {
    /// How it is written.
    pub word: &'static str,
    /// Whether `trust-foreign-markers` makes it count. Otherwise only a comment of our own does.
    pub can_count: bool,
}

/// The words, and whether they can count. Longer ones come before those that they begin with.
const WORDS: &[(&str, bool)] = &[
    ("gitleaks:allow", true),
    ("betterleaks:allow", true),
    ("trufflehog:ignore", true),
    ("pragma: allowlist secret", true),
    ("pragma:allowlist secret", true),
    ("pragma: whitelist secret", true),
    ("pragma: allowlist", false),
    ("ggignore", false),
    ("kingfisher:ignore", false),
    ("secretlint-disable-line", false),
    ("secretlint-disable", false),
    ("nosec", false),
    ("noqa: S105", false),
    ("noqa: S106", false),
    ("noqa: S107", false),
];

/// The comment for another scanner on a line, if there is one.
#[must_use]
pub(crate) fn foreign_comment(line: &str) -> Option<ForeignComment> {
    let is_part = |one: char| one.is_alphanumeric() || matches!(one, '_' | '-' | '`');
    let stands_alone = |word: &str, at: usize| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        // Directly after `--`, which begins a comment, but not in another word.
        (before.ends_with("--") || !before.ends_with(is_part)) && !after.starts_with(is_part)
    };
    let is_there = |word: &str| line.match_indices(word).any(|(at, _)| stands_alone(word, at));
    let (word, can_count) = WORDS.iter().find(|(word, _)| is_there(word))?;
    Some(ForeignComment { word, can_count: *can_count })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_alone() {
        for (line, expected) in [
            ("k = '…' # gitleaks:allow", Some(("gitleaks:allow", true))),
            ("k = '…' //gitleaks:allow: why", Some(("gitleaks:allow", true))),
            ("k = '…' --trufflehog:ignore", Some(("trufflehog:ignore", true))),
            ("k = '…' # pragma: allowlist secret", Some(("pragma: allowlist secret", true))),
            ("k = '…' # pragma: allowlist", Some(("pragma: allowlist", false))),
            ("k = '…' # ggignore", Some(("ggignore", false))),
            ("k = '…' # nosec B105", Some(("nosec", false))),
            ("k = '…' // secretlint-disable-line", Some(("secretlint-disable-line", false))),
            ("k = '…' # mygitleaks:allow", None),
            ("k = '…' # gitleaks:allowed", None),
            ("k = '…' # nosecret", None),
            ("k = '…' # `gitleaks:allow`", None),
            ("", None),
        ] {
            let found = foreign_comment(line).map(|one| (one.word, one.can_count));
            assert_eq!(found, expected, "{line}");
        }
    }
}
