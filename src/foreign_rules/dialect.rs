//! Regular expressions of other languages, written as ours.

/// An expression of Go (package `regexp/syntax`). What means the same is left as it is.
pub(super) fn from_go(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    let mut rest = source;
    // Where the current class begins in `out`, behind its `[` or `[^`.
    let mut class: Option<usize> = None;
    while let Some(one) = rest.chars().next() {
        let after = &rest[one.len_utf8()..];
        match (one, class) {
            ('\\', _) => rest = escape(after, class.is_some(), &mut out),
            ('[', None) => {
                out.push('[');
                rest = after;
                if let Some(negated) = after.strip_prefix('^') {
                    out.push('^');
                    rest = negated;
                }
                class = Some(out.len());
            }
            ('[', Some(_)) => {
                let name = after.strip_prefix(':').and_then(|named| named.split_once(":]"));
                match name.filter(|(name, _)| name.chars().all(|one| one.is_ascii_lowercase() || one == '^'))
                {
                    Some((name, behind)) => {
                        out.push_str(&format!("[:{name}:]"));
                        rest = behind;
                    }
                    None => {
                        out.push_str("\\[");
                        rest = after;
                    }
                }
            }
            (']', Some(start)) if out.len() > start => {
                out.push(']');
                class = None;
                rest = after;
            }
            // Our classes have operators: two of these in a row.
            ('-', Some(start)) if after.starts_with('-') && out.len() > start => {
                out.push_str("-\\-");
                rest = &after[1..];
            }
            ('&' | '~' | '-', Some(_)) if after.starts_with(one) => {
                out.push('\\');
                out.push(one);
                rest = after;
            }
            ('{', None) if !is_repetition(after) => {
                out.push_str("\\{");
                rest = after;
            }
            (other, _) => {
                out.push(other);
                rest = after;
            }
        }
    }
    out
}

/// What follows a backslash; returns the rest behind it.
fn escape<'s>(after: &'s str, in_class: bool, out: &mut String) -> &'s str {
    let Some(one) = after.chars().next() else {
        out.push('\\');
        return after;
    };
    let behind = &after[one.len_utf8()..];
    match one {
        'Q' => {
            let (literal, behind) = behind.split_once("\\E").unwrap_or((behind, ""));
            literal.chars().for_each(|one| literally(one, out));
            behind
        }
        'C' if !in_class => {
            out.push_str("(?s:.)");
            behind
        }
        // For us, these are the starts and ends of words.
        '<' | '>' => {
            literally(one, out);
            behind
        }
        '0'..='7' => {
            let digits = after.len() - after.trim_start_matches(|one| matches!(one, '0'..='7')).len();
            let digits = &after[..digits.min(3)];
            if digits.len() == 1 && one != '0' {
                // A reference to a group, which neither of us has.
                out.push('\\');
                out.push(one);
                return behind;
            }
            let value = u32::from_str_radix(digits, 8).unwrap_or_default();
            out.push_str(&format!("\\x{{{value:x}}}"));
            &after[digits.len()..]
        }
        _ => {
            out.push('\\');
            out.push(one);
            behind
        }
    }
}

fn literally(one: char, out: &mut String) {
    match one {
        '<' | '>' => out.push(one),
        _ if one.is_ascii_punctuation() => {
            out.push('\\');
            out.push(one);
        }
        _ => out.push(one),
    }
}

/// Whether what follows a `{` makes it a repetition, such as `2,5}`.
fn is_repetition(after: &str) -> bool {
    let Some((inside, _)) = after.split_once('}') else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match inside.split_once(',') {
        None => is_number(inside),
        Some((least, most)) => is_number(least) && (most.is_empty() || is_number(most)),
    }
}

/// An expression of JavaScript, as a text such as `/key=(\w+)/i` or without slashes. `None` if its flags are unknown.
pub(super) fn from_javascript(source: &str) -> Option<String> {
    let Some((body, flags)) = source.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) else {
        return Some(from_go(source));
    };
    let mut ours = String::new();
    for flag in flags.chars() {
        match flag {
            'i' | 's' | 'm' => ours.push(flag),
            // How a search goes on, and Unicode.
            'g' | 'y' | 'd' | 'u' | 'v' => {}
            _ => return None,
        }
    }
    let body = from_go(body);
    Some(if ours.is_empty() { body } else { format!("(?{ours}){body}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Clip, Expression};

    #[test]
    fn what_go_means_is_what_we_mean() {
        for (go, ours, matching, other) in [
            (r"^\${(?:[A-Z_]+)}$", r"^\$\{(?:[A-Z_]+)}$", "${AB}", "$AB"),
            (r"a{2,3}b{1}c{2,}", r"a{2,3}b{1}c{2,}", "aabcc", "aabc"),
            (r"x{,3}", r"x\{,3}", "x{,3}", "xx"),
            (r"[a[b]c", r"[a\[b]c", "[c", "dc"),
            (r"[]a]+x", r"[]a]+x", "]ax", "bx"),
            (r"[^]a]x", r"[^]a]x", "bx", "]x"),
            (r"[[:alpha:]_]{2}", r"[[:alpha:]_]{2}", "a_", "1_"),
            (r"[a&&b]", r"[a\&&b]", "&", "c"),
            (r"[+--]", r"[+-\-]", ",", "z"),
            (r"[--0]", r"[\--0]", ".", "1"),
            (r"[~~]", r"[\~~]", "~", "a"),
            (r"\Qa.b{\E+", r"a\.b\{+", "a.b{{", "axb{"),
            (r"\Qa|b", r"a\|b", "a|b", "a"),
            (r"\<b\>", "<b>", "<b>", "b"),
            (r"[\<\]]", r"[<\]]", "]", "a"),
            (r"\101\x42", r"\x{41}\x42", "AB", "A"),
            (r"a\Cb", "a(?s:.)b", "a\nb", "ab"),
            (r"[\x60'\x22]", r"[\x60'\x22]", "`", "a"),
        ] {
            assert_eq!(from_go(go), ours, "{go}");
            let expression = Expression::with_clip(ours, Clip::Cut).unwrap();
            assert!(expression.is_match(matching.as_bytes()), "{go}");
            assert!(!expression.is_match(other.as_bytes()), "{go}");
        }
    }

    #[test]
    fn flags_of_javascript_are_ours() {
        assert_eq!(from_javascript(r"/key=(\w+)/gi").as_deref(), Some(r"(?i)key=(\w+)"));
        assert_eq!(from_javascript(r"key\/x").as_deref(), Some(r"key\/x"));
        assert_eq!(from_javascript("/a/z"), None);
    }
}
