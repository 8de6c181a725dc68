//! How keys begin of which the separator, or every byte, is escaped. Base64 is searched for these, since a search for escapes
//! does not see through it.

use std::collections::BTreeSet;

/// How an escape of a byte is written, in both cases of its digits.
type EscapeSpelling = fn(u8) -> [String; 2];

const SPELLINGS: &[EscapeSpelling] = &[
    |byte| [format!("%{byte:02X}"), format!("%{byte:02x}")],
    |byte| [format!("\\x{byte:02X}"), format!("\\x{byte:02x}")],
    |byte| [format!("\\u{byte:04X}"), format!("\\u{byte:04x}")],
    |byte| [format!("\\{byte:03o}"), format!("&#{byte};")],
    |byte| [format!("&#x{byte:X};"), format!("&#x{byte:x};")],
    |byte| [format!("={byte:02X}"), format!("={byte:02X}")],
];

/// The starts of keys that begin with these bytes, up to a separator that is escaped, and of those in which every byte is.
pub(crate) fn escaped_starts<'a>(prefixes: impl Iterator<Item = &'a [u8]>) -> BTreeSet<Vec<u8>> {
    let mut starts = BTreeSet::new();
    for prefix in prefixes {
        let Some(at) = prefix.iter().position(|byte| matches!(byte, b'-' | b'_')) else { continue };
        for spelling in SPELLINGS {
            for case in 0..2 {
                let whole: String = prefix[..at].iter().map(|byte| spelling(*byte)[case].clone()).collect();
                starts.insert(whole.into_bytes());
                starts.insert([&prefix[..at], spelling(prefix[at])[case].as_bytes()].concat());
            }
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_escaped_up_to_its_separator_or_whole() {
        let starts = escaped_starts([&b"sk-"[..], b"AIza"].into_iter());
        let starts: Vec<&str> = starts.iter().map(|start| str::from_utf8(start).unwrap()).collect();
        for expected in ["sk%2D", "sk%2d", "sk\\x2d", "sk\\u002d", "sk\\055", "sk&#45;", "sk&#x2D;", "sk=2D"]
        {
            assert!(starts.contains(&expected), "{expected}: {starts:?}");
        }
        for expected in ["%73%6B", "\\x73\\x6b", "\\u0073\\u006b", "\\163\\153", "&#115;&#107;", "=73=6B"] {
            assert!(starts.contains(&expected), "{expected}: {starts:?}");
        }
        assert!(starts.iter().all(|start| start.len() >= 5));
    }
}
