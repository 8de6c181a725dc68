//! Patterns for keys themselves: a text in which `*` stands for anything.

use memchr::memmem;

/// Whether a key matches a pattern as a whole.
#[must_use]
pub(super) fn matches(pattern: &str, key: &[u8]) -> bool {
    let mut parts = pattern.split('*').map(str::as_bytes);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = key.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = memmem::find(rest, part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, tried in every way.
    fn by_definition(pattern: &[u8], key: &[u8]) -> bool {
        match pattern.split_first() {
            None => key.is_empty(),
            Some((b'*', rest)) => (0..=key.len()).any(|skipped| by_definition(rest, &key[skipped..])),
            Some((one, rest)) => {
                key.split_first().is_some_and(|(first, key)| first == one && by_definition(rest, key))
            }
        }
    }

    proptest! {
        #[test]
        fn a_star_is_anything(pattern in "[ab*]{0,8}", key in "[ab]{0,10}") {
            prop_assert_eq!(matches(&pattern, key.as_bytes()), by_definition(pattern.as_bytes(), key.as_bytes()));
        }
    }
}
