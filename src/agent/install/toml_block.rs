//! A block of our own in a file of TOML that others write, too.

/// The first line of the block.
const BEGIN: &str = "# Begin of what `skanner hook agent install` wrote.";
/// Its last line.
const END: &str = "# End of what `skanner hook agent install` wrote.";

/// The text without the block, and the block.
fn parts(text: &str) -> Option<(String, &str)> {
    let start = text.find(BEGIN)?;
    let end = start + text[start..].find(END)? + END.len();
    let end = end
        + text[end..]
            .chars()
            .take_while(|one| matches!(one, '\r' | '\n'))
            .take(1 + usize::from(text[end..].starts_with('\r')))
            .count();
    // The line end before it was added with it.
    let before =
        text[..start].strip_suffix("\n\n").map_or(&text[..start], |before| &text[..before.len() + 1]);
    Some((format!("{before}{}", &text[end..]), &text[start..end]))
}

/// The block in a text.
pub(crate) fn block(text: &str) -> Option<&str> {
    Some(parts(text)?.1)
}

/// The text with this block at its end, in place of an older one.
pub(crate) fn with(text: &str, lines: &str) -> String {
    let text = without(text);
    let separator = match text.as_str() {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    format!("{text}{separator}{BEGIN}\n{lines}{END}\n")
}

/// The text without the block.
pub(crate) fn without(text: &str) -> String {
    parts(text).map_or_else(|| text.to_owned(), |(rest, _)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_comes_and_goes() {
        for text in ["", "a = 1\n", "# c\n\n[[hooks]]\nname = \"x\"\n"] {
            let once = with(text, "b = 2\n");
            assert!(block(&once).unwrap().contains("b = 2"));
            assert_eq!(with(&once, "b = 2\n"), once);
            assert_eq!(without(&once), text, "{once}");
            assert_eq!(with(&with(text, "c = 3\n"), "b = 2\n"), once);
        }
        assert_eq!((block("a"), without("a")), (None, "a".to_owned()));
    }
}
