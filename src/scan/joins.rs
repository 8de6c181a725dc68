//! Keys of several pieces, where what is between two pieces may also be the end of a key: a line feed, a color, a tag.

use std::{cmp::Ordering, ops::Range};

use super::{
    binary,
    matcher::ShapeMatcher,
    scratch::Scratch,
    shape_match::{Fit, ShapeMatch},
};
use crate::{decode::escape, rule::Confidence};

/// The maximum number of pieces, less one.
const MOST: usize = 14;

/// How many joins may be tried in vain before this offset: a few, and one more for each kilobyte. Most that looks like
/// the first piece of a key is none.
#[derive(Default)]
pub(super) struct Joins {
    tried: usize,
}

impl Joins {
    const FREE: usize = 64;

    fn may_try(&mut self, at: usize) -> bool {
        self.tried < Self::FREE + (at >> 9)
    }
}

impl ShapeMatcher {
    /// Scans the token at `at` with one more piece after the other, until a key needs all of them. A key that is whole
    /// without them keeps its end.
    pub(super) fn try_joins(
        &self,
        text: &[u8],
        at: usize,
        depth: usize,
        joins: &mut Joins,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        if scratch.is_token {
            return;
        }
        scratch.is_token = true;
        let mut best: Vec<ShapeMatch> = Vec::new();
        for count in 1..=MOST {
            if !joins.may_try(at) {
                break;
            }
            joins.tried += 1;
            let token = escape::token(text, at, count);
            let mut joined = Vec::new();
            self.scan_inner(&token.decoded, token.own(), depth, scratch, &mut joined, |span| {
                if token.spans_joins(span) { token.encodings(span) } else { Vec::new() }
            });
            // What was joined from an anchor before is found again.
            let is_known = |one: &ShapeMatch| {
                let is_same = |known: &ShapeMatch| {
                    (&known.span, &known.rule.id, known.form) == (&one.span, &one.rule.id, one.form)
                };
                last(matches).iter().any(|known| known.decoded.is_some() && is_same(known))
            };
            joined
                .retain(|one| !one.rule.yields && (is_known(one) || is_believable(text, one, last(matches))));
            // The next string of a program is no more of a key of unknown form.
            if joined.iter().any(|one| one.rule.fallback)
                && *scratch.is_binary.get_or_insert_with(|| binary::is_binary(text))
            {
                joined.retain(|one| !one.rule.fallback);
            }
            if is_better(text, &joined, &best) {
                joins.tried -= usize::from(best.is_empty()) * count;
                best = joined;
            }
            if !token.may_go_on {
                break;
            }
        }
        scratch.is_token = false;
        if best.is_empty() {
            return;
        }
        retain_near(matches, |one| !best.iter().any(|whole| is_piece(one, whole)));
        matches.append(&mut best);
    }
}

/// Drops the matches that are pieces of keys that are proved as well.
pub(super) fn drop_pieces(matches: &mut Vec<ShapeMatch>) {
    let is_as_good = |whole: &ShapeMatch, one: &ShapeMatch| {
        whole.base > one.base
            || whole.base == one.base
                && (whole.fit == Fit::Exact || one.fit == Fit::Loose || whole.fixed > one.fixed)
    };
    let wholes: Vec<ShapeMatch> =
        last(matches).iter().filter(|one| one.decoded.is_some() && !one.rule.yields).cloned().collect();
    if wholes.is_empty() {
        return;
    }
    retain_near(matches, |one| {
        let is_piece_of = |whole: &ShapeMatch| one.span.end < whole.span.end && is_piece(one, whole);
        one.decoded.is_some() || !wholes.iter().any(|whole| is_piece_of(whole) && is_as_good(whole, one))
    });
}

fn is_piece(one: &ShapeMatch, whole: &ShapeMatch) -> bool {
    whole.span.start <= one.span.start && one.span.end <= whole.span.end
}

/// Keeps some of the last matches, and all others.
pub(super) fn retain_near(matches: &mut Vec<ShapeMatch>, keep: impl Fn(&ShapeMatch) -> bool) {
    let first = matches.len() - last(matches).len();
    let mut near = matches.split_off(first);
    near.retain(keep);
    matches.append(&mut near);
}

/// The matches that may be near: the last ones, so that a text full of keys is not gone through for each.
pub(super) fn last(matches: &[ShapeMatch]) -> &[ShapeMatch] {
    const MOST: usize = 256;
    &matches[matches.len().saturating_sub(MOST)..]
}

/// Whether a key of several pieces is one, given what was found without joining them. Lines may end at a key as well as
/// inside one, so a wrapped key must be proved: by a structure that tells its end and is better than what is whole without
/// joining, or, if nothing is, by lines of one length. Two strings of a program may have a control character between them.
/// Calls, colors and tags join by themselves.
fn is_believable(text: &[u8], joined: &ShapeMatch, matches: &[ShapeMatch]) -> bool {
    let is_over = |one: &&ShapeMatch| {
        let overlaps = one.span.start < joined.span.end && joined.span.start < one.span.end;
        overlaps && !one.rule.yields && (one.decoded.is_some() || one.has_what_it_needs())
    };
    let over = || matches.iter().filter(is_over);
    let is_weaker = |one: &ShapeMatch| one.base < joined.base;
    let is_better = || over().all(|one| one.fit == Fit::Loose || is_weaker(one));
    // Pieces that have another exact form by chance.
    let is_as_good = |one: &ShapeMatch| {
        joined.fit == Fit::Exact
            && one.base == joined.base
            && one.span != joined.span
            && is_piece(one, joined)
    };
    // An exact form in the middle of a longer run.
    let is_cut = |one: &ShapeMatch| {
        is_piece(one, joined) && text.get(one.span.end).is_some_and(u8::is_ascii_alphanumeric)
    };
    let is_no_worse =
        || over().all(|one| one.fit == Fit::Loose || is_weaker(one) || is_as_good(one) || is_cut(one));
    if joined.encoding.contains(&escape::WRAPPED) {
        let is_proved = joined.fit == Fit::Exact && joined.base == Confidence::Certain;
        let is_alone = || over().next().is_none();
        ends_like_a_key(text, joined.span.end)
            && (is_proved && over().all(is_weaker) || is_alone() && is_wrapped_evenly(text, &joined.span))
    } else if joined.encoding.contains(&escape::CONTROL) {
        if is_unseen(text, &joined.span) { is_no_worse() } else { joined.fit == Fit::Exact && is_better() }
    } else {
        is_no_worse()
    }
}

/// Whether the control characters in a key are all that are near it, one at a time. In text, nobody sees them. Strings of
/// a program or a list have more of them beside them.
fn is_unseen(text: &[u8], span: &Range<usize>) -> bool {
    const NEAR: usize = 512;
    // Line ends and tabs are seen. Form feeds and the separators of records stand between two things.
    let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r');
    let is_separator = |byte: &u8| matches!(byte, 1..=4 | 0x0b | 0x0c | 0x1c..=0x1f);
    let key = &text[span.clone()];
    let around = [
        &text[span.start.saturating_sub(NEAR)..span.start],
        &text[span.end..text.len().min(span.end + NEAR)],
    ];
    !around.iter().any(|part| part.iter().any(is_control))
        && !key.iter().any(is_separator)
        && !key.windows(2).any(|two| two.iter().all(is_control))
}

/// Whether the last line of a wrapped key is no word of its own, and nothing but the key is on it: a whole key may stand at
/// the end of a line, and any text on the next one.
fn ends_like_a_key(text: &[u8], end: usize) -> bool {
    const SHORTEST: usize = 4;
    let piece =
        text[..end].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    let length = piece.count();
    let piece = &text[end - length..end];
    let rest = piece.get(1..).unwrap_or_default();
    let is_word = piece.iter().all(u8::is_ascii_alphabetic)
        && (rest.iter().all(u8::is_ascii_lowercase) || piece.iter().all(u8::is_ascii_uppercase));
    let ends_line =
        text.get(end).is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'`\\<),;".contains(byte));
    length >= SHORTEST && !is_word && ends_line
}

/// Whether nothing that may be an end as well joins the pieces.
fn joins_by_itself(text: &[u8], one: &ShapeMatch) -> bool {
    let is_seen = || one.encoding.contains(&escape::CONTROL) && !is_unseen(text, &one.span);
    !one.encoding.contains(&escape::WRAPPED) && !is_seen()
}

/// Whether a key of more pieces is better proved than one of fewer. If that one ends at the end of a line as long as
/// the line before it, which is where wrapped text goes on, as good is enough.
fn is_better(text: &[u8], more: &[ShapeMatch], fewer: &[ShapeMatch]) -> bool {
    let strongest =
        |matches: &[ShapeMatch]| matches.iter().map(|one| (one.base, one.fit == Fit::Exact)).max();
    let fills_line = |one: &ShapeMatch| {
        let mut lines = text[..one.span.end].rsplit(|byte| *byte == b'\n').map(<[u8]>::len);
        let is_line_end = matches!(text.get(one.span.end), Some(b'\r' | b'\n'));
        is_line_end && matches!((lines.next(), lines.next()), (Some(last), Some(before)) if last == before)
    };
    // It has such a character inside already, and ends at another one.
    let ends_at_a_join = |one: &ShapeMatch| {
        let next = text.get(one.span.end).filter(|next| next.is_ascii_control());
        next.is_some_and(|next| text[one.span.clone()].contains(next))
    };
    let join_by_themselves = || !more.is_empty() && more.iter().all(|one| joins_by_itself(text, one));
    match strongest(more).cmp(&strongest(fewer)) {
        Ordering::Less if !fewer.is_empty() && fewer.iter().all(ends_at_a_join) => join_by_themselves(),
        Ordering::Greater => true,
        Ordering::Equal => join_by_themselves() || !more.is_empty() && fewer.iter().any(fills_line),
        Ordering::Less => false,
    }
}

/// Whether a range goes over the ends of lines that are all as long as each other, as a terminal or a mail program breaks
/// them: so is the line before or the last one, or the length is a usual one.
fn is_wrapped_evenly(text: &[u8], span: &Range<usize>) -> bool {
    const USUAL: &[usize] = &[64, 70, 72, 76, 78, 79, 80, 100, 120, 132];
    const SHORTEST: usize = 20;
    /// Lines are not looked at further than this.
    const LONGEST: usize = 512;
    let is_feed = |byte: &u8| *byte == b'\n';
    let before = &text[span.start.saturating_sub(LONGEST)..span.start];
    let start = span.start - before.iter().rev().take_while(|byte| !is_feed(byte)).count();
    let after = &text[span.end..text.len().min(span.end + LONGEST)];
    let end = span.end + after.iter().take_while(|byte| !is_feed(byte)).count();
    let lines: Vec<usize> = text[start..end].split(is_feed).map(<[u8]>::len).collect();
    let [first, more @ ..] = &*lines else { return false };
    let Some((last, middle)) = more.split_last() else { return false };
    let line_before =
        text[..start].strip_suffix(b"\n").map(|before| before.rsplit(is_feed).next().map_or(0, <[u8]>::len));
    let is_even = *first >= SHORTEST && middle.iter().all(|length| length == first) && last <= first;
    is_even && (!middle.is_empty() || last == first || line_before == Some(*first) || USUAL.contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_length_are_wrapped() {
        let even = |text: &str| {
            let start = text.find("sk-").unwrap();
            let end = text.find('$').unwrap();
            is_wrapped_evenly(text.as_bytes(), &(start..end))
        };
        assert!(even("export KEY=sk-aaaaaaaa\nbbbbbbbbbbbbbbbbbbbbbb\ncccc$"));
        assert!(even("ssssssssssssssssssssss\nexport KEY=sk-aaaaaaaa\ncccc$"));
        assert!(even(&format!("sk-{}\ncccc$", "a".repeat(77))));
        assert!(!even("export KEY=sk-aaaaaaaa\ncccc$"));
        assert!(!even("export KEY=sk-aaaaaaaa\nbbbbbbbbb\ncccc$"));
        assert!(!even("sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa$"));
    }
}
