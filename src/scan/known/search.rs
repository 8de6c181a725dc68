//! Looks for the values.

use std::{
    ops::Range,
    sync::{Arc, OnceLock},
};

use zeroize::Zeroizing;

use super::{
    digits::{self, WrittenDigits},
    forms,
    found::KnownMatch,
    keywords::{self, SHORTEST},
    walk,
};
use crate::{
    decode::Decoded,
    rule::{BASE64URL, Confidence, KnownValues, LONGEST_MATCH},
    scan::{
        add_decoded::add_decoded,
        encoded_runs::{DEEPEST, each_decoded},
        keywords::{KeywordSearch, KeywordUse},
        scratch::Scratch,
        shape_match::{Fit, REACH, ShapeMatch},
    },
};

/// How far a value is followed to either side of the piece of it that was found, in bytes.
const LIMIT: usize = LONGEST_MATCH;

const _: () = assert!(LIMIT + 64 <= REACH, "a window must hold all of a value that it decides");

/// The length of the piece of digits that is searched for, in bytes.
const PIECE: usize = 6;

/// All values of a run.
pub(in crate::scan) struct KnownSearch {
    all: Arc<KnownValues>,
    /// Whether a short value counts inside of a word, too.
    in_words: bool,
    /// Built for the first text.
    table: OnceLock<ValueTable>,
}

struct ValueTable {
    keywords: KeywordSearch,
    places: Vec<KeywordPlace>,
    values: Vec<SearchedValue>,
}

/// What is known of a text that is searched.
#[derive(Clone, Copy)]
struct Depth {
    /// How many encodings have been undone.
    encodings: usize,
    /// Whether it is read as UTF-16, too.
    is_wide_apart: bool,
    /// Whether a short value counts inside of a word.
    in_words: bool,
}

impl Depth {
    fn next(self) -> Self {
        Self { encodings: self.encodings + 1, is_wide_apart: false, ..self }
    }
}

/// Where in a value a keyword is.
#[derive(Clone, Copy)]
enum KeywordPlace {
    /// At a character.
    Character { value: usize, character: usize },
    /// In one of its forms in digits, so many bytes from its start.
    Digits { value: usize, form: usize, offset: usize },
}

struct SearchedValue {
    characters: Zeroizing<Vec<u32>>,
    digits: Vec<WrittenDigits>,
}

impl ValueTable {
    fn new(all: &KnownValues) -> Self {
        let (mut keywords, mut places, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let mut add = |piece: Vec<u8>, place: KeywordPlace| {
            let expression = u32::try_from(places.len()).unwrap_or(u32::MAX);
            keywords.push((piece, KeywordUse { expression, before: (0, 0) }));
            places.push(place);
        };
        for (value, known) in all.values.iter().enumerate() {
            let characters = forms::characters(known.text());
            for (piece, character) in keywords::of(&characters) {
                add(piece, KeywordPlace::Character { value, character });
            }
            let digits = digits::of(known.text(), &characters);
            for (form, written) in digits.iter().enumerate() {
                let Some(most) = written.text.len().checked_sub(PIECE) else { continue };
                // Both bytes of a character of UTF-16.
                let offset = (most / 2) & !1;
                let piece = written.text[offset..offset + PIECE].to_ascii_lowercase();
                add(piece, KeywordPlace::Digits { value, form, offset });
            }
            values.push(SearchedValue { characters, digits });
        }
        keywords.sort_by(|a, b| (&a.0, a.1.expression).cmp(&(&b.0, b.1.expression)));
        debug_assert!(keywords.iter().all(|(piece, _)| piece.len() >= SHORTEST));
        Self { keywords: KeywordSearch::new(keywords), places, values }
    }
}

impl KnownSearch {
    /// A search for these values; with `in_words`, short ones may be a part of a word.
    pub(in crate::scan) fn new(all: Arc<KnownValues>, in_words: bool) -> Self {
        Self { all, in_words, table: OnceLock::new() }
    }

    /// Where values are in a text that is shown, also short ones inside of words.
    pub(in crate::scan) fn ranges(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut matches = Vec::new();
        self.scan_at(
            text,
            &(0..text.len()),
            Depth { encodings: 0, is_wide_apart: false, in_words: true },
            &mut matches,
        );
        matches.sort_by_key(|one| one.span.start);
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for ShapeMatch { span, .. } in matches {
            match ranges.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => ranges.push(span),
            }
        }
        ranges
    }

    fn table(&self) -> &ValueTable {
        self.table.get_or_init(|| ValueTable::new(&self.all))
    }

    /// Whether a piece of a value begins in `range`.
    pub(in crate::scan) fn may_match(&self, text: &[u8], range: &Range<usize>) -> bool {
        self.table().keywords.is_any(text, range)
    }

    /// Adds all values of which a piece begins in `range`, and those that are encoded and begin there.
    pub(in crate::scan) fn scan_window(
        &self,
        text: &[u8],
        range: &Range<usize>,
        scratch: &Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let depth = Depth { encodings: 0, is_wide_apart: scratch.wide_apart, in_words: self.in_words };
        self.scan_at(text, range, depth, matches);
    }

    fn scan_at(&self, text: &[u8], range: &Range<usize>, depth: Depth, matches: &mut Vec<ShapeMatch>) {
        let table = self.table();
        let first = matches.len();
        table.keywords.each(text, range, |place, uses| {
            for KeywordUse { expression, .. } in uses {
                let found = table.places.get(*expression as usize);
                matches.extend(found.and_then(|found| self.at(text, place.start, *found, depth)));
            }
        });
        // Several pieces of a value may be found.
        let order = |one: &ShapeMatch| {
            let label = one.known.as_ref().map(|known| known.value.label.clone());
            (one.span.start, one.span.end, label)
        };
        matches[first..].sort_by_cached_key(order);
        matches.dedup_by(|a, b| a.known.is_some() && order(a) == order(b));
        if depth.encodings == DEEPEST {
            return;
        }
        let mut add = |decoded: &Decoded, name: &'static str| {
            let mut inner = Vec::new();
            self.scan_at(&decoded.text, &(0..decoded.text.len()), depth.next(), &mut inner);
            inner.retain(|one| range.contains(&decoded.source(&one.span).start));
            add_decoded(decoded, inner, matches, |_| vec![name]);
        };
        each_decoded(text, range, 0, depth.is_wide_apart, &mut add);
    }

    /// The value at a piece of it.
    fn at(&self, text: &[u8], at: usize, place: KeywordPlace, depth: Depth) -> Option<ShapeMatch> {
        let table = self.table();
        match place {
            KeywordPlace::Character { value, character } => {
                let (before, behind) = table.values[value].characters.split_at(character);
                let limit = text.len().min(at + LIMIT);
                let end = walk::ahead(text, behind, at, limit, before.len())?;
                let start = walk::back(text, before, at, at.saturating_sub(LIMIT), behind.len())?;
                let span = start.at..end.at;
                let known = &self.all.values[value];
                let has_edges = depth.in_words || !known.needs_edges || has_edges(text, &span);
                has_edges.then(|| self.matched(value, span, end.is_cut, start.ways.and(end.ways).names()))
            }
            KeywordPlace::Digits { value, form, offset } => {
                let written = &table.values[value].digits[form];
                if written.is_wide && depth.is_wide_apart {
                    return None;
                }
                let start = at.checked_sub(offset)?;
                let end = start + written.text.len();
                let here = text.get(start..end)?;
                let is_same = match written.ignores_case {
                    true => here.eq_ignore_ascii_case(&written.text),
                    false => here == &**written.text,
                };
                let is_digit = |byte: Option<&u8>| {
                    byte.is_some_and(|byte| BASE64URL.has(*byte) || matches!(byte, b'+' | b'/'))
                };
                let (before, behind) = written.beside;
                let before =
                    if is_digit(start.checked_sub(1).and_then(|at| text.get(at))) { before } else { 0 };
                let behind = if is_digit(text.get(end)) { behind } else { 0 };
                is_same.then(|| self.matched(value, start - before..end + behind, false, vec![written.name]))
            }
        }
    }

    fn matched(
        &self,
        value: usize,
        span: Range<usize>,
        is_cut: bool,
        encoding: Vec<&'static str>,
    ) -> ShapeMatch {
        let value = &self.all.values[value];
        ShapeMatch {
            span,
            // No copy of the value is made.
            decoded: Some(Box::default()),
            encoding,
            rule: value.rule.clone(),
            form: 0,
            public: 0,
            fixed: 0,
            base: Confidence::Certain,
            confidence: Confidence::Certain,
            context_match: None,
            hints: Vec::new(),
            is_pasted: false,
            fit: Fit::Exact,
            has_left_edge: true,
            terms: Vec::new(),
            known: Some(KnownMatch { value: value.clone(), is_cut, all: self.all.clone() }),
        }
    }
}

/// Whether no letter or digit is beside a match that begins or ends with one. One that ends an escape is none.
fn has_edges(text: &[u8], span: &Range<usize>) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    let is_open = text.get(span.end).is_none_or(|byte| !is_word(byte)) || !is_word(&text[span.end - 1]);
    let before = &text[..span.start];
    let is_glued = before.last().is_some_and(is_word) && is_word(&text[span.start]);
    is_open && (!is_glued || ends_in_escape(before))
}

/// Whether a text ends in an escape, such as `\n`, `%3D` or `\u0020`.
fn ends_in_escape(text: &[u8]) -> bool {
    let ends = |mark: &[u8], digits: usize| {
        let (start, last) = text.split_at(text.len().saturating_sub(digits));
        last.len() == digits && last.iter().all(u8::is_ascii_hexdigit) && start.ends_with(mark)
    };
    matches!(text, [.., b'\\', b'n' | b'r' | b't' | b'0'])
        || ends(b"%", 2)
        || ends(b"\\x", 2)
        || ends(b"\\u", 4)
        || ends(b"\\", 3)
}
