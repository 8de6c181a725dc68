//! Damaged and hostile compressed data: what can be read is, limits hold, and chance names nothing.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zip::CompressionMethod;

use super::{keys, pack, support::Sandbox, zlib};

/// A text with a key at its start that does not get smaller.
fn long_text() -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(1);
    let noise: Vec<u8> = (0..4000).map(|_| random.u8(..)).collect();
    [format!("K={}\n", keys()[0]).as_bytes(), &noise].concat()
}

#[test]
fn damaged_ones_are_read_to_the_damage_and_named() {
    for (name, packed) in [("gzip", pack::gzip(&long_text())), ("zlib", zlib(&long_text(), 6))] {
        let sandbox = Sandbox::new();
        let mut broken = packed.clone();
        let end = broken.len() - 1;
        broken[end] ^= 1;
        sandbox.write("checksum", format!("data: {}\n", STANDARD.encode(broken)));
        sandbox.write("cut", format!("data: {}\n", STANDARD.encode(&packed[..2000])));
        let report = sandbox.scan(&[]);
        assert_eq!(
            (report.paths(), report.code),
            (vec!["checksum".to_owned(), "cut".to_owned()], 2),
            "{name}"
        );
        assert_eq!(report.not_scanned().len(), 2, "{name}: {:?}", report.not_scanned());
    }
}

#[test]
fn an_abbreviated_one_is_read_and_not_named() {
    for (name, packed) in [("gzip", pack::gzip(&long_text())), ("zlib", zlib(&long_text(), 6))] {
        let sandbox = Sandbox::new();
        sandbox.write("doc.md", format!("data: {}...\n", STANDARD.encode(&packed[..1998])));
        let report = sandbox.scan(&[]);
        assert_eq!((report.paths(), report.not_scanned()), (vec!["doc.md".to_owned()], vec![]), "{name}");
    }
    let sandbox = Sandbox::new();
    sandbox.write(
        "doc.md",
        "data: H4sIAAAAAAAAA+3BMQEAAADCoPVPbQ...\ndata: UEsDBBQAAAAIAAAAIQAAAAAAAAAAAAAAAAA…\n",
    );
    sandbox.scan(&[]).assert_clean();
}

#[test]
fn chance_names_nothing() {
    let mut random = fastrand::Rng::with_seed(7);
    let sandbox = Sandbox::new();
    let mut text = String::new();
    for _ in 0..2000 {
        for start in ["H4sI", "H4sIAAAAAAAAA", "eJx", "eNq", "KLUv/", "UEsDBBQA", "/Td6WF", "QlpoOTFB"] {
            let noise: Vec<u8> = (0..random.usize(0..200)).map(|_| random.u8(..)).collect();
            writeln!(text, "x: \"{start}{}\"", STANDARD.encode(noise)).unwrap();
        }
    }
    sandbox.write("a.yaml", text);
    for name in ["typeNode", "preNormal", "sizeNot"] {
        sandbox.write(name, format!("{name} = {}", name.repeat(20)));
    }
    let report = sandbox.scan(&[]);
    report.assert_clean();
}

#[test]
fn a_bomb_is_named() {
    let sandbox = Sandbox::new();
    let bomb = pack::gzip(&vec![b' '; 300 << 20]);
    sandbox.write("bomb.yaml", format!("data: {}\n", STANDARD.encode(bomb)));
    sandbox.scan(&[]).assert_not_scanned(&["decompression bomb"]);
}

#[test]
fn ten_thousand_small_ones() {
    let sandbox = Sandbox::new();
    let one = STANDARD.encode(pack::gzip(b"nothing to see here, nothing to see here"));
    let last = STANDARD.encode(pack::gzip(format!("K={}", keys()[0]).as_bytes()));
    sandbox.write("a.json", format!("[{}\"{last}\"]", format!("\"{one}\",\n").repeat(10_000)));
    let report = sandbox.scan(&[]);
    assert_eq!((report.paths(), report.not_scanned()), (vec!["a.json".to_owned()], vec![]));
}

#[test]
fn nested_deeper_than_the_limit_is_named() {
    let sandbox = Sandbox::new();
    let mut bytes = format!("K={}", keys()[0]).into_bytes();
    for _ in 0..12 {
        bytes = STANDARD.encode(pack::gzip(&bytes)).into_bytes();
    }
    sandbox.write("deep", bytes);
    let report = sandbox.scan(&[]);
    assert_eq!((report.code, report.not_scanned().len()), (2, 1), "{:?}", report.not_scanned());
}

#[test]
fn an_encrypted_zip_in_base64_is_named() {
    let mut packed = pack::zip(CompressionMethod::Stored, &[("a.env", &b"x".repeat(300))]);
    for mark in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
        let at = packed.windows(4).position(|part| part == mark).unwrap();
        packed[at + if mark[2] == 3 { 6 } else { 8 }] |= 1;
    }
    let sandbox = Sandbox::new();
    sandbox.write("m.eml", STANDARD.encode(packed));
    sandbox.scan(&[]).assert_not_scanned(&["is encrypted"]);
}

/// Marks of containers without end: each costs a look at a few characters, and nothing is copied more than once.
#[test]
fn marks_without_end() {
    let sandbox = Sandbox::new();
    for (number, mark) in
        ["H4sI", "H4sIAAAAAAAAAAAA", "\"eJx", "eJxLSM", "UEsDB", "\nH4sIAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
            .iter()
            .enumerate()
    {
        sandbox.write(format!("{number}"), mark.repeat((4 << 20) / mark.len()));
    }
    let report = sandbox.scan(&[]);
    assert_eq!(report.places(), Vec::<String>::new());
}
