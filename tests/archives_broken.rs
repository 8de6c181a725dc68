//! Archives that are cut short, damaged, locked or made to hurt: no panic, no hang, little memory, no wrong "clean".
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![allow(clippy::print_stdout, reason = "a matrix says how large it is")]

#[path = "support/pack.rs"]
mod pack;
mod support;

use std::{
    fs::{self, File},
    io::{self, Cursor, Read, Write},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use ::zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
use pack::{ALL, Format, filler, gzip, tar, xz, zip};
use proptest::prelude::*;
use skanner::{
    blob::{Blob, Content, Origin, SourceKind},
    expand::{Expander, Output},
};
use support::{Report, Run, Sandbox, key, openai_key};

/// The most memory a scan may take, in kB.
const MEMORY: u64 = 60 << 10;

/// A scan, and the most memory it took in kB: what is read last while it runs is the most so far.
fn scan_and_measure(sandbox: &Sandbox) -> (Report, u64) {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.args(["scan", "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let (done, is_done) = std::sync::mpsc::channel();
    let watcher = std::thread::spawn(move || {
        let mut most = 0;
        while is_done.recv_timeout(Duration::from_millis(1)).is_err() {
            let status = fs::read_to_string(&status).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            most = line.map_or(most, |line| line.trim().trim_end_matches(" kB").parse().unwrap());
        }
        most
    });
    let run = Run::from(child.wait_with_output().unwrap());
    done.send(()).unwrap();
    let most = watcher.join().unwrap();
    assert!(most > 1000, "{most} kB: was it measured at all?");
    (run.report(), most)
}

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
        assert!(why.contains("cut short"), "{why}");
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
    let origin = Origin { source: SourceKind::File, path: b"x", archive: None };
    let mut reader = bytes;
    let content = if as_stream { Content::Stream(&mut reader) } else { Content::Bytes(bytes) };
    Expander::default().expand(Blob { origin, content, at: None }, &mut everything).unwrap();
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
        prop_assert!(is_raw || !everything.reports.is_empty());
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
        "method.zip!first: is compressed by a method that is not known here (number 98)",
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

/// So many zero bytes, packed.
fn zeros(length: u64) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    io::copy(&mut io::repeat(0).take(length), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_gigabyte_of_zeros() {
    let sandbox = Sandbox::new();
    let bomb = zeros(1_000_000_000);
    sandbox.write(
        "in.zip",
        zip(CompressionMethod::Stored, &[("bomb.gz", &bomb), ("key", openai_key(1).as_bytes())]),
    );
    sandbox.write("in.gz", gzip(&bomb));
    sandbox.write("zeros.gz", bomb);
    let start = Instant::now();
    let (report, memory) = scan_and_measure(&sandbox);
    let words = "expands to more than 200 times its size, as an archive made to do harm does: unpack it and scan what";
    report.assert_not_scanned(&[
        &format!("in.gz!in: {words}"),
        &format!("in.zip!bomb.gz: {words}"),
        &format!("zeros.gz: {words}"),
    ]);
    assert!(report.not_scanned()[0].ends_with("nothing after this point was scanned"));
    assert!(memory < MEMORY, "{memory} kB");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn more_than_two_gigabytes_of_anything() {
    let sandbox = Sandbox::new();
    // Shrinks to a hundredth, as a log may.
    let member = gzip(&[filler(15_000, 1), vec![0; 1 << 20]].concat());
    sandbox.write("log.gz", member.repeat(2100));
    let (report, memory) = scan_and_measure(&sandbox);
    report.assert_not_scanned(&[
        "log.gz: expands to more than 2 GiB, the limit for one file: unpack it and scan the folder",
    ]);
    assert!(memory < MEMORY, "{memory} kB");
}

#[test]
fn entries_that_share_their_data() {
    let sandbox = Sandbox::new();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a", SimpleFileOptions::default()).unwrap();
    io::copy(&mut io::repeat(b'a').take(1 << 20), &mut writer).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let central = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    let end = bytes.windows(4).position(|four| four == b"PK\x05\x06").unwrap();
    let count = 60_000_u16;
    let entry = &bytes[central..end];
    let mut bomb = bytes[..central].to_vec();
    bomb.extend(entry.repeat(usize::from(count)));
    let mut last = bytes[end..].to_vec();
    last[8..10].copy_from_slice(&count.to_le_bytes());
    last[10..12].copy_from_slice(&count.to_le_bytes());
    last[12..16].copy_from_slice(&(u32::try_from(entry.len()).unwrap() * u32::from(count)).to_le_bytes());
    bomb.extend(last);
    sandbox.write("bomb.zip", bomb);
    let (report, memory) = scan_and_measure(&sandbox);
    assert_eq!((report.code, report.not_scanned().len()), (2, 1));
    assert!(report.not_scanned()[0].contains("expands to more than"), "{report:?}");
    assert!(memory < MEMORY, "{memory} kB");
}

#[test]
fn zips_in_zips_in_zips() {
    let sandbox = Sandbox::new();
    let mut bytes = vec![0; 1 << 20];
    for _ in 0..10 {
        let names: Vec<String> = (0..10).map(|at| at.to_string()).collect();
        let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &bytes[..])).collect();
        bytes = zip(CompressionMethod::Deflated, &entries);
    }
    sandbox.write("bomb.zip", bytes);
    let (report, memory) = scan_and_measure(&sandbox);
    let why = report.not_scanned();
    assert_eq!(report.code, 2);
    assert!(why.len() <= 101 && why.iter().any(|why| why.contains("depth of more than 8")), "{}", why.len());
    assert!(memory < MEMORY, "{memory} kB");
}

#[test]
fn a_thousand_damaged_entries_are_a_hundred_reports() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..1000).map(|at| format!("{at:04}.gz")).collect();
    let entries: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), &b"\x1f\x8b\x08"[..])).collect();
    sandbox.write("a.tar", tar(&entries));
    let report = sandbox.scan(&[]);
    assert_eq!(report.not_scanned().len(), 101);
    assert!(
        report.not_scanned()[0].contains("900 more things in it could not be scanned"),
        "{:?}",
        report.not_scanned()
    );
}

#[test]
fn dictionaries_and_spools_stay_small() {
    let sandbox = Sandbox::new();
    let large = [filler(40 << 20, 1), format!("\n{}", openai_key(1)).into_bytes()].concat();
    // A zip in a stream has to be kept, and is larger than what is kept in memory.
    sandbox.write("a.zip.gz", gzip(&zip(CompressionMethod::Stored, &[("a", &large)])));
    // The dictionary of the highest level is 64 MiB, but small files need little of it.
    sandbox.write("small.xz", xz(openai_key(2).as_bytes(), 9));
    let mut long = zstd::Encoder::new(Vec::new(), 1).unwrap();
    long.window_log(27).unwrap();
    long.long_distance_matching(true).unwrap();
    long.write_all(&large).unwrap();
    sandbox.write("long.zst", long.finish().unwrap());
    let (report, memory) = scan_and_measure(&sandbox);
    report.assert_not_scanned(&[
        "long.zst: needs more than 36 MiB of memory to unpack, the limit for one file: unpack it",
    ]);
    assert_eq!(report.paths(), ["a.zip.gz", "small.xz"]);
    assert!(memory < MEMORY, "{memory} kB");
}

#[test]
fn a_directory_of_a_million_entries() {
    let sandbox = Sandbox::new();
    let mut file = File::create(sandbox.path("many.zip")).unwrap();
    let count = 1_000_000_u32;
    let local = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0a";
    file.write_all(local).unwrap();
    let mut entry = b"PK\x01\x02\x14\0\x14\0".to_vec();
    entry.resize(46, 0);
    entry[28] = 1;
    entry.push(b'a');
    file.write_all(&entry.repeat(count as usize)).unwrap();
    let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
    for _ in 0..2 {
        end.extend(&count.to_le_bytes()[..2]);
    }
    end.extend((47 * count).to_le_bytes());
    end.extend(31_u32.to_le_bytes());
    end.extend([0; 2]);
    file.write_all(&end).unwrap();
    let (report, memory) = scan_and_measure(&sandbox);
    report.assert_clean();
    assert!(memory < MEMORY, "{memory} kB");
}

#[test]
fn headers_that_want_memory() {
    let sandbox = Sandbox::new();
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(::tar::EntryType::GNULongName);
    header.set_size(1 << 40);
    header.set_cksum();
    sandbox.write("name.tar", [header.as_bytes().as_slice(), &[b'a'; 4 << 20]].concat());
    let (report, memory) = scan_and_measure(&sandbox);
    report.assert_not_scanned(&[
        "name.tar: has a header of more than 1 MiB, the limit: unpack it and scan the folder",
    ]);
    assert!(memory < MEMORY, "{memory} kB");
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
