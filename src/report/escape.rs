//! Makes text from others safe for a terminal, which must not obey control sequences in names and lines.

use std::borrow::Cow;

use crate::hidden::hides;

/// Escapes characters that a terminal does not show as they are. Control characters, and characters that hide
/// text or change its direction, are written as `\u{1b}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().map(|character| {
        if steers(character) { character.escape_unicode().to_string() } else { character.to_string() }
    });
    Cow::Owned(escaped.collect())
}

fn steers(character: char) -> bool {
    character != '\t' && hides(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\nc\u{202e}d\u{9b}"), "a\\u{1b}[31mb\\u{a}c\\u{202e}d\\u{9b}");
        assert!(matches!(visible("tab\tand é 汉"), Cow::Borrowed(_)));
    }
}
