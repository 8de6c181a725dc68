//! Every encoding in every other. Which pairs are found is told here and in docs/detection.md.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use skanner::testing::rule::Confidence;

use super::{harness::Bench, support::key};

/// How bytes are written, all of them or those that are neither a letter nor a digit.
struct Layer {
    name: &'static str,
    write: fn(&[u8]) -> Vec<u8>,
}

fn each(bytes: &[u8], is_written: fn(u8) -> bool, write: fn(u8) -> String) -> Vec<u8> {
    let unit = |byte: &u8| if is_written(*byte) { write(*byte).into_bytes() } else { vec![*byte] };
    bytes.iter().flat_map(unit).collect()
}

fn list(bytes: &[u8], separator: &str, write: fn(u8) -> String) -> Vec<u8> {
    bytes.iter().map(|byte| write(*byte)).collect::<Vec<_>>().join(separator).into_bytes()
}

fn all(_: u8) -> bool {
    true
}

fn some(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric()
}

#[rustfmt::skip]
const LAYERS: &[Layer] = &[
    Layer { name: "base64", write: |bytes| STANDARD.encode(bytes).into_bytes() },
    Layer { name: "base64url", write: |bytes| URL_SAFE_NO_PAD.encode(bytes).into_bytes() },
    Layer { name: "hex", write: |bytes| each(bytes, all, |byte| format!("{byte:02x}")) },
    Layer { name: "HEX", write: |bytes| each(bytes, all, |byte| format!("{byte:02X}")) },
    Layer { name: WIDE, write: |bytes| bytes.iter().flat_map(|byte| [*byte, 0]).collect() },
    Layer { name: "%2D", write: |bytes| each(bytes, some, |byte| format!("%{byte:02X}")) },
    Layer { name: "%73%6B%2D", write: |bytes| each(bytes, all, |byte| format!("%{byte:02X}")) },
    Layer { name: "\\u002d", write: |bytes| each(bytes, some, |byte| format!("\\u{byte:04x}")) },
    Layer { name: "\\u0073\\u006b\\u002d", write: |bytes| each(bytes, all, |byte| format!("\\u{byte:04x}")) },
    Layer { name: "\\x2d", write: |bytes| each(bytes, some, |byte| format!("\\x{byte:02x}")) },
    Layer { name: "\\x73\\x6b\\x2d", write: |bytes| each(bytes, all, |byte| format!("\\x{byte:02x}")) },
    Layer { name: "\\055", write: |bytes| each(bytes, some, |byte| format!("\\{byte:03o}")) },
    Layer { name: "\\163\\153\\055", write: |bytes| each(bytes, all, |byte| format!("\\{byte:03o}")) },
    Layer { name: "&#45;", write: |bytes| each(bytes, some, |byte| format!("&#{byte};")) },
    Layer { name: "&#x73;&#x6b;&#x2d;", write: |bytes| each(bytes, all, |byte| format!("&#x{byte:x};")) },
    Layer { name: "=2D", write: |bytes| each(bytes, some, |byte| format!("={byte:02X}")) },
    Layer { name: "[115, 107, 45]", write: |bytes| list(bytes, ", ", |byte| byte.to_string()) },
    Layer { name: "0x73, 0x6b, 0x2d", write: |bytes| list(bytes, ", ", |byte| format!("0x{byte:02x}")) },
];

/// Keys with something of their own in the middle, and without.
const SHAPES: &[&str] =
    &["sk-proj-{B:74}T3BlbkFJ{B:72}{Z4}A", "sk-ant-api{d:2}-{B:95}", "sk-or-v1-{h:64}", "sk_live_{A:24}"];

const WIDE: &str = "UTF-16";

const EVERY_BYTE: &[&str] =
    &["%73%6B%2D", "\\u0073\\u006b\\u002d", "\\x73\\x6b\\x2d", "\\163\\153\\055", "&#x73;&#x6b;&#x2d;"];

const SOME_BYTES: &[&str] = &["%2D", "\\u002d", "\\x2d", "\\055", "&#45;", "=2D"];

const LISTS: &[&str] = &["[115, 107, 45]", "0x73, 0x6b, 0x2d"];

const RUNS: &[&str] = &["base64", "base64url", "hex", "HEX"];

/// Whether a key in the inner encoding is missed in the outer one.
fn is_missed(inner: &str, outer: &str) -> bool {
    let is_escape = EVERY_BYTE.contains(&outer) || SOME_BYTES.contains(&outer);
    let is_percent = |name: &str| name.starts_with('%');
    match inner {
        _ if outer.eq_ignore_ascii_case("hex") => true,
        inner if RUNS.contains(&inner) => EVERY_BYTE.contains(&outer) || LISTS.contains(&outer),
        WIDE => is_escape || outer == WIDE,
        inner if LISTS.contains(&inner) => outer != WIDE,
        // Only the percent sign is encoded once more.
        inner if is_percent(inner) && outer == "%2D" => false,
        _ => is_escape || LISTS.contains(&outer),
    }
}

#[test]
fn every_pair_of_encodings_is_found_or_listed() {
    const KEYS: u64 = 8;
    let mut bench = Bench::new();
    let (mut wrong, mut found_pairs) = (Vec::new(), 0);
    for inner in LAYERS {
        for outer in LAYERS {
            let is_found = |seed: &u64| {
                let key = key(SHAPES[*seed as usize % SHAPES.len()], 500 + seed);
                let inner = (inner.write)(key.as_bytes());
                let line = |value: &[u8]| [b"k = \"", value, b"\"\nnext = 1\n"].concat();
                // A whole file is UTF-16.
                let text = if outer.name == WIDE {
                    (outer.write)(&line(&inner))
                } else {
                    line(&(outer.write)(&inner))
                };
                bench.scan(Confidence::Likely, &text).iter().any(|one| one.secret.reveal() == key)
            };
            let found = (0..KEYS).filter(is_found).count();
            found_pairs += usize::from(found == KEYS as usize);
            if (found < KEYS as usize) != is_missed(inner.name, outer.name) {
                wrong.push(format!("{} in {}: {found} of {KEYS} keys are found", inner.name, outer.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("nested: {found_pairs} of {} pairs of encodings", LAYERS.len() * LAYERS.len());
}
