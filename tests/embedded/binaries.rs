//! Compressed data in files that are no archives, and archives that nothing opens.

use zip::CompressionMethod;

use super::{archives, keys, pack, support::Sandbox, zlib};

fn pdf(filters: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("%PDF-1.4\n1 0 obj\n<</Length {}{filters}>>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF"].concat()
}

fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        bytes.extend((data.len() as u32).to_be_bytes());
        bytes.extend(*kind);
        bytes.extend(data);
        bytes.extend([0; 4]);
    }
    bytes
}

fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, data) in members {
        bytes.extend(
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, data.len()).as_bytes(),
        );
        bytes.extend(*data);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    bytes
}

fn ascii85(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for chunk in bytes.chunks(4) {
        let mut group = [0; 4];
        group[..chunk.len()].copy_from_slice(chunk);
        let mut number = u32::from_be_bytes(group);
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = b'!' + (number % 85) as u8;
            number /= 85;
        }
        text.extend(&digits[..=chunk.len()]);
    }
    text.extend(b"~>");
    text
}

/// A text that hardly gets smaller, behind a head with zeros.
fn behind_a_head(head: &[u8], packed: &[u8]) -> Vec<u8> {
    [head, &[0; 100], packed, &[0; 60]].concat()
}

#[test]
fn every_binary_with_every_key() {
    let sandbox = Sandbox::new();
    let mut expected = Vec::new();
    for (number, key) in keys().iter().enumerate() {
        let text = format!("BT (K={key}) Tj ET and some more text so that it is a text").into_bytes();
        let deflated = zlib(&text, 6);
        let zipped = pack::zip(CompressionMethod::Deflated, &[("a.env", &text)]);
        let data = pack::gzip(&pack::tar(&[("./etc/app.env", &text)]));
        let hex: Vec<u8> = deflated.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("flate.pdf", pdf("/Filter/FlateDecode", &deflated)),
            ("spaces.pdf", pdf(" /Filter [ /FlateDecode ] /DecodeParms [null]", &deflated)),
            ("ascii85.pdf", pdf("/Filter[/ASCII85Decode/FlateDecode]", &ascii85(&deflated))),
            ("hex.pdf", pdf("/Filter[/ASCIIHexDecode /FlateDecode]", &[&hex[..], b">"].concat())),
            ("objects.pdf", pdf("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &deflated)),
            ("reference.pdf", {
                let text = String::from_utf8_lossy(&[]).into_owned();
                let mut bytes = pdf("/Filter/FlateDecode", &deflated);
                let length = format!("/Length {}", deflated.len());
                let at = bytes.windows(length.len()).position(|part| part == length.as_bytes()).unwrap();
                bytes.splice(at..at + length.len(), format!("/Length 9 0 R{text}").into_bytes());
                bytes
            }),
            ("large.pdf", {
                let mut bytes = pdf("/Filter/FlateDecode", &deflated);
                bytes.splice(9..9, [b"% ".to_vec(), pack::filler(300 << 10, 1), b"\n".to_vec()].concat());
                bytes
            }),
            (
                "ztxt.png",
                png(&[
                    (b"IHDR", vec![0; 13]),
                    (b"zTXt", [b"parameters\0\0", &deflated[..]].concat()),
                    (b"IEND", vec![]),
                ]),
            ),
            (
                "itxt.png",
                png(&[
                    (b"IHDR", vec![0; 13]),
                    (b"IDAT", vec![1; 300 << 10]),
                    (b"iTXt", [b"prompt\0\x01\0en\0\0", &deflated[..]].concat()),
                    (b"IEND", vec![]),
                ]),
            ),
            (
                "package.deb",
                ar(&[
                    ("debian-binary", b"2.0\n"),
                    ("control.tar.gz", &pack::gzip(b"")),
                    ("data.tar.gz", &data),
                ]),
            ),
            (
                "package-xz.deb",
                ar(&[
                    ("debian-binary", b"2.0\n"),
                    ("data.tar.xz", &pack::xz(&pack::tar(&[("./a", &text)]), 1)),
                ]),
            ),
            (
                "package-zst.deb",
                ar(&[
                    ("debian-binary/", b"2.0\n"),
                    ("data.tar.zst/", &pack::zstd(&pack::tar(&[("./a", &text)]))),
                ]),
            ),
            ("library.a", ar(&[("/", &[0; 8]), ("code.o/", &[b"\x7fELF\0\0", &text[..]].concat())])),
            ("extension.crx", [b"Cr24\x03\0\0\0\x10\0\0\0", &[7; 16][..], &zipped].concat()),
            ("setup.exe", behind_a_head(b"MZ", &[][..]).into_iter().chain(zipped.clone()).collect()),
            ("setup-large.exe", [b"MZ", &vec![0; 400 << 10][..], &zipped].concat()),
            ("setup.bin", [b"\x7fELF", &[0; 300][..], &zipped].concat()),
            ("photo.jpg", [b"\xff\xd8\xff\xe0", &[0; 300][..], &zipped].concat()),
            ("page.gz.parquet", behind_a_head(b"PAR1", &pack::gzip(&text))),
            ("page.zst.parquet", behind_a_head(b"PAR1", &pack::zstd(&text))),
            ("blob.xz.db", behind_a_head(b"SQLite format 3\0", &pack::xz(&text, 1))),
            (
                "large.db",
                behind_a_head(&[&b"SQLite format 3\0"[..], &vec![7; 300 << 10]].concat(), &pack::gzip(&text)),
            ),
        ];
        for (name, bytes) in cases {
            let name = format!("{number}/{name}");
            sandbox.write(&name, bytes);
            expected.push(name);
        }
    }
    expected.sort();
    println!("{} cells", expected.len());
    let report = sandbox.scan(&[]);
    let found = report.paths();
    let lost: Vec<_> = expected.iter().filter(|one| !found.contains(one)).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    assert_eq!(report.not_scanned(), Vec::<String>::new());
}

#[test]
fn places_say_where_in_the_file() {
    let sandbox = Sandbox::new();
    let text = format!("K={}", keys()[0]);
    sandbox.write("a.pdf", pdf("/Filter/FlateDecode", &zlib(text.as_bytes(), 6)));
    let report = sandbox.scan(&[]);
    let archives = archives(&report);
    assert!(archives[0].starts_with("(stream at byte "), "{archives:?}");
}

#[test]
fn what_is_recognized_and_not_opened_is_named() {
    let deflated = zlib(b"some text, some text", 6);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a", b"7z\xbc\xaf\x27\x1c\0\x04 more".to_vec(), "a 7z archive"),
        ("b", b"Rar!\x1a\x07\x01\x00 more".to_vec(), "a RAR archive"),
        ("c", b"\x04\x22\x4d\x18\x64\x40\xa7".to_vec(), "LZ4 data"),
        ("d", b"MSCF\0\0\0\0\x10\0".to_vec(), "a cabinet file"),
        ("e", b"\x1f\x9d\x90\x01\x02".to_vec(), "compress data"),
        ("f", [b"\x5d\0\0\x80\0", &[255; 8][..], &[0, 1, 2]].concat(), "LZMA data"),
        ("g", b"\xed\xab\xee\xdb\x03\0\0\0".to_vec(), "an RPM package"),
        ("h", b"Obj\x01\x04\x14avro.codec\x0csnappy\x16avro.schema".to_vec(), "an Avro file"),
        (
            "i",
            [&pdf("/Filter/FlateDecode", &deflated)[..], b"\ntrailer\n<</Root 1 0 R/Encrypt 5 0 R>>"]
                .concat(),
            "an encrypted PDF",
        ),
        ("j", pdf("/Filter/LZWDecode", &deflated), "the filter LZWDecode"),
        ("k", pdf("/Filter/FlateDecode", b"this is not zlib at all"), "damaged streams"),
    ];
    let sandbox = Sandbox::new();
    for (name, bytes, _) in &cases {
        sandbox.write(name, bytes);
    }
    sandbox.scan(&[]).assert_not_scanned(&cases.iter().map(|(.., why)| *why).collect::<Vec<_>>());
}

#[test]
fn data_is_not_named() {
    let sandbox = Sandbox::new();
    sandbox.write("picture.pdf", pdf("/Subtype/Image/Filter/FlateDecode", b"pixels"));
    sandbox.write("photo.pdf", pdf("/Filter/DCTDecode", b"\xff\xd8\xff"));
    sandbox.write("fax.pdf", pdf("/Filter [/CCITTFaxDecode]", b"fax"));
    sandbox.write("plain.png", png(&[(b"IHDR", vec![0; 13]), (b"IDAT", vec![1; 600]), (b"IEND", vec![])]));
    sandbox.write("cut.png", &png(&[(b"IHDR", vec![0; 13]), (b"IDAT", vec![1; 600])])[..200]);
    sandbox.write("font.woff2", b"wOF2\0\x01\0\0");
    sandbox.write("zip tool.exe", behind_a_head(b"MZ", b"PK\x03\x04\x14\0\0\0\x08\0PK\x05\x06\0\0\0\0"));
    sandbox.write("gzip tool", behind_a_head(b"\x7fELF", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xff\xff\xff\xff"));
    sandbox.write("cut.a", &ar(&[("code.o/", &[0; 80])])[..100]);
    sandbox.write("archive.avro", b"Obj\x01\x04\x14avro.codec\x08null\x16avro.schema");
    let report = sandbox.scan(&[]);
    report.assert_clean();
}

#[test]
fn what_comes_before_a_damage_is_found() {
    let sandbox = Sandbox::new();
    let noise: Vec<u8> = (0..4000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let text = [format!("K={}\n", keys()[0]).into_bytes(), noise].concat();
    let deflated = zlib(&text, 6);
    sandbox.write("a.pdf", pdf("/Filter/FlateDecode", &deflated[..deflated.len() - 500]));
    let report = sandbox.scan(&[]);
    assert_eq!((report.paths(), report.not_scanned()), (vec!["a.pdf".to_owned()], vec![]));
}
