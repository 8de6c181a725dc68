//! Every kind of value in every way to write it.

use base64::Engine;
use skanner::testing::blob::WINDOW;

use super::{FROM, found, values, with_values};

type Form = (&'static str, fn(&str) -> Option<Vec<u8>>);

fn each(text: &str, write: impl Fn(u8) -> String) -> Option<Vec<u8>> {
    Some(text.bytes().map(write).collect::<String>().into_bytes())
}

/// All bytes one by one.
fn list(text: &str, between: &str, write: impl Fn(u8) -> String) -> Option<Vec<u8>> {
    Some(text.bytes().map(write).collect::<Vec<_>>().join(between).into_bytes())
}

/// With something before and behind it.
fn base64(text: &str, before: usize, after: usize) -> Vec<u8> {
    let whole = format!("{}{text}{}", "-".repeat(before), ".".repeat(after));
    base64::engine::general_purpose::STANDARD.encode(whole).into_bytes()
}

fn escaped(text: &str, marks: &str, before: &str) -> Vec<u8> {
    let mut written = String::new();
    for one in text.chars() {
        if marks.contains(one) {
            written.push_str(before);
        }
        written.push(one);
    }
    written.into_bytes()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Option<Vec<u8>> {
    Some(text.encode_utf16().flat_map(bytes).collect())
}

/// `None` if a value cannot be written so, or is too short to be found there: a run of base64 in base64 has 32 characters
/// or more, and more than one seam may hit each piece that is searched for.
const FORMS: &[Form] = &[
    ("plain", |text| Some(text.into())),
    ("json", |text| Some(serde_json::to_vec(text).unwrap())),
    ("json with slashes", |text| Some(serde_json::to_string(text).unwrap().replace('/', "\\/").into())),
    ("json in json", |text| Some(serde_json::to_vec(&serde_json::to_string(text).unwrap()).unwrap())),
    ("json in ascii", |text| {
        let escape = |one: char| match one {
            '"' | '\\' => format!("\\{one}"),
            '\n' => "\\n".to_owned(),
            ' '..='~' => one.to_string(),
            other => other.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        };
        Some(text.chars().map(escape).collect::<String>().into())
    }),
    ("unicode", |text| {
        Some(text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect::<String>().into())
    }),
    ("hex escapes", |text| each(text, |byte| format!("\\x{byte:02x}"))),
    ("octal", |text| each(text, |byte| format!("\\{byte:03o}"))),
    ("url", |text| {
        let keeps = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        each(text, |byte| if keeps(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
    }),
    ("form", |text| {
        let write = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02x}"),
        };
        each(text, write)
    }),
    ("percent", |text| each(text, |byte| format!("%{byte:02x}"))),
    ("html", |text| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        Some(text.replace('"', "&quot;").replace('\'', "&#39;").into())
    }),
    ("decimal", |text| {
        Some(text.chars().map(|one| format!("&#{};", u32::from(one))).collect::<String>().into())
    }),
    ("hex entities", |text| {
        Some(text.chars().map(|one| format!("&#x{:X};", u32::from(one))).collect::<String>().into())
    }),
    ("mail", |text| {
        let keeps = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'=';
        each(text, |byte| if keeps(byte) { char::from(byte).to_string() } else { format!("={byte:02X}") })
    }),
    ("named entities", |text| {
        let write = |one: char| match one {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            'ß' => "&szlig;".to_owned(),
            'é' => "&eacute;".to_owned(),
            other => other.to_string(),
        };
        Some(text.chars().map(write).collect::<String>().into())
    }),
    ("python", |text| {
        // As `ascii()` writes it.
        let write = |one: char| match u32::from(one) {
            10 => "\\n".to_owned(),
            92 => "\\\\".to_owned(),
            32..127 => one.to_string(),
            code @ 0..256 => format!("\\x{code:02x}"),
            code => format!("\\U{code:08x}"),
        };
        Some(text.chars().map(write).collect::<String>().into())
    }),
    ("rust", |text| {
        Some(text.chars().map(|one| format!("\\u{{{:x}}}", u32::from(one))).collect::<String>().into())
    }),
    ("long unicode", |text| {
        Some(text.chars().map(|one| format!("\\U{:08x}", u32::from(one))).collect::<String>().into())
    }),
    ("json in json, all escaped", |text| {
        Some(text.encode_utf16().map(|unit| format!("\\\\u{unit:04x}")).collect::<String>().into())
    }),
    ("percent twice", |text| each(text, |byte| format!("%25{byte:02X}"))),
    ("mail, all escaped", |text| each(text, |byte| format!("={byte:02X}"))),
    ("long decimal", |text| {
        Some(text.chars().map(|one| format!("&#0{};", u32::from(one))).collect::<String>().into())
    }),
    ("latin-1", |text| {
        let bytes = text.chars().map(|one| u8::try_from(u32::from(one)).ok());
        bytes.collect()
    }),
    ("mail in latin-1", |text| {
        let write = |one: char| match u8::try_from(u32::from(one)).ok()? {
            byte if byte == b'=' || !byte.is_ascii() => Some(format!("={byte:02X}")),
            byte => Some(char::from(byte).to_string()),
        };
        Some(text.chars().map(write).collect::<Option<String>>()?.into())
    }),
    ("hex with colons", |text| list(text, ":", |byte| format!("{byte:02X}"))),
    ("hex with spaces", |text| list(text, " ", |byte| format!("{byte:02x}"))),
    ("hex bytes", |text| list(text, ", ", |byte| format!("0x{byte:02X}"))),
    ("bytes", |text| list(text, ", ", |byte| byte.to_string())),
    ("bytes without spaces", |text| list(text, ",", |byte| byte.to_string())),
    ("shell", |text| Some(format!("'{}'", text.replace('\'', "'\\''")).into())),
    ("shell words", |text| {
        (!text.contains('\n')).then(|| escaped(text, " \"$\\/%'<&>!#*+,.:;=?@^_~-", "\\"))
    }),
    ("doubled", |text| Some(text.replace('\'', "''").replace('"', "\"\"").replace('$', "$$").into())),
    ("carriage returns", |text| Some(text.replace('\n', "\r\n").into())),
    ("indented", |text| Some(text.replace('\n', "\n      ").into())),
    ("base64", |text| Some(base64(text, 0, 0))),
    ("base64 after 1", |text| Some(base64(text, 1, 0))),
    ("base64 after 2", |text| Some(base64(text, 2, 1))),
    ("base64 after 3", |text| Some(base64(text, 33, 32))),
    ("base64 for urls", |text| {
        Some(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("?>{text}?")).into())
    }),
    ("base64 on lines", |text| {
        let all = base64(text, 200, 100);
        Some(all.chunks(76).collect::<Vec<_>>().join(&b"\r\n"[..]))
    }),
    ("base64 twice", |text| {
        (12..2000)
            .contains(&text.len())
            .then(|| base64::engine::general_purpose::STANDARD.encode(base64(text, 1, 2)).into())
    }),
    ("hex", |text| each(text, |byte| format!("{byte:02x}"))),
    ("capital hex", |text| each(text, |byte| format!("{byte:02X}"))),
    ("utf-16 le", |text| utf16(text, u16::to_le_bytes)),
    ("utf-16 be", |text| utf16(text, u16::to_be_bytes)),
    ("utf-16 in base64", |text| {
        let wide = utf16(text, u16::to_le_bytes)?;
        (12..1000)
            .contains(&text.len())
            .then(|| base64::engine::general_purpose::STANDARD.encode(wide).into())
    }),
    ("two strings", |text| {
        let middle = (text.len() / 2..).find(|at| text.is_char_boundary(*at))?;
        (!text.contains('\n')).then(|| format!("{}\" +\n    \"{}", &text[..middle], &text[middle..]).into())
    }),
    ("four strings", |text| {
        let parts: Vec<String> = text
            .chars()
            .collect::<Vec<_>>()
            .chunks(text.chars().count().div_ceil(4))
            .map(|part| part.iter().collect())
            .collect();
        (!text.contains('\n') && text.len() > 30).then(|| parts.join("' . '").into())
    }),
    ("continued", |text| {
        let middle = (text.len() / 2..).find(|at| text.is_char_boundary(*at))?;
        Some(format!("{}\\\n{}", &text[..middle], &text[middle..]).into())
    }),
];

#[test]
fn every_kind_of_value_is_found_in_every_form() {
    let all = values(7);
    let sandbox = with_values(&all);
    let mut expected = Vec::new();
    for (at, (form, write)) in FORMS.iter().enumerate() {
        for (name, text) in &all {
            let Some(written) = write(text) else { continue };
            sandbox.write(format!("{at:02}/{name}.txt"), [&b"x = \""[..], &written, b"\"\ny = 1\n"].concat());
            expected.push((format!("{at:02}/{name}.txt"), *form));
        }
    }
    let report = sandbox.scan(&[&["."][..], &FROM].concat());
    assert_eq!(report.code, 1);
    let names: Vec<_> = found(&report).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), all.len(), "{names:?}");
    let places = report.places();
    let missed: Vec<_> = expected
        .iter()
        .filter(|(path, _)| !places.iter().any(|place| place.starts_with(&format!("{path}:"))))
        .collect();
    assert!(missed.is_empty(), "{} of {}: {missed:?}", missed.len(), expected.len());
    // One for each place, and a long one has parts.
    for (path, form) in expected.iter().filter(|(path, _)| !path.contains("LARGER")) {
        let count = places.iter().filter(|place| place.starts_with(&format!("{path}:"))).count();
        assert_eq!(count, 1, "{form}: {path}");
    }
}

#[test]
fn no_window_ends_in_a_value() {
    let all: Vec<_> = values(8).into_iter().filter(|(name, _)| *name != "LARGER_KEY").collect();
    let sandbox = with_values(&all);
    let step = support_cases(6);
    for (form, write) in FORMS.iter().filter(|(form, _)| !form.contains("twice")) {
        let mut text = Vec::new();
        let mut count = 0;
        // One value before each boundary between two windows, further and further from it.
        for round in 0..step {
            for (_, value) in &all {
                let Some(written) = write(value) else { continue };
                let far = (written.len() + 20) * round / (step - 1).max(1);
                let next = (text.len() / (WINDOW / 2) + 1) * (WINDOW / 2);
                let start = (next.saturating_sub(far)).max(text.len());
                while text.len() < start {
                    text.extend_from_slice(if text.len() % 64 == 63 { b"\n" } else { b"." });
                }
                text.extend_from_slice(b"\n(");
                text.extend_from_slice(&written);
                text.extend_from_slice(b")\n");
                count += 1;
            }
        }
        sandbox.write("large.txt", &text);
        let report = sandbox.scan(&[&["large.txt"][..], &FROM].concat());
        let occurrences: usize = found(&report).iter().map(|(_, count)| count).sum();
        assert_eq!(occurrences, count, "{form}");
    }
}

fn support_cases(few: usize) -> usize {
    usize::try_from(crate::support::cases(few as u64, 40)).unwrap()
}

#[test]
fn what_is_not_the_value_is_not_found() {
    let all = values(9);
    let sandbox = with_values(&all);
    let short = &all[0].1;
    let long = &all[2].1;
    let mut other = long.clone().into_bytes();
    other[20] ^= 1;
    let swapped: String = short
        .chars()
        .map(|one| if one.is_ascii_lowercase() { one.to_ascii_uppercase() } else { one.to_ascii_lowercase() })
        .collect();
    let nothing = [
        format!("a{short}b a{short} {short}9\n"),
        format!("{swapped} {}\n", &short[..7]),
        format!("{} {}\n", String::from_utf8(other).unwrap(), &long[..39]),
    ];
    sandbox.write("nothing.txt", nothing.concat());
    sandbox.scan(&[&["."][..], &FROM].concat()).assert_clean();
    // A long one is the same inside of a word, and a short one beside an escape.
    sandbox.write("word.txt", format!("a{long}b\n\"x\\n{short}\" %3D{short} _{short}-\n"));
    let report = sandbox.scan(&[&["."][..], &FROM].concat());
    assert_eq!(found(&report).iter().map(|(_, count)| count).sum::<usize>(), 4);
}
