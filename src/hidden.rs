//! Characters that nobody sees as what they are.

/// Whether a character may steer a terminal, or change what a reader sees of the text round it.
#[must_use]
pub(crate) fn hides(character: char) -> bool {
    character.is_control()
        // Direction marks, embeddings, overrides and isolates; zero-width characters; line and paragraph separators.
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
