//! Follows a value through a text, however each of its characters is written there.

use super::{
    forms::{self, Ways},
    seams,
};

/// So many places are followed at once. There are mostly one or two: a backslash that may be one, or the half of one.
const MOST_PLACES: usize = 8;

/// A value of which so many characters stand there is that value, even if the rest is too far away to look at.
const ENOUGH: usize = 64;

/// Where a part of a value ends in a text, or begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) at: usize,
    pub(super) ways: Ways,
    /// Whether the rest of it is out of reach.
    pub(super) is_cut: bool,
}

/// The places that have been reached.
#[derive(Default)]
struct ReachedPlaces(Vec<(usize, Ways)>);

impl ReachedPlaces {
    fn add(&mut self, at: usize, ways: Ways) {
        if self.0.len() < MOST_PLACES && self.0.iter().all(|(known, _)| *known != at) {
            self.0.push((at, ways));
        }
    }
}

/// Where characters end that begin at `at`, no further than `limit`. `begun` of their value stand before them.
pub(super) fn ahead(
    text: &[u8],
    characters: &[u32],
    at: usize,
    limit: usize,
    begun: usize,
) -> Option<Reached> {
    let (mut places, mut next) = (ReachedPlaces::default(), ReachedPlaces::default());
    places.add(at, Ways::PLAIN);
    let mut before = None;
    for (count, character) in characters.iter().enumerate() {
        next.0.clear();
        for index in 0..places.0.len() {
            let (at, ways) = places.0[index];
            if at >= limit && limit < text.len() {
                return (begun + count >= ENOUGH).then_some(Reached { at: limit, ways, is_cut: true });
            }
            step_ahead(text, *character, at, ways, &mut next);
            if begun + count > 0 {
                seams::ahead(text, at, &mut |end| {
                    step_ahead(text, *character, end, ways.and(Ways::SPLIT), &mut next);
                });
            }
            let indent = if before == Some(u32::from(b'\n')) { seams::indent(text, at) } else { 0 };
            if indent > 0 {
                step_ahead(text, *character, at + indent, ways, &mut next);
            }
        }
        if next.0.is_empty() {
            return None;
        }
        before = Some(*character);
        std::mem::swap(&mut places, &mut next);
    }
    let (at, ways) = places.0.iter().copied().max_by_key(|(at, _)| *at)?;
    Some(Reached { at, ways, is_cut: false })
}

/// Where characters begin that end at `at`, no further back than `limit`. `left` of their value stand behind them.
pub(super) fn back(text: &[u8], characters: &[u32], at: usize, limit: usize, left: usize) -> Option<Reached> {
    let (mut places, mut next) = (ReachedPlaces::default(), ReachedPlaces::default());
    places.add(at, Ways::PLAIN);
    for (count, character) in characters.iter().rev().enumerate() {
        next.0.clear();
        for index in 0..places.0.len() {
            let (at, ways) = places.0[index];
            if at <= limit && limit > 0 {
                return (left + count >= ENOUGH).then_some(Reached { at: limit, ways, is_cut: true });
            }
            step_back(text, *character, at, ways, &mut next);
            if left + count > 0 {
                seams::back(text, at, &mut |start| {
                    step_back(text, *character, start, ways.and(Ways::SPLIT), &mut next);
                });
            }
            let indent = if *character == u32::from(b'\n') { seams::indent_before(text, at) } else { 0 };
            if indent > 0 {
                step_back(text, *character, at - indent, ways, &mut next);
            }
        }
        if next.0.is_empty() {
            return None;
        }
        std::mem::swap(&mut places, &mut next);
    }
    let (at, ways) = places.0.iter().copied().min_by_key(|(at, _)| *at)?;
    Some(Reached { at, ways, is_cut: false })
}

fn is_same(text: &[u8], written: &[u8], ignores_case: bool) -> bool {
    if ignores_case { text.eq_ignore_ascii_case(written) } else { text == written }
}

fn step_ahead(text: &[u8], character: u32, at: usize, ways: Ways, next: &mut ReachedPlaces) {
    let Some(first) = text.get(at) else { return };
    if forms::is_plain(character) && first.is_ascii_alphanumeric() {
        // Nothing but the plain character begins with a letter or a digit.
        if u32::from(*first) == character {
            next.add(at + 1, ways);
        }
        return;
    }
    forms::each(character, &mut |written, ignores_case, way| {
        if text.get(at..at + written.len()).is_some_and(|here| is_same(here, written, ignores_case)) {
            next.add(at + written.len(), ways.and(way));
        }
    });
}

fn step_back(text: &[u8], character: u32, at: usize, ways: Ways, next: &mut ReachedPlaces) {
    if at == 0 {
        return;
    }
    let near = &text[at.saturating_sub(forms::LONGEST)..at];
    if forms::is_plain(character)
        && memchr::memchr3(b'%', b'\\', b'&', near).is_none()
        && !near.contains(&b'=')
    {
        if u32::from(text[at - 1]) == character {
            next.add(at - 1, ways);
        }
        return;
    }
    forms::each(character, &mut |written, ignores_case, way| {
        let start = at.checked_sub(written.len());
        if start.is_some_and(|start| is_same(&text[start..at], written, ignores_case)) {
            next.add(at - written.len(), ways.and(way));
        }
    });
}
