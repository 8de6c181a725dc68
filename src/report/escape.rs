//! Names and lines come from strangers: nothing of theirs may steer a terminal.

use std::borrow::Cow;

use crate::hidden::hides;

/// Text that a terminal shows as it is: control characters and those that change the direction or hide text are
/// written as `\u{1b}`.
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
