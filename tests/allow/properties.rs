//! What must hold however a text is written.
// skanner:allow-file unused-suppression: these are texts of tests

use std::fmt::Write;

use proptest::prelude::*;

use crate::{
    harness::{OPENAI, OTHER, other_key, scan},
    support::openai_key,
};

#[test]
fn a_second_key_on_the_line_is_still_found() {
    let [a, b, other] = [openai_key(1), openai_key(2), other_key(3)];
    let cases: &[(String, usize, usize)] = &[
        (format!("x = \"{a}\"; y = \"{b}\"  # skanner:allow"), 1, 1),
        (format!("x = \"{a}\"; y = \"{other}\"  # skanner:allow"), 1, 1),
        (format!("x = \"{a}\"; y = \"{b}\"  # skanner:allow {OPENAI}"), 1, 1),
        (format!("x = \"{a}\"; y = \"{other}\"  # skanner:allow {OPENAI}"), 1, 1),
        (format!("x = \"{a}\"; y = \"{other}\"  # skanner:allow {OPENAI},{OTHER}"), 0, 2),
        (format!("x = \"{a}\"; y = \"{b}\"  # skanner:allow {OPENAI},{OPENAI}"), 0, 2),
        (format!("x = \"{a}\"; y = \"{b}\"  # skanner:allow skanner:allow"), 0, 2),
        (format!("x = \"{a}\" /* skanner:allow */; y = \"{b}\""), 1, 1),
        (format!("/* skanner:allow */ x = \"{a}\"; y = \"{b}\""), 1, 1),
        (format!("# skanner:allow-next-line\nx = \"{a}\"; y = \"{b}\""), 1, 1),
        (format!("# skanner:allow-next-line {OTHER}\nx = \"{a}\"; y = \"{other}\""), 1, 1),
        (format!("# skanner:allow-next-line\n# skanner:allow-next-line\nx = \"{a}\"; y = \"{b}\""), 0, 2),
        (format!("# skanner:allow-next-line\nx = \"{a}\"; y = \"{b}\"  # skanner:allow"), 0, 2),
        // The same key twice is one key.
        (format!("x = \"{a}\"; y = \"{a}\"  # skanner:allow"), 0, 1),
        (format!("# skanner:allow-file {OPENAI}\n{a} {b} {other}\n{a}"), 1, 2),
    ];
    for (text, findings, suppressed) in cases {
        let report = scan(text);
        assert_eq!(report.counts(), (*findings, *suppressed), "{}", masked(text));
        assert_eq!(report.unused(), Vec::<String>::new(), "{}", masked(text));
    }
}

fn masked(text: &str) -> String {
    text.replace(&openai_key(1), "A").replace(&openai_key(2), "B").replace(&other_key(3), "O")
}

#[test]
fn the_nearest_key_is_meant() {
    let [a, b] = [openai_key(1), openai_key(2)];
    let column = |text: String| {
        let report = scan(text);
        assert_eq!(report.counts(), (1, 1));
        report.json["suppressed"][0]["occurrences"][0]["column"].as_u64().unwrap()
    };
    let second = a.len() as u64 + 2;
    assert_eq!(column(format!("{a} {b} # skanner:allow")), second);
    assert_eq!(column(format!("{a} /* skanner:allow */ {b}")), 1);
    assert_eq!(column(format!("/* skanner:allow */ {a} {b}")), 21);
    assert_eq!(column(format!("# skanner:allow-next-line\n{a} {b}")), 1);
}

#[test]
fn a_fingerprint_means_one_key_wherever_it_is_on_the_line() {
    let [a, b] = [openai_key(1), openai_key(2)];
    let fingerprint = scan(&a).json["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    let report = scan(format!("{a} {b} # skanner:allow {fingerprint} the first"));
    assert_eq!(report.counts(), (1, 1));
    assert_eq!(report.json["suppressed"][0]["fingerprint"], fingerprint.as_str());
    // Another key in its place is found, be it different by one character.
    for at in [10, 80, 100, 150] {
        let mut changed = a.clone().into_bytes();
        changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
        let changed = String::from_utf8(changed).unwrap();
        let report = scan(format!("{changed} # skanner:allow {fingerprint}\n"));
        assert_eq!(report.counts(), (1, 0), "{at}");
    }
}

#[test]
fn a_key_of_several_lines_is_allowed_on_its_first_or_its_last() {
    let key = openai_key(1);
    let (first, rest) = key.split_at(60);
    let (second, third) = rest.split_at(50);
    for (comments, counts) in [
        (["// skanner:allow", "", ""], (0, 1)),
        (["", "", "// skanner:allow"], (0, 1)),
        (["", "", ""], (1, 0)),
    ] {
        let [one, two, three] = comments;
        let text = format!("key = \"{first}\" + {one}\n  \"{second}\" + {two}\n  \"{third}\"; {three}\n");
        assert_eq!(scan(&text).counts(), counts, "{comments:?}");
    }
    let text = format!("// skanner:allow-next-line\nkey = \"{first}\" +\n  \"{second}\" +\n  \"{third}\";\n");
    assert_eq!(scan(text).counts(), (0, 1));
}

#[test]
fn how_a_key_is_written_changes_nothing() {
    use base64::Engine as _;
    let key = openai_key(1);
    let base64 = base64::engine::general_purpose::STANDARD.encode(&key);
    let hex: String = key.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let percent = key.replace('-', "%2D");
    for written in [&key, &base64, &hex, &percent] {
        let report = scan(format!("x = \"{written}\"  # skanner:allow {OPENAI}\n"));
        assert_eq!((report.counts(), report.unused()), ((0, 1), vec![]), "{}", &written[..12]);
    }
    let wide = |text: &str, mark: bool| -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    for mark in [false, true] {
        let text = format!("line\nx = \"{key}\"  # skanner:allow {OPENAI}\n");
        let report = scan(wide(&text, mark));
        assert_eq!((report.counts(), report.unused()), ((0, 1), vec![]), "{mark}");
    }
}

/// Text without keys, comments and quotes.
fn filler() -> impl Strategy<Value = String> {
    "[a-z0-9 (){}=;.,é汉🦀]{0,40}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn moving_and_indenting_change_nothing(
        above in prop::collection::vec(filler(), 0..6),
        indent in "[ \t]{0,9}",
        space in "[ \t]{1,5}",
        seed in 0..1000_u64,
        ending in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let key = openai_key(seed);
        let above: String = above.iter().map(|line| format!("{line}{ending}")).collect();
        let same = format!("{above}{indent}x = \"{key}\"{space}# skanner:allow{ending}");
        let next = format!("{above}{indent}# skanner:allow-next-line{ending}{space}x = \"{key}\"{ending}");
        for text in [same, next] {
            let report = scan(&text);
            prop_assert_eq!(report.counts(), (0, 1));
            prop_assert_eq!(report.unused(), Vec::<String>::new());
        }
    }

    /// However many keys and comments stand on a line, no comment allows more than one key, and none is wasted.
    #[test]
    fn as_many_keys_are_allowed_as_there_are_comments(
        parts in prop::collection::vec((any::<bool>(), filler()), 1..7),
        next in 0..3_usize,
    ) {
        let mut line = String::new();
        let (mut keys, mut comments) = (0, 0);
        for (is_key, filler) in &parts {
            if *is_key {
                keys += 1;
                let _ = write!(line, " {filler} \"{}\" ", openai_key(keys as u64));
            } else {
                comments += 1;
                let _ = write!(line, " {filler} /* skanner:allow */ ");
            }
        }
        let text = format!("{}{line}\n", "# skanner:allow-next-line\n".repeat(next));
        let allowed = keys.min(comments + next);
        let report = scan(&text);
        prop_assert_eq!(report.counts(), (keys - allowed, allowed));
        // Those that say the same on one line are said to be useless once.
        prop_assert_eq!(report.unused().is_empty(), comments + next == allowed);
    }
}
