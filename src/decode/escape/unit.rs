//! What all escapes are made of.

/// One escape sequence.
pub(super) struct EscapeUnit {
    /// Its length in the source, in bytes.
    pub(super) length: usize,
    /// The byte it stands for; `None` if it only joins what is on both sides.
    pub(super) byte: Option<u8>,
    /// Its name in a report.
    pub(super) name: &'static str,
}

/// Whether the keys of any issuer contain the byte.
pub(super) fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_+/=.:".contains(&byte)
}

/// The code point as a byte, if it is ASCII. No key contains anything else.
pub(super) fn ascii(code: u32) -> Option<u8> {
    u8::try_from(code).ok().filter(u8::is_ascii)
}
