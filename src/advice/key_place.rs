//! A place of a key, with what stands around it.

use crate::{
    blob::SourceKind,
    finding::{Finding, Occurrence},
    notebook,
};

/// A place of a key, as far as advice about it needs to know it.
#[derive(Clone, Copy)]
pub(crate) struct KeyPlace<'a> {
    /// The path, with `/` between its parts.
    pub path: &'a str,
    /// Its line with the key masked, perhaps shortened.
    pub excerpt: &'a str,
    /// Where the key is in `excerpt`, in bytes.
    pub marker: (usize, usize),
    /// Whether git has it: at HEAD, in the index or in another object.
    pub is_in_git: bool,
    /// Whether it is in outputs of a notebook, and nowhere in a source.
    pub is_output: bool,
}

impl<'a> KeyPlace<'a> {
    /// The places of a finding.
    pub(crate) fn in_finding(finding: &'a Finding) -> impl Fn(&'a Occurrence) -> Self + Copy {
        let is_at_head = finding.history.as_ref().is_some_and(|history| history.at_head);
        // A source that holds it makes clear outputs useless.
        let is_source =
            |place: &Occurrence| !place.in_output && notebook::is_notebook(path_of(place).as_bytes());
        let is_only_output = !finding.occurrences.iter().any(is_source);
        move |place| Self {
            path: path_of(place),
            excerpt: &place.excerpt.text,
            marker: place.excerpt.marker,
            is_in_git: is_at_head || place.source != SourceKind::File,
            is_output: place.in_output && is_only_output,
        }
    }

    /// The last part of the path.
    pub(super) fn file_name(self) -> &'a str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// What stands before the key on its line, and what after it.
    pub(super) fn around(self) -> (&'a str, &'a str) {
        let (start, end) = self.marker;
        (self.excerpt.get(..start).unwrap_or_default(), self.excerpt.get(end..).unwrap_or_default())
    }

    /// The name that the key is given on its line, such as `OPENAI_API_KEY` in `OPENAI_API_KEY = "…"`.
    pub(super) fn name(self) -> Option<&'a str> {
        let (before, _) = self.around();
        let before = before.trim_end_matches(['"', '\'', '`', ' ', '\t']);
        let before = before.strip_suffix([':', '=']).map(|rest| rest.trim_end_matches([':', '=', '?']))?;
        let before = before.trim_end_matches(['"', '\'', ' ', '\t', ']']);
        let name = before.rsplit(|one: char| !one.is_ascii_alphanumeric() && one != '_').next()?;
        Some(name).filter(|name| !name.is_empty())
    }
}

/// The path of the innermost file.
fn path_of(place: &Occurrence) -> &str {
    place.archive.as_ref().and_then(|path| path.rsplit('!').next()).unwrap_or(&place.path)
}
