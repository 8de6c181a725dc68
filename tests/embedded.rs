//! Compressed data that stands in a text or in the middle of a binary is opened, in all contexts and by all sources.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![allow(clippy::print_stdout, reason = "a matrix says how large it is")]

#[path = "embedded/binaries.rs"]
mod binaries;
#[path = "embedded/hostile.rs"]
mod hostile;
#[path = "support/pack.rs"]
mod pack;
#[path = "embedded/sources.rs"]
mod sources;
mod support;
#[path = "embedded/texts.rs"]
mod texts;

use std::io::Write;

use support::{Report, key, openai_key};

/// Keys of several shapes, none of which needs context.
fn keys() -> Vec<String> {
    vec![
        openai_key(1),
        key("sk-ant-api03-{B:93}AA", 2),
        key("sk_live_{A:99}", 3),
        key("sk-or-v1-{h:64}", 4),
        key("rk_live_{A:24}", 5),
    ]
}

fn zlib(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The hashes of all keys that were found, sorted. The same key gives the same one, wherever it is.
fn fingerprints(report: &Report) -> Vec<String> {
    let findings = report.json["findings"].as_array().unwrap();
    let mut all: Vec<String> =
        findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

/// `archive` of every place.
fn archives(report: &Report) -> Vec<String> {
    let findings = report.json["findings"].as_array().unwrap();
    let places = findings.iter().flat_map(|finding| finding["occurrences"].as_array().unwrap());
    places.map(|place| place["archive"].as_str().unwrap_or_default().to_owned()).collect()
}
