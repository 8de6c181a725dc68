//! Parses the text of a comment: `skanner:allow RULE,RULE reason until 2027-01-31`.

use crate::{day::Day, finding::AllowComment};

/// What ends a comment in some language. The rest of the line is then not part of it. Another `skanner:allow`
/// ends it too.
const ENDS: &[&str] = &[
    "*/",
    "-->",
    "--%>",
    "--}}",
    "%>",
    "?>",
    "\"\"\"",
    "'''",
    "#}",
    "}}",
    "-}",
    "*)",
    "|#",
    "--]]",
    "skanner:allow",
];

/// Parses what follows `skanner:allow`, up to the end of the line.
pub(super) fn parse_comment(marker: &mut AllowComment, rest: &str, quote: Option<char>) {
    let mut rest = rest.trim_end();
    if let Some(quote) = quote {
        // The comment is in a string, as in JSON, which has no comments.
        rest = rest.split(quote).next().unwrap_or_default();
    }
    let end = ENDS.iter().filter_map(|end| rest.find(end)).min();
    rest = rest[..end.unwrap_or(rest.len())].trim();
    // A comment in parentheses, as in Markdown.
    let mut excess = rest.matches(')').count().saturating_sub(rest.matches('(').count());
    while rest.ends_with(')') && excess > 0 {
        rest = rest[..rest.len() - 1].trim_end();
        excess -= 1;
    }
    let (names, rest) = names(rest);
    marker.names = names;
    let (until, reason) = until(rest);
    if let Some(until) = until {
        if Day::parse(until).is_none() {
            marker.problem =
                Some(format!("`{}` is not a date; expected one such as `until 2027-01-31`", until));
        }
        // A second date, even an invalid one, may be the one that was meant.
        if self::until(&reason).0.is_some() {
            marker.problem = Some("it has `until` twice; remove one of them".to_owned());
        }
        marker.until = Some(until.to_owned());
    }
    marker.reason = Some(reason).filter(|reason| !reason.is_empty());
}

/// The comma-separated names at the start, and the rest. A colon or a dash means that there are no names.
fn names(text: &str) -> (Vec<String>, &str) {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        let length = rest.bytes().take_while(|byte| is_of_name(*byte)).count();
        let (name, behind) = rest.split_at(length);
        if !name.starts_with(|first: char| first.is_ascii_alphanumeric())
            || name.eq_ignore_ascii_case("until")
        {
            break;
        }
        names.push(name.to_owned());
        rest = behind;
        let Some(more) = behind.strip_prefix(',') else { break };
        // After `a, ` a reason may begin, so only a word that looks like a rule is a name.
        let next = more.trim_start();
        let is_rule = || {
            let word = next.split_whitespace().next().unwrap_or_default();
            word.contains('-') && word.trim_end_matches(',').bytes().all(is_of_name)
        };
        if more.len() != next.len() && !is_rule() {
            rest = more;
            break;
        }
        rest = next;
    }
    (names, rest.trim_start_matches(|c: char| c.is_whitespace() || ":-–—,;".contains(c)))
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The last day, if there is one, and the text without it. Inside a reason, `until` is an ordinary word
/// unless a number follows.
fn until(text: &str) -> (Option<&str>, String) {
    // In any letter case: otherwise, a comment with a date would never expire.
    for (at, word) in text.to_ascii_lowercase().match_indices("until") {
        let behind = &text[at + word.len()..];
        let is_word = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric())
            && behind.chars().next().is_none_or(|c| !c.is_alphanumeric());
        let value = behind.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '='));
        let is_date = at == 0 || value.starts_with(|c: char| c.is_ascii_digit());
        if !is_word || !is_date {
            continue;
        }
        let end = value.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')' | ']'));
        let (value, rest) = value.split_at(end.unwrap_or(value.len()));
        let value = value.trim_end_matches(['.', ':']);
        let trim = |text: &str| {
            text.trim_matches(|c: char| c.is_whitespace() || ",;:(".contains(c))
                .trim_start_matches([')', ']', '-', '–', '—', ' '])
                .to_owned()
        };
        let parts = [trim(&text[..at]), trim(rest)];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        return (Some(value), parts.join("; "));
    }
    (None, text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{CommentScope, SuppressionKind};

    fn understood(rest: &str) -> AllowComment {
        let mut marker =
            AllowComment::new(SuppressionKind::Inline, "skanner:allow", CommentScope::Line, 1, 1);
        parse_comment(&mut marker, rest, None);
        marker
    }

    #[test]
    fn names_reasons_and_days_stand_in_any_order_that_people_write() {
        let cases: &[(&str, &[&str], &str, &str)] = &[
            ("", &[], "", ""),
            (" -->", &[], "", ""),
            ("*/ x = 1", &[], "", ""),
            (" a-key", &["a-key"], "", ""),
            (" a-key,b-key the docs' own", &["a-key", "b-key"], "the docs' own", ""),
            (" a-key, b-key the docs", &["a-key", "b-key"], "the docs", ""),
            (" a-key, used in docs", &["a-key"], "used in docs", ""),
            (": only a reason", &[], "only a reason", ""),
            (" -- only a reason -->", &[], "only a reason", ""),
            (" — only a reason", &[], "only a reason", ""),
            (" a-key: a reason */ y", &["a-key"], "a reason", ""),
            (" a-key until 2027-01-31", &["a-key"], "", "2027-01-31"),
            (" until 2027-01-31", &[], "", "2027-01-31"),
            (" until 2027-01-31 then we rotate", &[], "then we rotate", "2027-01-31"),
            (" a-key a fixture, until 2027-01-31", &["a-key"], "a fixture", "2027-01-31"),
            (" a-key a fixture (until: 2027-01-31)", &["a-key"], "a fixture", "2027-01-31"),
            (" a-key until=2027-01-31 a fixture", &["a-key"], "a fixture", "2027-01-31"),
            (" a-key wait until we rotate", &["a-key"], "wait until we rotate", ""),
            ("\"\"\"", &[], "", ""),
            (" a_key\r", &["a_key"], "", ""),
        ];
        for (text, names, reason, until) in cases {
            let marker = understood(text);
            assert_eq!(marker.names, *names, "{text}");
            assert_eq!(marker.reason.unwrap_or_default(), *reason, "{text}");
            assert_eq!(marker.until.unwrap_or_default(), *until, "{text}");
            assert_eq!(marker.problem, None, "{text}");
        }
    }

    #[test]
    fn a_bad_day_is_a_problem() {
        for text in [
            " until 2027-13-01",
            " until tomorrow",
            " a-key until 2027-02-29",
            " a-key reason until 31.01.2027",
            " until",
            " a-key until 2027-1-1 x",
            ": until=soon",
        ] {
            assert!(understood(text).problem.is_some_and(|why| why.contains("is not a date")), "{text}");
        }
    }

    #[test]
    fn a_day_counts_however_its_word_is_written() {
        for text in
            [" Until 2020-01-31", " UNTIL 2020-01-31", " a-key Until: 2020-01-31", ": x, UnTil=2020-01-31"]
        {
            let marker = understood(text);
            assert_eq!((marker.until.as_deref(), marker.problem), (Some("2020-01-31"), None), "{text}");
        }
        for text in [
            " until 2020-01-31 until 2999-01-31",
            " a-key until 2999-01-31 x Until 2020-01-31",
            ": a, until 2999-01-31, until 2020-13-13",
        ] {
            assert!(understood(text).problem.is_some_and(|why| why.contains("twice")), "{text}");
        }
        assert_eq!(understood(" a-key until 2999-01-31 or until we rotate").problem, None);
    }

    #[test]
    fn a_comment_that_is_a_string_ends_with_it() {
        let mut marker =
            AllowComment::new(SuppressionKind::Inline, "skanner:allow", CommentScope::Line, 1, 1);
        parse_comment(&mut marker, " a-key docs\", \"until 2001-01-01\": 1", Some('"'));
        assert_eq!((marker.reason.as_deref(), marker.until), (Some("docs"), None));
    }
}
