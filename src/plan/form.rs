//! The ways in which keys are written in texts, and what is written in their place.

use crate::cold::ColdSort;
use memchr::memmem;

/// What stands in the place of a key.
pub(super) const REMOVED: &str = "REMOVED-BY-SKANNER";

/// A form that is shorter than this, in bytes, may be a part of other words.
const DISTINCT: usize = 24;

/// One way in which a key is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrittenForm {
    /// What stands in the text.
    pub(super) bytes: Vec<u8>,
    /// The number of its key.
    pub(super) key: usize,
}

impl WrittenForm {
    /// Whether it only counts where no letter or digit is beside it.
    pub(super) fn is_short(&self) -> bool {
        self.bytes.len() < DISTINCT
    }

    /// Whether it can be a line of a list.
    fn fits_a_line(&self) -> bool {
        !self.is_short() && !self.bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r' | 0))
    }

    /// Where it is in a text.
    fn find(&self, text: &[u8]) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for at in memmem::find_iter(text, &self.bytes) {
            let is_word =
                |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|byte| is_of_word(*byte));
            let is_inside = is_word(at.checked_sub(1)) || is_word(Some(at + self.bytes.len()));
            if !(self.is_short() && is_inside) {
                found.push(at);
            }
        }
        found
    }

    fn replace(&self, text: &[u8]) -> Option<Vec<u8>> {
        let found = self.find(text);
        let mut new = Vec::with_capacity(text.len());
        let mut from = 0;
        for at in &found {
            new.extend_from_slice(&text[from..*at]);
            new.extend_from_slice(REMOVED.as_bytes());
            from = at + self.bytes.len();
        }
        new.extend_from_slice(&text[from..]);
        (!found.is_empty()).then_some(new)
    }
}

/// As in the expression that [`WrittenForms::replacements`] writes.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// All forms of all keys, the longest first: a key may begin with another one.
#[derive(Debug, Default)]
pub(super) struct WrittenForms {
    /// Those that git-filter-repo replaces first.
    pub(super) literals: Vec<WrittenForm>,
    /// Those that it needs an expression for, and replaces then.
    pub(super) expressions: Vec<WrittenForm>,
}

impl WrittenForms {
    pub(super) fn new(mut forms: Vec<WrittenForm>) -> Self {
        forms.retain(|form| !form.bytes.is_empty());
        forms.cold_sort_by(|a, b| (b.bytes.len(), &a.bytes, a.key).cmp(&(a.bytes.len(), &b.bytes, b.key)));
        forms.dedup_by(|a, b| a.bytes == b.bytes);
        let (literals, expressions) = forms.into_iter().partition(WrittenForm::fits_a_line);
        Self { literals, expressions }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &WrittenForm> {
        self.literals.iter().chain(&self.expressions)
    }

    /// Replaces them in a text, as git-filter-repo does.
    pub(super) fn replace(&self, text: &[u8]) -> Vec<u8> {
        let mut new = text.to_vec();
        for form in self.iter() {
            new = form.replace(&new).unwrap_or(new);
        }
        new
    }

    /// The list that git-filter-repo takes.
    pub(super) fn replacements(&self) -> Vec<u8> {
        let mut list = Vec::new();
        for form in &self.literals {
            list.extend_from_slice(b"literal:");
            list.extend_from_slice(&form.bytes);
            list.extend_from_slice(format!("==>{REMOVED}\n").as_bytes());
        }
        for form in &self.expressions {
            list.extend_from_slice(format!("regex:{}==>{REMOVED}\n", form.expression()).as_bytes());
        }
        list
    }
}

impl WrittenForm {
    /// An expression of Python for bytes that fits it.
    fn expression(&self) -> String {
        let bytes: String = self.bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        match self.is_short() {
            true => format!("(?<![A-Za-z0-9_-]){bytes}(?![A-Za-z0-9_-])"),
            false => bytes,
        }
    }
}

/// Something to put in the place of a key, as long as that is.
pub(super) fn filler(length: usize) -> Vec<u8> {
    let dashes = std::iter::repeat_n(b'-', length.saturating_sub(REMOVED.len()));
    REMOVED.bytes().take(length).chain(dashes).collect()
}

/// A text of ASCII in UTF-16.
pub(super) fn utf16(text: &[u8], is_big: bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    text.encode_utf16()
        .flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(texts: &[&str]) -> WrittenForms {
        let form = |(key, text): (usize, &&str)| WrittenForm { bytes: text.as_bytes().to_vec(), key };
        WrittenForms::new(texts.iter().enumerate().map(form).collect())
    }

    #[test]
    fn the_longest_is_replaced_first() {
        let [long, short] = ["a-key-of-thirty-characters-abcdef", "a-key-of-thirty-characters"];
        let forms = forms(&[short, long]);
        let text = format!("{long} {short}!");
        assert_eq!(forms.replace(text.as_bytes()), format!("{REMOVED} {REMOVED}!").as_bytes());
        let list = String::from_utf8(forms.replacements()).unwrap_or_default();
        assert_eq!(list, format!("literal:{long}==>{REMOVED}\nliteral:{short}==>{REMOVED}\n"));
    }

    #[test]
    fn a_short_form_is_no_part_of_a_word() {
        let forms = forms(&["sk-12"]);
        assert_eq!(forms.replace(b"task-12 sk-12 sk-123"), format!("task-12 {REMOVED} sk-123").as_bytes());
        let list = String::from_utf8(forms.replacements()).unwrap_or_default();
        assert_eq!(
            list,
            "regex:(?<![A-Za-z0-9_-])\\x73\\x6b\\x2d\\x31\\x32(?![A-Za-z0-9_-])==>REMOVED-BY-SKANNER\n"
        );
    }

    #[test]
    fn a_line_end_is_written_as_an_expression() {
        let key = "sk-proj-a-key-of-these-tests\nthat-goes-on";
        let list = String::from_utf8(forms(&[key]).replacements()).unwrap_or_default();
        assert!(list.starts_with("regex:\\x73") && list.lines().count() == 1, "{list}");
    }
}
