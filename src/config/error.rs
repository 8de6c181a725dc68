//! What is wrong with a configuration: where, what, and what was meant.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::hidden::escape_control;

/// More than this at a time nobody reads.
const MOST: usize = 10;

/// Longer lines are cut to so many characters round what is wrong.
const WIDEST: usize = 110;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong and what to do, without a full stop. It may quote the file, so it is not safe to show as it is.
    pub message: String,
    /// What it is about, in bytes of the text.
    pub span: Range<usize>,
}

/// All that is wrong with a configuration file. What it quotes may hold anything: see [`Invalid::render`].
#[derive(Clone, Debug)]
pub struct Invalid {
    /// The file, as it may be shown.
    pub shown: String,
    /// Its text.
    pub text: String,
    /// What is wrong, in the order of the text; at least one.
    pub problems: Vec<Problem>,
}

impl Invalid {
    /// The message for people: for each problem the file, line and column, what is wrong, and the line itself with carets.
    /// `mask` takes away secrets; control characters are escaped here.
    pub fn render(&self, mask: &mut dyn FnMut(&str) -> String) -> String {
        let mut blocks: Vec<String> =
            self.problems.iter().take(MOST).map(|problem| self.block(problem, mask)).collect();
        if self.problems.len() > MOST {
            blocks.push(format!("{}: {} more errors", self.shown, self.problems.len() - MOST));
        }
        blocks.join("\n")
    }

    fn block(&self, problem: &Problem, mask: &mut dyn FnMut(&str) -> String) -> String {
        let start = floor(&self.text, problem.span.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let line = self.text[line_start..line_end].trim_end_matches('\r');
        let number = line_number(&self.text, start);
        // A problem at the end of a line is behind its last character.
        let within = (start - line_start).min(line.len());
        let end = floor(line, (problem.span.end.saturating_sub(line_start)).min(line.len())).max(within);
        let column = line[..within].chars().count() + 1;
        let message = escape_control(&mask(&problem.message)).into_owned();
        let (excerpt, before, marked) = excerpt(line, within..end, mask);
        let gutter = " ".repeat(number.to_string().len());
        let carets = "^".repeat(marked.max(1));
        format!(
            "{}:{number}:{column}: {message}\n{gutter} |\n{number} | {excerpt}\n{gutter} | {}{carets}",
            self.shown,
            " ".repeat(before)
        )
    }
}

/// The line as it may be shown, how wide what comes before the range is in it, and how wide the range.
fn excerpt(line: &str, range: Range<usize>, mask: &mut dyn FnMut(&str) -> String) -> (String, usize, usize) {
    let mut show = |text: &str| escape_control(&mask(text)).replace('\t', "    ");
    let whole = show(line);
    // Where masking has moved or swallowed an end, the nearest place before it.
    let start = common(&whole, &show(&line[..range.start]));
    let end = common(&whole, &show(&line[..range.end])).max(start);
    if whole.chars().count() <= WIDEST {
        let (before, marked) = (whole[..start].width(), whole[start..end].width());
        return (whole, before, marked);
    }
    let from = whole[..start].chars().rev().take(WIDEST / 2).map(char::len_utf8).sum::<usize>();
    let to = whole[start..].chars().take(WIDEST).map(char::len_utf8).sum::<usize>();
    let cut = start - from..start + to;
    let (left, right) = (if cut.start > 0 { "…" } else { "" }, if cut.end < whole.len() { "…" } else { "" });
    let end = end.min(cut.end);
    (
        format!("{left}{}{right}", &whole[cut.clone()]),
        left.width() + whole[cut.start..start].width(),
        whole[start..end].width(),
    )
}

/// How many bytes two texts begin with in common, whole characters only.
fn common(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

/// The line of a place in the text, 1-based.
pub(super) fn line_number(text: &str, at: usize) -> u64 {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count() as u64 + 1
}

/// The nearest place at or before `at` where a character begins.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The word that somebody may have meant.
#[must_use]
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Far enough from words that merely share some letters.
    const CLOSE: f64 = 0.7;
    let closest = known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(word, known), known))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    closest.filter(|(closeness, _)| *closeness > CLOSE).map(|(_, known)| known)
}
