//! The ways to write a character: as it is, and with the escapes of URLs, programs, shells, HTML and mail.

use std::fmt::{self, Write};

use zeroize::Zeroizing;

/// The longest way to write a character, in bytes.
pub(super) const LONGEST: usize = 48;

/// Marks a byte that is no part of a character.
const LONE: u32 = 1 << 31;

/// Ways to write something, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ways(u16);

/// Each way with its name in reports, which are those of `decode::escape`.
const NAMES: [(Ways, &str); 8] = [
    (Ways::PERCENT, "percent"),
    (Ways::HEX, "hex-escape"),
    (Ways::UNICODE, "unicode-escape"),
    (Ways::OCTAL, "octal-escape"),
    (Ways::BACKSLASH, "backslash"),
    (Ways::ENTITY, "html-entity"),
    (Ways::MAIL, "quoted-printable"),
    (Ways::SPLIT, "split"),
];

impl Ways {
    pub(super) const PLAIN: Self = Self(0);
    pub(super) const PERCENT: Self = Self(1);
    pub(super) const HEX: Self = Self(2);
    pub(super) const UNICODE: Self = Self(4);
    pub(super) const OCTAL: Self = Self(8);
    pub(super) const BACKSLASH: Self = Self(16);
    pub(super) const ENTITY: Self = Self(32);
    pub(super) const MAIL: Self = Self(64);
    pub(super) const SPLIT: Self = Self(128);

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Their names in reports.
    pub(super) fn names(self) -> Vec<&'static str> {
        NAMES.iter().filter(|(way, _)| self.0 & way.0 != 0).map(|(_, name)| *name).collect()
    }
}

/// The characters of a value.
pub(super) fn characters(text: &[u8]) -> Zeroizing<Vec<u32>> {
    let mut characters = Zeroizing::new(Vec::with_capacity(text.len()));
    for chunk in text.utf8_chunks() {
        characters.extend(chunk.valid().chars().map(u32::from));
        characters.extend(chunk.invalid().iter().map(|byte| LONE | u32::from(*byte)));
    }
    characters
}

/// Whether every way but the plain one to write it begins with another byte.
pub(super) fn is_plain(character: u32) -> bool {
    u8::try_from(character).is_ok_and(|byte| byte.is_ascii_alphanumeric())
}

/// Calls `with` with each way to write a character: the bytes, and whether their case is of no importance.
pub(super) fn each(character: u32, with: &mut dyn FnMut(&[u8], bool, Ways)) {
    let mut utf8 = [0; 4];
    let bytes: &[u8] = match char::from_u32(character) {
        Some(character) => character.encode_utf8(&mut utf8).as_bytes(),
        None => {
            utf8[0] = (character & 0xff) as u8;
            &utf8[..1]
        }
    };
    with(bytes, false, Ways::PLAIN);
    if let Some(byte) = latin1(character) {
        with(&[byte], false, Ways::PLAIN);
    }
    for style in STYLES {
        style.each(character, bytes, with);
    }
}

/// The byte of a character that is not ASCII, in Latin-1.
fn latin1(character: u32) -> Option<u8> {
    u8::try_from(character).ok().filter(|byte| !byte.is_ascii())
}

/// The names of U+00A0 to U+00FF in HTML. Source: HTML 4.01, section 24.2.1.
#[rustfmt::skip]
const ENTITIES: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy", "reg",
    "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14",
    "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave",
    "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde",
    "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc",
    "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml",
    "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml",
    "yacute", "thorn", "yuml",
];

/// Whether a special character is escaped.
pub(super) type IsEscaped = fn(u8) -> bool;

/// One system of escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Percent,
    Unicode,
    Hex,
    Octal,
    Decimal,
    HexEntity,
    Mail,
    Backslash,
    Entity,
    Doubled,
    Other,
}

/// All of them.
const STYLES: [Style; 11] = [
    Style::Percent,
    Style::Unicode,
    Style::Hex,
    Style::Octal,
    Style::Decimal,
    Style::HexEntity,
    Style::Mail,
    Style::Backslash,
    Style::Entity,
    Style::Doubled,
    Style::Other,
];

impl Style {
    /// Those that can write every character of ASCII.
    pub(super) const FULL: [Self; 7] =
        [Self::Percent, Self::Unicode, Self::Hex, Self::Octal, Self::Decimal, Self::HexEntity, Self::Mail];

    /// Those in which only special characters are escaped, and which of them.
    pub(super) const SPECIAL: [(Self, IsEscaped); 10] = [
        (Self::Percent, |_| true),
        (Self::Percent, |byte| !b"-_.~".contains(&byte)),
        (Self::Percent, |byte| !b"-_.~!*'()".contains(&byte)),
        (Self::Backslash, |_| true),
        (Self::Backslash, |byte| matches!(byte, b'"' | b'\\' | b'\n')),
        (Self::Backslash, |byte| matches!(byte, b'"' | b'\\' | b'\n' | b'/' | b'$')),
        (Self::Entity, |_| true),
        (Self::Doubled, |_| true),
        (Self::Mail, |byte| byte == b'=' || !byte.is_ascii()),
        (Self::Decimal, |byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'')),
    ];

    /// The most ways of one style to write a character of ASCII.
    pub(super) const MOST_WAYS: usize = 4;

    /// Appends one of the ways of this style to write a character; `false` if there are not so many. The first one is 0.
    pub(super) fn write(self, character: u32, way: usize, into: &mut Vec<u8>) -> bool {
        let mut count = 0;
        let mut utf8 = [0; 4];
        let Some(bytes) = char::from_u32(character).map(|one| one.encode_utf8(&mut utf8).as_bytes()) else {
            return false;
        };
        self.each(character, bytes, &mut |written, _, _| {
            if count == way {
                into.extend_from_slice(written);
            }
            count += 1;
        });
        count > way
    }

    fn each(self, character: u32, bytes: &[u8], with: &mut dyn FnMut(&[u8], bool, Ways)) {
        let latin1 = latin1(character).map(|byte| [byte]);
        let mut each_byte = |before: &str, kind: DigitBase, way: Ways| {
            for bytes in [Some(bytes), latin1.as_ref().map(|byte| &byte[..])].into_iter().flatten() {
                let mut buffer = WrittenCharacter::default();
                for byte in bytes {
                    let _ = match kind {
                        DigitBase::Hex => write!(buffer, "{before}{byte:02x}"),
                        DigitBase::Octal => write!(buffer, "{before}{byte:03o}"),
                    };
                }
                with(buffer.bytes(), true, way);
            }
        };
        let is_lone = character & LONE != 0;
        let special = u8::try_from(character)
            .ok()
            .filter(|byte| byte.is_ascii_punctuation() || matches!(byte, b' ' | b'\n' | b'\r' | b'\t'));
        match self {
            Self::Percent => {
                each_byte("%", DigitBase::Hex, Ways::PERCENT);
                each_byte("%25", DigitBase::Hex, Ways::PERCENT);
                if special == Some(b' ') {
                    with(b"+", false, Ways::PERCENT);
                }
            }
            Self::Hex => each_byte("\\x", DigitBase::Hex, Ways::HEX),
            Self::Octal => each_byte("\\", DigitBase::Octal, Ways::OCTAL),
            Self::Mail => each_byte("=", DigitBase::Hex, Ways::MAIL),
            Self::Unicode if !is_lone => unicode(character, with),
            Self::Decimal if !is_lone => {
                for buffer in [
                    WrittenCharacter::of(format_args!("&#{character};")),
                    WrittenCharacter::of(format_args!("&#0{character};")),
                ] {
                    with(buffer.bytes(), false, Ways::ENTITY);
                }
            }
            Self::HexEntity if !is_lone => {
                for width in [1, 4] {
                    with(
                        WrittenCharacter::of(format_args!("&#x{character:0width$x};")).bytes(),
                        true,
                        Ways::ENTITY,
                    );
                }
            }
            Self::Backslash => {
                let Some(byte) = special else { return };
                let byte = match byte {
                    b'\n' => b'n',
                    b'\r' => b'r',
                    b'\t' => b't',
                    other => other,
                };
                with(&[b'\\', byte], false, Ways::BACKSLASH);
                // A text in a text: both escape.
                if matches!(byte, b'"' | b'\'' | b'\\' | b'$') {
                    with(&[b'\\', b'\\', b'\\', byte], false, Ways::BACKSLASH);
                } else {
                    with(&[b'\\', b'\\', byte], false, Ways::BACKSLASH);
                }
            }
            Self::Entity => {
                let name = match special {
                    Some(b'&') => "amp",
                    Some(b'<') => "lt",
                    Some(b'>') => "gt",
                    Some(b'"') => "quot",
                    Some(b'\'') => "apos",
                    _ => match latin1.and_then(|[byte]| ENTITIES.get(usize::from(byte).checked_sub(160)?)) {
                        Some(name) => name,
                        None => return,
                    },
                };
                with(WrittenCharacter::of(format_args!("&{name};")).bytes(), false, Ways::ENTITY);
            }
            Self::Doubled => {
                let is_doubled = |byte: &u8| matches!(byte, b'\'' | b'"' | b'$' | b'%' | b'{' | b'}' | b'`');
                if let Some(byte) = special.filter(is_doubled) {
                    with(&[byte, byte], false, Ways::BACKSLASH);
                }
            }
            Self::Other => match special {
                Some(b'\n') => with(b"\r\n", false, Ways::PLAIN),
                Some(b'\'') => {
                    with(br"'\''", false, Ways::BACKSLASH);
                    with(b"'\"'\"'", false, Ways::BACKSLASH);
                }
                Some(byte) if byte.is_ascii_punctuation() => {
                    // The shells of Windows.
                    with(&[b'^', byte], false, Ways::BACKSLASH);
                    with(&[b'`', byte], false, Ways::BACKSLASH);
                }
                _ => {}
            },
            Self::Unicode | Self::Decimal | Self::HexEntity => {}
        }
    }
}

#[derive(Clone, Copy)]
enum DigitBase {
    Hex,
    Octal,
}

fn unicode(character: u32, with: &mut dyn FnMut(&[u8], bool, Ways)) {
    let mut utf16 = [0; 2];
    let Some(units) = char::from_u32(character).map(|one| one.encode_utf16(&mut utf16)) else { return };
    for before in ["\\u", "\\\\u"] {
        let mut buffer = WrittenCharacter::default();
        for unit in units.iter() {
            let _ = write!(buffer, "{before}{unit:04x}");
        }
        with(buffer.bytes(), true, Ways::UNICODE);
    }
    with(WrittenCharacter::of(format_args!("\\u{{{character:x}}}")).bytes(), true, Ways::UNICODE);
    with(WrittenCharacter::of(format_args!("\\U{character:08x}")).bytes(), true, Ways::UNICODE);
}

/// A character as it is written.
struct WrittenCharacter {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Default for WrittenCharacter {
    fn default() -> Self {
        Self { bytes: [0; LONGEST], length: 0 }
    }
}

impl WrittenCharacter {
    fn of(text: fmt::Arguments<'_>) -> Self {
        let mut written = Self::default();
        let _ = written.write_fmt(text);
        written
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Write for WrittenCharacter {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
