//! How texts fit in a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Lines are never made shorter than this, in columns, since no text could be read.
const NARROWEST: usize = 20;

/// The lines of a text that is to be this wide at most. Escape sequences for colors take no room.
pub(super) fn wrap(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else { return vec![text.to_owned()] };
    let options =
        textwrap::Options::new(width.max(NARROWEST)).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options.break_words(false)).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// The lines of a text that begins after a label and goes on under its own start.
pub(crate) fn hang(label: &str, text: &str, width: Option<usize>) -> Vec<String> {
    let indent = label.width();
    let lines = wrap(text, width.map(|width| width.saturating_sub(indent)));
    let start = |at: usize| if at == 0 { label.to_owned() } else { " ".repeat(indent) };
    lines.iter().enumerate().map(|(at, line)| format!("{}{line}", start(at))).collect()
}

/// Shortens an excerpt to a width: first behind the secret at `marker`, a range of bytes, then before it.
pub(super) fn fit(
    (text, (start, end)): (String, (usize, usize)),
    width: Option<usize>,
) -> (String, (usize, usize)) {
    let Some(width) = width.map(|width| width.max(NARROWEST)).filter(|width| text.width() > *width) else {
        return (text, (start, end));
    };
    let room = width.saturating_sub(text[start..end].width());
    let (before, after) = (&text[..start], &text[end..]);
    let behind = room.saturating_sub(before.width()).max(room / 3);
    let after = shorten(after.chars(), behind);
    let before = shorten(before.chars().rev(), room - after.width().min(room));
    let before: String = before.chars().rev().collect();
    let marker = (before.len(), before.len() + end - start);
    (format!("{before}{}{after}", &text[start..end]), marker)
}

/// The first characters that fit, and an ellipsis if those are not all.
pub(super) fn shorten(characters: impl Iterator<Item = char> + Clone, width: usize) -> String {
    let size = |character: char| character.width().unwrap_or(0);
    if characters.clone().map(size).sum::<usize>() <= width {
        return characters.collect();
    }
    let mut used = 1;
    let fitting = characters.take_while(|character| {
        used += size(*character);
        used <= width
    });
    let mut text: String = fitting.collect();
    if width > 0 {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_word_stays_whole() {
        let lines = wrap("Revoke the key at https://platform.openai.com/api-keys.", Some(24));
        assert_eq!(lines, ["Revoke the key at", "https://platform.openai.com/api-keys."]);
    }

    proptest! {
        #[test]
        fn an_excerpt_fits_and_shows_its_secret(
            before in "[a é汉]{0,60}", after in "[a é汉]{0,60}", width in 20_usize..90,
        ) {
            let secret = "sk-proj-…abcd";
            let text = format!("{before}{secret}{after}");
            let marker = (before.len(), before.len() + secret.len());
            let (shown, (start, end)) = fit((text.clone(), marker), Some(width));
            prop_assert_eq!(&shown[start..end], secret);
            prop_assert!(shown.width() <= width, "{} in {}", shown, width);
            if text.width() <= width {
                prop_assert_eq!(shown, text);
            }
        }
    }
}
