//! Which bytes texts consist of.

/// Whether so many bytes in a row are text of ASCII, perhaps in UTF-16, which has zeros in it.
pub(crate) fn has_ascii_text(text: &[u8], least: usize) -> bool {
    let mut run = 0;
    text.iter().any(|byte| {
        run = if is_ascii_text(*byte) || *byte == 0 { run + 1 } else { 0 };
        run >= least
    })
}

/// Whether the byte is a printable character of ASCII, a tab or a line end.
pub(crate) fn is_ascii_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// The nearest start of a character at or before an offset; the end of the text for what is behind it.
pub(crate) fn char_floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
