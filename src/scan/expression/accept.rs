//! What a form asks of a key beside its expression.

use std::{ops::Range, sync::Arc};

use super::{
    counts::MatchKind,
    reach::{Paths, near},
};
use crate::{
    finding::Secret,
    rule::{AllowedByText, Allowlist, Confidence, Expression, ExpressionMatch, Form, PlaceTerms, Rule},
    scan::{
        named, placeholder, published,
        scratch::Scratch,
        shape_match::{Fit, ShapeMatch},
    },
};

/// The shortest key, in bytes.
const SHORTEST_KEY: usize = 4;

/// How much of the lines of a match counts before and behind it, in bytes: windows hold this much.
const LINE: usize = 1 << 10;

/// A prefix is shown if so many bytes of the key are left, and if they are not more, the names of files are no keys.
const HIDDEN: usize = 8;
const SHORT_PREFIX: usize = 4;

/// One form with an expression.
pub(super) struct ExpressionEntry {
    pub(super) rule: Arc<Rule>,
    pub(super) form: usize,
    pub(super) expression: Arc<Expression>,
    /// Literals that every match begins with one of, in lower case.
    prefixes: Vec<Vec<u8>>,
}

impl ExpressionEntry {
    /// The form at this index, if it has an expression.
    pub(super) fn new(rule: &Arc<Rule>, form: usize) -> Option<Self> {
        let expression = rule.forms[form].regex.clone()?;
        let required = expression.required().iter();
        let begins = required.clone().all(|keyword| keyword.before == Some((0, 0)));
        let prefixes = required.filter(|_| begins).map(|keyword| keyword.text.clone()).collect();
        Some(Self { rule: rule.clone(), form, expression, prefixes })
    }

    pub(super) fn form(&self) -> &Form {
        &self.rule.forms[self.form]
    }

    /// What matched, by itself and by what follows it.
    pub(super) fn kind(&self, text: &[u8], found: &ExpressionMatch, paths: Paths) -> MatchKind {
        let form = self.form();
        let key = &text[found.key.clone()];
        let behind = &text[found.key.end..];
        let words = form.confidence != Confidence::Certain;
        let public = self.public(text, found);
        let body = public..key.len();
        let has_what_it_needs = key.len() >= SHORTEST_KEY
            && key.iter().filter(|byte| byte.is_ascii_digit()).count() >= form.min_digits
            && (form.entropy <= 0.0 || entropy(key) >= form.entropy)
            && !form.not.iter().any(|not| not.is_match(key))
            && self.depends(text, found).is_some()
            // Where it is asked whether there is anything, not all of the text may be here.
            && (paths == Paths::Any || self.has_words_nearby(text, &found.span));
        if !has_what_it_needs {
            return MatchKind::Refused;
        }
        if form.is_foreign {
            return MatchKind::Key;
        }
        // What matches the start of anything is shortened more often than it is a key.
        let is_loose = form.requires_context && form.confidence == Confidence::Possible;
        let is_made_up = placeholder::is_made_up(key, std::slice::from_ref(&body), words)
            || is_loose && placeholder::is_cut_off(behind)
            || public <= SHORT_PREFIX && placeholder::is_file_name(behind)
            || published::is_published(&Secret::new(key, public));
        if is_made_up { MatchKind::MadeUp } else { MatchKind::Key }
    }

    /// Whether the words that must stand near a match do so.
    fn has_words_nearby(&self, text: &[u8], span: &Range<usize>) -> bool {
        let words = &self.form().nearby;
        let near = near(&self.expression);
        words.is_empty()
            || words.is_in(&text[span.clone()])
            || words.is_in(&text[span.start.saturating_sub(near)..text.len().min(span.end + near)])
    }

    /// The allowlists that depend on the place of a match; `None` if one lets it pass wherever it is.
    fn depends(&self, text: &[u8], found: &ExpressionMatch) -> Option<Vec<Arc<Allowlist>>> {
        let lists = &self.form().allowlists;
        if lists.is_empty() {
            return Some(Vec::new());
        }
        let ExpressionMatch { span, key } = found;
        let lines = lines_of(text, span);
        let mut depends = Vec::new();
        for list in lists {
            match list.by_text(&text[key.clone()], &text[span.clone()], &text[lines.clone()]) {
                AllowedByText::No => {}
                AllowedByText::Yes => return None,
                AllowedByText::Depends => depends.push(list.clone()),
            }
        }
        Some(depends)
    }

    /// What the place of a match must be like, if that is anything.
    fn terms(&self, text: &[u8], found: &ExpressionMatch) -> Vec<Arc<PlaceTerms>> {
        let path = self.form().path.clone();
        let allowlists = self.depends(text, found).unwrap_or_default();
        let terms =
            (path.is_some() || !allowlists.is_empty()).then(|| Arc::new(PlaceTerms { path, allowlists }));
        terms.into_iter().collect()
    }

    /// The match of a key, as the stages after this one take it.
    pub(super) fn matched(&self, text: &[u8], found: &ExpressionMatch, scratch: &mut Scratch) -> ShapeMatch {
        let form = self.form();
        let span = found.key.clone();
        let context_match = scratch.context.context_match(text, &span, &self.rule);
        let context_match =
            context_match.or_else(|| form.named.then(|| named::name_on_line(text, &span)).flatten());
        ShapeMatch {
            public: self.public(text, found),
            span,
            decoded: None,
            encoding: Vec::new(),
            rule: self.rule.clone(),
            form: self.form,
            fixed: 0,
            base: form.confidence,
            confidence: form.confidence,
            context_match,
            hints: Vec::new(),
            is_pasted: false,
            fit: Fit::Exact,
            has_left_edge: true,
            terms: self.terms(text, found),
            known: None,
        }
    }

    /// The length of the prefix that everybody may see, since the rule says it.
    fn public(&self, text: &[u8], found: &ExpressionMatch) -> usize {
        let key = &text[found.key.clone()];
        let begins = |prefix: &&Vec<u8>| {
            found.key.start == found.span.start
                && key.len() >= prefix.len() + HIDDEN
                && key[..prefix.len()].eq_ignore_ascii_case(prefix)
        };
        self.prefixes.iter().filter(begins).map(Vec::len).max().unwrap_or(0)
    }

    /// Where keys of a match may be that begins in `starts`.
    pub(super) fn end(&self, starts: &Range<usize>, length: usize) -> usize {
        length.min(starts.end - 1 + self.expression.lengths().1)
    }
}

/// The lines that a match is in, as far as windows hold them, with the line feed before them, as gitleaks has them.
fn lines_of(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let before = span.start.saturating_sub(LINE);
    let start = memchr::memrchr(b'\n', &text[before..span.start]).map_or(before, |at| before + at);
    let after = text.len().min(span.end + LINE);
    let end = memchr::memchr(b'\n', &text[span.end..after]).map_or(after, |at| span.end + at);
    start..end
}

/// Shannon's entropy of the bytes of a key, in bits for each.
fn entropy(key: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    key.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let length = key.len() as f64;
    let share = |count: &u32| f64::from(*count) / length;
    counts.iter().filter(|count| **count > 0).map(share).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_shannon() {
        for (key, bits) in [("aaaa", 0.0), ("abab", 1.0), ("abcd", 2.0), ("abcdefgh", 3.0), ("aaab", 0.811)] {
            assert!((entropy(key.as_bytes()) - bits).abs() < 0.001, "{key}");
        }
    }
}
