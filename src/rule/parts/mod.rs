//! What may be between the braces of a shape: character classes, and structures that a class cannot describe.
//!
//! A new class is a row in [`CLASSES`]; a new structure is one file here and a row in [`STRUCTURES`].

mod alternating;
mod base64_text;
mod class;
mod der;
mod uuid;

use class::{ANY_HEX, BASE64_ANY, HEX, STANDARD};
pub use class::{BASE64URL, Class, Named};

/// The classes a shape can name.
pub(super) static CLASSES: &[&Class] = &[
    &BASE64URL,
    &Class::new("A", "A-Za-z0-9"),
    &HEX,
    &ANY_HEX,
    &STANDARD,
    &BASE64_ANY,
    &Class::new("H", "0-9A-F"),
    &Class::new("d", "0-9"),
    &Class::new("l", "a-z"),
    &Class::new("u", "A-Z"),
    &Class::new("a", "0-9a-z"),
    &Class::new("base32", "a-z2-7"),
    // Keys of Checkout.com end in a check character from this larger alphabet.
    &Class::new("base32-check", "a-z2-7*#$="),
    &Class::new("n", "a-z0-9-"),
    &Class::new("N", "A-Za-z0-9-"),
    &Class::new("D", "DEHILMPRXY"),
    &Class::new("V", "89ab"),
    // The last character of base64url data of a whole number of bytes: its two or four low bits are zero.
    &Class::new("Z4", "AEIMQUYcgkosw048"),
    &Class::new("Z16", "AQgw"),
    // Printable bytes that do not end a quoted string.
    &Class::new("P", "!#-&(-[\\]-_a-~"),
];

/// The structures a shape can name.
pub(super) static STRUCTURES: &[&Named] = &[
    &uuid::UUID,
    &uuid::UUID4,
    &uuid::UUID4_HEX,
    &uuid::PLAIN_HEX32,
    &alternating::ALTERNATING_UUID4,
    &der::DER_SIGNATURE,
    &base64_text::KEY_ULID,
    &base64_text::TWO_UUIDS,
];
