//! What may join two pieces of a key, but may also stand between a key and something else: the line feed of a hard
//! wrap, colors, lone control characters, the runs of a Word document, a comma inside of `join(…)`.
//!
//! The engine tries such joins one by one, and only believes one where the text is a key because of it.

use super::{
    ansi, call,
    unit::{EscapeUnit, is_key_byte},
};

/// The name of a hard wrap in a report.
pub(crate) const WRAPPED: &str = "wrapped";

pub(crate) const CONTROL: &str = "control";

const MARKUP: &str = "markup";

/// The maximum length of an indentation, in bytes.
const WIDEST: usize = 64;

/// The maximum length of what stands before each line of a quoted text, in bytes.
const LONGEST_MARGIN: usize = 16;

/// The maximum length of the tags between two runs, in bytes.
const LONGEST_TAGS: usize = 600;

/// Whether a join may begin with this byte. Only these are looked at.
pub(super) fn may_begin(byte: u8) -> bool {
    byte.is_ascii_control() || matches!(byte, b'\\' | b'<' | b'^' | b'"' | b'\'' | b'`' | b',' | 0xe2)
}

/// The join at `at`, in a key that begins at or after `start`.
pub(super) fn join(text: &[u8], at: usize, start: usize) -> Option<EscapeUnit> {
    let rest = text.get(at..)?;
    let (length, name) = None
        .or_else(|| Some((ansi::sequences(rest)?, ansi::NAME)))
        .or_else(|| Some((wrap(text, at)?, WRAPPED)))
        .or_else(|| Some((control(rest)?, CONTROL)))
        .or_else(|| Some((tags(rest)?, MARKUP)))
        .or_else(|| Some((call::seam(text, at, start)?.0, super::split::NAME)))?;
    // A sequence of colors may be followed by an escape.
    let goes_on = rest.get(length).is_some_and(|byte| is_key_byte(*byte) || b"%\\&=\x1b".contains(byte));
    // Behind an underscore, a color is inside a prefix that begins with a word.
    let is_inside = name == ansi::NAME && text[..at].ends_with(b"_");
    let is_another = !is_inside && super::split::begins_a_key(&rest[length..]);
    (goes_on && !is_another).then_some(EscapeUnit { length, byte: None, name })
}

/// A line end and what stands before the text of the next line.
fn wrap(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..];
    let line_end = [&b"\r\n"[..], b"\n", b"\r", b"\\r\\n", b"\\n"]
        .into_iter()
        .find(|line_end| rest.starts_with(line_end))?;
    let after = &rest[line_end.len()..];
    let margin = margin(text, at);
    if !margin.is_empty()
        && let Some(more) = after.strip_prefix(margin)
    {
        return Some(rest.len() - spaces(more).len());
    }
    Some(rest.len() - spaces(after).len())
}

fn spaces(text: &[u8]) -> &[u8] {
    let count = text.iter().take(WIDEST).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &text[count..]
}

/// What the line begins with, if it is the margin of a quoted mail, a comment or a table.
fn margin(text: &[u8], at: usize) -> &[u8] {
    let line = text[..at].iter().rev().take(512).take_while(|byte| **byte != b'\n').count();
    let line = &text[at - line..at];
    let is_margin =
        |byte: &&u8| matches!(**byte, b' ' | b'\t' | b'>' | b'|' | b'#' | b'*' | b'/' | b';' | b'+' | b'!');
    let count = line.iter().take(LONGEST_MARGIN).take_while(is_margin).count();
    &line[..count]
}

/// Up to four control characters that no line end is.
fn control(text: &[u8]) -> Option<usize> {
    let is_lone = |byte: &&u8| byte.is_ascii_control() && !matches!(**byte, b'\t' | b'\n' | b'\r');
    let count = text.iter().take(4).take_while(is_lone).count();
    (count > 0).then_some(count)
}

/// Tags that end and begin runs of the same paragraph.
fn tags(text: &[u8]) -> Option<usize> {
    let mut length = 0;
    while let Some(tag) = text[length..].strip_prefix(b"<") {
        let end = tag.iter().take(LONGEST_TAGS).position(|byte| *byte == b'>')?;
        if !is_inline(&tag[..end]) {
            return None;
        }
        length += end + 2;
        // White space between tags is none of the text, except directly before it.
        let space = text[length..].iter().take(WIDEST).take_while(|byte| byte.is_ascii_whitespace()).count();
        if text[length + space..].starts_with(b"<") {
            length += space;
        }
        if length > LONGEST_TAGS {
            return None;
        }
    }
    (length > 0).then_some(length)
}

/// Whether a tag stays inside of a paragraph. In a Word document, whatever has a run in it does, except for breaks.
fn is_inline(tag: &[u8]) -> bool {
    const INLINE: &[&str] = &[
        "wbr",
        "span",
        "b",
        "i",
        "em",
        "strong",
        "font",
        "mark",
        "u",
        "a",
        "code",
        "tt",
        "small",
        "text:span",
        "text:bookmark",
        "text:soft-page-break",
        "a:t",
        "a:r",
        "a:rPr",
        "a:latin",
        "a:solidFill",
        "a:srgbClr",
        "t",
        "r",
        "rPr",
        "sz",
        "color",
        "rFont",
        "family",
        "scheme",
    ];
    const BREAKS: &[&str] = &["w:p", "w:br", "w:cr", "w:tab", "w:tc", "w:tr", "w:tbl", "w:body", "w:sectPr"];
    let name = tag.strip_prefix(b"/").unwrap_or(tag);
    let length = name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b":-".contains(byte)).count();
    let name = &name[..length];
    let is_one_of = |names: &[&str]| names.iter().any(|one| one.as_bytes() == name);
    is_one_of(INLINE) || name.starts_with(b"w:") && !is_one_of(BREAKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Option<(usize, &'static str)> {
        let at = text.find('^').unwrap();
        let text = text.replacen('^', "", 1);
        join(text.as_bytes(), at, 0).map(|unit| (unit.length, unit.name))
    }

    #[test]
    fn what_may_join_two_pieces_is_known() {
        for (text, length, name) in [
            ("sk-a^\nb", 1, WRAPPED),
            ("sk-a^\r\n  b", 4, WRAPPED),
            ("> sk-a^\n> b", 3, WRAPPED),
            ("    # sk-a^\n    # b", 7, WRAPPED),
            ("sk-a^\0b", 1, CONTROL),
            ("sk-a^\x1b[m\x1b[Kb", 6, ansi::NAME),
            ("sk-a^</w:t></w:r>\n<w:r><w:t>b", 23, MARKUP),
            ("sk-a^<wbr>b", 5, MARKUP),
        ] {
            assert_eq!(joined(text), Some((length, name)), "{text:?}");
        }
        for text in
            ["sk-a^\n\nb", "sk-a^\n\"b", "sk-a^</w:t></w:r></w:p><w:p><w:r><w:t>b", "sk-a^<br>b", "sk-a^ b"]
        {
            assert_eq!(joined(text), None, "{text:?}");
        }
    }
}
