//! The lines on which keys go on.

use std::{iter::Peekable, ops::Range};

use crate::cold::ColdSort;

/// The shortest line that is wrapped, and the shortest rest of a key on a line of its own, in bytes.
const NARROWEST: usize = 40;
const SHORTEST_REST: usize = 16;

/// What goes on at the start of a line.
#[derive(Clone, Copy)]
struct OpenLine {
    /// Where the line begins.
    at: usize,
    /// The width of the widest line that ends with a key and goes on here, in bytes.
    width: usize,
}

/// The lines behind keys that end with their line and go on without a mark, since a terminal or a mail program wrapped them: the
/// engine takes the first line for a whole key. What looks like nothing random is left alone.
///
/// Keys that stand alone on their lines look like each other's rests, so a list of them is followed once, not once for each key:
/// what goes on in a line for a narrow key does so for a wider one.
pub(super) fn lines(text: &[u8], mut ends: Vec<usize>) -> Vec<Range<usize>> {
    ends.cold_sort();
    ends.dedup();
    let mut open = ends.into_iter().filter_map(|end| open_line(text, end)).peekable();
    let mut parts = Vec::new();
    while let Some(first) = open.next() {
        let mut line = first;
        loop {
            line.width = line.width.max(widest_at(&mut open, line.at));
            let Some(part) = rest_of_key(text, line) else { break };
            let Some(at) = next_line(text, part.end) else {
                parts.push(part);
                break;
            };
            line.at = at;
            parts.push(part);
        }
    }
    parts
}

/// The line behind a key that ends with its line.
fn open_line(text: &[u8], end: usize) -> Option<OpenLine> {
    let at = next_line(text, end)?;
    let width = end - memchr::memrchr(b'\n', &text[..end]).map_or(0, |at| at + 1);
    (width >= NARROWEST).then_some(OpenLine { at, width })
}

/// Takes what else goes on at this line, and returns the width of the widest.
fn widest_at(open: &mut Peekable<impl Iterator<Item = OpenLine>>, at: usize) -> usize {
    let more = std::iter::from_fn(|| open.next_if(|other| other.at == at));
    more.map(|other| other.width).max().unwrap_or(0)
}

/// Where the next line begins, if a key that ends at `end` ends its line. The break may be a soft one.
fn next_line(text: &[u8], end: usize) -> Option<usize> {
    let rest = &text[end..];
    let rest = rest.strip_prefix(b"=").unwrap_or(rest);
    let line = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    Some(text.len() - line.len())
}

/// What may be the rest of a key that was wrapped.
fn rest_of_key(text: &[u8], OpenLine { at, width }: OpenLine) -> Option<Range<usize>> {
    let is_quote = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'+' | b'>' | b'|');
    let start = at + text[at..].iter().take_while(is_quote).count();
    let line = &text[start..];
    let is_key = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = line.iter().take(width + 1).take_while(is_key).count();
    let run = &line[..length];
    let is_random = run.iter().any(u8::is_ascii_digit)
        && run.iter().any(u8::is_ascii_uppercase)
        && run.iter().any(u8::is_ascii_lowercase);
    let is_alone = matches!(line.get(length), None | Some(b'=' | b'\r' | b'\n' | b'"' | b'\''));
    ((SHORTEST_REST..=width).contains(&length) && is_random && is_alone).then_some(start..start + length)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_goes_on_in_the_next_line_is_hidden() {
        let rest = "aB3".repeat(13);
        for (behind, expected) in [
            (format!("\n{rest}\n{rest}\nno more"), 2),
            (format!("\r\n  {rest}\r\n"), 1),
            (format!("=\n+{rest}"), 1),
            (format!("\n{rest} is a name"), 0),
            (format!("\n{}", rest.to_lowercase()), 0),
            (format!(" {rest}"), 0),
            (format!("\n{rest}{rest}"), 0),
            ("\nsecond line".to_owned(), 0),
            (String::new(), 0),
        ] {
            let text = format!("x\nkey={}{behind}", "K".repeat(NARROWEST));
            let end = 2 + 4 + NARROWEST;
            let parts = lines(text.as_bytes(), vec![end]);
            assert_eq!(parts.len(), expected, "{behind:?}");
            assert!(parts.into_iter().all(|part| text[part] == rest), "{behind:?}");
        }
        assert!(lines(format!("K\n{rest}").as_bytes(), vec![1]).is_empty());
    }

    #[test]
    fn a_list_of_keys_is_followed_once() {
        let line = "aB3-".repeat(14);
        for line_end in ["\n", "\r\n", "=\n", "\n> ", "\n\n"] {
            let text = format!("{line}{line_end}").repeat(200);
            let ends: Vec<usize> = text.match_indices(&line).map(|(at, _)| at + line.len()).collect();
            let parts = lines(text.as_bytes(), ends.clone());
            let expected = if line_end == "\n\n" { 0 } else { ends.len() - 1 };
            assert_eq!(parts.len(), expected, "{line_end:?}");
        }
    }

    proptest! {
        #[test]
        fn the_lines_are_those_of_each_key_by_itself(
            all in prop::collection::vec(("[ >]{0,9}", 10..80_usize, "=|x|", "\r?\n"), 0..12),
            keys in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let (mut text, mut places) = (String::new(), vec![0]);
            for (quote, length, end, line_end) in all {
                text += &quote;
                text.extend("aB3-".chars().cycle().take(length));
                places.push(text.len());
                text += &end;
                places.push(text.len());
                text += &line_end;
            }
            let ends: Vec<usize> = keys.iter().map(|key| places[key.index(places.len())]).collect();
            let set = |ends: Vec<usize>| -> BTreeSet<(usize, usize)> {
                lines(text.as_bytes(), ends).into_iter().map(|part| (part.start, part.end)).collect()
            };
            let each: BTreeSet<_> = ends.iter().flat_map(|end| set(vec![*end])).collect();
            prop_assert_eq!(set(ends), each);
        }
    }
}
