//! What a generator drew, behind up to three short segments such as `prod_` or `v1-`: the body of a key of unknown form.

use super::{
    class::{BASE64URL, NamedPart},
    uuid,
};
use crate::rule::word_evidence;

/// The most segments before the body.
const MOST_SEGMENTS: usize = 3;

/// The longest of them, in bytes.
const LONGEST_SEGMENT: usize = 12;

/// Segments of keys that people make up for their tests.
const MADE_UP: &[&[u8]] = &[b"test", b"fake", b"dummy", b"mock", b"demo", b"example", b"sample", b"invalid"];

/// The shortest body, behind the segments and without any, in bytes.
const SHORTEST: [usize; 2] = [16, 18];

/// The most evidence of words that letters of a body may have, see [`word_evidence`]: one random body in 400 has more.
const MOST_WORDS: f64 = 6.0;

/// The longest run of the alphabet or the digits, in bytes. People type longer ones, chance does not.
const LONGEST_ROW: usize = 5;

/// How many times in a row a character may stand there.
const LONGEST_REPEAT: usize = 4;

pub(super) static DRAWN: NamedPart = NamedPart {
    name: "drawn",
    about: "up to three short segments, then a random body of 18 or more letters and digits, or of base64url",
    class: &BASE64URL,
    lengths: (SHORTEST[1], 200),
    accepts: is_drawn,
    generate,
};

fn is_drawn(text: &[u8]) -> bool {
    // Keys for live and test data have rules of their own, which know the lengths that issuers use. A second prefix
    // begins the key that somebody pasted.
    let is_known = [&b"live_"[..], b"test_", b"sk-", b"sk_"].iter().any(|known| text.starts_with(known));
    // Ids of elements in pages are UUIDs.
    let is_id = text.len() == uuid::UUID.lengths.0 && (uuid::UUID.accepts)(text);
    if is_known || is_id {
        return false;
    }
    let mut body = text;
    for segments in 0..=MOST_SEGMENTS {
        if body.len() >= SHORTEST[usize::from(segments == 0)] && is_random(body)
            || segments > 0 && body.len() == uuid::UUID.lengths.0 && (uuid::UUID.accepts)(body)
        {
            return true;
        }
        match body.iter().take(LONGEST_SEGMENT + 1).position(|byte| b"-_".contains(byte)) {
            Some(end) if end > 0 && !MADE_UP.contains(&&body[..end]) => body = &body[end + 1..],
            _ => return false,
        }
    }
    false
}

/// Whether a body looks like a random choice of characters: enough kinds, well mixed, no words, no rows.
fn is_random(body: &[u8]) -> bool {
    let length = body.len();
    let count = |is: fn(&u8) -> bool| body.iter().filter(|byte| is(byte)).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let separators = length - digits - upper - lower;
    let mut seen = [false; 128];
    body.iter().for_each(|byte| seen[usize::from(byte & 0x7f)] = true);
    let different = seen.iter().filter(|seen| **seen).count();
    let changes = body.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    let is_hex = body.iter().all(|byte| byte.is_ascii_hexdigit() || b"-_".contains(byte));
    let is_mixed = if is_hex {
        // Hex digits between dashes are a part of a UUID.
        separators == 0 && 4 * digits >= length && 8 * (upper + lower) >= length && different >= 7
    } else if upper > 0 && lower > 0 {
        (digits > 0 || length >= 32) && 4 * changes >= length && different >= (length * 2 / 5 + 2).min(20)
    } else {
        digits >= 2 && upper + lower >= 2 && 6 * changes >= length && different >= (length / 3 + 3).min(16)
    };
    is_mixed
        && separators <= 1 + length / 12
        && has_long_piece(body, separators)
        && !has_row(body)
        && word_evidence(body) < MOST_WORDS
}

fn kind(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    }
}

/// Whether the body is more than a row of short pieces, such as a date or a version.
fn has_long_piece(body: &[u8], separators: usize) -> bool {
    const LONG: usize = 10;
    separators == 0
        || body.split(|byte| b"-_".contains(byte)).any(|piece| {
            piece.len() >= LONG
                && piece.iter().any(u8::is_ascii_alphabetic)
                && !piece.iter().all(u8::is_ascii_lowercase)
        })
}

fn has_row(body: &[u8]) -> bool {
    let (mut row, mut repeat) = (1, 1);
    body.windows(2).any(|pair| {
        let [first, second] = [pair[0].to_ascii_lowercase(), pair[1].to_ascii_lowercase()];
        row = if second == first + 1 && first.is_ascii_alphanumeric() { row + 1 } else { 1 };
        repeat = if first == second { repeat + 1 } else { 1 };
        row > LONGEST_ROW || repeat > LONGEST_REPEAT
    })
}

/// One of the usual generators: letters and digits, hex, lower case and digits, base64url; sometimes behind segments.
fn generate(rng: &mut fastrand::Rng) -> Vec<u8> {
    const SEGMENTS: &[&str] = &["", "", "", "prod_", "newco-v1-", "eu-team-"];
    const ALPHABETS: [&[u8]; 4] = [
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        b"0123456789abcdef",
        b"abcdefghijklmnopqrstuvwxyz0123456789",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    ];
    loop {
        let alphabet = ALPHABETS[rng.usize(0..ALPHABETS.len())];
        let mut text = SEGMENTS[rng.usize(0..SEGMENTS.len())].as_bytes().to_vec();
        // Odd, since other rules have most of the even lengths.
        text.extend((0..33 + 2 * rng.usize(0..=15)).map(|_| alphabet[rng.usize(0..alphabet.len())]));
        // A separator at the end of a body reads as the end of a word.
        if is_drawn(&text) && text.last().is_some_and(u8::is_ascii_alphanumeric) {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bodies_are_drawn_and_words_are_not() {
        let mut rng = fastrand::Rng::with_seed(7);
        let classes: [(&str, &[u8]); 4] = [
            ("letters and digits", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
            ("hex", b"0123456789abcdef"),
            ("lower case and digits", b"abcdefghijklmnopqrstuvwxyz0123456789"),
            ("base64url", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        ];
        for (name, class) in classes {
            for (length, most_lost) in [(20, 100), (32, 40), (48, 20), (64, 15)] {
                let body = |rng: &mut fastrand::Rng| {
                    (0..length).map(|_| class[rng.usize(0..class.len())]).collect::<Vec<_>>()
                };
                let lost = (0..1000).filter(|_| !is_drawn(&body(&mut rng))).count();
                assert!(lost <= most_lost, "{lost} of 1,000 bodies of {length} {name} are lost");
            }
        }
        for text in [
            "container-id-1",
            "fading-circle12-fade-dot",
            "ssh-ed25519-cert-v01",
            "learn-pipeline-2024-01-15-release",
            "bpf_storage_diag_alloc_and_more",
            "super-secret-key-12345",
            "your_api_key_goes_here_1234",
            "1234567890abcdef",
            "hynix_20240512_123456_report_final",
            "CMS_SignerInfo_get0_algs_deep_copy2",
            "abcdefghijklmnopqrstuvwxyz123456",
            "button--primary__icon-left-2",
            "this-should-never-appear-in-logs-1",
            "do-not-log-me-0000000000000000",
            "CubeGridScaleDelay12AnimationName",
            "getDocumentLoaderForVersion2OrLater3",
        ] {
            assert!(!is_drawn(text.as_bytes()), "{text}");
        }
    }
}
