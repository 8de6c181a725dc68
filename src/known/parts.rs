//! The secret parts of values that are not secret as a whole: addresses with a password, and connection strings.

use zeroize::Zeroizing;

/// The end of names of parts that are secret.
const SECRET: [&str; 8] = ["password", "passwd", "pwd", "secret", "token", "key", "signature", "sig"];

/// Whether a name says that what it stands for is secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "pass", "pwd", "secret", "token", "key", "cred", "auth", "private", "salt", "dsn", "signing",
        "webhook",
    ];
    let lower = name.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// The secret parts of an address or a connection string, as they are written and decoded; `None` if it is neither.
pub(super) fn of(text: &[u8]) -> Option<Vec<Zeroizing<Vec<u8>>>> {
    let parts = match address(text) {
        Some(parts) => parts,
        None => pairs(text, |byte| byte == b';').filter(|parts| !parts.is_empty())?,
    };
    let mut all: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    for part in parts {
        for one in [Zeroizing::new(part.to_vec()), percent_decoded(part)] {
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    Some(all)
}

fn address(text: &[u8]) -> Option<Vec<&[u8]>> {
    let at = memchr::memmem::find(text, b"://")?;
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b':');
    if at == 0 || !text[..at].iter().all(is_scheme) {
        return None;
    }
    let rest = &text[at + 3..];
    // A password may hold what would end the host.
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let user_end = rest[..end].iter().rposition(|byte| *byte == b'@');
    let user_end = user_end.or_else(|| {
        let last = memchr::memrchr(b'@', rest)?;
        rest[..last].contains(&b':').then_some(last)
    });
    let mut parts = Vec::new();
    if let Some(user_end) = user_end {
        let user = &rest[..user_end];
        match memchr::memchr(b':', user) {
            Some(colon) => parts.push(&user[colon + 1..]),
            None if is_random(user) => parts.push(user),
            None => {}
        }
    }
    let tail = &rest[user_end.map_or(0, |end| end + 1)..];
    let (path, query) = match memchr::memchr2(b'?', b';', tail) {
        Some(at) => (&tail[..at], &tail[at + 1..]),
        None => (tail, &b""[..]),
    };
    parts.extend(pairs(query, |byte| matches!(byte, b'&' | b';')).unwrap_or_default());
    // A webhook is secret in its path.
    parts.extend(path.split(|byte| *byte == b'/').skip(1).filter(|part| is_random(part)));
    Some(parts)
}

/// The values of the pairs with secret names; `None` if there are no pairs.
fn pairs(text: &[u8], is_separator: fn(u8) -> bool) -> Option<Vec<&[u8]>> {
    let mut is_any = false;
    let mut parts = Vec::new();
    for pair in text.split(|byte| is_separator(*byte)) {
        let Some(sign) = memchr::memchr(b'=', pair) else { continue };
        let name: Vec<u8> =
            pair[..sign].iter().filter(|byte| byte.is_ascii_alphanumeric()).copied().collect();
        let name = name.to_ascii_lowercase();
        is_any = true;
        if SECRET.iter().any(|word| name.ends_with(word.as_bytes())) {
            parts.push(&pair[sign + 1..]);
        }
    }
    is_any.then_some(parts)
}

/// Whether a part of an address looks as if it had been drawn at random.
fn is_random(part: &[u8]) -> bool {
    const LEAST: usize = 20;
    let has = |is: fn(&u8) -> bool| part.iter().any(is);
    part.len() >= LEAST
        && part.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && crate::rule::word_evidence(part) < 3.0
}

fn percent_decoded(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut at = 0;
    while at < text.len() {
        let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (text[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high << 4 | low) as u8);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_parts_are_found() {
        let shown = |text: &str| {
            let parts = of(text.as_bytes())?;
            let parts: Vec<_> = parts.iter().map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
            Some(parts.join(" "))
        };
        for (text, expected) in [
            ("postgres://app:tr0ub4dor@db:5432/app", Some("tr0ub4dor")),
            ("postgres://app:p%40ss%2Fw@db/app?sslmode=require", Some("p%40ss%2Fw p@ss/w")),
            ("amqp://app:a/b@c@host/", Some("a/b@c")),
            ("redis://:hunter22@cache:6379/0", Some("hunter22")),
            ("https://example.org/a?x=1", Some("")),
            ("https://app@example.org", Some("")),
            ("jdbc:sqlserver://db:1433;user=sa;password=Tr0ub4dor;x=y", Some("Tr0ub4dor")),
            ("https://a.example/?access_token=abc&sig=def", Some("abc def")),
            ("Server=db;User Id=sa;Password=Tr0ub4dor=;", Some("Tr0ub4dor=")),
            ("Server=db;User Id=sa", None),
            ("https://hooks.example/services/T0/Zq8Lw3Xk9Vb2Nn5Rt7Yc", Some("Zq8Lw3Xk9Vb2Nn5Rt7Yc")),
            ("hunter22", None),
            ("://", None),
        ] {
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
    }
}
