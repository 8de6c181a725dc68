//! Tables of TOML as gitleaks reads them: keys in any case, and values of nearly the right type.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::bytes::line_of;

/// The names of the tables that make a TOML file a configuration of gitleaks, in lower case.
pub(crate) const TABLES: [&str; 4] = ["allowlist", "allowlists", "extend", "rules"];

type SpannedValue<'t> = Spanned<DeValue<'t>>;

/// A table of a file.
#[derive(Clone, Copy)]
pub(crate) struct LooseTable<'v, 't> {
    pub(crate) text: &'t str,
    pub(crate) entries: &'v DeTable<'t>,
    /// Where it begins, in bytes.
    pub(crate) at: usize,
}

/// A value.
#[derive(Clone, Copy)]
pub(crate) struct LooseValue<'v, 't> {
    text: &'t str,
    value: &'v SpannedValue<'t>,
}

impl<'v, 't> LooseTable<'v, 't> {
    /// The line it begins on, 1-based.
    pub(crate) fn line(&self) -> u64 {
        line_of(self.text.as_bytes(), self.at)
    }

    /// The value of a key, which is given in lower case.
    pub(crate) fn get(&self, key: &str) -> Option<LooseValue<'v, 't>> {
        let (_, value) = self.entries.iter().find(|(name, _)| name.get_ref().eq_ignore_ascii_case(key))?;
        Some(LooseValue::of(self.text, value))
    }

    /// The keys that are not among these, which are in lower case, each with its line.
    pub(crate) fn others(&self, known: &[&str]) -> Vec<(String, u64)> {
        let is_known = |name: &str| known.iter().any(|known| name.eq_ignore_ascii_case(known));
        let names = self.entries.iter().map(|(name, _)| name).filter(|name| !is_known(name.get_ref()));
        names
            .map(|name| (name.get_ref().to_string(), line_of(self.text.as_bytes(), name.span().start)))
            .collect()
    }

    /// A text, or nothing.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, (u64, String)> {
        self.get(key).map(|value| value.text(key)).transpose()
    }

    /// The texts of an array, or none.
    pub(crate) fn texts(&self, key: &str) -> Result<Vec<(String, LooseValue<'v, 't>)>, (u64, String)> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        value.elements().into_iter().map(|one| Ok((one.text(key)?, one))).collect()
    }
}

impl<'v, 't> LooseValue<'v, 't> {
    pub(crate) fn of(text: &'t str, value: &'v SpannedValue<'t>) -> Self {
        Self { text, value }
    }

    /// The line it begins on, 1-based.
    pub(crate) fn line(self) -> u64 {
        line_of(self.text.as_bytes(), self.value.span().start)
    }

    /// The elements of an array, or the value alone.
    pub(crate) fn elements(self) -> Vec<Self> {
        match self.value.get_ref() {
            DeValue::Array(all) => all.iter().map(|one| Self::of(self.text, one)).collect(),
            _ => vec![self],
        }
    }

    pub(crate) fn table(self) -> Option<LooseTable<'v, 't>> {
        let entries = self.value.get_ref().as_table()?;
        Some(LooseTable { text: self.text, entries, at: self.value.span().start })
    }

    pub(crate) fn is_true(self) -> bool {
        self.value.get_ref().as_bool() == Some(true)
    }

    pub(crate) fn text(self, key: &str) -> Result<String, (u64, String)> {
        let text = self.value.get_ref().as_str().map(str::to_owned);
        text.ok_or_else(|| (self.line(), format!("`{key}` must be a text")))
    }

    pub(crate) fn number(self, key: &str) -> Result<f64, (u64, String)> {
        let value = self.value.get_ref();
        let text = value.as_float().map(toml::de::DeFloat::as_str);
        let text = text.or_else(|| value.as_integer().map(toml::de::DeInteger::as_str));
        let number = text.or_else(|| value.as_str()).and_then(|text| text.parse().ok());
        number.ok_or_else(|| (self.line(), format!("`{key}` must be a number")))
    }
}
