//! Patterns as in `.gitignore`, up to thousands. The patterns that may match a path are looked up by their
//! literal parts, and only these are compiled.

mod simple;

use std::{
    cell::OnceCell,
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
};

use aho_corasick::AhoCorasick;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::{
    finding::Occurrence,
    path::{WholePath, shown_text},
};

/// Characters with a special meaning in a pattern.
const META: &[char] = &['*', '?', '[', ']', '{', '}', '\\', '!'];

/// The directories that the paths of a report and patterns start from, absolute.
#[derive(Clone, Debug)]
pub(crate) struct PathRoots {
    /// The directory of patterns.
    pub patterns: PathBuf,
    /// The directory of file paths.
    pub files: PathBuf,
    /// The directory of paths that git stores.
    pub tree: PathBuf,
}

impl PathRoots {
    /// The path of an occurrence, relative to the directory of the patterns; `None` if it is elsewhere.
    #[must_use]
    pub(crate) fn of(&self, place: &Occurrence) -> Option<String> {
        self.inside(if place.object.is_some() { &self.tree } else { &self.files }, &place.path)
    }

    /// The path of a file, relative to the directory of the patterns; `None` if it is elsewhere.
    #[must_use]
    pub(crate) fn of_file(&self, path: &str) -> Option<String> {
        self.inside(&self.files, path)
    }

    fn inside(&self, start: &Path, path: &str) -> Option<String> {
        let whole = start.join(path);
        let is_plain = !whole.components().any(|part| matches!(part, std::path::Component::ParentDir));
        let below = |whole: &Path| {
            let below = whole.strip_prefix(&self.patterns).ok()?;
            // Collecting the components once more drops `.` between them.
            Some(shown_text(&below.components().collect::<PathBuf>()))
        };
        if let Some(below) = is_plain.then(|| below(&whole)).flatten() {
            return Some(below);
        }
        // The path leads through a link, or out of the directory and back.
        let (directory, name) = (whole.parent()?, whole.file_name()?);
        below(&directory.whole().ok()?.join(name))
    }
}

/// Patterns with an index for lookup.
pub(super) struct Patterns<'p> {
    all: Vec<Pattern<'p>>,
    /// By the literal directories or file that they begin with.
    by_start: HashMap<&'p str, Vec<usize>>,
    /// By a literal directory or file in them.
    by_part: HashMap<&'p str, Vec<usize>>,
    /// By their longest literal, such as `.env` of `*.env`: the literals, and the patterns of each.
    literals: Vec<&'p str>,
    by_literal: Vec<Vec<usize>>,
    /// Searches for all literals at once.
    search: OnceCell<Option<AhoCorasick>>,
    /// The other patterns, which are tried on every path.
    rest: Vec<usize>,
}

struct Pattern<'p> {
    text: &'p str,
    /// How the pattern can be matched without compiling it.
    shortcut: Option<Shortcut>,
    compiled: OnceCell<Option<Gitignore>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shortcut {
    /// The literal itself, and everything below it.
    Whole,
    /// Only what is below it.
    Below,
}

impl<'p> Patterns<'p> {
    pub(super) fn new(texts: impl IntoIterator<Item = &'p str>) -> Self {
        let mut patterns = Self {
            all: Vec::new(),
            by_start: HashMap::new(),
            by_part: HashMap::new(),
            literals: Vec::new(),
            by_literal: Vec::new(),
            search: OnceCell::new(),
            rest: Vec::new(),
        };
        let mut known = HashMap::new();
        texts.into_iter().for_each(|text| patterns.add(text, &mut known));
        patterns
    }

    /// `known` maps literals to their indices.
    fn add(&mut self, text: &'p str, known: &mut HashMap<&'p str, usize>) {
        let number = self.all.len();
        let mut shortcut = None;
        let trimmed = text.trim_end();
        let body = trimmed.strip_suffix('/').unwrap_or(trimmed);
        let is_anchored = body.contains('/');
        let body = body.strip_prefix('/').unwrap_or(body);
        let start = literal_start(body);
        if text.contains(['\\', '!', '#']) || text.contains("[]") || text.contains("[^]") {
            // Escapes, exceptions, and nested brackets.
            self.rest.push(number);
        } else if is_anchored && !start.is_empty() {
            let is_directory = trimmed.ends_with('/');
            shortcut = match &body[start.len()..] {
                "" if is_directory => Some(Shortcut::Below),
                "" => Some(Shortcut::Whole),
                "/**" if !is_directory => Some(Shortcut::Below),
                _ => None,
            };
            self.by_start.entry(start).or_default().push(number);
        } else if let Some(part) = body.split('/').find(|part| !part.is_empty() && !part.contains(META)) {
            self.by_part.entry(part).or_default().push(number);
        } else if let Some(literal) = longest_literal(body) {
            let at = *known.entry(literal).or_insert(self.literals.len());
            if at == self.literals.len() {
                self.literals.push(literal);
                self.by_literal.push(Vec::new());
            }
            self.by_literal[at].push(number);
        } else {
            self.rest.push(number);
        }
        self.all.push(Pattern { text, shortcut, compiled: OnceCell::new() });
    }

    /// The indices of all patterns that match the path of a file or one of its parent directories, in order.
    pub(super) fn matching(&self, path: &str) -> Vec<usize> {
        let path = path.trim_start_matches('/');
        let mut found = Vec::new();
        if path.is_empty() {
            return found;
        }
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for start in ends.map(|end| &path[..end]) {
            for number in self.by_start.get(start).into_iter().flatten() {
                let is_match = match self.all[*number].shortcut {
                    Some(Shortcut::Whole) => true,
                    Some(Shortcut::Below) => start.len() < path.len(),
                    None => self.is_match(*number, path),
                };
                found.extend(is_match.then_some(*number));
            }
        }
        let mut possible = self.with_literals_in(path);
        possible.extend(&self.rest);
        possible.extend(path.split('/').filter_map(|part| self.by_part.get(part)).flatten());
        found.extend(possible.into_iter().filter(|number| self.is_match(*number, path)));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The indices of the patterns whose literal is in the path.
    fn with_literals_in(&self, path: &str) -> Vec<usize> {
        if self.literals.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<usize> = match self.search.get_or_init(|| AhoCorasick::new(&self.literals).ok()) {
            Some(search) => {
                search.find_overlapping_iter(path).map(|found| found.pattern().as_usize()).collect()
            }
            // There are more literals than can be searched for at once.
            None => (0..self.literals.len()).filter(|at| path.contains(self.literals[*at])).collect(),
        };
        found.sort_unstable();
        found.dedup();
        found.into_iter().flat_map(|at| self.by_literal[at].iter().copied()).collect()
    }

    fn is_match(&self, number: usize, path: &str) -> bool {
        let pattern = &self.all[number];
        let is_simple = !pattern.text.contains(['[', ']', '{', '}', '\\', '!', '#']);
        // The library lets a pattern of wildcards alone match the root directory, too.
        if is_simple && pattern.text.contains(|c| !matches!(c, '*' | '?' | '/' | ' ')) {
            return simple::matches(pattern.text, path);
        }
        let compiled = pattern.compiled.get_or_init(|| compiled([pattern.text]));
        compiled.as_ref().is_some_and(|one| one.matched_path_or_any_parents(path, false).is_ignore())
    }
}

/// One matcher of several patterns, of which the last match wins; `None` if they are invalid.
pub(super) fn compiled<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        builder.add_line(None, pattern).ok()?;
    }
    builder.build().ok()
}

/// The literal directories at the start of a pattern, and the file if that is literal.
fn literal_start(body: &str) -> &str {
    let Some(meta) = body.find(META) else { return body };
    let end = body[..meta].rfind('/').unwrap_or(0);
    &body[..end]
}

/// The longest text that any match must contain within one path component. Brackets may match another
/// character.
fn longest_literal(body: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for (at, character) in body.char_indices() {
        depth += usize::from(matches!(character, '[' | '{'));
        let is_literal = depth == 0 && !META.contains(&character) && character != '/';
        depth = depth.saturating_sub(usize::from(matches!(character, ']' | '}')));
        match stretches.last_mut() {
            Some(last) if is_literal && last.end == at => last.end = at + character.len_utf8(),
            _ if is_literal => stretches.push(at..at + character.len_utf8()),
            _ => {}
        }
    }
    let longest = stretches.into_iter().max_by_key(Range::len)?;
    Some(&body[longest]).filter(|literal| !literal.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_what_gitignore_says() {
        let patterns = [
            "tests/**",
            "tests",
            "tests/",
            "/tests",
            "/tests/",
            "tests/data/*.zip",
            "tests/data",
            "*.env",
            "**/fixtures",
            "**/fixtures/**",
            "fixtures/",
            "a/*/b",
            "a/**/b",
            "a?b",
            "[ab].txt",
            "{a,b}.txt",
            "x.{a,b}",
            "\\!x",
            "!x",
            "a/b/c.txt",
            "a/b/",
            "/a/b/c.txt",
            "**",
            "*",
            "*.tar.gz",
            "a/**",
            "a/*",
            "tests/data/** ",
        ];
        let paths = [
            "tests/a",
            "tests/data/a.zip",
            "tests/data/b/a.zip",
            "x/tests/a",
            "tests",
            ".env",
            "x.env",
            "a/x.env",
            "x.env/a",
            "fixtures",
            "a/fixtures/b/c",
            "a/x/b",
            "a/b",
            "a/x/y/b/z",
            "axb",
            "a.txt",
            "x/b.txt",
            "x.a",
            "!x",
            "a/b/c.txt",
            "a/b/c.txt/d",
            "x/a/b/c.txt",
            "a/b/x",
            "q.tar.gz",
            "a",
        ];
        let all = Patterns::new(patterns);
        for path in paths {
            let expected: Vec<usize> = (0..patterns.len())
                .filter(|at| {
                    let one = compiled([patterns[*at]]).unwrap();
                    one.matched_path_or_any_parents(path, false).is_ignore()
                })
                .collect();
            assert_eq!(all.matching(path), expected, "{path}");
        }
    }

    proptest! {
        #[test]
        fn looks_up_what_it_would_find_one_by_one(
            patterns in prop::collection::vec("/?(([ab*]{1,2}|\\*\\*|c|[ab]\\.x|\\*\\.x|a[?*]b|\\[ab\\]c|\\{a,bc\\}b)/){0,3}([ab*]{1,2}|\\*\\*|\\*\\.x|c|\\[!a\\]b|x\\.\\{a,b\\})/?", 1..9),
            path in "([abc]{1,2}/){0,3}[abc]{1,2}(\\.x)?",
        ) {
            let texts: Vec<&str> = patterns.iter().map(String::as_str).collect();
            let expected: Vec<usize> = (0..texts.len())
                .filter(|at| {
                    let one = compiled([texts[*at]]);
                    one.is_some_and(|one| one.matched_path_or_any_parents(&path, false).is_ignore())
                })
                .collect();
            prop_assert_eq!(Patterns::new(texts).matching(&path), expected);
        }
    }
}
