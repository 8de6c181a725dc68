//! Keys in archives and compressed files are found, wherever they stand in them, and are reported so that people find
//! them, too.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![allow(clippy::print_stdout, reason = "a matrix says how large it is")]

#[path = "support/pack.rs"]
mod pack;
mod support;

use std::{
    io::{Cursor, Write},
    process::Stdio,
};

use ::zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
use pack::{ALL, filler, tar, zip};
use serde_json::Value;
use skanner::testing::blob::WINDOW;
use support::{Report, Run, Sandbox, openai_key};

/// `source path!archive:line:column` of every place, sorted.
fn places(report: &Report) -> Vec<String> {
    let findings = report.json["findings"].as_array().unwrap();
    let mut places: Vec<String> = findings
        .iter()
        .flat_map(|finding| finding["occurrences"].as_array().unwrap())
        .map(|place| {
            let text = |name: &str| place[name].as_str().unwrap_or_default().to_owned();
            let inner = place["archive"].as_str().map_or_else(String::new, |archive| format!("!{archive}"));
            let (line, column) = (&place["line"], &place["column"]);
            format!("{} {}{inner}:{line}:{column}", text("source"), text("path"))
        })
        .collect();
    places.sort();
    places
}

#[track_caller]
fn assert_found(report: &Report, expected: &[&str]) {
    assert_eq!(
        (places(report), report.not_scanned()),
        (expected.iter().map(|one| (*one).to_owned()).collect(), vec![])
    );
}

/// A text of `length` bytes with the key at this place in it.
fn text_with_key(length: usize, at: usize, key: &str) -> Vec<u8> {
    let mut text = filler(length, 1);
    text[at] = b'"';
    text[at + 1..=at + key.len()].copy_from_slice(key.as_bytes());
    text[at + 1 + key.len()] = b'"';
    text
}

#[test]
fn every_format_in_every_format() {
    let sandbox = Sandbox::new();
    let key = openai_key(1);
    let large = 3 * WINDOW + 1000;
    let shapes =
        [("small", 400, 0), ("first", large, 0), ("last", large, large - 200), ("seam", large, WINDOW - 100)];
    let mut expected = Vec::new();
    for (shape, length, at) in shapes {
        let text = text_with_key(length, at, &key);
        let line = text[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = text[..at].iter().rev().take_while(|byte| **byte != b'\n').count() + 2;
        for inner in ALL {
            let (bytes, inner_name) = inner.pack(&text);
            let name = format!("{shape}-{inner:?}");
            expected.push(format!("file {name}!{inner_name}:{line}:{column}"));
            for outer in ALL {
                let (bytes, outer_name) = outer.pack(&bytes);
                let name = format!("{name}-in-{outer:?}");
                sandbox.write(&name, bytes);
                expected.push(format!("file {name}!{outer_name}!{inner_name}:{line}:{column}"));
            }
            sandbox.write(&name, bytes);
        }
    }
    expected.sort();
    println!("{} cells", expected.len());
    let report = sandbox.scan(&[]);
    let found = places(&report);
    let lost: Vec<_> = expected.iter().filter(|one| !found.contains(one)).collect();
    let excess: Vec<_> = found.iter().filter(|one| !expected.contains(one)).collect();
    assert!(lost.is_empty() && excess.is_empty(), "lost {lost:#?}, too many {excess:#?}");
    assert_eq!((report.code, report.not_scanned(), report.files()), (1, vec![], expected.len() as u64));
}

#[test]
fn first_and_last_entry_and_many_between() {
    let sandbox = Sandbox::new();
    let (first, last) = (openai_key(1), openai_key(2));
    let names: Vec<String> = (0..3000).map(|at| format!("folder/{at}.txt")).collect();
    let mut entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"nothing"[..])).collect();
    entries[0].1 = first.as_bytes();
    entries[2999].1 = last.as_bytes();
    sandbox.write("a.tar", tar(&entries));
    sandbox.write("b.zip", zip(CompressionMethod::Deflated, &entries));
    let report = sandbox.scan(&[]);
    assert_found(
        &report,
        &[
            "file a.tar!folder/0.txt:1:1",
            "file a.tar!folder/2999.txt:1:1",
            "file b.zip!folder/0.txt:1:1",
            "file b.zip!folder/2999.txt:1:1",
        ],
    );
    let bytes = 2 * (2 * first.len() + 2998 * "nothing".len()) as u64;
    assert_eq!((report.files(), &report.json["scanned"]["bytes"]), (2, &Value::from(bytes)));
}

#[test]
fn all_methods_of_a_zip() {
    let sandbox = Sandbox::new();
    let key = openai_key(1);
    let text = text_with_key(2 * WINDOW, WINDOW - 50, &key);
    let methods = [
        CompressionMethod::Stored,
        CompressionMethod::Deflated,
        CompressionMethod::Bzip2,
        CompressionMethod::Zstd,
        CompressionMethod::Xz,
    ];
    for method in methods {
        sandbox.write(format!("{method:?}.jar"), zip(method, &[("empty", b""), ("a", b"key"), ("b", &text)]));
    }
    // What is not compressed at all is the same in both kinds of deflate.
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.start_file("b", options).unwrap();
    let length = u16::try_from(key.len()).unwrap();
    let mut block = vec![1];
    block.extend(length.to_le_bytes());
    block.extend((!length).to_le_bytes());
    block.extend(key.as_bytes());
    writer.write_all(&block).unwrap();
    let mut bytes = writer.finish().unwrap().into_inner();
    let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    bytes[directory + 10] = 9;
    bytes[directory + 16..directory + 20].copy_from_slice(&crc(key.as_bytes()).to_le_bytes());
    bytes[directory + 24..directory + 28].copy_from_slice(&u32::from(length).to_le_bytes());
    sandbox.write("Deflate64.jar", bytes);
    let report = sandbox.scan(&[]);
    let found = places(&report);
    assert_eq!((found.len(), report.not_scanned()), (methods.len() + 1, vec![]), "{found:?}");
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[test]
fn content_decides_and_no_name() {
    let sandbox = Sandbox::new();
    let key = openai_key(1);
    sandbox.write("notes.txt", pack::gzip(key.as_bytes()));
    sandbox.write("picture.png", zip(CompressionMethod::Deflated, &[("a", key.as_bytes())]));
    for name in ["a.gz", "a.zip", "a.tar", "a.zst", "a.bz2", "a.xz"] {
        sandbox.write(name, format!("PK BZh9 \x1f {key}"));
    }
    sandbox.write("script", format!("#!/bin/sh\n# not a PK\x03\x04 zip {key}\n"));
    assert_found(
        &sandbox.scan(&[]),
        &[
            "file a.bz2:1:11",
            "file a.gz:1:11",
            "file a.tar:1:11",
            "file a.xz:1:11",
            "file a.zip:1:11",
            "file a.zst:1:11",
            "file notes.txt!notes:1:1",
            "file picture.png!a:1:1",
            "file script:2:18",
        ],
    );
}

#[test]
fn a_zip_behind_a_script() {
    let sandbox = Sandbox::new();
    let (key, other) = (openai_key(1), openai_key(2));
    let large = text_with_key(2 * WINDOW, WINDOW, &key);
    for (name, entry) in [("small.pyz", key.as_bytes()), ("large.pyz", &large)] {
        let archive = zip(CompressionMethod::Stored, &[("__main__.py", entry)]);
        sandbox.write(name, [format!("#!/usr/bin/env python3\n# {other}\n").as_bytes(), &archive].concat());
    }
    let found = places(&sandbox.scan(&[]));
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found.contains(&"file small.pyz:2:3".to_owned()), "{found:?}");
    assert!(found.contains(&"file small.pyz!__main__.py:1:1".to_owned()), "{found:?}");
    assert!(found.contains(&"file large.pyz:2:3".to_owned()), "{found:?}");
}

#[test]
fn names_links_and_comments() {
    let sandbox = Sandbox::new();
    let keys: Vec<String> = (0..9).map(openai_key).collect();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.set_comment(keys[0].as_str()).unwrap();
    writer.add_directory(format!("{}/", keys[1]), SimpleFileOptions::default()).unwrap();
    writer.start_file(format!("a/{}.txt", keys[2]), SimpleFileOptions::default()).unwrap();
    writer.write_all(keys[3].as_bytes()).unwrap();
    sandbox.write("a.zip", writer.finish().unwrap().into_inner());

    let mut builder = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(::tar::EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "link", format!("/{}", keys[4])).unwrap();
    builder.append_pax_extensions([("comment", keys[5].as_bytes())]).unwrap();
    let mut header = ::tar::Header::new_ustar();
    header.set_size(2);
    builder.append_data(&mut header, "file", &b"hi"[..]).unwrap();
    let mut header = ::tar::Header::new_gnu();
    header.set_size(2);
    builder.append_data(&mut header, format!("{}/{}", "long".repeat(50), keys[6]), &b"hi"[..]).unwrap();
    sandbox.write("b.tar", builder.into_inner().unwrap());

    let mut gzip = flate2::GzBuilder::new()
        .filename(keys[7].as_str())
        .comment(keys[8].as_str())
        .write(Vec::new(), flate2::Compression::new(6));
    gzip.write_all(b"hi").unwrap();
    sandbox.write("c.gz", gzip.finish().unwrap());

    let run = sandbox.skanner(&["scan", "--format", "json"]);
    let masked = |at: usize| format!("sk-proj-…{}", &keys[at][160..]);
    let long = "long".repeat(50);
    let mut expected = vec![
        "file a.zip!(comment):1:1".to_owned(),
        format!("name a.zip!{}/:1:1", masked(1)),
        format!("name a.zip!a/{}.txt:1:3", masked(2)),
        format!("file a.zip!a/{}.txt:1:1", masked(2)),
        "file b.tar!link:1:2".to_owned(),
        "file b.tar!file!(pax header):1:9".to_owned(),
        format!("name b.tar!{long}/{}:1:202", masked(6)),
        "file c.gz!(header):1:1".to_owned(),
        "file c.gz!(header):2:1".to_owned(),
    ];
    expected.sort();
    assert_eq!(places(&run.report()), expected);
    for format in ["json", "jsonl", "text", "sarif"] {
        let output = sandbox.skanner(&["scan", "--format", format]).stdout;
        for key in &keys {
            assert!(!output.contains(&key[20..40]), "{format}: {output}");
        }
    }
}

#[test]
fn parts_that_follow_each_other_are_all_read() {
    let sandbox = Sandbox::new();
    let (one, two, three) = (openai_key(1), openai_key(2), openai_key(3));
    let zeros = [0; 8];
    for (format, zeros) in ALL[..4].iter().flat_map(|format| [(format, &zeros[..0]), (format, &zeros[..])]) {
        let pack = |text: &str| format.pack(format!("{text}\n").as_bytes()).0;
        let name = format!("{format:?}-{}", zeros.len());
        sandbox.write(&name, [&pack(&one), zeros, &pack(""), zeros, &pack(&two), zeros].concat());
        // What stands behind is read, too, even if it is something else.
        sandbox.write(format!("{name}-raw"), [&pack(&one), zeros, three.as_bytes()].concat());
        sandbox.write(
            format!("{name}-zip"),
            [&pack(&one), zeros, &pack::Format::Zip.pack(three.as_bytes()).0].concat(),
        );
    }
    let two_tars =
        [tar(&[("a", one.as_bytes())]), tar(&[("b", two.as_bytes())]), three.clone().into_bytes()].concat();
    sandbox.write("tars", two_tars);
    sandbox.write(
        "zip",
        [zip(CompressionMethod::Stored, &[("a", one.as_bytes())]), three.into_bytes()].concat(),
    );
    let report = sandbox.scan(&[]);
    let found = places(&report);
    assert_eq!(report.not_scanned(), Vec::<String>::new());
    assert_eq!(found.len(), 8 * 6 + 3 + 2, "{found:#?}");
    for place in ["Gzip-0!data:3:1", "Xz-8!data:3:1", "Bzip2-8-raw!(trailing data):1:1", "tars!b:1:1"] {
        assert!(found.contains(&format!("file {place}")), "{place}: {found:#?}");
    }
}

#[test]
fn empty_archives_have_been_read_to_their_end() {
    let sandbox = Sandbox::new();
    for format in ALL {
        sandbox.write(format!("empty-{format:?}"), format.pack(b"").0);
    }
    sandbox.write("no-entry.zip", zip(CompressionMethod::Stored, &[]));
    sandbox.write("no-entry.tar", tar(&[]));
    let report = sandbox.scan(&[]);
    report.assert_clean();
    assert_eq!(report.files(), ALL.len() as u64 + 2);
}

#[test]
fn standard_input_may_be_an_archive() {
    let sandbox = Sandbox::new();
    let large = text_with_key(40 * WINDOW, 39 * WINDOW, &openai_key(1));
    for format in ALL {
        for text in [openai_key(1).as_bytes(), &large] {
            let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
            command.args(["scan", "--format", "json", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(&format.pack(text).0).unwrap();
            let report = Run::from(child.wait_with_output().unwrap()).report();
            let found = places(&report);
            assert!(found.len() == 1 && found[0].starts_with("stdin !d"), "{format:?}: {found:?}");
            assert_eq!((report.code, report.files(), report.not_scanned()), (1, 1, vec![]));
        }
    }
}

#[test]
fn every_report_tells_the_inner_path() {
    let sandbox = Sandbox::new();
    let key = openai_key(1);
    let layer = tar(&[("etc/\x1b[31mapp.env", format!("a\nb = '{key}'").as_bytes())]);
    sandbox.write(
        "image.zip",
        zip(CompressionMethod::Deflated, &[("layer.tar", &layer), ("bad.gz", b"\x1f\x8b\x08")]),
    );
    sandbox.write("plain.txt", &key);
    let text = sandbox.skanner(&["scan", "--color", "never"]);
    assert_eq!(text.code, 2);
    assert!(text.stdout.contains("--> image.zip!layer.tar!etc/\\u{1b}[31mapp.env:2:6\n"), "{}", text.stdout);
    assert!(text.stdout.contains("not scanned: image.zip!bad.gz: ends in the middle"), "{}", text.stdout);

    let run = sandbox.skanner(&["scan", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let (inside, outside) = (&results[0], &results[1]);
    let physical = &inside["locations"][0]["physicalLocation"];
    assert_eq!(
        (&physical["artifactLocation"]["uri"], &physical["region"]),
        (&Value::from("image.zip"), &Value::Null)
    );
    assert_eq!(inside["properties"]["archive"]["path"], "layer.tar!etc/\\u{1b}[31mapp.env");
    assert_eq!(
        (&inside["properties"]["archive"]["startLine"], &inside["properties"]["archive"]["startColumn"]),
        (&Value::from(2), &Value::from(6))
    );
    let message = inside["message"]["text"].as_str().unwrap();
    assert!(message.contains("in this archive at layer.tar!etc/\\u{1b}[31mapp.env:2."), "{message}");
    let hash = |result: &Value| result["partialFingerprints"]["primaryLocationLineHash"].is_string();
    assert!(!hash(inside) && hash(outside));
    let note = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "image.zip");

    let schema: Value = serde_json::from_str(&sandbox.skanner(&["schema", "report"]).stdout).unwrap();
    let report = sandbox.scan(&[]);
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&report.json));
    assert_eq!(report.json["not_scanned"][0]["what"], "image.zip!bad.gz");
    assert_eq!(report.json["not_scanned"][0]["file"], "image.zip");
    assert_eq!(report.files(), 1);
    for threads in ["1", "3"] {
        assert_eq!(sandbox.scan(&["-j", threads]).json, report.json);
    }
}
