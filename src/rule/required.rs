//! Which literals every match of a regular expression contains, in any case.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::keyword::{Keyword, LONGEST, SHORTEST};

/// The most texts that are told apart. An expression with more of them is searched for by a part of it.
const MOST: usize = 64;

/// A class of so many bytes is told apart.
const FEW: usize = 4;

/// So many are told apart beside a literal that is too short without them: letters and digits are.
const FEW_BESIDE: usize = 38;

/// A literal of this length is rare enough, in bytes.
const RARE: usize = 5;

/// What is known of a part of an expression.
#[derive(Default)]
struct PartLiterals {
    /// All that it matches, in lower case, if that is little.
    exact: Option<Vec<Vec<u8>>>,
    /// The best literals in it.
    inner: Vec<Keyword>,
}

/// The literals of which every match contains one; empty if none are long enough.
pub(crate) fn keywords(hir: &Hir) -> Vec<Keyword> {
    let mut best = candidate(of(hir), 0, 0);
    for keyword in &mut best {
        keyword.text.truncate(LONGEST);
    }
    best.sort();
    best.dedup();
    best
}

fn of(hir: &Hir) -> PartLiterals {
    let exact = |texts: Vec<Vec<u8>>| PartLiterals { exact: Some(texts), inner: Vec::new() };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => exact(vec![Vec::new()]),
        HirKind::Literal(literal) => exact(vec![literal.0.to_ascii_lowercase()]),
        HirKind::Class(class) => PartLiterals { exact: bytes(class, FEW), inner: Vec::new() },
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Repetition(repetition) => {
            let (min, max) = (repetition.min, repetition.max);
            let sub = of(&repetition.sub);
            match (&sub.exact, min, max) {
                (Some(texts), 0, Some(1)) => exact(distinct(texts.iter().cloned().chain([Vec::new()]))),
                (Some(texts), min, Some(max)) if min == max && min <= 8 => {
                    let power = (0..min).try_fold(vec![Vec::new()], |power, _| joined(&power, texts));
                    power.map_or_else(|| PartLiterals { exact: None, inner: candidate(sub, 0, 0) }, exact)
                }
                (_, 1.., _) => PartLiterals { exact: None, inner: candidate(sub, 0, 0) },
                _ => PartLiterals::default(),
            }
        }
        HirKind::Alternation(parts) => {
            let parts: Vec<PartLiterals> = parts.iter().map(of).collect();
            let all: Option<Vec<_>> = parts.iter().map(|part| part.exact.as_deref()).collect();
            if let Some(all) = all {
                let texts = distinct(all.into_iter().flatten().cloned());
                if texts.len() <= MOST {
                    return exact(texts);
                }
            }
            let inner: Vec<Vec<Keyword>> = parts.into_iter().map(|part| candidate(part, 0, 0)).collect();
            let is_any_without = inner.iter().any(Vec::is_empty);
            let inner: Vec<Keyword> = inner.into_iter().flatten().collect();
            let is_little = !is_any_without && inner.len() <= MOST;
            PartLiterals { exact: None, inner: if is_little { inner } else { Vec::new() } }
        }
        HirKind::Concat(parts) => concat(parts),
    }
}

/// Joins neighbors while they are few texts, and keeps the best of what was joined.
fn concat(parts: &[Hir]) -> PartLiterals {
    let mut run = vec![Vec::new()];
    let mut is_exact = true;
    let mut inner = Vec::new();
    // What comes before the run, and before the current part.
    let (mut run_least, mut run_most) = (0_usize, 0_usize);
    let (mut least, mut most) = (0_usize, 0_usize);
    // The part before the run.
    let mut before = None;
    for (at, part) in parts.iter().enumerate() {
        let found = of(part);
        let joined = found.exact.as_ref().and_then(|texts| joined(&run, texts));
        let properties = part.properties();
        let next_least = least.saturating_add(properties.minimum_len().unwrap_or(0));
        let next_most = most.saturating_add(properties.maximum_len().unwrap_or(usize::MAX));
        if let Some(joined) = joined {
            run = joined;
        } else {
            is_exact = false;
            let texts = std::mem::take(&mut run);
            inner = better(inner, ended(texts, (run_least, run_most), (before, Some(part))));
            match found.exact {
                Some(texts) => {
                    (run, run_least, run_most) = (texts, least, most);
                    before = at.checked_sub(1).map(|at| &parts[at]);
                }
                None => {
                    inner = better(inner, candidate(found, least, most));
                    (run, run_least, run_most) = (vec![Vec::new()], next_least, next_most);
                    before = Some(part);
                }
            }
        }
        (least, most) = (next_least, next_most);
    }
    if is_exact {
        return PartLiterals { exact: Some(run), inner };
    }
    PartLiterals { exact: None, inner: better(inner, ended(run, (run_least, run_most), (before, None))) }
}

/// The keywords that neighboring parts are joined to, which begin after `least` to `most` bytes. Where they are too short, each
/// gets every byte that the part behind begins with, or that the part before ends with, if these are few.
fn ended(
    texts: Vec<Vec<u8>>,
    (least, most): (usize, usize),
    (before, behind): (Option<&Hir>, Option<&Hir>),
) -> Vec<Keyword> {
    let as_they_are = |texts| PartLiterals { exact: Some(texts), inner: Vec::new() };
    if texts.iter().all(|text| text.len() >= SHORTEST) || texts.iter().any(|text| text.len() + 1 < SHORTEST) {
        return candidate(as_they_are(texts), least, most);
    }
    if let Some(longer) =
        behind.and_then(|hir| edge(hir, Edge::First)).and_then(|first| joined(&texts, &first))
    {
        return candidate(as_they_are(longer), least, most);
    }
    match before.and_then(|hir| edge(hir, Edge::Last)).and_then(|last| joined(&last, &texts)) {
        Some(longer) => candidate(as_they_are(longer), least - 1, most.saturating_sub(1)),
        None => Vec::new(),
    }
}

#[derive(Clone, Copy)]
enum Edge {
    First,
    Last,
}

/// The bytes that every match begins or ends with one of, in lower case, if these are few.
fn edge(hir: &Hir, which: Edge) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Class(class) => bytes(class, FEW_BESIDE),
        HirKind::Capture(capture) => edge(&capture.sub, which),
        HirKind::Repetition(repetition) if repetition.min > 0 => edge(&repetition.sub, which),
        HirKind::Concat(parts) => match which {
            Edge::First => edge(parts.first()?, which),
            Edge::Last => edge(parts.last()?, which),
        },
        _ => None,
    }
}

/// The best literals of a part, with so much before it; empty if there are none that are long enough.
fn candidate(part: PartLiterals, least: usize, most: usize) -> Vec<Keyword> {
    let shifted = part.inner.into_iter().map(|keyword| Keyword {
        before: keyword.before.map(|before| (before.0.saturating_add(least), before.1.saturating_add(most))),
        ..keyword
    });
    let of_inner: Vec<Keyword> = shifted.collect();
    let texts = part.exact.unwrap_or_default();
    let of_exact = if texts.iter().all(|text| text.len() >= SHORTEST) {
        texts.into_iter().map(|text| Keyword { text, before: Some((least, most)) }).collect()
    } else {
        Vec::new()
    };
    better(of_inner, of_exact)
}

/// The literals that are rarer: long ones, then those that begin a match, then few of them.
fn better(one: Vec<Keyword>, other: Vec<Keyword>) -> Vec<Keyword> {
    let rank = |keywords: &[Keyword]| {
        let shortest = keywords.iter().map(|keyword| keyword.text.len()).min().unwrap_or(0);
        let begins = keywords.iter().all(|keyword| keyword.before == Some((0, 0)));
        (
            shortest.min(RARE),
            keywords.len() <= FEW_BESIDE / 2,
            begins,
            std::cmp::Reverse(keywords.len()),
            shortest,
        )
    };
    if rank(&other) > rank(&one) { other } else { one }
}

/// Every text of the one followed by every text of the other, if these are few.
fn joined(one: &[Vec<u8>], other: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    if one.len() * other.len() > MOST || other.iter().any(|text| text.len() > 4 * LONGEST) {
        return None;
    }
    let joined = one.iter().flat_map(|first| other.iter().map(move |second| [&first[..], second].concat()));
    let joined = distinct(joined);
    joined.iter().all(|text| text.len() <= 4 * LONGEST).then_some(joined)
}

fn distinct(texts: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut texts: Vec<_> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}

/// What a class matches, in lower case, if it is not more than `few`.
fn bytes(class: &Class, few: usize) -> Option<Vec<Vec<u8>>> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        Class::Unicode(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
    };
    let count: usize = ranges.iter().map(|(first, last)| (last - first) as usize + 1).sum();
    let is_ascii = ranges.iter().all(|(_, last)| *last < 0x80);
    if count > 2 * few || count == 0 || !is_ascii && matches!(class, Class::Unicode(_)) {
        return None;
    }
    let all = ranges.iter().flat_map(|(first, last)| *first..=*last);
    let all = all.filter_map(|byte| Some(vec![u8::try_from(byte).ok()?.to_ascii_lowercase()]));
    Some(distinct(all)).filter(|texts| texts.len() <= few)
}

#[cfg(test)]
mod tests {
    use regex_syntax::ParserBuilder;

    use super::*;

    #[test]
    fn every_match_contains_one() {
        let found = |source: &str| {
            let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(source).unwrap();
            let all = keywords(&hir).into_iter().map(|keyword| {
                let (least, most) = keyword.before.unwrap();
                format!("{}@{least}..{most}", String::from_utf8_lossy(&keyword.text))
            });
            all.collect::<Vec<_>>().join(" ")
        };
        for (source, expected) in [
            ("ghp_[A-Za-z0-9]{36}", "ghp_@0..0"),
            (r"\b(acme_(?:live|test)_[a-z]{20})\b", "acme_live_@0..0 acme_test_@0..0"),
            ("(?i)Acme[-_]Key", "acme-key@0..0 acme_key@0..0"),
            ("[a-z]{5,9}@acme", "@acme@5..9"),
            ("[a-z]{4}-acme-[0-9]{9}", "-acme-@4..4"),
            ("(?:abc|xyz)[0-9]{4}", "abc@0..0 xyz@0..0"),
            ("(?:abc|x)[0-9]{4}", ""),
            ("(?:abc[0-9]|q[0-9]{3}token)", "abc@0..0 token@4..4"),
            ("(?:acme)?[a-z]{20}", ""),
            ("(?:acme){2}", "acmeacme@0..0"),
            ("(?:acme-[0-9]){1,5}", "acme-@0..0"),
            ("sk[0-3]{30}", "sk0@0..0 sk1@0..0 sk2@0..0 sk3@0..0"),
            ("sk([a-c]+[0-9])?", ""),
            ("(?:sk|pk)([A-Ca-c]+[0-9]+)", "pka@0..0 pkb@0..0 pkc@0..0 ska@0..0 skb@0..0 skc@0..0"),
            (r"(?:hvs\.[a-z]{9}|s\.[01]{5,9})", "hvs.@0..0 s.0@0..0 s.1@0..0"),
            (r"[a-z]{3}[0-2]Q~[a-z]{9}", "0q~@3..3 1q~@3..3 2q~@3..3"),
            (r"sk[^a]{9}", ""),
            (r"s[a-c]{9}", ""),
            (r"[^a]{9}q~", ""),
            (r"[01]{4,9}q~[^a]", "0q~@3..8 1q~@3..8"),
            ("[a-z]{1,99}secret[a-z]{9}tokens", "secret@1..99"),
            (r"(?i)[\w.-]{0,50}?(?:acme|emca)['=]{1,3}([a-z]{9})", "acme@0..50 emca@0..50"),
            ("[kK][eE][yY]s?=", "key=@0..0 keys=@0..0"),
        ] {
            assert_eq!(found(source), expected, "{source}");
        }
    }
}
