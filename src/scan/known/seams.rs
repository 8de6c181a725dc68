//! Where a text that is written in pieces goes on: the end of one string and the start of the next one, or a line that is
//! continued.

/// The longest seam, in bytes.
pub(super) const LONGEST: usize = 160;

/// What may stand between two strings that belong together: space, line ends, and the operators of many languages.
fn is_between(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b'+' | b'.' | b'&' | b'~' | b'|' | b'<' | b'>' | b'_' | b'\\'
    )
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Whether a byte ends a line that goes on: in programs, shells and mail.
fn continues(byte: u8) -> bool {
    matches!(byte, b'\\' | b'`' | b'^' | b'=')
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Calls `with` with the end of each seam that may begin at `at`.
pub(super) fn ahead(text: &[u8], at: usize, with: &mut dyn FnMut(usize)) {
    let rest = &text[at..text.len().min(at + LONGEST)];
    let Some(&first) = rest.first() else { return };
    if continues(first) {
        let line_end = match rest[1..] {
            [b'\n', ..] => 2,
            [b'\r', b'\n', ..] => 3,
            _ => 0,
        };
        if line_end > 0 {
            let indent = rest[line_end..].iter().take_while(|byte| is_space(byte)).count();
            with(at + line_end + indent);
            with(at + line_end);
        }
    }
    let quote = usize::from(first == b'\\' && rest.get(1).is_some_and(|byte| is_quote(*byte)));
    if !is_quote(rest[quote]) {
        return;
    }
    let mut end = quote + 1;
    while let Some(&byte) = rest.get(end) {
        if is_quote(byte) {
            with(at + end + 1);
            return;
        }
        // A line end in a text in a text.
        let is_line_end = byte == b'n' && rest[end - 1] == b'\\';
        if !is_between(byte) && !is_line_end {
            return;
        }
        end += 1;
    }
}

/// Calls `with` with the start of each seam that may end at `at`.
pub(super) fn back(text: &[u8], at: usize, with: &mut dyn FnMut(usize)) {
    let start = at.saturating_sub(LONGEST);
    let before = &text[start..at];
    let indent = before.iter().rev().take_while(|byte| is_space(byte)).count();
    for line in [before.len() - indent, before.len()] {
        let end = match before[..line] {
            [.., b'\r', b'\n'] => line - 2,
            [.., b'\n'] => line - 1,
            _ => continue,
        };
        if end > 0 && continues(before[end - 1]) {
            with(start + end - 1);
        }
        if indent == 0 {
            break;
        }
    }
    if !before.last().is_some_and(|byte| is_quote(*byte)) {
        return;
    }
    let mut from = before.len() - 1;
    while from > 0 {
        let byte = before[from - 1];
        if is_quote(byte) {
            with(start + from - 1);
            if from > 1 && before[from - 2] == b'\\' {
                with(start + from - 2);
            }
            return;
        }
        let is_line_end = byte == b'n' && from > 1 && before[from - 2] == b'\\';
        if !is_between(byte) && !is_line_end {
            return;
        }
        from -= 1;
    }
}

/// The number of spaces behind an offset, which indent a line.
pub(super) fn indent(text: &[u8], at: usize) -> usize {
    text[at..].iter().take(LONGEST).take_while(|byte| is_space(byte)).count()
}

/// The number of spaces before an offset.
pub(super) fn indent_before(text: &[u8], at: usize) -> usize {
    text[..at].iter().rev().take(LONGEST).take_while(|byte| is_space(byte)).count()
}
