//! How programs write strings into files that are not text, each as small as it can be and exact.

pub(crate) struct Format {
    pub(crate) name: &'static str,
    /// Whether what is written around a string tells its end, whatever its shape.
    pub(crate) tells_end: bool,
    pub(crate) write: fn(&[&str]) -> Vec<u8>,
}

const fn telling(name: &'static str, write: fn(&[&str]) -> Vec<u8>) -> Format {
    Format { name, tells_end: true, write }
}

/// The end of a string is only known from its shape.
const fn silent(name: &'static str, write: fn(&[&str]) -> Vec<u8>) -> Format {
    Format { name, tells_end: false, write }
}

pub(crate) const FORMATS: &[Format] = &[
    telling("Python marshal", |all| {
        let one = |text: &str| match u8::try_from(text.len()) {
            Ok(length) => [b"z", &[length][..], text.as_bytes()].concat(),
            Err(_) => [b"a", &len32(text, 0).to_le_bytes()[..], text.as_bytes()].concat(),
        };
        wrap(b"\xa7\r\r\n\0\0\0\0", all, one, b"N\xe3\0\0\0\0")
    }),
    telling("Python marshal, references", |all| {
        let one = |text: &str| match u8::try_from(text.len()) {
            Ok(length) => [b"\xda", &[length][..], text.as_bytes()].concat(),
            Err(_) => [b"\xe1", &len32(text, 0).to_le_bytes()[..], text.as_bytes()].concat(),
        };
        wrap(b"\xa7\r\r\n\0\0\0\0", all, one, b"r\x03\0\0\0")
    }),
    telling("pickle 0", |all| wrap(b"(lp0\n", all, |text| format!("V{text}\np1\na").into_bytes(), b".")),
    telling("pickle 2", |all| {
        let one = |text: &str| [b"X", &len32(text, 0).to_le_bytes()[..], text.as_bytes(), b"q\x01"].concat();
        wrap(b"\x80\x02]q\0(", all, one, b"e.")
    }),
    telling("pickle 4", |all| {
        let one = |text: &str| match u8::try_from(text.len()) {
            Ok(length) => [b"\x8c", &[length][..], text.as_bytes(), b"\x94"].concat(),
            Err(_) => [b"X", &len32(text, 0).to_le_bytes()[..], text.as_bytes(), b"\x94"].concat(),
        };
        wrap(b"\x80\x04\x95\x30\0\0\0\0\0\0\0]\x94(", all, one, b"e.")
    }),
    telling("msgpack", |all| {
        let one = |text: &str| match u8::try_from(text.len()) {
            Ok(length) => [b"\xd9", &[length][..], text.as_bytes()].concat(),
            Err(_) => [b"\xda", &len16(text).to_be_bytes()[..], text.as_bytes()].concat(),
        };
        wrap(b"\x01\x95", all, one, b"AB")
    }),
    silent("CBOR", |all| {
        let one = |text: &str| match u8::try_from(text.len()) {
            Ok(length @ ..24) => [&[0x60 | length], text.as_bytes()].concat(),
            Ok(length) => [b"x", &[length][..], text.as_bytes()].concat(),
            Err(_) => [b"y", &len16(text).to_be_bytes()[..], text.as_bytes()].concat(),
        };
        wrap(b"\x01\x95", all, one, b"\xf6\x02")
    }),
    telling("protobuf", |all| {
        wrap(
            b"\x08\x01",
            all,
            |text| [b"\x12", &low_first(text.len())[..], text.as_bytes()].concat(),
            b"J\x02ok",
        )
    }),
    silent("protobuf, fields from 6 on", |all| {
        wrap(
            b"\x08\x01",
            all,
            |text| [b"2", &low_first(text.len())[..], text.as_bytes()].concat(),
            b"J\x02ok",
        )
    }),
    telling("binary property list", |all| {
        let one = |text: &str| match u8::try_from(text.len()) {
            Ok(length @ ..15) => [&[0x50 | length], text.as_bytes()].concat(),
            Ok(length) => [b"\x5f\x10", &[length][..], text.as_bytes()].concat(),
            Err(_) => [b"\x5f\x11", &len16(text).to_be_bytes()[..], text.as_bytes()].concat(),
        };
        wrap(b"bplist00\xd3\x01\x02", all, one, b"\x08\x0d\0\0\0\0")
    }),
    telling("Java class", |all| {
        let one = |text: &str| [b"\x01", &len16(text).to_be_bytes()[..], text.as_bytes()].concat();
        wrap(b"\xca\xfe\xba\xbe\0\0\0\x3d\0\x1d", all, one, b"\x0c\0\x05\0\x06")
    }),
    telling("Java object", |all| {
        let one = |text: &str| [b"t", &len16(text).to_be_bytes()[..], text.as_bytes()].concat();
        wrap(b"\xac\xed\0\x05", all, one, b"xp")
    }),
    telling("BSON", |all| {
        let one =
            |text: &str| [b"\x02key\0", &len32(text, 1).to_le_bytes()[..], text.as_bytes(), b"\0"].concat();
        wrap(b"\x99\0\0\0", all, one, b"\0")
    }),
    // Twice the length of a key is mostly a letter.
    silent("Avro", |all| {
        let one = |text: &str| [low_first(2 * text.len()), text.as_bytes().to_vec()].concat();
        wrap(b"Obj\x01\0\0\0\0", all, one, b"\0\0\0\0")
    }),
    telling("DEX", |all| {
        let one = |text: &str| [low_first(text.len()), text.as_bytes().to_vec(), vec![0]].concat();
        wrap(b"dex\n035\0", all, one, b"\0")
    }),
    telling("Lua 5.1", |all| {
        let one = |text: &str| {
            [b"\x04", &u64::from(len32(text, 1)).to_le_bytes()[..], text.as_bytes(), b"\0"].concat()
        };
        wrap(b"\x1bLuaQ\0", all, one, b"\0")
    }),
    silent("Lua 5.3", |all| {
        let one = |text: &str| match u8::try_from(text.len() + 1) {
            Ok(length @ ..=0xfe) => [b"\x04", &[length][..], text.as_bytes()].concat(),
            _ => [b"\x14\xff", &u64::from(len32(text, 1)).to_le_bytes()[..], text.as_bytes()].concat(),
        };
        wrap(b"\x1bLuaS\0", all, one, b"\0")
    }),
    telling("Lua 5.4", |all| {
        let one = |text: &str| [b"\x14", &top_bit_last(text.len() + 1)[..], text.as_bytes()].concat();
        wrap(b"\x1bLuaT\0", all, one, b"\0")
    }),
    telling("Erlang", |all| {
        let one = |text: &str| [b"m", &len32(text, 0).to_be_bytes()[..], text.as_bytes()].concat();
        wrap(b"\x83h\x05", all, one, b"jjj")
    }),
    telling("Ruby", |all| {
        let one = |text: &str| {
            let length = match text.len() {
                length @ ..123 => vec![length as u8 + 5],
                length @ ..256 => vec![1, length as u8],
                length => [vec![2], (length as u16).to_le_bytes().to_vec()].concat(),
            };
            [b"I\"", &length[..], text.as_bytes(), b"\x06:\x06ET"].concat()
        };
        wrap(b"\x04\x08[\x08", all, one, b"")
    }),
    telling("bencode", |all| wrap(b"l", all, |text| format!("{}:{text}", text.len()).into_bytes(), b"e")),
    silent("PostgreSQL", |all| {
        let one = |text: &str| {
            let length = match text.len() {
                length @ ..126 => vec![(length as u8 + 1) << 1 | 1],
                _ => (len32(text, 4) << 2).to_le_bytes().to_vec(),
            };
            [length, text.as_bytes().to_vec()].concat()
        };
        wrap(b"\0\0\0\0\x02\0", all, one, b"\0\0\0\0")
    }),
    telling("SQLite", |all| {
        let kinds: Vec<u8> = all.iter().flat_map(|text| high_first(2 * text.len() + 13)).collect();
        let record = [vec![kinds.len() as u8 + 1], kinds, all.concat().into_bytes()].concat();
        [b"\x0d\0\0\0\x01\x0f\0", &high_first(record.len())[..], b"\x07", &record, b"\0\0\0"].concat()
    }),
    telling("SQLite, index", |all| {
        let kinds: Vec<u8> = all.iter().flat_map(|text| high_first(2 * text.len() + 13)).collect();
        let record =
            [vec![kinds.len() as u8 + 2], kinds, vec![1], all.concat().into_bytes(), vec![5]].concat();
        [b"\x0a\0\0\0\x01\x0f\0", &high_first(record.len())[..], &record, b"abcdef\0\0\0"].concat()
    }),
    silent("Go", |all| [b"\0\0\0invalid syntax", all.concat().as_bytes(), b"runtime error: \0\0"].concat()),
    silent("Rust", |all| [b"\0\0\0src/main.rs", all.concat().as_bytes(), b"called `unwrap()`\0\0"].concat()),
    telling("C", |all| [b"\0", all.join("\0").as_bytes(), b"\0"].concat()),
];

fn wrap(head: &[u8], all: &[&str], one: impl Fn(&str) -> Vec<u8>, tail: &[u8]) -> Vec<u8> {
    let body: Vec<u8> = all.iter().flat_map(|text| one(text)).collect();
    [head, &body, tail].concat()
}

fn len32(text: &str, more: u32) -> u32 {
    u32::try_from(text.len()).unwrap() + more
}

fn len16(text: &str) -> u16 {
    u16::try_from(text.len()).unwrap()
}

fn low_first(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn high_first(number: usize) -> Vec<u8> {
    let mut bytes = low_first(number);
    bytes.reverse();
    let last = bytes.len() - 1;
    bytes.iter_mut().for_each(|byte| *byte |= 0x80);
    bytes[last] &= 0x7f;
    bytes
}

fn top_bit_last(number: usize) -> Vec<u8> {
    let mut bytes = high_first(number);
    bytes.iter_mut().for_each(|byte| *byte ^= 0x80);
    bytes
}
