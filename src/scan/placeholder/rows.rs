//! Long rows of the alphabet, the digits or a keyboard, which chance does not write.

/// The rows of a keyboard, one after the other.
const KEYBOARD: &[u8] = b"qwertyuiopasdfghjklzxcvbnm";

/// The longest row in random bodies, in steps from one character to the next: seven, and one more where all are hex digits,
/// since there are only sixteen.
const LONGEST: [usize; 2] = [6, 7];

/// The same for every second character, of which there are twice as many.
const LONGEST_APART: [usize; 2] = [7, 8];

/// The place of each lowercase letter on the keyboard.
static ON_KEYBOARD: [u8; 26] = {
    let mut places = [0; 26];
    let mut at = 0;
    while at < KEYBOARD.len() {
        places[(KEYBOARD[at] - b'a') as usize] = at as u8;
        at += 1;
    }
    places
};

/// Whether a body in lowercase holds a row of eight or more, nine or more if there is hex in it: forward or backward, each
/// character once or several times, or two rows that take turns, as in `a1b2c3d4e5`.
pub(super) fn holds_long_row(body: &[u8], is_hex: bool) -> bool {
    let is_hex = usize::from(is_hex);
    let mut once = body.to_vec();
    once.dedup();
    let alphabet = |byte: u8| byte;
    let keyboard =
        |byte: u8| if byte.is_ascii_lowercase() { ON_KEYBOARD[usize::from(byte - b'a')] } else { 0xff };
    longest(&once, 1, alphabet) > LONGEST[is_hex]
        || longest(&once, 1, keyboard) > LONGEST[is_hex]
        || longest(&once, 2, alphabet) > LONGEST_APART[is_hex]
        || (0..2).any(|first| {
            // As in `1112131415…`: numbers that somebody counts.
            let every_second: Vec<u8> = body.iter().skip(first).step_by(2).copied().collect();
            longest(&every_second, 1, alphabet) > LONGEST_APART[is_hex]
        })
}

/// The most steps in a row, each to the next place in one direction, between characters so far apart.
fn longest(body: &[u8], apart: usize, place: impl Fn(u8) -> u8) -> usize {
    let (mut longest, mut rising, mut falling) = (0, 0, 0);
    for (first, second) in body.iter().zip(body.get(apart..).unwrap_or_default()) {
        // Zero follows nine.
        let is_wrapped = apart == 1 && [*first, *second] == *b"90";
        let (from, to) = (place(*first), place(*second));
        let are_known =
            from != 0xff && to != 0xff && first.is_ascii_alphanumeric() && second.is_ascii_alphanumeric();
        rising = if are_known && (to == from.wrapping_add(1) || is_wrapped) { rising + 1 } else { 0 };
        falling = if are_known && from == to.wrapping_add(1) { falling + 1 } else { 0 };
        longest = longest.max(rising).max(falling);
    }
    longest
}
