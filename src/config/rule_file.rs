//! A file with rules of another scanner.

use std::sync::Arc;

use super::setting_source::SettingSource;
use crate::foreign_rules::LeftOutPart;

/// A file that `rules-from` or its like names.
#[derive(Clone, Debug)]
pub struct RuleFile {
    /// The file, as it may be shown.
    pub file: Arc<str>,
    /// The scanner whose rules it has.
    pub tool: &'static str,
    /// What names it: an option, a variable, or a line of a configuration.
    pub from: SettingSource,
    /// The number of rules that are used.
    pub rules: u64,
    /// The number of rules that are not used.
    pub unused: u64,
    /// What in it has no effect, or another one.
    pub left_out: Vec<LeftOutPart>,
}
