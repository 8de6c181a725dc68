//! The encodings: how a text with a key is written in each, and where the key stands in what is written.

use std::ops::Range;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};

/// A text with a key in it.
pub(crate) struct Plain<'a> {
    pub(crate) before: &'a str,
    pub(crate) key: &'a str,
    pub(crate) after: &'a str,
}

impl Plain<'_> {
    pub(crate) fn whole(&self) -> String {
        [self.before, self.key, self.after].concat()
    }

    /// The key's bytes in the whole.
    pub(crate) fn range(&self) -> Range<usize> {
        self.before.len()..self.before.len() + self.key.len()
    }
}

/// What was written.
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    /// The key's bytes there; nothing where lines and columns are those of the plain text.
    pub(crate) key: Option<Range<usize>>,
}

impl Written {
    fn of(text: String, key: Range<usize>) -> Self {
        Self { bytes: text.into_bytes(), key: Some(key) }
    }

    fn same_place(bytes: Vec<u8>) -> Self {
        Self { bytes, key: None }
    }

    /// Writes this between other text.
    fn between(self, before: &str, after: &str) -> Self {
        let key = self.key.map(|key| key.start + before.len()..key.end + before.len());
        Self { bytes: [before.as_bytes(), &self.bytes, after.as_bytes()].concat(), key }
    }

    /// Breaks lines after so many bytes.
    fn wrapped(self, width: usize, line_end: &str) -> Self {
        let place = |at: usize| at + at / width * line_end.len();
        // The end lies behind the last byte, not behind the line end that may follow it.
        let key = self.key.map(|key| place(key.start)..place(key.end - 1) + 1);
        let lines: Vec<&[u8]> = self.bytes.chunks(width).collect();
        Self { bytes: lines.join(line_end.as_bytes()), key }
    }
}

/// The characters of base64, or of hex digits, that hold these bytes.
fn holding(bytes: &Range<usize>, bits: usize) -> Range<usize> {
    bytes.start * 8 / bits..(bytes.end * 8).div_ceil(bits)
}

fn base64(plain: &Plain<'_>, encode: fn(&[u8]) -> String) -> Written {
    Written::of(encode(plain.whole().as_bytes()), holding(&plain.range(), 6))
}

/// The text after `lead` other bytes, which shift the alignment.
fn shifted(plain: &Plain<'_>, lead: usize, encode: fn(&[u8]) -> String) -> Written {
    let before = format!("{}{}", "# ".split_at(lead).0, plain.before);
    base64(&Plain { before: &before, ..*plain }, encode).between("x: ", "\n")
}

fn hex(plain: &Plain<'_>, digits: fn(u8) -> String) -> Written {
    let text: String = plain.whole().bytes().map(digits).collect();
    Written::of(text, holding(&plain.range(), 4)).between("x=", "\n")
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

/// The key alone, each byte that `which` names.
fn escaped(plain: &Plain<'_>, which: fn(u8) -> bool, escape: fn(u8) -> String) -> Written {
    let write = |byte: u8| if which(byte) { escape(byte) } else { char::from(byte).to_string() };
    let key: String = plain.key.bytes().map(write).collect();
    let start = plain.before.len();
    Written::of([plain.before, &key, plain.after].concat(), start..start + key.len())
}

/// What RFC 2045 leaves as it is, lines no longer than 76.
fn quoted_printable(plain: &Plain<'_>, also: fn(u8) -> bool) -> Written {
    let (mut text, mut column) = (String::new(), 0);
    let mut places = Vec::new();
    for byte in plain.whole().bytes() {
        let is_plain = (b' '..=b'~').contains(&byte) && byte != b'=' && !also(byte) || byte == b'\n';
        let unit = if is_plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
        if column + unit.len() > 75 && byte != b'\n' {
            text.push_str("=\n");
            column = 0;
        }
        places.push(text.len()..text.len() + unit.len());
        column = if byte == b'\n' { 0 } else { column + unit.len() };
        text.push_str(&unit);
    }
    let range = plain.range();
    Written::of(text, places[range.start].start..places[range.end - 1].end)
}

/// The key with something between its bytes, at the places that `at` names.
fn inserted(plain: &Plain<'_>, what: &str, at: fn(&str) -> Vec<usize>) -> Written {
    let mut key = plain.key.to_owned();
    for at in at(plain.key).into_iter().rev() {
        key.insert_str(at, what);
    }
    let start = plain.before.len();
    Written::of([plain.before, &key, plain.after].concat(), start..start + key.len())
}

/// In the body, where no prefix and no separator is near.
fn middle(key: &str) -> Vec<usize> {
    vec![key.len() * 2 / 3]
}

/// Behind every 20 bytes, or more in a long key, so that it has no more pieces than are joined.
fn often(key: &str) -> Vec<usize> {
    const MOST_PIECES: usize = 14;
    let length = 20.max(key.len().div_ceil(MOST_PIECES));
    (length..key.len()).step_by(length).collect()
}

/// Before and behind the separator that ends the anchor.
fn around_anchor(key: &str) -> Vec<usize> {
    let at = key.find(['-', '_', '.']).unwrap_or(1);
    vec![at, at + 1]
}

/// The text as a list of its bytes.
fn list(
    plain: &Plain<'_>,
    (open, separator, close): (&str, &str, &str),
    element: fn(u8) -> String,
) -> Written {
    let mut text = open.to_owned();
    let mut places = Vec::new();
    for byte in plain.whole().bytes() {
        if !places.is_empty() {
            text.push_str(separator);
        }
        let element = element(byte);
        places.push(text.len()..text.len() + element.len());
        text.push_str(&element);
    }
    let range = plain.range();
    Written::of(text + close, places[range.start].start..places[range.end - 1].end)
}

/// A dump of 16 bytes a line, with offsets before and the text behind them.
fn dump(plain: &Plain<'_>, digits: usize, marks: (&str, &str, &str), group: usize) -> Written {
    let whole = plain.whole();
    let (mut text, mut places) = (String::new(), Vec::new());
    for (line, bytes) in whole.as_bytes().chunks(16).enumerate() {
        text.push_str(&format!("{:0digits$x}{}", 16 * line, marks.0));
        for (at, byte) in bytes.iter().enumerate() {
            if at > 0 && at % group == 0 {
                text.push(' ');
            }
            places.push(text.len()..text.len() + 2);
            text.push_str(&format!("{byte:02x}"));
        }
        if !marks.1.is_empty() {
            let missing = 16 - bytes.len();
            text.push_str(&" ".repeat(2 * missing + missing / group));
            text.push_str(marks.1);
            text.extend(
                bytes.iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '.' }),
            );
            text.push_str(marks.2);
        }
        text.push('\n');
    }
    let range = plain.range();
    Written::of(text, places[range.start].start..places[range.end - 1].end)
}

fn all(_: u8) -> bool {
    true
}

fn none(_: u8) -> bool {
    false
}

/// What shells, addresses and Markdown need not escape, and some programs do.
fn separators(byte: u8) -> bool {
    matches!(byte, b'-' | b'_')
}

pub(crate) struct Encoding {
    pub(crate) name: &'static str,
    /// As a report names it, outermost first.
    pub(crate) chain: &'static [&'static str],
    /// Only the key is rewritten, and only parts of it: what it holds besides must not look like an escape.
    pub(crate) is_escape: bool,
    pub(crate) write: fn(&Plain<'_>) -> Written,
}

const fn whole(
    name: &'static str,
    chain: &'static [&'static str],
    write: fn(&Plain<'_>) -> Written,
) -> Encoding {
    Encoding { name, chain, is_escape: false, write }
}

const fn escape(
    name: &'static str,
    chain: &'static [&'static str],
    write: fn(&Plain<'_>) -> Written,
) -> Encoding {
    Encoding { name, chain, is_escape: true, write }
}

const LE: fn(u16) -> [u8; 2] = u16::to_le_bytes;
const BE: fn(u16) -> [u8; 2] = u16::to_be_bytes;
const STD: fn(&[u8]) -> String = |bytes| STANDARD.encode(bytes);
const STD_BARE: fn(&[u8]) -> String = |bytes| STANDARD_NO_PAD.encode(bytes);
const URL: fn(&[u8]) -> String = |bytes| URL_SAFE.encode(bytes);
const URL_BARE: fn(&[u8]) -> String = |bytes| URL_SAFE_NO_PAD.encode(bytes);

const B64: &[&str] = &["base64"];
const LIST: &[&str] = &["byte-list"];

#[rustfmt::skip]
pub(crate) const ENCODINGS: &[Encoding] = &[
    whole("UTF-8 with a mark", &[], |p| Written::same_place(format!("\u{feff}{}", p.whole()).into_bytes())),
    whole("UTF-16LE with a mark", &["utf-16le"], |p| Written::same_place(utf16(&format!("\u{feff}{}", p.whole()), LE))),
    whole("UTF-16BE with a mark", &["utf-16be"], |p| Written::same_place(utf16(&format!("\u{feff}{}", p.whole()), BE))),
    whole("UTF-16LE", &["utf-16le"], |p| Written::same_place(utf16(&p.whole(), LE))),
    whole("UTF-16BE", &["utf-16be"], |p| Written::same_place(utf16(&p.whole(), BE))),
    whole("Latin-1", &[], |p| {
        let before = format!("é{}", p.before);
        let bytes = [&before, p.key, p.after].concat().chars().map(|c| c as u8).collect();
        let start = before.chars().count();
        Written { bytes, key: Some(start..start + p.key.len()) }
    }),
    whole("base64, first alignment", B64, |p| shifted(p, 0, STD)),
    whole("base64, second alignment", B64, |p| shifted(p, 1, STD)),
    whole("base64, third alignment", B64, |p| shifted(p, 2, STD)),
    whole("base64, not padded", B64, |p| shifted(p, 1, STD_BARE)),
    whole("base64, URL alphabet", B64, |p| shifted(p, 0, URL)),
    whole("base64, URL alphabet, second alignment", B64, |p| shifted(p, 1, URL_BARE)),
    whole("base64, URL alphabet, third alignment", B64, |p| shifted(p, 2, URL_BARE)),
    whole("base64 in 64 columns", B64, |p| base64(p, STD).wrapped(64, "\n").between("x:\n", "\n")),
    whole("base64 in 76 columns", B64, |p| base64(p, STD).wrapped(76, "\n").between("x:\n", "\n")),
    whole("base64 in 76 columns, CR LF", B64, |p| base64(p, STD).wrapped(76, "\r\n").between("x:\r\n", "\r\n")),
    whole("base64 in 64 columns, indented", B64, |p| base64(p, STD).wrapped(64, "\n    ").between("x: |\n    ", "\n")),
    whole("Kubernetes", B64, |p| {
        let key = Plain { before: "", after: "", ..*p };
        let head = format!("{}\nkind: Secret\ntype: Opaque\ndata:\n  key: ", p.before.trim_end_matches(['"', '\'']));
        base64(&key, STD).between(&head, "\n")
    }),
    whole("Kubernetes, echoed with its line end", B64, |p| {
        let head = format!("{}\nkind: Secret\ndata:\n  key: ", p.before.trim_end_matches(['"', '\'']));
        base64(&Plain { before: "", after: "\n", ..*p }, STD).between(&head, "\n")
    }),
    whole("Basic", B64, |p| {
        let head = format!("{}\nAuthorization: Basic ", p.before.trim_end_matches(['"', '\'']));
        base64(&Plain { before: "user:", after: "", ..*p }, STD).between(&head, "\r\n")
    }),
    whole("Basic, key as user", B64, |p| {
        let head = format!("{}\nAuthorization: Basic ", p.before.trim_end_matches(['"', '\'']));
        base64(&Plain { before: "", after: ":", ..*p }, STD).between(&head, "\r\n")
    }),
    whole("base64 in base64", &["base64", "base64"], |p| {
        let inner = base64(p, STD);
        let key = holding(&inner.key.unwrap(), 6);
        Written::of(STANDARD.encode(&inner.bytes), key).between("x=", "\n")
    }),
    whole("UTF-16LE in base64", &["base64", "utf-16le"], |p| {
        let key = p.range();
        let text = STANDARD.encode(utf16(&p.whole(), LE));
        Written::of(text, holding(&(2 * key.start..2 * key.end), 6)).between("powershell -EncodedCommand ", "\n")
    }),
    whole("base64 in UTF-16LE", &["utf-16le", "base64"], |p| {
        let Written { bytes, key } = shifted(p, 1, STD);
        Written { bytes: utf16(str::from_utf8(&bytes).unwrap(), LE), key }
    }),
    whole("base64 in JSON, line feeds written", B64, |p| base64(p, STD).wrapped(60, "\n").between("{\"content\": \"", "\n\"}")),
    whole("hex", &["hex"], |p| hex(p, |byte| format!("{byte:02x}"))),
    whole("hex in upper case", &["hex"], |p| hex(p, |byte| format!("{byte:02X}"))),
    whole("quoted-printable", &["quoted-printable"], |p| quoted_printable(p, none)),
    whole("quoted-printable, separators too", &["quoted-printable"], |p| quoted_printable(p, separators)),
    escape("percent, separators", &["percent"], |p| escaped(p, separators, |byte| format!("%{byte:02X}"))),
    escape("percent in lower case, separators", &["percent"], |p| escaped(p, separators, |byte| format!("%{byte:02x}"))),
    escape("percent, every byte", &["percent"], |p| escaped(p, all, |byte| format!("%{byte:02X}"))),
    escape("\\u, separators", &["unicode-escape"], |p| escaped(p, separators, |byte| format!("\\u{byte:04x}"))),
    escape("\\u, every byte", &["unicode-escape"], |p| escaped(p, all, |byte| format!("\\u{byte:04X}"))),
    escape("\\u{}, separators", &["unicode-escape"], |p| escaped(p, separators, |byte| format!("\\u{{{byte:x}}}"))),
    escape("\\\\u, quoted twice", &["unicode-escape"], |p| escaped(p, separators, |byte| format!("\\\\u{byte:04x}"))),
    escape("\\U, separators", &["unicode-escape"], |p| escaped(p, separators, |byte| format!("\\U{byte:08x}"))),
    escape("\\x, separators", &["hex-escape"], |p| escaped(p, separators, |byte| format!("\\x{byte:02x}"))),
    escape("\\x, every byte", &["hex-escape"], |p| escaped(p, all, |byte| format!("\\x{byte:02x}"))),
    escape("\\x in upper case, every byte", &["hex-escape"], |p| escaped(p, all, |byte| format!("\\x{byte:02X}"))),
    escape("octal, separators", &["octal-escape"], |p| escaped(p, separators, |byte| format!("\\{byte:03o}"))),
    escape("octal, every byte", &["octal-escape"], |p| escaped(p, all, |byte| format!("\\{byte:03o}"))),
    escape("backslash, separators", &["backslash"], |p| escaped(p, separators, |byte| format!("\\{}", char::from(byte)))),
    escape("entities, separators", &["html-entity"], |p| escaped(p, separators, |byte| format!("&#{byte};"))),
    escape("entities in hex, separators", &["html-entity"], |p| escaped(p, separators, |byte| format!("&#x{byte:X};"))),
    escape("entities, every byte", &["html-entity"], |p| escaped(p, all, |byte| format!("&#{byte};"))),
    escape("entities in hex, every byte", &["html-entity"], |p| escaped(p, all, |byte| format!("&#x{byte:x};"))),
    escape("zero-width space", &["invisible"], |p| inserted(p, "\u{200b}", middle)),
    escape("zero-width space, often", &["invisible"], |p| inserted(p, "\u{200b}", often)),
    escape("zero-width joiner beside the separator", &["invisible"], |p| inserted(p, "\u{200d}", around_anchor)),
    escape("word joiner", &["invisible"], |p| inserted(p, "\u{2060}", middle)),
    escape("soft hyphen", &["invisible"], |p| inserted(p, "\u{ad}", often)),
    escape("byte order mark", &["invisible"], |p| inserted(p, "\u{feff}", middle)),
    escape("mark of direction", &["invisible"], |p| inserted(p, "\u{200e}", often)),
    escape("variation selector", &["invisible"], |p| inserted(p, "\u{fe0f}", middle)),
    escape("zero-width space as \\u", &["unicode-escape"], |p| inserted(p, "\\u200b", middle)),
    escape("zero-width space as an entity", &["html-entity"], |p| inserted(p, "&#8203;", middle)),
    escape("soft hyphen as an entity", &["html-entity"], |p| inserted(p, "&shy;", middle)),
    escape("zero-width space in percent", &["percent"], |p| inserted(p, "%E2%80%8B", middle)),
    escape("NUL", &["control"], |p| inserted(p, "\0", middle)),
    escape("ESC", &["control"], |p| inserted(p, "\x1b", middle)),
    escape("DEL, often", &["control"], |p| inserted(p, "\x7f", often)),
    escape("color", &["ansi"], |p| inserted(p, "\x1b[0m\x1b[1;32m", middle)),
    escape("color, written", &["ansi"], |p| inserted(p, "\\x1b[01;31m", middle)),
    escape("color beside the separator", &["ansi"], |p| inserted(p, "\x1b[m\x1b[K", around_anchor)),
    escape("U+2010", &["look-alike"], |p| escaped(p, |byte| byte == b'-', |_| "\u{2010}".to_owned())),
    escape("U+2011", &["look-alike"], |p| escaped(p, |byte| byte == b'-', |_| "\u{2011}".to_owned())),
    escape("U+2013", &["look-alike"], |p| escaped(p, |byte| byte == b'-', |_| "\u{2013}".to_owned())),
    escape("U+2212", &["look-alike"], |p| escaped(p, |byte| byte == b'-', |_| "\u{2212}".to_owned())),
    escape("U+FF0D and U+FF3F", &["look-alike"], |p| escaped(p, separators, |byte| char::from_u32(u32::from(byte) + 0xfee0).unwrap().into())),
    escape("U+FE63", &["look-alike"], |p| escaped(p, |byte| byte == b'-', |_| "\u{fe63}".to_owned())),
    escape("\\u, s", &["unicode-escape"], |p| escaped(p, |byte| byte == b's', |byte| format!("\\u{byte:04x}"))),
    escape("\\u, k", &["unicode-escape"], |p| escaped(p, |byte| byte == b'k', |byte| format!("\\u{byte:04x}"))),
    escape("\\x, s", &["hex-escape"], |p| escaped(p, |byte| byte == b's', |byte| format!("\\x{byte:02x}"))),
    escape("\\x, k", &["hex-escape"], |p| escaped(p, |byte| byte == b'k', |byte| format!("\\x{byte:02x}"))),
    escape("percent, s", &["percent"], |p| escaped(p, |byte| byte == b's', |byte| format!("%{byte:02x}"))),
    escape("percent, k", &["percent"], |p| escaped(p, |byte| byte == b'k', |byte| format!("%{byte:02X}"))),
    escape("entity, s", &["html-entity"], |p| escaped(p, |byte| byte == b's', |byte| format!("&#{byte};"))),
    escape("entity, k", &["html-entity"], |p| escaped(p, |byte| byte == b'k', |byte| format!("&#x{byte:x};"))),
    escape("octal, s", &["octal-escape"], |p| escaped(p, |byte| byte == b's', |byte| format!("\\{byte:03o}"))),
    whole("list of numbers", LIST, |p| list(p, ("[", ",", "]\n"), |byte| byte.to_string())),
    whole("list of numbers, spaced", LIST, |p| list(p, ("x = [", ", ", "]\n"), |byte| byte.to_string())),
    whole("list of numbers, one a line", LIST, |p| list(p, ("[\n    ", ",\n    ", "\n]\n"), |byte| byte.to_string())),
    whole("JSON Buffer", LIST, |p| list(p, ("{\"type\":\"Buffer\",\"data\":[", ",", "]}"), |byte| byte.to_string())),
    whole("fromCharCode", LIST, |p| list(p, ("String.fromCharCode(", ",", ")"), |byte| byte.to_string())),
    whole("chr(…) . chr(…)", LIST, |p| list(p, ("$x = chr(", ") . chr(", ");\n"), |byte| byte.to_string())),
    whole("list of 0x", LIST, |p| list(p, ("char x[] = {", ", ", "};\n"), |byte| format!("0x{byte:02x}"))),
    whole("list of 0X in upper case", LIST, |p| list(p, ("[byte[]](", ",", ")\n"), |byte| format!("0x{byte:02X}"))),
    whole("list of 0x with casts", LIST, |p| list(p, ("new byte[] {(byte)", ", (byte)", "};\n"), |byte| format!("0x{byte:02x}"))),
    whole("list of 0x with types", LIST, |p| list(p, ("&[", "u8, ", "u8];\n"), |byte| format!("0x{byte:02x}"))),
    whole("hex pairs, spaced", LIST, |p| list(p, ("x: ", " ", "\n"), |byte| format!("{byte:02x}"))),
    whole("hex pairs, colons", LIST, |p| list(p, ("x: ", ":", "\n"), |byte| format!("{byte:02x}"))),
    whole("hex pairs, dashes, upper case", LIST, |p| list(p, ("x: ", "-", "\n"), |byte| format!("{byte:02X}"))),
    whole("registry, hex", LIST, |p| list(p, ("\"K\"=hex:", ",", "\n"), |byte| format!("{byte:02x}"))),
    whole("registry, hex(2)", &["byte-list", "utf-16le"], |p| list(p, ("\"K\"=hex(2):", ",", ",00,00\n"), |byte| format!("{byte:02x},00"))),
    whole("hexdump -C", &["hex-dump"], |p| dump(p, 8, ("  ", "  |", "|"), 1)),
    whole("od -tx1", &["hex-dump"], |p| dump(p, 7, (" ", "", ""), 1)),
    whole("xxd", &["hex-dump"], |p| dump(p, 8, (": ", "  ", ""), 2)),
];
