//! What may be between the braces of a shape: character classes, and structures that a class cannot describe.
//!
//! A new class is a row in [`CLASSES`]; a new structure is one file here and a row in [`STRUCTURES`].

mod alternating;
mod base64_text;
mod class;
mod der;
mod drawn;
mod uuid;

use class::{ANY_HEX, BASE64_ANY, HEX, STANDARD};
pub(crate) use class::{BASE64URL, ByteClass, NamedPart};

/// The classes a shape can name.
pub(super) static CLASSES: &[&ByteClass] = &[
    &BASE64URL,
    &ByteClass::new("A", "A-Za-z0-9"),
    &HEX,
    &ANY_HEX,
    &STANDARD,
    &BASE64_ANY,
    &ByteClass::new("H", "0-9A-F"),
    &ByteClass::new("d", "0-9"),
    &ByteClass::new("L", "A-Za-z"),
    &ByteClass::new("l", "a-z"),
    &ByteClass::new("u", "A-Z"),
    &ByteClass::new("a", "0-9a-z"),
    &ByteClass::new("base32", "a-z2-7"),
    // Keys of Checkout.com end in a check character from this larger alphabet.
    &ByteClass::new("base32-check", "a-z2-7*#$="),
    &ByteClass::new("n", "a-z0-9-"),
    &ByteClass::new("N", "A-Za-z0-9-"),
    &ByteClass::new("D", "DEHILMPRXY"),
    &ByteClass::new("V", "89ab"),
    // The last character of base64url data of a whole number of bytes: its two or four low bits are zero.
    &ByteClass::new("Z4", "AEIMQUYcgkosw048"),
    &ByteClass::new("Z16", "AQgw"),
    // Printable bytes that do not end a quoted string.
    &ByteClass::new("P", "!#-&(-[\\]-_a-~"),
];

/// The structures a shape can name.
pub(super) static STRUCTURES: &[&NamedPart] = &[
    &uuid::UUID,
    &uuid::UUID4,
    &uuid::UUID4_HEX,
    &uuid::PLAIN_HEX32,
    &alternating::ALTERNATING_UUID4,
    &der::DER_SIGNATURE,
    &base64_text::KEY_ULID,
    &base64_text::TWO_UUIDS,
    &drawn::DRAWN,
];
