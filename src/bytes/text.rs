//! Which bytes texts consist of.

/// Whether the byte is a printable character of ASCII, a tab or a line end.
pub(crate) fn is_ascii_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}
