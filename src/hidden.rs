//! Characters that are invisible or misleading, and how they are shown. A terminal must not obey control sequences in
//! names and lines that others wrote.

use std::borrow::Cow;

/// Whether a character may control a terminal, or change how the surrounding text looks.
#[must_use]
pub(crate) fn hides(character: char) -> bool {
    character.is_control()
        // Direction marks, embeddings, overrides and isolates; zero-width characters; line and paragraph separators.
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Escapes characters that a terminal does not show as they are. Control characters, and characters that hide
/// text or change its direction, are written as `\u{1b}`.
pub(crate) fn escape_control(text: &str) -> Cow<'_, str> {
    if !text.contains(is_control_like) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().map(|character| {
        if is_control_like(character) {
            character.escape_unicode().to_string()
        } else {
            character.to_string()
        }
    });
    Cow::Owned(escaped.collect())
}

fn is_control_like(character: char) -> bool {
    character != '\t' && hides(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(escape_control("a\u{1b}[31mb\nc\u{202e}d\u{9b}"), "a\\u{1b}[31mb\\u{a}c\\u{202e}d\\u{9b}");
        assert!(matches!(escape_control("tab\tand é 汉"), Cow::Borrowed(_)));
    }
}
