//! Matches a path with one pattern, as git does. Whatever the pattern is, the time stays bounded: git itself, and the
//! crates that follow it, take exponential time for some.

/// Whether a pattern matches all of `text`. Only `**` between slashes matches a slash.
#[must_use]
pub(super) fn wildmatch(pattern: &[u8], text: &[u8], fold: bool) -> bool {
    // The places to try again from: the pattern behind the last star, and the first byte that this star did not take.
    // Earlier stars need no second try, since the last one reaches whatever they would leave to it.
    let (mut star, mut stars) = (None, None);
    let (mut at, mut from) = (0, 0);
    loop {
        let step = match pattern.get(at) {
            Some(b'*') => {
                let run = Run::at(pattern, at);
                at = run.end;
                if run.crosses {
                    (star, stars) = (None, Some((run, from)));
                    // `**/` may stand for no directory at all.
                    at += usize::from(run.skips);
                } else {
                    star = Some((at, from));
                }
                continue;
            }
            Some(_) => match text.get(from) {
                Some(&byte) => one(pattern, at, byte, fold),
                None => Step::Fails,
            },
            None if from == text.len() => return true,
            None => Step::Fails,
        };
        match step {
            Step::Takes(next) => (at, from) = (next, from + 1),
            Step::Never => return false,
            Step::Fails => {
                if let Some((next, taken)) =
                    star.filter(|(_, taken)| text.get(*taken).is_some_and(|byte| *byte != b'/'))
                {
                    star = Some((next, taken + 1));
                    (at, from) = (next, taken + 1);
                } else if let Some((run, taken)) = stars.filter(|(_, taken)| *taken < text.len()) {
                    // The slash of `**/` is matched like any other once the stars stand for something.
                    let next = if run.skips { skip_to_slash(text, taken) } else { Some(taken + 1) };
                    let Some(next) = next else { return false };
                    (star, stars) = (None, Some((run, next)));
                    (at, from) = (run.end + usize::from(run.skips), next);
                } else {
                    return false;
                }
            }
        }
    }
}

/// The first byte behind the next slash.
fn skip_to_slash(text: &[u8], from: usize) -> Option<usize> {
    memchr::memchr(b'/', &text[from..]).map(|slash| from + slash + 1)
}

/// A run of stars.
#[derive(Clone, Copy)]
struct Run {
    /// Where the pattern goes on.
    end: usize,
    /// It matches slashes.
    crosses: bool,
    /// It is followed by a slash that it may stand for as well.
    skips: bool,
}

impl Run {
    fn at(pattern: &[u8], start: usize) -> Self {
        let stars = pattern[start..].iter().take_while(|byte| **byte == b'*').count();
        let end = start + stars;
        let begins = start == 0 || pattern[start - 1] == b'/';
        let rest = &pattern[end..];
        let ends = rest.is_empty() || rest.starts_with(b"/") || rest.starts_with(b"\\/");
        let crosses = stars > 1 && begins && ends;
        Self { end, crosses, skips: crosses && rest.starts_with(b"/") }
    }
}

/// What one part of a pattern makes of one byte.
enum Step {
    /// It matches, and the pattern goes on here.
    Takes(usize),
    Fails,
    /// The pattern is broken: nothing matches it.
    Never,
}

/// Matches the part of the pattern that begins at `at`, which is no star.
fn one(pattern: &[u8], at: usize, byte: u8, fold: bool) -> Step {
    let folded = |byte: u8| if fold { byte.to_ascii_lowercase() } else { byte };
    let byte = folded(byte);
    let takes = |takes, next| if takes { Step::Takes(next) } else { Step::Fails };
    match pattern[at] {
        b'?' => takes(byte != b'/', at + 1),
        b'\\' => match pattern.get(at + 1) {
            // Git folds neither what is escaped nor what stands in brackets.
            Some(escaped) => takes(*escaped == byte, at + 2),
            None => Step::Never,
        },
        b'[' => match class(&pattern[at + 1..], byte, fold) {
            Some((matches, length)) => takes(matches && byte != b'/', at + 1 + length),
            None => Step::Never,
        },
        literal => takes(folded(literal) == byte, at + 1),
    }
}

/// Whether the class that begins behind a `[` holds the byte, and the length of the class with its `]`. `None` if it is
/// not closed, or names an unknown class.
fn class(pattern: &[u8], byte: u8, fold: bool) -> Option<(bool, usize)> {
    let is_negated = matches!(pattern.first(), Some(b'!' | b'^'));
    let mut at = usize::from(is_negated);
    let (mut holds, mut before) = (false, None);
    loop {
        let first = *pattern.get(at)?;
        at += 1;
        let rest = &pattern[at..];
        let mut last = Some(first);
        match (first, rest) {
            (b'\\', _) => {
                let escaped = *rest.first()?;
                at += 1;
                holds |= escaped == byte;
                last = Some(escaped);
            }
            (b'-', [next, ..]) if before.is_some() && *next != b']' => {
                at += 1;
                let mut end = *next;
                if end == b'\\' {
                    end = *pattern.get(at)?;
                    at += 1;
                }
                let start = before.unwrap_or_default();
                let holds_one = |byte: u8| (start..=end).contains(&byte);
                holds |= holds_one(byte)
                    || (fold && byte.is_ascii_lowercase() && holds_one(byte.to_ascii_uppercase()));
                last = None;
            }
            (b'[', [b':', inner @ ..]) => {
                let close = memchr::memchr(b']', inner)?;
                match inner[..close].strip_suffix(b":") {
                    Some(name) => {
                        holds |= named(name, byte, fold)?;
                        at += 1 + close + 1;
                        last = None;
                    }
                    // Without `:]` it is a bracket like any other.
                    None => holds |= byte == b'[',
                }
            }
            _ => holds |= first == byte,
        }
        before = last;
        if *pattern.get(at)? == b']' {
            return Some((holds != is_negated, at + 1));
        }
    }
}

/// Whether a class of POSIX holds the byte; `None` if there is no such class.
fn named(name: &[u8], byte: u8, fold: bool) -> Option<bool> {
    Some(match name {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"blank" => matches!(byte, b' ' | b'\t'),
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte.is_ascii_graphic() || byte == b' ',
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => byte.is_ascii_whitespace() || byte == b'\x0b',
        b"upper" => byte.is_ascii_uppercase() || (fold && byte.is_ascii_lowercase()),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => return None,
    })
}
