//! The patterns of one ignore file. Its lines are cut as git cuts them, which differs from what people expect: only one
//! carriage return and only plain spaces are removed from their ends.

use super::wildmatch::wildmatch;

/// The patterns of one file, in its order.
pub(super) struct IgnorePatterns {
    text: Vec<u8>,
    patterns: Vec<IgnorePattern>,
}

/// One pattern, as a part of the text.
struct IgnorePattern {
    start: u32,
    end: u32,
    /// How many of its first bytes are no wildcards.
    literal: u32,
    /// It takes back what an earlier one has excluded.
    is_negative: bool,
    is_for_directories: bool,
    kind: Kind,
}

/// What a pattern is compared with.
enum Kind {
    /// The name of a file, wherever it is.
    Name,
    /// The end of a name: `*` and literal text.
    NameEnd,
    /// The path from the directory of the ignore file.
    Path,
}

impl IgnorePatterns {
    /// Cuts a file into patterns. It must be smaller than 4 GiB.
    pub(super) fn parse(text: Vec<u8>) -> Self {
        let mut patterns = Vec::new();
        let mut start = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        while start < text.len() {
            let next = memchr::memchr(b'\n', &text[start..]).map(|length| start + length);
            let line = &text[start..next.unwrap_or(text.len())];
            if line.first() != Some(&b'#') {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                patterns.extend(IgnorePattern::parse(line, start));
            }
            start = next.unwrap_or(text.len()) + 1;
        }
        Self { text, patterns }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether the last pattern that matches excludes a path, which is relative to the directory of the file. `None` if
    /// no pattern matches.
    pub(super) fn excludes(&self, path: &[u8], is_directory: bool, fold: bool) -> Option<bool> {
        let name = memchr::memrchr(b'/', path).map_or(path, |slash| &path[slash + 1..]);
        let last = self.patterns.iter().rev().find(|pattern| {
            (is_directory || !pattern.is_for_directories) && pattern.matches(&self.text, path, name, fold)
        })?;
        Some(!last.is_negative)
    }
}

impl IgnorePattern {
    fn parse(line: &[u8], at: usize) -> Option<Self> {
        // For git, a line is a string that ends at its first zero byte.
        let line = &line[..memchr::memchr(0, line).unwrap_or(line.len())];
        let line = without_trailing_spaces(line);
        let is_negative = line.first() == Some(&b'!');
        let whole = &line[usize::from(is_negative)..];
        let pattern = whole.strip_suffix(b"/").unwrap_or(whole);
        if pattern.is_empty() {
            return None;
        }
        let kind = match pattern {
            _ if pattern.contains(&b'/') => Kind::Path,
            [b'*', rest @ ..] if literal(rest) == rest.len() => Kind::NameEnd,
            _ => Kind::Name,
        };
        let rooted = usize::from(pattern[0] == b'/' && matches!(kind, Kind::Path));
        let start = at + usize::from(is_negative) + rooted;
        let pattern = &pattern[rooted..];
        Some(Self {
            start: u32::try_from(start).ok()?,
            end: u32::try_from(start + pattern.len()).ok()?,
            literal: u32::try_from(literal(pattern)).ok()?,
            is_negative,
            is_for_directories: whole.ends_with(b"/"),
            kind,
        })
    }

    fn matches(&self, text: &[u8], path: &[u8], name: &[u8], fold: bool) -> bool {
        let pattern = &text[self.start as usize..self.end as usize];
        let subject = match self.kind {
            Kind::Path => path,
            Kind::Name => name,
            Kind::NameEnd => {
                let end = &pattern[1..];
                return name
                    .len()
                    .checked_sub(end.len())
                    .is_some_and(|from| is_same(&name[from..], end, fold));
            }
        };
        let (literal, rest) = pattern.split_at(self.literal as usize);
        if subject.len() < literal.len() || !is_same(&subject[..literal.len()], literal, fold) {
            return false;
        }
        // As in git, the rest is a pattern of its own, so `a**/b` is `a` and then any directories. Names are matched as
        // a whole.
        match self.kind {
            _ if rest.is_empty() => subject.len() == literal.len(),
            Kind::Path => wildmatch(rest, &subject[literal.len()..], fold),
            _ => wildmatch(pattern, subject, fold),
        }
    }
}

fn is_same(a: &[u8], b: &[u8], fold: bool) -> bool {
    if fold { a.eq_ignore_ascii_case(b) } else { a == b }
}

/// How many bytes stand before the first wildcard.
fn literal(pattern: &[u8]) -> usize {
    pattern.iter().position(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\')).unwrap_or(pattern.len())
}

/// Spaces at the end do not count unless they are escaped.
fn without_trailing_spaces(line: &[u8]) -> &[u8] {
    let (mut at, mut end) = (0, 0);
    while let Some(byte) = line.get(at) {
        at += 1;
        match byte {
            b' ' => continue,
            b'\\' if at == line.len() => return line,
            b'\\' => at += 1,
            _ => {}
        }
        end = at;
    }
    &line[..end]
}
