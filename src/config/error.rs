//! Errors in a configuration: where they are, what is wrong, and what was probably meant.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::{
    bytes::{char_floor, line_of},
    hidden::escape_control,
};

/// Nobody reads more than this at a time.
const MOST: usize = 10;

/// Longer lines are cut to this many characters around the problem.
const WIDEST: usize = 110;

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong and what to do, without a final period. It may quote the file, so it is not safe to show unmasked.
    pub message: String,
    /// The part of the text it is about, in bytes.
    pub span: Range<usize>,
}

/// All problems of a configuration file. What they quote may hold anything: see [`Invalid::render`].
#[derive(Clone, Debug)]
pub struct Invalid {
    /// The file, as it may be shown.
    pub shown: String,
    /// Its text.
    pub text: String,
    /// The problems in the order of the text, at least one.
    pub problems: Vec<Problem>,
}

impl Invalid {
    /// The message for people: for each problem the file, line and column, what is wrong, and the line itself with
    /// carets. `mask` removes secrets. Control characters are escaped here.
    pub fn render(&self, mask: &mut dyn FnMut(&str) -> String) -> String {
        let mut blocks: Vec<String> =
            self.problems.iter().take(MOST).map(|problem| self.block(problem, mask)).collect();
        if self.problems.len() > MOST {
            blocks.push(format!("{}: {} more errors", self.shown, self.problems.len() - MOST));
        }
        blocks.join("\n")
    }

    /// The file and line of the first problem.
    #[must_use]
    pub(crate) fn place(&self) -> String {
        let start = self.problems.first().map_or(0, |problem| char_floor(&self.text, problem.span.start));
        format!("{}:{}", self.shown, line_of(self.text.as_bytes(), start))
    }

    fn block(&self, problem: &Problem, mask: &mut dyn FnMut(&str) -> String) -> String {
        let start = char_floor(&self.text, problem.span.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let line = self.text[line_start..line_end].trim_end_matches('\r');
        let number = line_of(self.text.as_bytes(), start);
        // A problem at the end of a line comes after its last character.
        let within = (start - line_start).min(line.len());
        let end = char_floor(line, problem.span.end.saturating_sub(line_start)).max(within);
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

/// The line as it may be shown, the width of the text before the range, and the width of the range.
fn excerpt(line: &str, range: Range<usize>, mask: &mut dyn FnMut(&str) -> String) -> (String, usize, usize) {
    let mut show = |text: &str| escape_control(&mask(text)).replace('\t', "    ");
    let whole = show(line);
    // If masking moved or removed an end, use the nearest position before it.
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

/// The length of the common prefix in bytes, in whole characters.
fn common(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

/// The known word that was probably meant.
#[must_use]
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // High enough to rule out words that merely share some letters.
    const CLOSE: f64 = 0.7;
    let closest = known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(word, known), known))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    closest.filter(|(closeness, _)| *closeness > CLOSE).map(|(_, known)| known)
}
