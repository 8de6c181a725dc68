//! Containers in base64 and hex.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use zip::CompressionMethod;

use super::{archives, fingerprints, keys, pack, support::Sandbox, zlib};

type Packer = fn(&[u8]) -> Vec<u8>;
type Writer = fn(&[u8]) -> String;

/// Ways to pack a text.
const KINDS: &[(&str, Packer)] = &[
    ("gzip", pack::gzip),
    ("zlib 1", |bytes| zlib(bytes, 1)),
    ("zlib 3", |bytes| zlib(bytes, 3)),
    ("zlib 6", |bytes| zlib(bytes, 6)),
    ("zlib 9", |bytes| zlib(bytes, 9)),
    ("zip", |bytes| pack::zip(CompressionMethod::Deflated, &[("a.env", bytes)])),
    ("Zstandard", pack::zstd),
    ("xz", |bytes| pack::xz(bytes, 1)),
    ("bzip2", pack::bzip2),
    ("tar in gzip", |bytes| pack::gzip(&pack::tar(&[("app/.env", bytes)]))),
];

/// Breaks a text into lines.
fn wrap(text: &str, width: usize, separator: &str) -> String {
    let lines: Vec<&str> =
        text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join(separator)
}

/// Contexts in which people put base64.
const CONTEXTS: &[(&str, Writer)] = &[
    ("cloud-init", |b| {
        format!("write_files:\n- encoding: gz+b64\n  content: {}\n  path: /a\n", STANDARD.encode(b))
    }),
    ("block of YAML", |b| format!("data: |\n    {}\nnext: word\n", wrap(&STANDARD.encode(b), 60, "\n    "))),
    ("mail", |b| {
        let body = wrap(&STANDARD.encode(b), 76, "\r\n");
        format!("Content-Transfer-Encoding: base64\r\n\r\n{body}\r\n\r\n--boundary--\r\n")
    }),
    ("JSON", |b| format!("{{\"a\": 1, \"data\": \"{}\", \"b\": [2]}}", STANDARD.encode(b))),
    ("JSON of PHP", |b| format!("{{\"data\":\"{}\"}}", STANDARD.encode(b).replace('/', "\\/"))),
    ("JSON of .NET", |b| format!("{{\"data\":\"{}\"}}", STANDARD.encode(b).replace('+', "\\u002B"))),
    ("JSON with lines", |b| format!("{{\"data\":\"{}\\n\"}}", wrap(&STANDARD.encode(b), 64, "\\n"))),
    ("data URI", |b| format!("<a href=\"data:application/zip;base64,{}\">x</a>", STANDARD.encode(b))),
    (".env", |b| format!("A=1\nBUNDLE={}\nB=2\n", STANDARD.encode(b))),
    ("shell", |b| format!("echo '{}' | base64 -d | tar xz\n", STANDARD.encode(b))),
    ("bare", |b| STANDARD.encode(b)),
    ("base64url", |b| format!("https://example.org/#pako:{}", URL_SAFE_NO_PAD.encode(b))),
    ("path of a URL", |b| format!("![](https://example.org/svg/{})", URL_SAFE_NO_PAD.encode(b))),
    ("query of a URL", |b| {
        let text = STANDARD.encode(b).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        format!("https://example.org/?state={text}&x=1")
    }),
    ("no padding", |b| format!("x = \"{}\"", STANDARD_NO_PAD.encode(b))),
    ("XML", |b| format!("<x><data>\n{}\n</data></x>\n", wrap(&STANDARD.encode(b), 72, "\n"))),
    ("UTF-16", |b| format!("\u{feff}data={}\r\n", STANDARD.encode(b))),
];

#[test]
fn every_kind_in_every_context_with_every_key() {
    let sandbox = Sandbox::new();
    let mut expected = Vec::new();
    for (number, key) in keys().iter().enumerate() {
        for (kind, pack) in KINDS {
            for (context, write) in CONTEXTS {
                let text = write(&pack(format!("K={key}").as_bytes()));
                let name = format!("{number}/{kind}/{context}");
                if *context == "UTF-16" {
                    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                    sandbox.write(&name, wide);
                } else {
                    sandbox.write(&name, text);
                }
                expected.push(name);
            }
        }
    }
    expected.sort();
    let report = sandbox.scan(&[]);
    let found = report.paths();
    let lost: Vec<_> = expected.iter().filter(|one| !found.contains(one)).collect();
    println!("{} cells, {} lost", expected.len(), lost.len());
    assert!(lost.is_empty(), "{lost:#?}");
    assert_eq!(report.not_scanned(), Vec::<String>::new());
    // Every key is whole, also where the compressed data holds it as it is.
    assert_eq!(fingerprints(&report).len(), keys().len());
}

/// What holds a key as it is: without compression, a checksum may follow that looks like more of the key.
#[test]
fn a_key_that_is_not_compressed_has_the_right_end() {
    let stored: [(&str, Packer); 3] = [
        ("zlib", |bytes| zlib(bytes, 0)),
        ("Zstandard", pack::zstd),
        ("zip", |bytes| pack::zip(CompressionMethod::Stored, &[("a.env", bytes)])),
    ];
    for seed in 0..100 {
        let key = super::support::openai_key(seed);
        let sandbox = Sandbox::new();
        let mut expected = Vec::new();
        for (name, pack) in stored {
            let packed = pack(format!("K={key}").as_bytes());
            sandbox.write(name, format!("a: {}\n", STANDARD.encode(&packed)));
            let digits: String = packed.iter().map(|byte| format!("{byte:02x}")).collect();
            sandbox.write(format!("{name} in hex"), format!("a: {digits}\n"));
            expected.extend([name.to_owned(), format!("{name} in hex")]);
        }
        sandbox.write("plain", format!("K={key}\n"));
        expected.push("plain".to_owned());
        expected.sort();
        let report = sandbox.scan(&[]);
        assert_eq!((report.paths(), fingerprints(&report).len()), (expected, 1), "seed {seed}");
    }
}

/// A key in base64 that only looks like a container is found as ever.
#[test]
fn a_key_in_what_is_no_container_is_found() {
    let key = &keys()[0];
    let sandbox = Sandbox::new();
    let mut expected = Vec::new();
    for (number, start) in [
        "\u{78}\u{9c}\0",
        "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}",
        "PK\u{3}\u{4}\u{14}\0\0\0\u{8}\0",
        "(\u{b5}/\u{fd}\u{20}\u{10}\u{5}",
    ]
    .iter()
    .enumerate()
    {
        let start: Vec<u8> = start.chars().map(|letter| letter as u8).collect();
        for shift in 0..3 {
            let bytes = [&start[..], &b"  "[..shift.min(2)], format!(" K={key} ").as_bytes()].concat();
            let name = format!("{number}.{shift}");
            sandbox.write(&name, format!("a: {}\n", STANDARD.encode(bytes)));
            expected.push(name);
        }
    }
    let report = sandbox.scan(&[]);
    assert_eq!((report.paths(), fingerprints(&report).len()), (expected, 1));
    assert_eq!(report.not_scanned(), Vec::<String>::new());
}

#[test]
fn twice_encoded_and_in_hex() {
    let sandbox = Sandbox::new();
    let mut expected = Vec::new();
    for (number, key) in keys().iter().enumerate() {
        let packed = pack::gzip(format!("K={key}").as_bytes());
        let release = STANDARD.encode(STANDARD.encode(&packed));
        let inside = STANDARD.encode(format!("{{\"id\":7,\"release\":\"{}\"}}", STANDARD.encode(&packed)));
        let digits: String = packed.iter().map(|byte| format!("{byte:02x}")).collect();
        let of_zlib: String = zlib(key.as_bytes(), 6).iter().map(|byte| format!("{byte:02X}")).collect();
        for (name, text) in [
            ("helm", format!("data:\n  release: {release}\ntype: helm.sh/release.v1\n")),
            ("state", format!("state={inside}")),
            ("hex", format!("x'{digits}'")),
            ("hex of zlib", format!("X'{of_zlib}'")),
        ] {
            let name = format!("{number}/{name}");
            sandbox.write(&name, text);
            expected.push(name);
        }
    }
    expected.sort();
    let report = sandbox.scan(&[]);
    println!("{} cells", expected.len());
    assert_eq!((report.paths(), report.not_scanned()), (expected, vec![]));
}

#[test]
fn a_place_names_the_line_of_the_base64() {
    let sandbox = Sandbox::new();
    let packed =
        pack::zip(CompressionMethod::Deflated, &[("a.env", format!("\n\nK={}", keys()[0]).as_bytes())]);
    sandbox.write("user-data.yaml", format!("a: 1\nb: 2\ncontent: {}\n", STANDARD.encode(packed)));
    let report = sandbox.scan(&[]);
    assert_eq!(archives(&report), ["(base64 on line 3)!a.env"]);
    let place = &report.json["findings"][0]["occurrences"][0];
    assert_eq!((&place["line"], &place["column"]), (&3.into(), &3.into()));
}

#[test]
fn one_after_the_other() {
    let sandbox = Sandbox::new();
    for (name, pack) in KINDS {
        let all: Vec<String> =
            keys().iter().map(|key| STANDARD_NO_PAD.encode(pack(format!("K={key}").as_bytes()))).collect();
        sandbox.write(format!("{name}/lines"), all.join("\n"));
        sandbox.write(format!("{name}/list"), format!("[\"{}\"]", all.join("\", \"")));
    }
    let report = sandbox.scan(&[]);
    assert_eq!((archives(&report).len(), report.not_scanned()), (2 * KINDS.len() * keys().len(), vec![]));
}

#[test]
fn larger_than_a_window() {
    let sandbox = Sandbox::new();
    let key = &keys()[0];
    let mut text = pack::filler(3 << 20, 1);
    text.extend(format!("\nK={key}\n").as_bytes());
    let noise: Vec<u8> = (0..2 << 20)
        .map({
            let mut random = fastrand::Rng::with_seed(1);
            move |_| random.u8(..)
        })
        .collect();
    let packed = pack::gzip(&[&noise[..], &text].concat());
    let one_line = STANDARD.encode(&packed);
    sandbox.write("one line", format!("{}\ndata: \"{one_line}\"\n", "x ".repeat(200_000)));
    sandbox.write("lines", format!("data: |\n  {}\nend\n", wrap(&one_line, 76, "\n  ")));
    let report = sandbox.scan(&[]);
    assert_eq!(
        (report.paths(), report.not_scanned()),
        (vec!["lines".to_owned(), "one line".to_owned()], vec![])
    );
}

#[test]
fn beside_a_plain_key() {
    let sandbox = Sandbox::new();
    let all = keys();
    let packed = STANDARD.encode(pack::gzip(format!("K={}", all[0]).as_bytes()));
    let digits: String = zlib(all[1].as_bytes(), 6).iter().map(|byte| format!("{byte:02x}")).collect();
    sandbox.write("a.env", format!("A={}\nB={packed}\nC={}\nD={digits}\nE={}\n", all[2], all[3], all[4]));
    let report = sandbox.scan(&[]);
    assert_eq!((report.places().len(), fingerprints(&report).len(), report.not_scanned()), (5, 5, vec![]));
}
