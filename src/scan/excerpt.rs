//! The line of a key, with every key in it masked.

use super::{
    hit::{REACH, secret},
    resolve::Kept,
};
use crate::{finding::Excerpt, rule::BASE64URL};

/// How much of the line to show before and after the key, in bytes.
const BESIDE: usize = 80;

/// How close before a key another one must end to appear in its excerpt, in bytes.
pub(super) const WIDEST: usize = REACH / 8;

/// The line of `kept[at]`. `kept` must contain all hits near it, in order.
pub(super) fn around(text: &[u8], kept: &[Kept], at: usize, reveal: bool) -> Excerpt {
    let key = &kept[at].hit.span;
    let first = key.start.saturating_sub(BESIDE);
    let last = text.len().min(key.end + BESIDE);
    let line_start = memchr::memrchr(b'\n', &text[..key.start]).map_or(0, |at| at + 1);
    let line_end = memchr::memchr2(b'\n', b'\r', &text[key.end..last]).map(|at| key.end + at);

    let mut excerpt = String::new();
    let mut marker = (0, 0);
    let mut from = if first > line_start { character_border(text, first) } else { line_start };
    if from > line_start {
        excerpt.push('…');
    }
    let to = line_end.unwrap_or(last);
    for (index, Kept { hit, .. }) in kept.iter().enumerate() {
        if hit.span.end <= from || hit.span.start >= to {
            continue;
        }
        push(&mut excerpt, &text[from.min(hit.span.start)..hit.span.start]);
        let start = excerpt.len();
        let secret = secret(text, hit);
        excerpt.push_str(&if reveal { secret.reveal() } else { secret.masked() });
        from = hit.span.end;
        if !reveal {
            // Text that directly follows may be the end of a key that is longer than any known one.
            from += BASE64URL.run(&text[from..], usize::MAX);
        }
        if index == at {
            marker = (start, excerpt.len());
        }
    }
    if from < to {
        push(&mut excerpt, &text[from..character_border(text, to)]);
    }
    if line_end.is_none() && to < text.len() {
        excerpt.push('…');
    }
    Excerpt { text: excerpt, marker }
}

fn push(excerpt: &mut String, bytes: &[u8]) {
    // Every second byte of UTF-16 in a binary.
    excerpt.extend(String::from_utf8_lossy(bytes).chars().filter(|character| *character != '\0'));
}

/// The first boundary of a UTF-8 character at or after `at`, in valid text.
fn character_border(text: &[u8], at: usize) -> usize {
    at + text[at..].iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count()
}
