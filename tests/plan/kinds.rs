//! The kinds of places, each in a repository of its own.

use std::io::Write as _;

use base64::Engine as _;

use crate::{
    harness::{commit, has, planned, repository},
    support::openai_key,
};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append_data(&mut header, name, bytes).unwrap();
    builder.into_inner().unwrap()
}

fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

pub(crate) fn utf16(text: &str, is_big: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn base64(text: &str) -> String {
    base64::prelude::BASE64_STANDARD.encode(text)
}

fn binary(key: &[u8]) -> Vec<u8> {
    let noise = |from: u8| (0..40).map(move |at: u8| at.wrapping_mul(7).wrapping_add(from) & 0x9f);
    noise(128).chain([0, 0]).chain(key.iter().copied()).chain([0, 0]).chain(noise(130)).collect()
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The key becomes a word.
    Replaced,
    /// Bytes are edited.
    Edited,
    /// It is removed.
    Stripped,
}

use Fate::{Edited, Replaced, Stripped};

/// What a file with a key holds, and what becomes of it.
pub(crate) type Kind = (&'static str, fn(&str) -> Vec<u8>, Fate);

pub(crate) const KINDS: &[Kind] = &[
    ("text.txt", |key| format!("OPENAI_API_KEY={key}\nnext\n").into(), Replaced),
    ("crlf.txt", |key| format!("a\r\nkey: {key}\r\nb\r\n").into(), Replaced),
    ("latin1.txt", |key| [b"caf\xe9 ", key.as_bytes(), b" \xe9\n"].concat(), Replaced),
    ("twice.txt", |key| format!("{key}\n{key}\n").into(), Replaced),
    ("secret.yaml", |key| format!("data:\n  key: {}\n", base64(key)).into(), Edited),
    (
        "wrapped.b64",
        |key| {
            let text = base64(&format!("OPENAI_API_KEY={key}\nOTHER=something that is not a key\n"));
            let lines: Vec<_> =
                text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line)).collect();
            lines.join("\n").into()
        },
        Edited,
    ),
    ("plain-and-base64.txt", |key| format!("{key}\n{}\n", base64(&format!("a {key} b"))).into(), Edited),
    ("hex.txt", |key| key.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into(), Edited),
    (
        "percent.txt",
        |key| format!("https://example.org/?key={}&b=1\n", key.replace('-', "%2D")).into(),
        Replaced,
    ),
    ("escaped.json", |key| format!("{{\"key\": \"{}\"}}\n", key.replace('-', "\\u002d")).into(), Replaced),
    ("split.py", |key| format!("key = \"{}\" + \"{}\"\n", &key[..50], &key[50..]).into(), Replaced),
    (
        "list.c",
        |key| {
            let list: Vec<_> = key.bytes().map(|byte| byte.to_string()).collect();
            format!("char key[] = {{{}}};\n", list.join(", ")).into()
        },
        Edited,
    ),
    ("utf16le.txt", |key| utf16(&format!("key = {key}\r\nnext\r\n"), false), Edited),
    ("utf16be.txt", |key| utf16(&format!("key = {key}\r\nnext\r\n"), true), Edited),
    ("program.bin", |key| binary(key.as_bytes()), Edited),
    ("wide.bin", |key| binary(&utf16(key, false)[2..]), Edited),
    ("archive.tar", |key| tar("a.txt", format!("key = {key}\n").as_bytes()), Edited),
    ("entities.html", |key| format!("<p>key: {}</p>\n", key.replace('-', "&#45;")).into(), Replaced),
    ("bytes.py", |key| format!("KEY = '{}'\n", key.replace('-', "\\x2d")).into(), Replaced),
    (
        "list.go",
        |key| {
            let list: Vec<_> = key.bytes().map(|byte| format!("{byte:#04x}")).collect();
            format!("var key = []byte{{{}}}\n", list.join(", ")).into()
        },
        Edited,
    ),
    (
        "command.ps1",
        |key| {
            let command = format!("$env:OPENAI_API_KEY = '{key}'; run");
            let text = base64::prelude::BASE64_STANDARD.encode(&utf16(&command, false)[2..]);
            format!("powershell -EncodedCommand {text}\n").into()
        },
        Edited,
    ),
    ("base64-twice.txt", |key| format!("{}\n", base64(&base64(&format!("key={key}")))).into(), Edited),
    ("hyphenated.txt", |key| format!("key: {}\n", key.replacen('-', "\u{2011}", 2)).into(), Edited),
    ("continued.sh", |key| format!("KEY={}\\\n{}\n", &key[..60], &key[60..]).into(), Edited),
    (
        "notebook.ipynb",
        |key| format!("{{\"cells\": [{{\"source\": [\"key = \\\"{key}\\\"\\n\"]}}]}}\n").into(),
        Replaced,
    ),
    ("data.gz", |key| gzip(format!("key = {key}\n").as_bytes()), Stripped),
    (
        "nested.zip",
        |key| zip("a.tar.gz", &gzip(&tar("b.txt", format!("key = {key}\n").as_bytes()))),
        Stripped,
    ),
    (
        "wrapped-gzip.txt",
        |key| {
            let text =
                base64::prelude::BASE64_STANDARD.encode(gzip(format!("key = {key}\n").repeat(3).as_bytes()));
            format!("data: {text}\n").into()
        },
        Stripped,
    ),
];

#[test]
fn each_kind_of_file_is_cleaned_in_its_way() {
    let is_ready = has("git-filter-repo");
    let sandbox = repository();
    let keys: Vec<String> = (0..).zip(KINDS).map(|(seed, _)| openai_key(seed)).collect();
    for ((name, content, _), key) in KINDS.iter().zip(&keys) {
        sandbox.write(name, "nothing yet\n");
        commit(&sandbox, "a file");
        sandbox.write(name, content(key));
        commit(&sandbox, "the file with a key");
    }
    let mut planned = planned(sandbox, &[]);
    let edits = planned.edits();
    for (name, content, fate) in KINDS {
        let id = planned.sandbox.git("", &["rev-parse", &format!("HEAD:{name}")]);
        let id = id.trim();
        let is_replaced = edits["replace"].as_array().unwrap().iter().any(|one| one == id);
        let found = match (is_replaced, edits["edit"].get(id), planned.file("strip-blobs.txt").contains(id)) {
            (true, None, false) => Some(Replaced),
            (false, Some(_), false) => Some(Edited),
            (false, None, true) => Some(Stripped),
            _ => None,
        };
        assert_eq!(found, Some(*fate), "{name}: {} bytes", content(&keys[0]).len());
    }
    planned.assert_secret(&keys);
    if !is_ready {
        return;
    }
    let run = planned.clean_up();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("safe to publish"), "{run:?}");
    planned.assert_secret(&keys);
    planned.assert_same_otherwise(&|_| false);
    assert_useful(&planned);
}

/// What was edited is still what it was.
fn assert_useful(planned: &crate::harness::Planned) {
    let text = |path: &str| String::from_utf8(planned.clean_file(path)).unwrap();
    assert_eq!(text("text.txt"), "OPENAI_API_KEY=REMOVED-BY-SKANNER\nnext\n");
    assert_eq!(text("crlf.txt"), "a\r\nkey: REMOVED-BY-SKANNER\r\nb\r\n");
    assert_eq!(text("split.py"), "key = \"REMOVED-BY-SKANNER\"\n");
    assert_eq!(text("escaped.json"), "{\"key\": \"REMOVED-BY-SKANNER\"}\n");
    assert_eq!(text("percent.txt"), "https://example.org/?key=REMOVED-BY-SKANNER&b=1\n");
    assert_eq!(planned.clean_file("utf16le.txt"), utf16("key = REMOVED-BY-SKANNER\r\nnext\r\n", false));
    assert_eq!(planned.clean_file("utf16be.txt"), utf16("key = REMOVED-BY-SKANNER\r\nnext\r\n", true));
    let decoded = |text: &str| {
        let bytes = base64::prelude::BASE64_STANDARD.decode(text).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let secret = text("secret.yaml");
    assert!(
        decoded(secret.trim().rsplit(' ').next().unwrap()).starts_with("REMOVED-BY-SKANNER---"),
        "{secret}"
    );
    let wrapped = decoded(&text("wrapped.b64").replace('\n', ""));
    assert!(wrapped.starts_with("OPENAI_API_KEY=REMOVED-BY-SKANNER--"), "{wrapped}");
    assert!(wrapped.ends_with("\nOTHER=something that is not a key\n"), "{wrapped}");
    let list = text("list.c");
    assert!(list.starts_with("char key[] = {120, 120, ") && list.ends_with("120};\n"), "{list}");
    // Nothing in a binary file moves.
    for path in ["program.bin", "wide.bin", "archive.tar"] {
        let size = planned.sandbox.git("", &["cat-file", "-s", &format!("HEAD:{path}")]);
        assert_eq!(size.trim(), planned.clean_file(path).len().to_string(), "{path}");
    }
    let mut archive = tar::Archive::new(std::io::Cursor::new(planned.clean_file("archive.tar")));
    let paths: Vec<_> =
        archive.entries().unwrap().map(|one| one.unwrap().path().unwrap().into_owned()).collect();
    assert_eq!(paths, [std::path::Path::new("a.txt")]);
}

#[test]
fn two_keys_in_one_file_do_not_hinder_each_other() {
    let sandbox = repository();
    let is_text = |kind: &&Kind| kind.2 != Stripped && !kind.1(&openai_key(1)).contains(&0);
    let kinds: Vec<&Kind> = KINDS.iter().filter(is_text).collect();
    let mut keys = Vec::new();
    for (at, (first, one, _)) in kinds.iter().enumerate() {
        for (second, other, _) in &kinds[at..] {
            let [a, b] = [0, 1].map(|more| openai_key(1000 + keys.len() as u64 + more));
            sandbox.write(format!("{first}+{second}"), [one(&a), b"\n".to_vec(), other(&b)].concat());
            keys.extend([a, b]);
        }
    }
    commit(&sandbox, "pairs");
    let mut planned = planned(sandbox, &[]);
    assert_eq!(planned.stripped(), [""; 0]);
    if has("git-filter-repo") {
        let run = planned.clean_up();
        assert_eq!(run.code, 0, "{run:?}");
        planned.assert_secret(&keys);
    }
}
