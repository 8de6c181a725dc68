//! Names and other short texts as they may be shown: what was found in them is masked.

use std::borrow::Cow;

use crate::finding::Detection;

/// A path as text, with the secrets that were found in it masked where they stand, encoded or not.
pub(super) fn masked(path: &[u8], secrets: &[Detection]) -> String {
    let mut shown = text(path).into_owned();
    for detection in secrets {
        shown = shown.replace(&detection.secret.reveal(), &detection.secret.masked());
    }
    if secrets.iter().any(|detection| !detection.encoding.is_empty()) {
        let end = |column: u64| usize::try_from(column - 1).unwrap_or(usize::MAX);
        let mut characters: Vec<char> = text(path).chars().collect();
        for detection in secrets.iter().rev() {
            let length = characters.len();
            let range = end(detection.span.column).min(length)..end(detection.span.end_column).min(length);
            characters.splice(range, detection.secret.masked().chars());
        }
        shown = characters.into_iter().collect();
    }
    shown
}

/// A path as text: what is not UTF-8 is written `\xNN`.
pub(super) fn text(path: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(path) {
        return Cow::Borrowed(text);
    }
    let mut text = String::new();
    for chunk in path.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    Cow::Owned(text)
}

/// Whether some part of a name is long enough; most are not, and there are as many names as files.
pub(super) fn may_hold_a_key(name: &[u8]) -> bool {
    const SHORTEST: usize = 16;
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'.' | b' ');
    name.split(is_separator).any(|part| {
        part.len() >= SHORTEST && part.iter().any(u8::is_ascii_digit) || part.len() >= 2 * SHORTEST
    })
}
