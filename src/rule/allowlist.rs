//! What the rules of other scanners let pass: by the secret, the match, its line, its path or its commit.

use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;

use super::expression::Expression;

/// What the regular expressions of an allowlist are tried on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AllowlistTarget {
    /// The key.
    #[default]
    Secret,
    /// All that the rule matched.
    Match,
    /// The lines of the match.
    Line,
}

/// An allowlist of another scanner's rule.
#[derive(Debug, Default)]
pub struct Allowlist {
    /// Whether all its criteria must hold, and not only one of them.
    pub is_all: bool,
    /// What `regexes` are tried on.
    pub target: AllowlistTarget,
    /// Regular expressions, of which one must match.
    pub regexes: Vec<Expression>,
    /// Texts, of which the key must contain one in any case.
    pub stop_words: WordSet,
    /// Regular expressions for paths, of which one must match.
    pub paths: Vec<Expression>,
    /// Commits, in lower case, one of which added the key.
    pub commits: Vec<String>,
    /// Its file, as it may be shown.
    pub file: Arc<str>,
    /// Its line there, 1-based.
    pub line: u64,
    /// What it says about itself.
    pub reason: Option<String>,
}

/// Words that are searched for in any case. What searches for them is built for the first text.
#[derive(Debug, Default)]
pub struct WordSet {
    words: Vec<String>,
    search: OnceLock<Option<AhoCorasick>>,
}

/// What an allowlist says of a match, before anybody knows where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllowedByText {
    /// It does not let it pass, wherever it is.
    No,
    /// It depends on the path or the commit.
    Depends,
    /// It lets it pass, wherever it is.
    Yes,
}

/// What a rule of another scanner asks of the place of a match. A match without a place, such as one in a message, has
/// what it needs.
#[derive(Clone, Debug, Default)]
pub struct PlaceTerms {
    /// A regular expression for its path.
    pub path: Option<Arc<Expression>>,
    /// The allowlists that depend on its path or commit.
    pub allowlists: Vec<Arc<Allowlist>>,
}

impl WordSet {
    /// These words, in any case.
    #[must_use]
    pub(crate) fn new(words: Vec<String>) -> Self {
        Self { words, search: OnceLock::new() }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a text contains one of them.
    pub(crate) fn is_in(&self, text: &[u8]) -> bool {
        let build = || AhoCorasick::builder().ascii_case_insensitive(true).build(&self.words).ok();
        !self.words.is_empty()
            && self.search.get_or_init(build).as_ref().is_some_and(|all| all.is_match(text))
    }
}

impl Allowlist {
    /// Whether it has any criterion.
    pub(crate) fn is_empty(&self) -> bool {
        self.regexes.is_empty() && self.stop_words.is_empty() && !self.depends_on_place()
    }

    /// What it says of a match, by its text.
    pub(crate) fn by_text(&self, secret: &[u8], whole: &[u8], lines: &[u8]) -> AllowedByText {
        let target = match self.target {
            AllowlistTarget::Secret => secret,
            AllowlistTarget::Match => whole,
            AllowlistTarget::Line => lines,
        };
        let has_regexes = !self.regexes.is_empty();
        let by_regex = || self.regexes.iter().any(|regex| regex.is_match(target));
        let has_words = !self.stop_words.is_empty();
        let by_word = || self.stop_words.is_in(secret);
        if self.is_all {
            match () {
                () if has_regexes && !by_regex() || has_words && !by_word() => AllowedByText::No,
                () if self.depends_on_place() => AllowedByText::Depends,
                () => AllowedByText::Yes,
            }
        } else {
            match () {
                () if has_regexes && by_regex() || has_words && by_word() => AllowedByText::Yes,
                () if self.depends_on_place() => AllowedByText::Depends,
                () => AllowedByText::No,
            }
        }
    }

    /// Whether it lets pass what it said depends on the place.
    pub(crate) fn allows_at(&self, paths: &[String], commit: Option<&str>) -> bool {
        let by_path = paths.iter().any(|path| self.paths.iter().any(|regex| regex.is_match(path.as_bytes())));
        let by_commit = commit.is_some_and(|commit| self.commits.iter().any(|one| one == commit));
        if self.is_all {
            (self.paths.is_empty() || by_path) && (self.commits.is_empty() || by_commit)
        } else {
            by_path || by_commit
        }
    }

    fn depends_on_place(&self) -> bool {
        !self.paths.is_empty() || !self.commits.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::expression::Clip;

    fn expressions(all: &[&str]) -> Vec<Expression> {
        all.iter().map(|source| Expression::with_clip(source, Clip::Cut).unwrap()).collect()
    }

    /// Every combination of criteria that an allowlist has and of those that hold, against the definition.
    #[test]
    fn criteria_combine_as_the_condition_says() {
        for bits in 0_u32..1 << 9 {
            let bit = |at: u32| bits >> at & 1 == 1;
            let has = [bit(0), bit(1), bit(2), bit(3)];
            let holds = [bit(4), bit(5), bit(6), bit(7)];
            let allowlist = Allowlist {
                is_all: bit(8),
                regexes: if has[0] { expressions(&["^secret$"]) } else { Vec::new() },
                stop_words: WordSet::new(if has[1] { vec!["Word".to_owned()] } else { Vec::new() }),
                paths: if has[2] { expressions(&["^tests/"]) } else { Vec::new() },
                commits: if has[3] { vec!["abc".to_owned()] } else { Vec::new() },
                target: AllowlistTarget::Match,
                ..Allowlist::default()
            };
            let secret: &[u8] = if holds[1] { b"a word here" } else { b"nothing" };
            let whole: &[u8] = if holds[0] { b"secret" } else { b"another" };
            let path = if holds[2] { "tests/a" } else { "src/a" }.to_owned();
            let commit = holds[3].then_some("abc");
            let mut criteria =
                has.iter().zip(holds).filter(|(has, _)| **has).map(|(_, holds)| holds).peekable();
            assert_eq!(allowlist.is_empty(), criteria.peek().is_none());
            if allowlist.is_empty() {
                continue;
            }
            let expected = if allowlist.is_all { criteria.all(|one| one) } else { criteria.any(|one| one) };
            let allowed = match allowlist.by_text(secret, whole, b"") {
                AllowedByText::No => false,
                AllowedByText::Yes => true,
                AllowedByText::Depends => allowlist.allows_at(&[path], commit),
            };
            assert_eq!(allowed, expected, "{bits:09b}");
        }
    }
}
