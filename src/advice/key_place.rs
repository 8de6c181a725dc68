//! A place of a key, with what stands around it.

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
