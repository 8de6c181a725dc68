//! A text that was made from a clean one is searched where the two differ, and nothing is missed by that.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{ops::Range, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use skanner::testing::{
    config::{Config, ConfigDocument, ConfigKind},
    git::pack::{Changes, apply},
    rule::{Confidence, Rule, RuleSet},
    scan::{Engine, Scratch, TextChange, looks_wide},
};
use support::key;

/// A way to write a text, with its name.
type Writing = (&'static str, fn(&str) -> Vec<u8>);

/// Ways to write a key, each with text round it that it needs.
const WRITINGS: &[Writing] = &[
    ("plain", |key| format!(" KEY=\"{key}\"\n").into_bytes()),
    ("base64", |key| format!(" {} ", STANDARD.encode(format!("KEY={key}\n"))).into_bytes()),
    ("wrapped base64", |key| {
        let encoded = STANDARD.encode(format!("{{\"some\": \"text before it\", \"key\": \"{key}\"}}"));
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        format!(" data:\n    {}\n ", lines.join("\n    ")).into_bytes()
    }),
    ("base64 twice", |key| {
        format!(" {} ", STANDARD.encode(STANDARD.encode(format!(" {key} ")))).into_bytes()
    }),
    ("hex", |key| {
        let digits: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!(" {digits} ").into_bytes()
    }),
    ("utf-16", |key| {
        let wide = format!(" {key} ").bytes().flat_map(|byte| [byte, 0]).collect::<Vec<u8>>();
        [b"\x01\x02\xff\xff".to_vec(), wide, b"\xff\xff\x01".to_vec()].concat()
    }),
    ("base64 of utf-16", |key| {
        let wide: Vec<u8> = format!(" {key} ").bytes().flat_map(|byte| [byte, 0]).collect();
        format!(" {} ", STANDARD.encode(wide)).into_bytes()
    }),
    ("escapes", |key| {
        let escaped: String = key.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
        format!(" \"{escaped}\" ").into_bytes()
    }),
    ("percent", |key| {
        format!(" ?key={}&x ", key.replace(['-', '_'], "%2D").replace("%2D", "%2d")).into_bytes()
    }),
    ("split", |key| {
        let (a, rest) = key.split_at(key.len() / 3);
        let (b, c) = rest.split_at(rest.len() / 2);
        format!(" \"{a}\" +\n        \"{b}\" +\n        \"{c}\";\n").into_bytes()
    }),
    ("indented lines", |key| {
        let (a, b) = key.split_at(key.len() / 2);
        format!(" KEY={a}\\\n{b}\n").into_bytes()
    }),
];

fn filler(length: usize) -> Vec<u8> {
    b"int a = f(b, c); /* words */\n".iter().copied().cycle().take(length).collect()
}

fn number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn copy(out: &mut Vec<u8>, range: Range<usize>) {
    for start in range.clone().step_by(0xffff) {
        let size = (range.end - start).min(0xffff);
        out.push(0x80 | 0x7f);
        out.extend_from_slice(&(start as u32).to_le_bytes());
        out.extend_from_slice(&(size as u32).to_le_bytes()[..3]);
    }
}

/// A delta that puts `new` in the place of `range` of the base.
fn delta(base: &[u8], range: Range<usize>, new: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    number(&mut out, base.len());
    number(&mut out, base.len() - range.len() + new.len());
    copy(&mut out, 0..range.start);
    for piece in new.chunks(127) {
        out.push(piece.len() as u8);
        out.extend_from_slice(piece);
    }
    copy(&mut out, range.end..base.len());
    out
}

/// Whether the text is known by its change as it is known as a whole, unless the base holds a key itself. Says whether
/// there was something to know.
#[track_caller]
fn is_known(engine: &Engine, base: &[u8], range: Range<usize>, new: &[u8], what: &str) -> bool {
    let mut scratch = Scratch::default();
    let (mut text, mut changes) = (Vec::new(), Changes::default());
    apply(base, &delta(base, range.clone(), new), &mut text, &mut changes).unwrap();
    assert_eq!(text, [&base[..range.start], new, &base[range.end..]].concat());
    let Some(anchor_kinds) = engine.prefilter(base, None, &mut scratch) else { return false };
    if looks_wide(base) || looks_wide(&text) {
        return false;
    }
    let whole = engine.prefilter(&text, None, &mut scratch).is_none();
    let change = TextChange { changed_ranges: &changes.changed_ranges, anchor_kinds };
    let by_change = engine.prefilter(&text, Some(change), &mut scratch).is_none();
    assert_eq!(by_change, whole, "{what}: {range:?} of {}", base.len());
    whole
}

/// Rules as a configuration may have them, which are unlike the built-in ones.
fn own_rules() -> Arc<RuleSet> {
    let long = format!("{}{{A:300}}", "long_prefix_".repeat(5));
    let shapes = ["acme_live_{A:32}", "AKIZ{A:24}", "pin-{d:6}", "mysk-{A:20}.{A:20}", &long];
    let rule = |(at, shape): (usize, &str)| {
        format!(
            "[[rule]]\nid = \"own-{at}\"\nissuer = \"Acme\"\ntitle = \"Key\"\nimpact = \"All.\"\nseverity = \"low\"\n\
             examples = [{shape:?}]\ncounter_examples = [\"x\"]\n[[rule.form]]\nshapes = [{shape:?}]\n\
             confidence = \"certain\"\nwhy = \"it is\"\n"
        )
    };
    let text = shapes.into_iter().enumerate().map(rule).collect();
    let document = ConfigDocument { file: "/x".into(), base: "/".into(), kind: ConfigKind::Own, text };
    let config = Config::parse(&document, "x").unwrap();
    Arc::new(RuleSet::with(config.own_rules.into_iter().map(|rule| rule.value), |_| None))
}

/// What is searched again ends anywhere before, in or behind a list that begins like a key and holds none.
#[test]
fn a_list_near_a_change_is_no_key() {
    let engine = Engine::new(Confidence::Likely);
    let words = "a list of numbers that spell no key behind sk-of, but many words ";
    let bytes: Vec<String> = words.bytes().map(|byte| byte.to_string()).collect();
    let list = format!("[{}]", bytes.join(", ")).into_bytes();
    for gap in (0..4000).step_by(29) {
        let base = [filler(1000), filler(gap), list.repeat(3), filler(1000)].concat();
        assert!(!is_known(&engine, &base, 1000..1000, b"x", "a list"), "{gap}");
        let anchor_kinds = engine.prefilter(&base, None, &mut Scratch::default());
        assert!(anchor_kinds.is_some_and(|anchor_kinds| anchor_kinds != Default::default()));
    }
}

#[test]
fn a_key_that_a_change_completes_is_found() {
    const BEFORE: usize = 9000;
    let own = own_rules();
    let built_in = |least| (Engine::new(least), RuleSet::builtin().iter().collect(), 5000);
    let engines: [(Engine, Vec<&Arc<Rule>>, usize); 3] = [
        built_in(Confidence::Likely),
        built_in(Confidence::Possible),
        (
            Engine::with_rules(Some(own.clone()), Confidence::Likely, Some(Arc::default())),
            own.own().collect(),
            100,
        ),
    ];
    for (engine, rules, least_known) in engines {
        let mut known = 0;
        let mut random = fastrand::Rng::with_seed(3);
        for (seed, rule) in rules.into_iter().enumerate() {
            for (name, write) in WRITINGS {
                let key = key(random.choice(&rule.forms).unwrap().shapes[0].source(), seed as u64);
                let written = write(&key);
                let text = [filler(BEFORE), written.clone(), filler(BEFORE)].concat();
                let what = format!("{} in {name}", rule.id);
                let ends = [0, 1, written.len() - 1, written.len()];
                let inside: Vec<usize> = (0..6).map(|_| random.usize(..=written.len())).collect();
                for at in ends.into_iter().chain(inside).map(|at| BEFORE + at) {
                    // Something was inserted, taken out, or changed.
                    let length = random.usize(1..40).min(text.len() - at);
                    let without = [&text[..at], &text[at + length..]].concat();
                    known += usize::from(is_known(&engine, &without, at..at, &text[at..at + length], &what));
                    let with = [&text[..at], b"%;\0 x", &text[at..]].concat();
                    known += usize::from(is_known(&engine, &with, at..at + 5, b"", &what));
                    let mut other = text.clone();
                    other[at..at + length].fill(b'#');
                    known += usize::from(is_known(
                        &engine,
                        &other,
                        at..at + length,
                        &text[at..at + length],
                        &what,
                    ));
                }
            }
        }
        assert!(known > least_known, "only {known} keys: does the test still complete them?");
    }
}

proptest! {
    /// Every byte that is not novel stands beside the same neighbors as in the base.
    #[test]
    fn what_is_not_novel_stands_like_that_in_the_base(
        base in prop::collection::vec(any::<u8>(), 0..300),
        edits in prop::collection::vec((any::<u16>(), any::<u16>(), prop::collection::vec(any::<u8>(), 0..9)), 0..8),
    ) {
        let mut delta = Vec::new();
        let (mut body, mut expected) = (Vec::new(), Vec::new());
        for (from, length, new) in &edits {
            let from = usize::from(*from) % (base.len() + 1);
            let to = (from + usize::from(*length) % 80).min(base.len());
            if to > from {
                copy(&mut body, from..to);
                expected.extend_from_slice(&base[from..to]);
            }
            if !new.is_empty() {
                body.push(new.len() as u8);
                body.extend_from_slice(new);
                expected.extend_from_slice(new);
            }
        }
        number(&mut delta, base.len());
        number(&mut delta, expected.len());
        delta.extend(body);
        let (mut made, mut changes) = (Vec::new(), Changes::default());
        apply(&base, &delta, &mut made, &mut changes).unwrap();
        prop_assert_eq!(&made, &expected);
        let Changes { changed_ranges, copied } = changes;
        for part in &copied {
            prop_assert_eq!(&made[part.to..][..part.length], &base[part.from..][..part.length]);
        }
        prop_assert!(copied.windows(2).all(|pair| pair[0].to + pair[0].length <= pair[1].to));
        prop_assert!(changed_ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
        prop_assert!(changed_ranges.iter().all(|range| range.start <= range.end && range.end <= made.len()));
        // Between two novel places, the text is a stretch of the base, and reaches its ends where it reaches its own.
        let mut from = 0;
        let mut starts_novel = changed_ranges.first().is_some_and(|first| first.start == 0);
        for range in changed_ranges.iter().cloned().chain(std::iter::once(made.len()..made.len())) {
            let stretch = &made[from.min(range.start)..range.start];
            if !stretch.is_empty() {
                prop_assert!(base.windows(stretch.len()).any(|window| window == stretch));
                prop_assert!(from > 0 || starts_novel || base.starts_with(stretch));
            }
            from = range.end;
            starts_novel = true;
        }
    }
}
