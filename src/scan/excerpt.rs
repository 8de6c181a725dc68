//! The line of a key, with every key in it masked.

use std::ops::Range;

use super::{
    known::KnownSearch,
    mask::{Masker, may_hold_a_key},
    mask_cache::Mask,
    pieces::SecretPieces,
    resolve::ChosenMatch,
    scratch::Scratch,
    shape_match::{REACH, secret},
};
use crate::{
    finding::{Excerpt, Secret},
    rule::BASE64URL,
};

/// How much of the line to show before and after the key, in bytes.
const BESIDE: usize = 80;

/// How close before a key another one must end to appear in its excerpt, in bytes.
pub(super) const WIDEST: usize = REACH / 8;

/// What is hidden in excerpts.
pub(super) struct ExcerptMask<'m> {
    /// Masks keys. Without it, they are shown whole.
    pub(super) masker: Option<&'m Masker>,
    /// Values that are never shown.
    pub(super) known: Option<&'m KnownSearch>,
}

/// The line of `kept[at]`. `kept` must contain all matches near it, in order.
pub(super) fn around(
    text: &[u8],
    kept: &[ChosenMatch],
    at: usize,
    mask: &ExcerptMask<'_>,
    scratch: &mut Scratch,
) -> Excerpt {
    let key = &kept[at].matched.span;
    let first = key.start.saturating_sub(BESIDE);
    let is_cut = kept[at].matched.known.as_ref().is_some_and(|known| known.is_cut);
    let last = if is_cut { key.end } else { text.len().min(key.end + BESIDE) };
    let line_start = memchr::memrchr(b'\n', &text[..key.start]).map_or(0, |at| at + 1);
    let line_end = memchr::memchr2(b'\n', b'\r', &text[key.end..last]).map(|at| key.end + at);

    let mut excerpt = String::new();
    let mut marker = (0, 0);
    let mut from = if first > line_start { character_border(text, first) } else { line_start };
    if from > line_start {
        excerpt.push('…');
    }
    let to = line_end.unwrap_or(last);
    for (range, shown, index) in replacements(text, kept, &(from..to), mask, scratch) {
        if range.end <= from || range.start >= to {
            continue;
        }
        push(&mut excerpt, &text[from.min(range.start)..range.start]);
        let start = excerpt.len();
        excerpt.push_str(&shown);
        from = range.end;
        if index == Some(at) {
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

/// The replacements for byte ranges near `line`, in order and without overlaps; those of matches come with their index.
fn replacements(
    text: &[u8],
    kept: &[ChosenMatch],
    line: &Range<usize>,
    mask: &ExcerptMask<'_>,
    scratch: &mut Scratch,
) -> Vec<(Range<usize>, String, Option<usize>)> {
    let near = line.start.saturating_sub(WIDEST)..text.len().min(line.end + WIDEST);
    let matches = kept
        .iter()
        .enumerate()
        .filter(|(_, kept)| kept.matched.span.end > near.start && kept.matched.span.start < near.end);
    let Some(masker) = mask.masker else {
        let mut all: Vec<_> = matches
            .map(|(index, kept)| {
                (kept.matched.span.clone(), secret(text, &kept.matched).reveal(), Some(index))
            })
            .collect();
        if let Some(known) = mask.known {
            let hidden = known.ranges(&text[near.clone()]).into_iter();
            add_masks(&mut all, &near, hidden.map(|range| Mask { range, shown: "…".to_owned() }).collect());
        }
        return all;
    };
    let mut all: Vec<(Range<usize>, String, Option<usize>)> = matches
        .map(|(index, ChosenMatch { matched, .. })| {
            // Text that directly follows may be the end of a key that is longer than any known one.
            let end = matched.span.end + BASE64URL.run(&text[matched.span.end..], usize::MAX);
            // What follows the start of a value that is too long to be followed is the rest of it.
            let is_cut = matched.known.as_ref().is_some_and(|known| known.is_cut);
            let end = if is_cut {
                memchr::memchr(b'\n', &text[end..]).map_or(text.len(), |at| end + at)
            } else {
                end
            };
            (matched.span.start..end, secret(text, matched).masked(), Some(index))
        })
        .collect();
    for index in 1..all.len() {
        // A key that directly follows another one is shown as itself.
        let start = all[index].0.start;
        all[index - 1].0.end = all[index - 1].0.end.min(start);
    }
    if may_need_more(text, &all, line, &near, masker) {
        add_masks(&mut all, &near, masker.masks(&text[near.clone()], scratch));
    }
    add_pieces(text, kept, &mut all, line, &near);
    all
}

/// Hides what is shown of the keys near the line beside themselves.
fn add_pieces(
    text: &[u8],
    kept: &[ChosenMatch],
    all: &mut Vec<(Range<usize>, String, Option<usize>)>,
    line: &Range<usize>,
    near: &Range<usize>,
) {
    let secrets: Vec<Secret> =
        all.iter().filter_map(|(.., at)| Some(secret(text, &kept[(*at)?].matched))).collect();
    let pieces = SecretPieces::new(secrets.iter());
    let found = all.len();
    let mut from = near.start;
    for at in 0..=found {
        let gap = from..all.get(at).map_or(near.end, |(range, ..)| range.start);
        from = from.max(all.get(at).map_or(near.end, |(range, ..)| range.end));
        let gap = gap.start.max(line.start)..gap.end.min(line.end);
        if gap.start < gap.end {
            let ranges = pieces.ranges(&text[gap.clone()]);
            all.extend(
                ranges
                    .into_iter()
                    .map(|range| (gap.start + range.start..gap.start + range.end, "…".to_owned(), None)),
            );
        }
    }
    all.sort_by_key(|(range, ..)| range.start);
}

/// Whether anything is shown next to the matches that may be another key. There mostly is nothing, and to look for one takes
/// longer than to find the key of the line.
fn may_need_more(
    text: &[u8],
    matches: &[(Range<usize>, String, Option<usize>)],
    line: &Range<usize>,
    near: &Range<usize>,
    masker: &Masker,
) -> bool {
    // Keys of rules that are not built in may be short.
    if masker.rules().is_some() {
        return true;
    }
    // A key that begins or ends out of sight counts as a whole.
    let is_end = |byte: &u8| byte.is_ascii_whitespace();
    let start =
        text[near.start..line.start].iter().rposition(is_end).map_or(near.start, |at| near.start + at);
    let end = text[line.end..near.end].iter().position(is_end).map_or(near.end, |at| line.end + at);
    let mut from = start;
    let mut gaps = matches.iter().map(|(range, ..)| range.clone()).chain(std::iter::once(end..end));
    gaps.any(|range| {
        // A match may overlap the one before it, and reach beyond the end.
        let until = range.start.min(end);
        let gap = from.min(until)..until;
        from = from.max(range.end);
        may_hold_a_key(&text[gap])
    })
}

/// Adds what is left of masks before, between and after the matches.
fn add_masks(all: &mut Vec<(Range<usize>, String, Option<usize>)>, near: &Range<usize>, masks: Vec<Mask>) {
    let found = all.len();
    for mask in masks {
        let mask_range = near.start + mask.range.start..near.start + mask.range.end;
        let mut start = mask_range.start;
        let mut shown = mask.shown;
        for index in 0..found {
            let Range { start: hit_start, end: hit_end } = all[index].0;
            if hit_end <= start || hit_start >= mask_range.end {
                continue;
            }
            if start < hit_start {
                all.push((start..hit_start, std::mem::take(&mut shown), None));
            }
            shown = String::new();
            start = hit_end;
        }
        if start < mask_range.end {
            all.push((start..mask_range.end, shown, None));
        }
    }
    all.sort_by_key(|(range, ..)| range.start);
}

fn push(excerpt: &mut String, bytes: &[u8]) {
    // Every second byte of UTF-16 in a binary.
    excerpt.extend(String::from_utf8_lossy(bytes).chars().filter(|character| *character != '\0'));
}

/// The first boundary of a UTF-8 character at or after `at`, in valid text.
fn character_border(text: &[u8], at: usize) -> usize {
    at + text[at..].iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count()
}
