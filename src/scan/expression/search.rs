//! Tries expressions near their keywords.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use super::{
    accept::ExpressionEntry,
    counts::{ExpressionCounter, ExpressionCounts, MatchKind},
    progress::{ExpressionProgress, TriedExpression},
    reach::{Asked, Extent, MARGIN, MOST_LINES, NEAR, Paths, near},
};
use crate::{
    blob::AnchorKinds,
    rule::{Confidence, Families, Keyword, Rule, RuleSet},
    scan::{
        keywords::{KeywordSearch, KeywordUse},
        scratch::Scratch,
        shape_match::ShapeMatch,
    },
};

/// So many matches of an expression that are no keys are passed over where it is asked whether there is any key at all. With
/// more, a text is scanned to tell.
const MOST_REFUSED: usize = 4096;

/// How far a change may be from a match of an expression that it matters for.
fn extent(entry: &ExpressionEntry) -> Extent {
    let expression = &entry.expression;
    let is_local = |keyword: &Keyword| keyword.before.is_some() || near(expression) <= NEAR;
    match expression.most_lines() {
        None => Extent::Long,
        Some(lines) if lines > MOST_LINES => Extent::Long,
        Some(_) if entry.form().searched.iter().all(is_local) => Extent::Local,
        Some(_) => Extent::Nearby,
    }
}

/// All expressions of a run.
pub(in crate::scan) struct ExpressionSearch {
    entries: Vec<ExpressionEntry>,
    /// How far a change may be from a match of each.
    extents: Vec<Extent>,
    /// Those that are tried everywhere.
    slow: Vec<u32>,
    /// The least length of a match, in bytes.
    pub(super) shortest: usize,
    /// The most line breaks that a match has, other than those that are long.
    pub(super) lines: usize,
    /// How far from such a match a keyword may be, in bytes.
    pub(super) near: usize,
    /// Built for the first text.
    keywords: OnceLock<KeywordSearch>,
    /// Only those of expressions with long matches. Built for the first change.
    long_keywords: OnceLock<KeywordSearch>,
    counter: ExpressionCounter,
}

/// A part of a text, and how much of it is to be decided now.
#[derive(Clone, Copy)]
pub(super) struct ExpressionWindow<'t> {
    pub(super) text: &'t [u8],
    /// Matches that begin from this offset on are left to the next window, which is `REACH` before its end.
    pub(super) starts_end: usize,
    pub(super) paths: Paths,
    pub(super) asked: Asked,
}

impl ExpressionSearch {
    /// The expressions of all forms of these families that can reach `least`; `None` if there are none.
    pub(in crate::scan) fn new(rules: &RuleSet, families: Families, least: Confidence) -> Option<Self> {
        let is_asked = |rule: &&Arc<Rule>| families.has(rule.family);
        let forms =
            rules.own().filter(is_asked).flat_map(|rule| (0..rule.forms.len()).map(move |form| (rule, form)));
        let forms = forms.filter(|(rule, form)| rule.forms[*form].reach() >= least);
        let entries: Vec<_> = forms.filter_map(|(rule, form)| ExpressionEntry::new(rule, form)).collect();
        let is_slow = |entry: &ExpressionEntry| entry.form().searched.is_empty();
        let slow = (0..).zip(&entries).filter(|(_, entry)| is_slow(entry)).map(|(at, _)| at).collect();
        let extents: Vec<Extent> = entries.iter().map(extent).collect();
        let of = |asked: Extent| {
            entries.iter().zip(&extents).filter(move |(_, extent)| **extent == asked).map(|(entry, _)| entry)
        };
        let lines =
            of(Extent::Local).chain(of(Extent::Nearby)).filter_map(|entry| entry.expression.most_lines());
        let lines = lines.max().unwrap_or(0);
        let has_near =
            of(Extent::Local).flat_map(|entry| &entry.form().searched).any(|one| one.before.is_none());
        (!entries.is_empty()).then(|| Self {
            shortest: entries.iter().map(|entry| entry.expression.lengths().0).min().unwrap_or(0),
            lines,
            near: if has_near { NEAR } else { 0 },
            entries,
            extents,
            slow,
            keywords: OnceLock::new(),
            long_keywords: OnceLock::new(),
            counter: ExpressionCounter::default(),
        })
    }

    /// Whether any expression is only for some paths.
    pub(in crate::scan) fn has_paths(&self) -> bool {
        self.entries.iter().any(|entry| entry.form().path.is_some())
    }

    /// What all threads have met so far.
    pub(in crate::scan) fn counts(&self) -> ExpressionCounts {
        self.counter.counts()
    }

    /// Which keywords a text has that a change far from them may matter for.
    pub(super) fn kinds(&self, progress: &ExpressionProgress) -> AnchorKinds {
        let mut kinds = AnchorKinds::default();
        for at in progress.expressions.keys() {
            match self.extents[*at as usize] {
                Extent::Local => {}
                Extent::Nearby => kinds.add(AnchorKinds::KEYWORD),
                Extent::Long => kinds.add(AnchorKinds::LONG),
            }
        }
        kinds
    }

    fn keywords(&self, is_only_long: bool) -> &KeywordSearch {
        let built = if is_only_long { &self.long_keywords } else { &self.keywords };
        built.get_or_init(|| {
            let mut keywords = Vec::new();
            for (at, entry) in (0..).zip(&self.entries) {
                if is_only_long && self.extents[at as usize] != Extent::Long {
                    continue;
                }
                let (_, most) = entry.expression.lengths();
                for keyword in &entry.form().searched {
                    let length = keyword.text.len();
                    let before = match keyword.before {
                        Some((least, before)) => {
                            (before.min(most - length.min(most)) as isize, least as isize)
                        }
                        None => {
                            let near = near(&entry.expression);
                            (most.max(near) as isize - length as isize, -((length + near) as isize))
                        }
                    };
                    keywords.push((keyword.text.clone(), KeywordUse { expression: at, before }));
                }
            }
            keywords.sort_by(|a, b| (&a.0, a.1.expression).cmp(&(&b.0, b.1.expression)));
            KeywordSearch::new(keywords)
        })
    }

    /// Adds the matches of a window, with those of the windows before it that are still in memory.
    pub(super) fn scan(
        &self,
        window: ExpressionWindow<'_>,
        progress: &mut ExpressionProgress,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let ExpressionWindow { text, starts_end, .. } = window;
        // All keywords count that tell of matches which begin before the end.
        let is_last = starts_end == text.len();
        let keywords_end = if is_last { starts_end } else { text.len().saturating_sub(MARGIN) };
        let range = progress.keywords_until..keywords_end;
        if range.start < range.end {
            self.note_keywords(window, &range, progress);
            progress.keywords_until = keywords_end;
        }
        for (at, one) in &mut progress.expressions {
            let entry = &self.entries[*at as usize];
            let path = || {
                let path = entry.form().path.as_ref();
                let own = scratch.path.as_ref().filter(|_| window.paths == Paths::Own);
                own.is_none_or(|own| path.is_none_or(|path| path.is_match(own)))
            };
            if *one.is_for_path.get_or_insert_with(path) {
                self.try_near(window, entry, one);
                for found in &one.keys {
                    matches.push(entry.matched(text, found, scratch));
                }
            } else {
                one.forget_regions();
            }
        }
    }

    fn note_keywords(
        &self,
        window: ExpressionWindow<'_>,
        range: &Range<usize>,
        progress: &mut ExpressionProgress,
    ) {
        let mut try_everywhere = |at: u32| progress.expressions.entry(at).or_default().add(range.clone());
        if let Asked::Only(asked) = window.asked
            && asked != Extent::Long
        {
            let all = (0..).zip(&self.extents).filter(|(_, extent)| **extent == asked);
            all.for_each(|(at, _)| try_everywhere(at));
            return;
        }
        let is_only_long = window.asked != Asked::All;
        let is_asked = |at: &&u32| !is_only_long || self.extents[**at as usize] == Extent::Long;
        self.slow.iter().filter(is_asked).for_each(|at| try_everywhere(*at));
        let expressions = &mut progress.expressions;
        self.keywords(is_only_long).each(window.text, range, |place, uses| {
            for KeywordUse { expression, before } in uses {
                let first = place.start.saturating_add_signed(-before.0);
                let last = place.start.saturating_add_signed(-before.1);
                expressions.entry(*expression).or_default().add(first..last + 1);
            }
        });
    }

    /// Tries an expression in the regions that are known by now.
    fn try_near(&self, window: ExpressionWindow<'_>, entry: &ExpressionEntry, one: &mut TriedExpression) {
        let ExpressionWindow { text, starts_end, .. } = window;
        let (_, most) = entry.expression.lengths();
        let regions = one.take_until(starts_end);
        let mut from = one.until;
        // The current region, and the first one that is too far behind the current group of regions.
        let (mut at, mut group_end) = (0, 0);
        while let Some(region) = regions.get(at) {
            from = from.max(region.start);
            if from >= region.end {
                at += 1;
                continue;
            }
            if group_end <= at {
                // What is read behind the last start of a region may hold the next one.
                let is_close = |pair: &&[Range<usize>]| pair[1].start < pair[0].end + most;
                group_end = at + 1 + regions[at..].windows(2).take_while(is_close).count();
            }
            let starts = from..regions[group_end - 1].end;
            let end = entry.end(&starts, text.len());
            let found = entry.expression.find(text, starts.start..end, starts.len() == 1);
            let read = found.as_ref().map_or(end, |found| end.min(found.span.start + most));
            self.counter.add_tried((read - starts.start) as u64);
            let Some(found) = found.filter(|found| found.span.start < starts.end) else {
                (at, from) = (group_end, starts.end);
                continue;
            };
            while regions.get(at).is_some_and(|region| region.end <= found.span.start) {
                at += 1;
            }
            if regions.get(at).is_some_and(|region| found.span.start < region.start) {
                // It begins between two regions, where no keyword is near.
                continue;
            }
            let start = found.span.start;
            let found = entry.expression.with_lead(text, found);
            from = found.span.end.max(found.span.start + 1);
            let kind = entry.kind(text, &found, window.paths);
            self.counter.add(kind);
            if kind == MatchKind::Key {
                one.keys.push(found);
            } else if window.paths == Paths::Any && one.refused < MOST_REFUSED {
                // In another version of the text, a match may begin at a later byte of this one.
                one.refused += 1;
                from = start + 1;
            } else if window.paths == Paths::Any {
                one.keys.push(found);
            }
        }
        one.until = one.until.max(from);
    }
}
