//! Where a comment about a key goes.
// skanner:allow-file unused-suppression: comments of this kind are what it is about

use std::ops::Range;

use super::{language::Language, text::EditorText};

/// A text to be put into another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommentInsertion {
    /// Where, in bytes.
    pub(crate) at: usize,
    /// The comment, with whatever keeps it apart from what is there.
    pub(crate) text: String,
}

/// A comment that allows what is at `key`, in bytes: at the end of its line, or above it where no comment can stand there.
/// `what` follows the word that marks it. `None` where neither is possible.
pub(crate) fn comment_beside(
    text: &EditorText,
    key: Range<usize>,
    language: &'static Language,
    what: &str,
) -> Option<CommentInsertion> {
    let all = text.text();
    let last = text.line_around(key.end);
    let (open, close) = language.comment_after(&all[..last.end]);
    let close = if close.is_empty() { String::new() } else { format!(" {close}") };
    let continues = |line: &str| line.ends_with('\\');
    if !language.is_alone && !continues(&all[last.clone()]) {
        let line = &all[last.clone()];
        // A comment in a line of nothing but the key needs no more than a space.
        let gap = if line.ends_with(char::is_whitespace) || line.is_empty() { "" } else { "  " };
        return Some(CommentInsertion {
            at: last.end,
            text: format!("{gap}{open} skanner:allow {what}{close}"),
        });
    }
    let first = text.line_around(key.start);
    let above = all[..first.start].lines().next_back().unwrap_or_default();
    if continues(above) {
        return None;
    }
    let indentation = &all[first.start..][..all[first.clone()].len() - all[first.clone()].trim_start().len()];
    let end = if all[first.end..].starts_with("\r\n") || all[..first.start].ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let comment = format!("{indentation}{open} skanner:allow-next-line {what}{close}{end}");
    Some(CommentInsertion { at: first.start, text: comment })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::PositionEncoding;

    #[test]
    fn a_comment_goes_where_the_language_lets_it() {
        for (path, text, expected) in [
            ("a.py", "a\n  KEY\nb", Some("a\n  KEY  # skanner:allow X\nb")),
            ("a.py", "KEY", Some("KEY  # skanner:allow X")),
            ("a.py", "KEY \r\nb", Some("KEY # skanner:allow X\r\nb")),
            ("a.py", "a\rKEY\rb", Some("a\rKEY  # skanner:allow X\rb")),
            ("a.sh", "\tKEY \\\n  b", Some("\t# skanner:allow-next-line X\n\tKEY \\\n  b")),
            ("a.sh", "a \\\n  KEY \\\n  b", None),
            (".env", "A=1\r\nB=KEY", Some("A=1\r\n# skanner:allow-next-line X\r\nB=KEY")),
            ("a.html", "<p>KEY</p>", Some("<p>KEY</p>  <!-- skanner:allow X -->")),
            ("a.html", "<script>\nKEY\n</script>", Some("<script>\nKEY  // skanner:allow X\n</script>")),
            ("a.css", "KEY", Some("KEY  /* skanner:allow X */")),
        ] {
            let edited = EditorText::new(text.to_owned(), PositionEncoding::Utf16);
            let at = text.find("KEY").expect("it is there");
            let language = Language::of(path, "").expect("it is known");
            let comment = comment_beside(&edited, at..at + 3, language, "X");
            let result = comment.map(|CommentInsertion { at, text: comment }| {
                let mut text = text.to_owned();
                text.insert_str(at, &comment);
                text
            });
            assert_eq!(result.as_deref(), expected, "{path} {text:?}");
        }
    }
}
