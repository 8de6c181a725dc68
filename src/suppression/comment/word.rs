//! The words that mark a comment, and how they continue.

use std::collections::HashMap;

use super::{CommentMatch, grammar};
use crate::finding::{AllowComment, CommentScope, SuppressionKind, WordMatch};

/// Ours, and those of gitleaks, betterleaks, TruffleHog and detect-secrets.
static WORDS: [&str; 5] = [OWN, "gitleaks:allow", "betterleaks:allow", "trufflehog:ignore", PRAGMA];

const OWN: &str = "skanner:allow";

const PRAGMA: &str = "pragma:";

/// A comment that allows its whole file must be within this many lines from the top, where readers see it.
/// That leaves room for a long license.
const LAST_LINE_FOR_FILES: u64 = 30;

/// The words to search for. With `foreign`, includes those of other scanners.
#[must_use]
pub(crate) fn words(foreign: bool) -> &'static [&'static str] {
    if foreign { &WORDS } else { &WORDS[..1] }
}

/// What a word refers to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Line,
    NextLine,
    File,
    Unknown,
}

/// The comments among the words that were found in a text.
#[must_use]
pub(crate) fn parse_comments(word_matches: Vec<WordMatch>) -> Vec<CommentMatch> {
    let mut found: Vec<CommentMatch> = word_matches.into_iter().filter_map(one).collect();
    // A comment about the next line means the next one without such a comment: several may be stacked above
    // one line.
    let mut lines: Vec<u64> = found
        .iter()
        .filter(|one| matches!(one.marker.scope, CommentScope::NextLine(_)))
        .map(|one| one.marker.line)
        .collect();
    lines.sort_unstable();
    lines.dedup();
    let mut next: Vec<u64> = lines.iter().map(|line| line + 1).collect();
    for at in (1..lines.len()).rev() {
        if next[at - 1] == lines[at] {
            next[at - 1] = next[at];
        }
    }
    for one in &mut found {
        if let CommentScope::NextLine(line) = &mut one.marker.scope
            && let Ok(at) = lines.binary_search(line)
        {
            *line = next[at];
        }
    }
    limit(&mut found);
    found
}

/// How many comments about one line or file count. People write far fewer, and each is compared with all keys
/// there.
const MOST: usize = WordMatch::MOST_ON_LINE;

/// Marks excess comments as not counting.
fn limit(found: &mut [CommentMatch]) {
    let mut counts: HashMap<Option<u64>, usize> = HashMap::new();
    let whole = WordMatch::MOST_IN_TEXT;
    for one in found.iter_mut().skip(whole) {
        one.is_one_too_many = true;
        one.marker.problem = Some(format!(
            "more than {whole} comments are in this file, and those after that do not count; allow its keys by path \
             or fingerprint in skanner.toml"
        ));
    }
    for one in found {
        let count = counts.entry(one.line()).or_default();
        *count += 1;
        if *count > MOST {
            one.is_one_too_many = true;
            let what = if one.line().is_some() { "line" } else { "file" };
            one.marker.problem = Some(format!(
                "more than {MOST} comments apply to this {what}; allow its keys by path or fingerprint in skanner.toml"
            ));
        }
    }
}

fn one(word_match: WordMatch) -> Option<CommentMatch> {
    let WordMatch { word, line, column, before, behind } = word_match;
    let (length, meaning) = continued(word, &behind)?;
    let (tail, after) = behind.split_at(length);
    if !opens(&before) || !closes(after) {
        return None;
    }
    let scope = match meaning {
        Meaning::NextLine => CommentScope::NextLine(line + 1),
        Meaning::File => CommentScope::File,
        Meaning::Line | Meaning::Unknown => CommentScope::Line,
    };
    let kind = if word == OWN { SuppressionKind::Inline } else { SuppressionKind::Foreign };
    let word = format!("{word}{}", String::from_utf8_lossy(tail));
    let mut marker = AllowComment::new(kind, &word, scope, line, column);
    let quote = before.last().map(|byte| char::from(*byte)).filter(|byte| matches!(byte, '"' | '\''));
    marker.is_quoted = quote.is_some();
    if kind == SuppressionKind::Inline {
        // The cut may leave the first part of a key, which would not be recognized and masked.
        let is_cut = behind.len() >= WordMatch::REACH;
        let last = after.iter().rposition(u8::is_ascii_whitespace).filter(|_| is_cut);
        let whole = if is_cut { &after[..last.unwrap_or(0)] } else { after };
        grammar::parse_comment(&mut marker, &String::from_utf8_lossy(whole), quote);
    }
    if meaning == Meaning::Unknown {
        let known = "`skanner:allow`, `skanner:allow-next-line` and `skanner:allow-file`";
        marker.problem = Some(format!("unknown comment `{word}`; known: {known}"));
    }
    if meaning == Meaning::File && line > LAST_LINE_FOR_FILES {
        marker.problem = Some(format!(
            "a comment that allows a whole file must be in its first {LAST_LINE_FOR_FILES} lines, where readers see it"
        ));
    }
    let length = word.chars().count();
    Some(CommentMatch { marker, length, before, after: after.into(), is_one_too_many: false })
}

/// How a word continues, in bytes, and what it then refers to; `None` if it is another word.
fn continued(word: &str, behind: &[u8]) -> Option<(usize, Meaning)> {
    match word {
        OWN => {
            let tail =
                behind.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
            // Dashes at the end belong to `-->`.
            let tail = behind[..tail].iter().rposition(|byte| *byte != b'-').map_or(0, |last| last + 1);
            match &behind[..tail] {
                [] => Some((0, Meaning::Line)),
                b"-next-line" => Some((tail, Meaning::NextLine)),
                b"-file" => Some((tail, Meaning::File)),
                [b'-', ..] => Some((tail, Meaning::Unknown)),
                // `skanner:allowed` is not one of our words.
                _ => None,
            }
        }
        PRAGMA => pragma(behind),
        _ => Some((0, Meaning::Line)),
    }
}

/// `pragma: allowlist secret`, as detect-secrets knows it: see `detect_secrets/filters/allowlist.py`.
fn pragma(behind: &[u8]) -> Option<(usize, Meaning)> {
    let start = usize::from(behind.first() == Some(&b' '));
    let rest = &behind[start..];
    let list = ["allowlist", "whitelist"].into_iter().find(|list| rest.starts_with(list.as_bytes()))?;
    let rest = &rest[list.len()..];
    let forms = [
        (" nextline secret", Meaning::NextLine),
        ("-nextline-secret", Meaning::NextLine),
        (" secret", Meaning::Line),
        ("-secret", Meaning::Line),
    ];
    let (form, meaning) = forms.into_iter().find(|(form, _)| rest.starts_with(form.as_bytes()))?;
    Some((start + list.len() + form.len(), meaning))
}

/// Whether a byte next to a word makes it part of another word or of a URL, or a mention in backticks.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"_.=&+:@~?$\\`".contains(&byte)
}

/// Whether a word may begin after this.
fn opens(before: &[u8]) -> bool {
    match before {
        [] => true,
        // Directly after `//`, `--` and `*/`, but not in a path.
        [.., b'/' | b'*', b'/'] | [.., b'-', b'-'] | [b'/' | b'-'] => true,
        [.., b'/' | b'-'] => false,
        [.., byte] => !is_part(*byte),
    }
}

/// Whether a word may end before this.
fn closes(after: &[u8]) -> bool {
    match after {
        [] | [b':' | b',' | b';' | b'.'] => true,
        // Punctuation, unless more text directly follows it.
        [b':' | b',' | b';' | b'.', next, ..] => !next.is_ascii_alphanumeric() && *next != b'/',
        [b'-', next, ..] => matches!(next, b'-' | b'}'),
        [byte, ..] => !is_part(*byte) && !matches!(byte, b'/' | b'-'),
    }
}
