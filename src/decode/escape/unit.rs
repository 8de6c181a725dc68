//! What all escapes are made of.

/// One escape sequence.
pub(super) struct Unit {
    /// Its length in the source, in bytes.
    pub(super) length: usize,
    /// What it stands for; nothing where it only joins what stands around it.
    pub(super) byte: Option<u8>,
    /// What it is called in a report.
    pub(super) name: &'static str,
}

/// Whether some issuer's keys hold it.
pub(super) fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_+/=.:".contains(&byte)
}

/// The value of hex digits, if they are.
pub(super) fn hex(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The byte of a code point, if it is ASCII: no key holds another.
pub(super) fn ascii(code: u32) -> Option<u8> {
    u8::try_from(code).ok().filter(u8::is_ascii)
}
