//! Archives that are cut short, damaged or locked: no panic, no hang, no wrong "clean".
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![allow(clippy::print_stdout, reason = "a matrix says how large it is")]

#[path = "support/pack.rs"]
mod pack;
mod support;

use std::{fs, io, path::Path};

use ::zip::CompressionMethod;
use pack::{ALL, Format, filler, tar, zip};
use proptest::prelude::*;
use skanner::testing::{
    blob::{Blob, Content, Origin, SourceKind},
    expand::{Expander, Output},
};
use support::{Report, Sandbox, key, openai_key};

/// The files with something that was not read.
fn named(report: &Report) -> Vec<String> {
    let inputs = report.json["not_scanned"].as_array().unwrap();
    inputs.iter().map(|one| one["what"].as_str().unwrap().split('!').next().unwrap().to_owned()).collect()
}

#[test]
fn what_was_cut_short_is_never_clean() {
    let sandbox = Sandbox::new();
    let mut files = 0;
    // In a file that is read whole, and in one that is a stream.
    for (size, step) in [(3000, 37), (700_000, 24_989)] {
        let text = filler(size, 1);
        for format in ALL {
            let bytes = match format {
                Format::Tar => tar(&[("a", &text[..size / 2]), ("b", &text[size / 2..])]),
                Format::Zip => {
                    zip(CompressionMethod::Deflated, &[("a", &text[..size / 2]), ("b", &text[size / 2..])])
                }
                _ => format.pack(&text).0,
            };
            // Without its first block a tar is nothing, and without its end it is read whole.
            let (first, last) = match format {
                Format::Tar => (512, bytes.len() - 1024),
                _ => (16, bytes.len() - 1),
            };
            for cut in (first..last).step_by(step).chain([last]) {
                sandbox.write(format!("{size}-{format:?}-{cut:07}"), &bytes[..cut]);
                files += 1;
            }
        }
    }
    println!("{files} cuts");
    let report = sandbox.scan(&[]);
    let mut named = named(&report);
    named.dedup();
    assert_eq!((report.code, named.len()), (2, files));
    for why in report.not_scanned() {
        assert!(why.contains("truncated"), "{why}");
    }
}

#[test]
fn what_came_before_the_cut_is_scanned() {
    let sandbox = Sandbox::new();
    let text = [openai_key(1).as_bytes(), b"\n", &filler(600_000, 1)].concat();
    for format in ALL {
        let (bytes, _) = format.pack(&text);
        sandbox.write(format!("{format:?}"), &bytes[..bytes.len() * 2 / 3]);
        let twice = format.pack(&bytes).0;
        sandbox.write(format!("{format:?}-twice"), &twice[..twice.len() * 2 / 3]);
    }
    let report = sandbox.scan(&[]);
    // bzip2 unpacks whole blocks of 900 kB only, but has two of them.
    let mut expected: Vec<String> =
        ALL.iter().flat_map(|format| [format!("{format:?}"), format!("{format:?}-twice")]).collect();
    expected.retain(|name| !name.starts_with("Bzip2"));
    let mut found = report.paths();
    found.retain(|name| !name.starts_with("Bzip2"));
    expected.sort();
    assert_eq!(found, expected);
    // One cut is one report.
    assert_eq!(
        named(&report).len(),
        2 * ALL.len() + zips_reported_twice(&report),
        "{:#?}",
        report.not_scanned()
    );
    assert_eq!(report.files(), 0);
}

/// A zip that was cut misses its directory and the end of its last entry.
fn zips_reported_twice(report: &Report) -> usize {
    report
        .not_scanned()
        .iter()
        .filter(|why| why.contains("!dir/entry: ends in the middle of its data"))
        .count()
}

#[test]
fn what_cannot_be_opened_at_all_is_scanned_as_it_is() {
    let sandbox = Sandbox::new();
    let key = openai_key(1);
    for (name, start) in [
        ("gzip", &b"\x1f\x8b\x08\xff"[..]),
        ("zip", b"PK\x03\x04"),
        ("zstd", b"\x28\xb5\x2f\xfd"),
        ("xz", b"\xfd7zXZ\0"),
        ("bzip2", b"BZh91AY&SY"),
    ] {
        sandbox.write(name, [start, &b" "[..], key.as_bytes()].concat());
        sandbox.write(format!("{name}-large"), [start, &filler(400_000, 1), b" ", key.as_bytes()].concat());
        sandbox
            .write(format!("{name}-in.tar"), tar(&[("inner", &[start, &b" "[..], key.as_bytes()].concat())]));
    }
    let report = sandbox.scan(&[]);
    assert_eq!((report.code, report.places().len()), (2, 15), "{:#?}", report.places());
    assert!(named(&report).len() >= 15);
}

#[test]
fn marks_without_entries_and_thousands_of_broken_entries_are_no_work() {
    let key = openai_key(1);
    // The mark alone, over and over, is text.
    let marks = [&b"PK\x03\x04".repeat(100_000)[..], b" ", key.as_bytes()].concat();
    let everything = expand(&marks, false);
    assert!(everything.text.windows(key.len()).any(|window| window == key.as_bytes()));
    assert_eq!(everything.reports.len(), 1, "{:?}", everything.reports);
    // Encrypted entries of four bytes.
    let mut entry = b"PK\x03\x04\x14\0\x01\0\0\0\0\0\0\0\0\0\0\0\x04\0\0\0\x04\0\0\0\x01\0\0\0a".to_vec();
    entry.extend(b"abcd");
    let everything = expand(&entry.repeat(100_000), false);
    let last = everything.reports.last().unwrap();
    assert!(
        everything.reports.len() < 110 && last.contains("more parts of it could not be scanned"),
        "{last}"
    );
    let count: u64 = last.split(' ').next().unwrap().parse().unwrap();
    assert!(count < 1_000, "{last}");
}

/// Takes everything, and says whether something was not read.
#[derive(Default)]
struct Everything {
    text: Vec<u8>,
    reports: Vec<String>,
}

impl Output for Everything {
    fn blob(&mut self, _: &Origin<'_>, content: Content<'_>) -> io::Result<()> {
        match content {
            Content::Bytes(bytes) => self.text.extend(bytes),
            Content::Stream(reader) => {
                reader.read_to_end(&mut self.text)?;
            }
        }
        Ok(())
    }

    fn not_scanned(&mut self, _: &Origin<'_>, why: String) {
        self.reports.push(why);
    }
}

fn expand(bytes: &[u8], as_stream: bool) -> Everything {
    let mut everything = Everything::default();
    let origin = Origin::new(SourceKind::File, b"x");
    let mut reader = bytes;
    let content = if as_stream { Content::Stream(&mut reader) } else { Content::Bytes(bytes) };
    Expander::default().expand(Blob::new(origin, content), &mut everything).unwrap();
    everything
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn damage_is_seen(format in prop::sample::select(ALL), outer in prop::sample::select(ALL), seed: u64, flips in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..4), as_stream: bool, nested: bool) {
        let text = filler(3000, seed);
        let mut bytes = format.pack(&text).0;
        // The first bytes say what it is: without them it is something else.
        for (at, mask) in flips {
            let at = 10 + at.index(bytes.len() - 10);
            bytes[at] ^= mask;
        }
        if nested {
            bytes = outer.pack(&bytes).0;
        }
        let everything = expand(&bytes, as_stream);
        let is_intact = everything.text.windows(text.len()).any(|window| window == text);
        // A tar has no checksum of its content.
        prop_assert!(is_intact || !everything.reports.is_empty() || format == Format::Tar);
    }

    #[test]
    fn anything_may_follow_the_magic(start in prop::sample::select(vec![&b"\x1f\x8b\x08"[..], b"PK\x03\x04", b"PK\x05\x06", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4F", b"BZh91AY&SY", b"#!PK\x03\x04"]), rest in prop::collection::vec(any::<u8>(), 0..2000), as_stream: bool) {
        let bytes = [start, &rest].concat();
        let everything = expand(&bytes, as_stream);
        let is_raw = everything.text.windows(bytes.len()).any(|window| window == bytes);
        // Six bytes can be a whole frame, so chance makes intact ones, too, with something behind them.
        let mut unpacked = Vec::new();
        let frame = zstd::stream::read::Decoder::new(&bytes[..]).map(zstd::stream::read::Decoder::single_frame);
        let is_intact = frame.is_ok_and(|mut frame| std::io::Read::read_to_end(&mut frame, &mut unpacked).is_ok());
        prop_assert!(is_raw || !everything.reports.is_empty() || (is_intact && everything.text.starts_with(&unpacked)));
    }
}

fn all_files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        files.push(entry.path().display().to_string());
        if entry.file_type().unwrap().is_dir() {
            files.extend(all_files(&entry.path()));
        }
    }
    files.sort();
    files
}

#[test]
fn names_lead_nowhere() {
    let sandbox = Sandbox::new();
    let key = openai_key(1);
    let names = ["../../up.txt", "/tmp/skanner-absolute.txt", "a/../../b", "C:\\windows", "", "."];
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, key.as_bytes())).collect();
    sandbox.write("a/b/c.tar", tar(&entries));
    sandbox.write("a/b/c.zip", zip(CompressionMethod::Deflated, &entries[..5]));
    let before = all_files(&sandbox.path(".."));
    let report = sandbox.scan(&[]);
    assert_eq!((report.code, report.places().len()), (1, 11));
    assert!(report.json.to_string().contains("\"archive\":\"../../up.txt\""));
    assert_eq!(all_files(&sandbox.path("..")), before);
    assert!(!Path::new("/tmp/skanner-absolute.txt").exists());
}

#[test]
fn locked_and_unknown_entries_are_named_and_the_others_read() {
    let sandbox = Sandbox::new();
    let key = openai_key(1);
    let bytes = zip(CompressionMethod::Deflated, &[("first", key.as_bytes()), ("second", key.as_bytes())]);
    let central = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    for (name, at, value) in [("locked.zip", 8, 1), ("method.zip", 10, 98)] {
        let mut bytes = bytes.clone();
        bytes[central + at] = value;
        sandbox.write(name, bytes);
    }
    let report = sandbox.scan(&[]);
    report.assert_not_scanned(&[
        "locked.zip!first: is encrypted",
        "method.zip!first: is compressed with an unsupported method (number 98)",
    ]);
    assert_eq!(report.paths(), ["locked.zip", "method.zip"]);
}

#[test]
fn too_many_levels_are_named_and_read_as_they_are() {
    let sandbox = Sandbox::new();
    for format in ALL {
        let mut bytes = openai_key(1).into_bytes();
        for depth in 1..=9 {
            bytes = format.pack(&bytes).0;
            if depth >= 8 {
                sandbox.write(format!("{depth}-{format:?}"), &bytes);
            }
        }
    }
    let report = sandbox.scan(&[]);
    let names: Vec<String> = ALL.iter().map(|format| format!("9-{format:?}")).collect();
    let mut named = named(&report);
    named.sort();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!((report.code, named), (2, sorted));
    assert!(
        report
            .not_scanned()
            .iter()
            .all(|why| why.contains("at a depth of more than 8 archives, the limit: unpack"))
    );
    // Whatever shows the key as it is, is found on the ninth level, too.
    let found = report.paths();
    assert!(ALL.iter().all(|format| found.contains(&format!("8-{format:?}"))), "{found:?}");
    assert!(found.contains(&"9-Tar".to_owned()) && found.contains(&"9-StoredZip".to_owned()), "{found:?}");
}

/// A name is shown only in part where it is very long; a key that is cut by that is not shown.
#[test]
fn no_part_of_a_key_is_shown_in_a_long_name() {
    let sandbox = Sandbox::new();
    let secret = key("sk-or-v1-{h:64}", 1);
    for (at, start) in (940..1030).step_by(10).enumerate() {
        let name = format!("{}/{secret}.txt", "a".repeat(start));
        sandbox.write(format!("{at}.tar"), tar(&[(&name, secret.as_bytes())]));
    }
    let run = sandbox.skanner(&["scan", "--format", "json"]);
    assert_eq!(run.report().places().len(), 18);
    assert!(!run.stdout.contains(&secret[9..20]), "{}", run.stdout);
}
