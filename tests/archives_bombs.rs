//! Archives that are made to hurt: little memory, little time, clear words.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![allow(clippy::print_stdout, reason = "a matrix says how large it is")]

#[path = "support/pack.rs"]
mod pack;
mod support;

use std::{
    fs::{self, File},
    io::{self, Cursor, Read, Write},
    process::Stdio,
    time::{Duration, Instant},
};

use ::zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
use pack::{filler, gzip, tar, xz, zip};
use support::{Report, Run, Sandbox, openai_key};

/// The most memory a scan may take, in kB.
const MEMORY: u64 = 60 << 10;

/// A scan, and the most memory it took in kB. On a busy machine one may end before it was looked at, and is run again.
fn scan_and_measure(sandbox: &Sandbox) -> (Report, u64) {
    let mut runs = (0..10).map(|_| try_to_measure(sandbox));
    runs.find(|(_, most)| *most > 1000).expect("no run was measured at all")
}

/// What is read last while the scan runs is the most so far.
fn try_to_measure(sandbox: &Sandbox) -> (Report, u64) {
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
    (run.report(), most)
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
    let words = "expands to more than 200 times its size, like a decompression bomb: unpack it and scan its";
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
        "log.gz: expands to more than 2 GiB, the limit for one file: unpack it and scan the directory",
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
        report.not_scanned()[0].contains("900 more parts of it could not be scanned"),
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
        "name.tar: has a header of more than 1 MiB, the limit: unpack it and scan the directory",
    ]);
    assert!(memory < MEMORY, "{memory} kB");
}

/// A bzip2 stream of a few bytes takes as long as one of a few hundred thousand.
#[test]
fn streams_that_take_long_to_begin() {
    let sandbox = Sandbox::new();
    sandbox.write("many.bz2", pack::bzip2(b"x").repeat(40_000));
    let (report, memory) = scan_and_measure(&sandbox);
    report.assert_not_scanned(&[
        "many.bz2: contains too many small parts, which take too long to unpack: unpack it",
    ]);
    assert!(memory < MEMORY, "{memory} kB");
}
