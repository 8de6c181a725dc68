//! Which values can be looked for. What stands in every other text cannot.

use zeroize::Zeroizing;

use super::parts;
use crate::{rule::word_evidence, scan::is_row};

/// The shortest value, in bytes.
const SHORTEST: usize = 8;

/// From this length on, in bytes, and with so much entropy, in bits for each byte, chance makes no value inside of a word.
const LONG: usize = 12;
const RANDOM: f64 = 3.0;

/// Less entropy is that of a row, in bits for each byte.
const LEAST_ENTROPY: f64 = 2.0;

/// The longest word that is left out whatever its name says, in bytes.
const LONGEST_WORD: usize = 14;

/// Evidence of words in a text; see [`word_evidence`].
const WORDS: f64 = 6.0;

/// Words for which a value is left out that has one of them, in lower case and without separators.
const PLACEHOLDERS: [&str; 20] = [
    "changeme",
    "changethis",
    "placeholder",
    "example",
    "yourpassword",
    "yoursecret",
    "yourtoken",
    "yourkey",
    "yourapikey",
    "replaceme",
    "replacewith",
    "replacethis",
    "inserthere",
    "insertyour",
    "redacted",
    "dummy",
    "notset",
    "tobedefined",
    "putyour",
    "enteryour",
];

/// Values that stand everywhere, in lower case.
const COMMON: [&str; 28] = [
    "localhost",
    "127.0.0.1",
    "host.docker.internal",
    "production",
    "development",
    "staging",
    "testing",
    "disabled",
    "enabled",
    "undefined",
    "password",
    "password1",
    "password123",
    "passw0rd",
    "postgres",
    "postgresql",
    "mongodb",
    "rabbitmq",
    "administrator",
    "application/json",
    "text/plain",
    "utf8mb4_unicode_ci",
    "iloveyou",
    "letmein1",
    "qwertyuiop",
    "abcdefgh",
    "abcd1234",
    "abc12345",
];

/// What becomes of a value.
pub(crate) enum Judged {
    /// These texts are looked for; each with whether it counts only where no letter or digit is beside it.
    Texts(Vec<(Zeroizing<Vec<u8>>, bool)>),
    /// It is left out for this reason.
    LeftOut(&'static str),
}

/// Judges a value by itself and by its name.
pub(crate) fn judge(name: &str, text: &[u8]) -> Judged {
    let text = text.trim_ascii();
    let Some(parts) = parts::of(text) else {
        return match reason(text, parts::is_secret_name(name)) {
            Some(reason) => Judged::LeftOut(reason),
            None => Judged::Texts(vec![taken(Zeroizing::new(text.to_vec()))]),
        };
    };
    let mut left_out = "without a password";
    let mut texts = Vec::new();
    for part in parts {
        match reason(&part, true) {
            Some(why) => left_out = why,
            None => texts.push(taken(part)),
        }
    }
    if texts.is_empty() { Judged::LeftOut(left_out) } else { Judged::Texts(texts) }
}

fn taken(text: Zeroizing<Vec<u8>>) -> (Zeroizing<Vec<u8>>, bool) {
    let needs_edges = text.len() < LONG || entropy(&text) < RANDOM;
    (text, needs_edges)
}

/// Why a text is left out, if it is. If its name says that it is secret, it may be words or a name of something.
fn reason(text: &[u8], is_secret: bool) -> Option<&'static str> {
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    let is_all = |is: fn(&u8) -> bool| text.iter().all(is);
    if text.len() < SHORTEST {
        return Some("too short");
    }
    if entropy(text) < LEAST_ENTROPY {
        return Some("too few different characters");
    }
    if is_all(|byte| byte.is_ascii_digit() || b"+-.,:/_ ()".contains(byte)) {
        return Some("a number");
    }
    if is_placeholder(text, &lower) {
        return Some("a placeholder");
    }
    if COMMON.iter().any(|common| common.as_bytes() == lower.as_slice()) {
        return Some("a common value");
    }
    let is_word = is_all(u8::is_ascii_lowercase) || is_all(u8::is_ascii_uppercase) || {
        text[0].is_ascii_uppercase() && text[1..].iter().all(u8::is_ascii_lowercase)
    };
    if is_word && text.len() <= LONGEST_WORD && word_evidence(text) >= 1.0 {
        return Some("a word");
    }
    if is_secret {
        return None;
    }
    if is_mail(text) {
        return Some("an e-mail address");
    }
    if is_path(text) {
        return Some("a path");
    }
    if is_host(&lower) {
        return Some("a host name");
    }
    is_words(text).then_some("words")
}

fn is_placeholder(text: &[u8], lower: &[u8]) -> bool {
    let has = |mark: &str| memchr::memmem::find(lower, mark.as_bytes()).is_some();
    let letters: Zeroizing<Vec<u8>> =
        Zeroizing::new(lower.iter().copied().filter(u8::is_ascii_alphanumeric).collect());
    let is_bracketed = |open: u8, close: u8| text.first() == Some(&open) && text.last() == Some(&close);
    ["${", "$(", "{{", "xxxx", "****", "...", "…"].iter().any(|mark| has(mark))
        || ["your-", "your_", "todo", "fixme"].iter().any(|start| lower.starts_with(start.as_bytes()))
        || is_bracketed(b'<', b'>')
        || is_bracketed(b'[', b']')
        || is_bracketed(b'%', b'%')
        || PLACEHOLDERS.iter().any(|word| memchr::memmem::find(&letters, word.as_bytes()).is_some())
        || is_row(lower)
}

fn is_mail(text: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let mut parts = text.split(|byte| *byte == b'@');
    let (user, host) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    parts.next().is_none()
        && !user.is_empty()
        && user.iter().all(is_part)
        && is_host(&host.to_ascii_lowercase())
}

/// Whether all parts of a path read like names.
fn is_path(text: &[u8]) -> bool {
    let is_drive = matches!(text, [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let begins =
        [&b"/"[..], b"./", b"../", b"~/", b"~\\", b"\\\\"].iter().any(|start| text.starts_with(start));
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    let count = text.iter().filter(|byte| is_separator(byte)).count();
    let is_name = |part: &[u8]| part.len() < 4 || is_plain(part);
    let is_usual = |byte: &u8| byte.is_ascii_alphanumeric() || b"/\\._-~:@+ ".contains(byte);
    text.iter().all(is_usual) && (begins || is_drive || count >= 2) && text.split(is_separator).all(is_name)
}

/// Names with dots between them, and perhaps a port.
fn is_host(lower: &[u8]) -> bool {
    const LONGEST_LABEL: usize = 30;
    let (host, port) = match memchr::memrchr(b':', lower) {
        Some(at) => (&lower[..at], &lower[at + 1..]),
        None => (lower, &b"0"[..]),
    };
    let labels: Vec<&[u8]> = host.split(|byte| *byte == b'.').collect();
    let is_label = |label: &&[u8]| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
    };
    let is_top = labels
        .last()
        .is_some_and(|top| (2..=12).contains(&top.len()) && top.iter().all(u8::is_ascii_lowercase));
    port.iter().all(u8::is_ascii_digit)
        && labels.iter().all(is_label)
        && (labels.len() >= 2 && is_top || host.len() < lower.len())
}

/// Whether a text consists of words and short numbers with something between them.
fn is_words(text: &[u8]) -> bool {
    let mut pieces = text.split(|byte| !byte.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
    text.is_ascii() && pieces.all(is_plain)
}

/// Whether a part is a word in one case, a few words with capitals, or a short number.
fn is_plain(part: &[u8]) -> bool {
    const LONGEST_NUMBER: usize = 4;
    let is_piece = |piece: &[u8]| {
        let digits = piece.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let word = &piece[..piece.len() - digits];
        let is_cased = word.iter().all(u8::is_ascii_lowercase)
            || word.iter().all(u8::is_ascii_uppercase)
            || word.len() > 1 && word[0].is_ascii_uppercase() && word[1..].iter().all(u8::is_ascii_lowercase);
        let reads = word.len() < 5 || word_evidence(word) > 0.0;
        digits <= LONGEST_NUMBER && is_cased && reads
    };
    let capitals =
        part.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let capitals = capitals.count();
    let mut pieces = part.split(|byte| !byte.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
    if capitals > 0 {
        return part.iter().all(u8::is_ascii_alphabetic)
            && part.len() >= 5 * capitals
            && word_evidence(part) >= WORDS;
    }
    pieces.all(is_piece)
}

/// Shannon's entropy, in bits for each byte.
fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    text.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let length = text.len() as f64;
    let share = |count: &u32| f64::from(*count) / length;
    counts.iter().filter(|count| **count > 0).map(share).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_everywhere_is_left_out() {
        for (name, text, why) in [
            ("PORT", "5432", "too short"),
            ("DB_PASSWORD", "changeme", "a placeholder"),
            ("DB_PASSWORD", "change-me-please", "a placeholder"),
            ("API_KEY", "your-api-key-here", "a placeholder"),
            ("API_KEY", "<your secret>", "a placeholder"),
            ("API_KEY", "xxxx-secret-9-key", "a placeholder"),
            ("API_KEY", "xxxxxxxxxxxxxxxx", "too few different characters"),
            ("API_KEY", "${OTHER_VARIABLE}", "a placeholder"),
            ("API_KEY", "{{ secret.value }}", "a placeholder"),
            ("NODE_ENV", "production", "a common value"),
            ("HOST", "localhost", "a common value"),
            ("DB_PASSWORD", "postgres", "a common value"),
            ("PAD", "aaaaaaaaab", "too few different characters"),
            ("ID", "1234567890", "a number"),
            ("VERSION", "10.20.30.40", "a number"),
            ("BASE_URL", "https://example.org/path", "without a password"),
            ("DATABASE_URL", "postgres://app@db/app", "without a password"),
            ("DATABASE_URL", "postgres://app:app@db/app", "too short"),
            ("DATABASE_URL", "postgres://app:changeme@db/app", "a placeholder"),
            ("LOG", "/var/log/app/current.log", "a path"),
            ("HOME", "C:\\Users\\me\\project", "a path"),
            ("FILE", "config/settings/local.yml", "a path"),
            ("MAIL", "someone@mail.test.org", "an e-mail address"),
            ("SMTP", "smtp.mail.test.org", "a host name"),
            ("REDIS", "redis-cache:6379", "a host name"),
            ("APP", "Application", "a word"),
            ("TOKEN", "supersecret", "a word"),
            ("REGION", "eu-central-1", "words"),
            ("NAME", "my application service", "words"),
            ("BUCKET", "acme-prod-assets-2024", "words"),
        ] {
            match judge(name, text.as_bytes()) {
                Judged::LeftOut(reason) => assert_eq!(reason, why, "{name}={text}"),
                Judged::Texts(_) => panic!("{name}={text} should be {why}"),
            }
        }
    }

    #[test]
    fn secrets_are_looked_for() {
        for (name, text, edges) in [
            ("DB_PASSWORD", "tr0ub4dor", true),
            ("DB_PASSWORD", "hunter22", true),
            ("DB_PASSWORD", "correct-horse-battery-staple", false),
            ("DB_PASSWORD", "p@ss/w:rd", true),
            ("X", "qwhzpdkvjrtbncmx", false),
            ("X", "Zq8Lw3Xk9Vb2", false),
            ("X", "9f86d081884c7d659a2feaa0c55ad015", false),
            ("X", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6", false),
            ("X", "/k3jX9Zq8Lw3Xk9Vb2Nn5Rt7Yc+a=", false),
            ("X", "påsswörd-ßtraße-9", false),
            ("ROOT", "S3cure!Pass", true),
        ] {
            match judge(name, text.as_bytes()) {
                Judged::Texts(texts) => assert_eq!((texts.len(), texts[0].1), (1, edges), "{name}={text}"),
                Judged::LeftOut(why) => panic!("{name}={text}: {why}"),
            }
        }
        let Judged::Texts(texts) = judge("DATABASE_URL", b"postgres://app:p%40ssw0rd!@db/app") else {
            panic!()
        };
        assert_eq!(texts.len(), 2);
    }

    #[test]
    fn nearly_nothing_random_is_left_out() {
        let mut rng = fastrand::Rng::with_seed(1);
        for length in [12, 16, 24, 32, 43] {
            let drawn = |rng: &mut fastrand::Rng| (0..length).map(|_| rng.alphanumeric()).collect::<String>();
            let left_out = |text: &String| matches!(judge("X", text.as_bytes()), Judged::LeftOut(_));
            let count = (0..20_000).map(|_| drawn(&mut rng)).filter(left_out).count();
            assert!(count <= 2, "{count} of 20,000 with {length} characters");
        }
    }
}
