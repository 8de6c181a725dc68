//! Settings from environment variables. An empty variable counts as unset, since CI systems set variables without a
//! value.

use std::{ffi::OsString, num::NonZeroUsize, path::PathBuf};

use anyhow::{Result, anyhow, bail};

use crate::{
    finding::FailOn,
    rule::{Confidence, Family, Severity},
};

/// Every variable, and the option it corresponds to.
pub const VARIABLES: [(&str, &str); 16] = [
    ("SKANNER_CONFIG", "--config"),
    ("SKANNER_POLICY", "--policy"),
    ("SKANNER_ISOLATED", "--isolated"),
    ("SKANNER_MIN_CONFIDENCE", "--min-confidence"),
    ("SKANNER_MIN_SEVERITY", "--min-severity"),
    ("SKANNER_FAIL_ON", "--fail-on"),
    ("SKANNER_FAMILY", "--family"),
    ("SKANNER_RULE", "--rule"),
    ("SKANNER_EXCLUDE_RULE", "--exclude-rule"),
    ("SKANNER_BASELINE", "--baseline"),
    ("SKANNER_RULES_FROM", "--rules-from"),
    ("SKANNER_VALUES_FROM", "--values-from"),
    ("SKANNER_FORMAT", "--format"),
    ("SKANNER_COLOR", "--color"),
    ("SKANNER_NO_PROGRESS", "--no-progress"),
    ("SKANNER_THREADS", "-j"),
];

/// The values of the variables, except for file names and color, which are read elsewhere. Options that show secrets or
/// change the exit code have no variable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Environment {
    /// `SKANNER_ISOLATED`
    pub isolated: Option<bool>,
    /// `SKANNER_MIN_CONFIDENCE`
    pub min_confidence: Option<Confidence>,
    /// `SKANNER_MIN_SEVERITY`
    pub min_severity: Option<Severity>,
    /// `SKANNER_FAIL_ON`
    pub fail_on: Option<FailOn>,
    /// `SKANNER_FAMILY`, separated by commas.
    pub families: Option<Vec<Family>>,
    /// `SKANNER_RULE`, separated by commas.
    pub rules: Option<Vec<String>>,
    /// `SKANNER_EXCLUDE_RULE`, separated by commas.
    pub exclude_rules: Option<Vec<String>>,
    /// `SKANNER_BASELINE`
    pub baseline: Option<PathBuf>,
    /// `SKANNER_RULES_FROM`, separated by commas.
    pub rules_from: Option<Vec<PathBuf>>,
    /// `SKANNER_VALUES_FROM`, separated by commas.
    pub values_from: Option<Vec<PathBuf>>,
    /// `SKANNER_FORMAT`
    pub format: Option<String>,
    /// `SKANNER_NO_PROGRESS`
    pub no_progress: Option<bool>,
    /// `SKANNER_THREADS`
    pub threads: Option<NonZeroUsize>,
}

impl Environment {
    /// Reads each variable through `look`. `formats` are the names that a format may have.
    ///
    /// # Errors
    /// When a variable has a value that its option would reject.
    pub(crate) fn read(look: &dyn Fn(&str) -> Option<OsString>, formats: &[&str]) -> Result<Self> {
        Ok(Self {
            isolated: text(look, "SKANNER_ISOLATED")?
                .map(|text| switch("SKANNER_ISOLATED", &text))
                .transpose()?,
            min_confidence: text(look, "SKANNER_MIN_CONFIDENCE")?
                .map(|text| word("SKANNER_MIN_CONFIDENCE", Confidence::WORDS, &text))
                .transpose()?,
            min_severity: text(look, "SKANNER_MIN_SEVERITY")?
                .map(|text| word("SKANNER_MIN_SEVERITY", Severity::WORDS, &text))
                .transpose()?,
            fail_on: text(look, "SKANNER_FAIL_ON")?
                .map(|text| FailOn::parse(&text).map_err(|why| anyhow!("SKANNER_FAIL_ON: {why}")))
                .transpose()?,
            families: text(look, "SKANNER_FAMILY")?
                .map(|text| {
                    let one = |name: &String| word("SKANNER_FAMILY", Family::WORDS, name);
                    list(&text).iter().map(one).collect()
                })
                .transpose()?,
            rules: text(look, "SKANNER_RULE")?.map(|text| list(&text)),
            exclude_rules: text(look, "SKANNER_EXCLUDE_RULE")?.map(|text| list(&text)),
            baseline: look("SKANNER_BASELINE").filter(|file| !file.is_empty()).map(PathBuf::from),
            rules_from: text(look, "SKANNER_RULES_FROM")?
                .map(|text| list(&text).into_iter().map(PathBuf::from).collect()),
            values_from: text(look, "SKANNER_VALUES_FROM")?
                .map(|text| list(&text).into_iter().map(PathBuf::from).collect()),
            format: text(look, "SKANNER_FORMAT")?
                .map(|text| {
                    let formats: Vec<_> = formats.iter().map(|name| (*name, *name)).collect();
                    word("SKANNER_FORMAT", &formats, &text).map(str::to_owned)
                })
                .transpose()?,
            no_progress: text(look, "SKANNER_NO_PROGRESS")?
                .map(|text| switch("SKANNER_NO_PROGRESS", &text))
                .transpose()?,
            threads: text(look, "SKANNER_THREADS")?
                .map(|text| match text.parse() {
                    Ok(threads) => Ok(threads),
                    Err(_) => bail!("SKANNER_THREADS is {text:?}; it must be a number of threads, 1 or more"),
                })
                .transpose()?,
        })
    }
}

fn text(look: &dyn Fn(&str) -> Option<OsString>, name: &str) -> Result<Option<String>> {
    match look(name).filter(|value| !value.is_empty()).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(text)),
        Some(Err(_)) => bail!("{name} is not UTF-8"),
    }
}

/// Parses one of several words, as an option or variable accepts them.
///
/// # Errors
/// Lists the words that are accepted.
pub(crate) fn word<T: Copy>(name: &str, words: &[(&str, T)], text: &str) -> Result<T> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*value);
    }
    let words = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    bail!("{name} is {text:?}; it must be one of {words}")
}

fn switch(name: &str, text: &str) -> Result<bool> {
    word(name, &[("1", true), ("true", true), ("0", false), ("false", false)], text)
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}
