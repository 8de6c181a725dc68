//! Characters that are invisible or misleading.

/// Whether a character may control a terminal, or change how the surrounding text looks.
#[must_use]
pub(crate) fn hides(character: char) -> bool {
    character.is_control()
        // Direction marks, embeddings, overrides and isolates; zero-width characters; line and paragraph separators.
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
