//! JSON with the lines that its parts begin on.

use serde::de::DeserializeOwned;
use serde_json::Deserializer;

use super::refusal::ListRefusal;

/// Counts lines, moving forward through a text.
pub(super) struct LineCounter<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl<'t> LineCounter<'t> {
    /// At the start of a text.
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line of an offset, 1-based. Offsets before the last one are taken for that.
    pub(super) fn line(&mut self, at: usize) -> u64 {
        let at = at.clamp(self.at, self.text.len());
        self.line += memchr::memchr_iter(b'\n', &self.text[self.at..at]).count() as u64;
        self.at = at;
        self.line
    }
}

/// The elements of an array, each with the line that it begins on. `what` says what an element is, for errors.
///
/// # Errors
/// When the text is something else. The error quotes none of it.
pub(super) fn elements<T: DeserializeOwned>(text: &[u8], what: &str) -> Result<Vec<(u64, T)>, ListRefusal> {
    let mut lines = LineCounter::new(text);
    let mut at = skip(text, 0);
    if text.get(at) != Some(&b'[') {
        return Err(ListRefusal::at(lines.line(at), format!("expected an array of {what}")));
    }
    at = skip(text, at + 1);
    let mut found = Vec::new();
    while text.get(at) != Some(&b']') {
        if !found.is_empty() {
            if text.get(at) != Some(&b',') {
                return Err(ListRefusal::at(
                    lines.line(at),
                    "not valid JSON: expected `,` or `]`; is the file complete?",
                ));
            }
            at = skip(text, at + 1);
        }
        let line = lines.line(at);
        let mut rest = Deserializer::from_slice(&text[at..]).into_iter::<T>();
        match rest.next() {
            Some(Ok(element)) => found.push((line, element)),
            Some(Err(error)) => return Err(refusal(&error, line, what)),
            None => {
                return Err(ListRefusal::at(
                    line,
                    "not valid JSON: the file ends too early; is it complete?",
                ));
            }
        }
        at = skip(text, at + rest.byte_offset());
    }
    let behind = skip(text, at + 1);
    match text.get(behind) {
        None => Ok(found),
        Some(_) => Err(ListRefusal::at(
            lines.line(behind),
            "not valid JSON: there is more after the end of the array",
        )),
    }
}

/// An error of the parser. `first` is the line that the parsed text begins on. Its own words may quote a value.
pub(super) fn refusal(error: &serde_json::Error, first: u64, what: &str) -> ListRefusal {
    use serde_json::error::Category;
    let why = match error.classify() {
        Category::Data => format!("this is not {what}: a field is missing, or has another type"),
        Category::Eof => "not valid JSON: the file ends too early; is it complete?".to_owned(),
        Category::Syntax | Category::Io => "not valid JSON".to_owned(),
    };
    ListRefusal::at(first + (error.line() as u64).saturating_sub(1), why)
}

fn skip(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}
