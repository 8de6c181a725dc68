//! What dense texts cost, compared with prose of the same size: anchors, comments, escapes, encodings and the first bytes
//! of archives over and over, alone and in pairs. Prints the worst: `cargo bench --bench density -- [KB]`.
// skanner:allow-file unused-suppression: these are texts of tests
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark is no library")]

use std::{collections::BTreeSet, time::Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use skanner::{Confidence, Scanner, testing::rule::RuleSet};

/// How many rows to print.
const SHOWN: usize = 40;

fn main() {
    let kilobytes: usize = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1024);
    let size = kilobytes << 10;
    let mut rows = Vec::new();
    for least in [Confidence::Likely, Confidence::Possible] {
        let scanner = Scanner::builder().threads(1).min_confidence(least).build().unwrap();
        let prose = filled(b"the quick brown fox jumps over the lazy dog\n", size);
        let base = (0..9).map(|_| time(&scanner, &prose).0).fold(f64::MAX, f64::min);
        for unit in units() {
            let (time, findings) = time(&scanner, &filled(&unit, size));
            rows.push((time / base, findings, least, unit));
        }
        println!("{least:?}: prose takes {:.2} ms for {kilobytes} KB", base * 1e3);
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (ratio, findings, least, unit) in rows.iter().filter(|row| row.1 < 1000).take(SHOWN) {
        let shown = unit.escape_ascii().to_string();
        let shown: String = shown.chars().take(90).collect();
        println!("{ratio:8.1} x  {findings:4} findings  {least:?}  {} bytes: {shown}", unit.len());
    }
}

fn time(scanner: &Scanner, text: &[u8]) -> (f64, usize) {
    let start = Instant::now();
    let report = scanner.scan_bytes(text, "x").unwrap();
    (start.elapsed().as_secs_f64(), report.findings.len())
}

fn filled(unit: &[u8], size: usize) -> Vec<u8> {
    unit.iter().copied().cycle().take(size).collect()
}

/// What is repeated.
fn units() -> Vec<Vec<u8>> {
    let mut heads = BTreeSet::new();
    for form in RuleSet::builtin().iter().flat_map(|rule| &rule.forms) {
        heads.extend(form.shapes.iter().map(|shape| String::from_utf8_lossy(shape.prefix()).into_owned()));
    }
    let heads: Vec<String> = heads
        .into_iter()
        .chain(["sk-T3BlbkFJ", "sk-proj-T3BlbkFJ", "sk_live_51"].map(str::to_owned))
        .collect();
    let mut units: Vec<Vec<u8>> = Vec::new();
    for head in &heads {
        for tail in [
            "",
            " ",
            "\n",
            "\"",
            "=",
            "-",
            "a",
            "ab1",
            "aaaaaaaaaaaaaaaaaaaaaaaa ",
            "Zk3x9QmB7vTc2LpW8nRyUd4HjGs ",
        ] {
            units.push(format!("{head}{tail}").into_bytes());
        }
        for count in [4, 12, 30] {
            units.push(format!("{} ", head.repeat(count)).into_bytes());
        }
        let separator = head.find(['-', '_', '.']).unwrap_or(0);
        let (before, after) = (&head[..separator], &head[(separator + 1).min(head.len())..]);
        for escape in [
            "%2D", "%2d", "\\u002d", "\\x2d", "&#45;", "&#x2d;", "=2D", "%5F", "\\u005f", "\\_", "\\055",
            "\" + \"-",
        ] {
            units.push(format!("{before}{escape}{after}").into_bytes());
            units.push(format!("{before}{escape}{after} ").into_bytes());
        }
        units.push(STANDARD.encode(format!("{head}x")).replace('=', "").into_bytes());
        units.push(STANDARD.encode(head.repeat(3)).into_bytes());
        units.push(STANDARD.encode(STANDARD.encode(head.repeat(3))).into_bytes());
        units.push(head.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes());
        units.push(head.bytes().flat_map(|byte| [byte, 0]).collect());
    }
    for (at, first) in heads.iter().enumerate() {
        for second in heads.iter().skip(at % 23).step_by(23) {
            units.push(format!("{first}{second}").into_bytes());
        }
    }
    let words = [
        "skanner:allow",
        "skanner:allow ",
        "skanner:allow\n",
        "skanner:allow-next-line\n",
        "# skanner:allow-file x\n",
        "skanner:allow a-b,a-b,a-b until until until )))))\n",
        "skanner:allowskanner:allow ",
    ];
    units.extend(words.map(|word| word.as_bytes().to_vec()));
    let magics: [&[u8]; 14] = [
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"PK\x01\x02",
        b"\x1f\x8b\x08",
        b"BZh91AY&SY",
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4F",
        b"#!PK\x03\x04",
        b"\xff\xfes\0k\0-\0",
        b"\0",
        b"%",
        b"\\",
        b"&#",
        b"=\n",
    ];
    units.extend(magics.map(<[u8]>::to_vec));
    let local = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0a";
    for (at, value) in
        [(8, 0), (8, 8), (8, 12), (8, 14), (8, 93), (8, 95), (6, 8), (6, 1), (18, 1), (18, 255), (27, 255)]
    {
        let mut header = local.to_vec();
        header[18] = 4;
        header[at] = value;
        units.push(header);
    }
    units
}
