//! Rows of strings with nothing between them, as compilers write them: which bytes are those of another string.

use std::ops::Range;

use crate::rule::{BASE64URL, ByteClass};

/// How many bytes behind a key tell whether it goes on.
const TELLING: usize = 10;

/// Whether a body looks drawn at random, and not like words.
pub(super) fn is_drawn(body: &[u8]) -> bool {
    let count = |is_one: fn(&u8) -> bool| body.iter().filter(|byte| is_one(byte)).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    // Seven letters that make up a fiftieth of what people write, and a quarter of what is drawn.
    let rare = body.iter().filter(|byte| b"jqxzkvw".contains(byte)).count();
    match (digits, upper) {
        (0, 0) => 8 * rare >= body.len(),
        (_, 0) => digits >= 3 && lower >= 3,
        _ => digits >= 1 && upper >= 3 && lower >= 3,
    }
}

/// Whether the hex digits in front of `end` go on behind it.
pub(super) fn goes_on_in_hex(text: &[u8], end: usize, class: Option<&ByteClass>) -> bool {
    const LONGEST_WORD: usize = 4;
    class.is_some_and(|class| is_hex(class) && class.run(&text[end..], LONGEST_WORD) == LONGEST_WORD)
}

/// Whether the body that ends here goes on behind it: what follows is no word.
pub(super) fn goes_on(text: &[u8], span: &Range<usize>, class: Option<&ByteClass>) -> bool {
    let class = class.unwrap_or(&BASE64URL);
    if is_hex(class) {
        let run = class.run(&text[span.end..], TELLING);
        return goes_on_in_hex(text, span.end, Some(class))
            || text[span.end..span.end + run].iter().any(u8::is_ascii_digit);
    }
    let run = class.run(&text[span.end..], TELLING);
    run > 0 && !is_word(&text[span.end..span.end + run], 2)
}

/// Whether a match of any length ends in what looks like words, so that it may have taken them from another string.
pub(super) fn ends_in_words(text: &[u8], span: &Range<usize>) -> bool {
    const WORD: usize = 8;
    let end = &text[span.end.saturating_sub(WORD)..span.end];
    // A capital between small letters begins a word, as in `getContent`.
    let is_hump = |three: &[u8]| {
        three[0].is_ascii_lowercase() && three[1].is_ascii_uppercase() && three[2].is_ascii_lowercase()
    };
    span.len() > 2 * WORD && is_word(end, if end.windows(3).any(is_hump) { 2 } else { 1 })
}

/// Whether a token stands between control characters, as C writes its strings.
pub(super) fn is_between_controls(text: &[u8], token: Range<usize>) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_control);
    is_end(token.start.checked_sub(1).map(|before| &text[before])) && is_end(text.get(token.end))
}

/// Whether these are letters of words, with at most so many changes between lower and upper case.
fn is_word(bytes: &[u8], most: usize) -> bool {
    let changes = bytes.windows(2).filter(|pair| {
        let are_letters = pair.iter().all(u8::is_ascii_alphabetic);
        are_letters && pair[0].is_ascii_lowercase() != pair[1].is_ascii_lowercase()
    });
    !bytes.iter().any(u8::is_ascii_digit) && changes.count() <= most
}

fn is_hex(class: &ByteClass) -> bool {
    !class.has(b'g') && class.has(b'a')
}
