//! The rules of other scanners, as their files have them: those of gitleaks and betterleaks, of Kingfisher, and the
//! patterns of secretlint. What the engine cannot do is named with its line.
//!
//! There is one file per format. Each makes drafts, which become rules with regular expressions.

mod dialect;
mod draft;
mod gitleaks;
mod kingfisher;
mod model;
mod secretlint;

use std::{path::Path, sync::Arc};

use crate::cold::ColdSort;
pub(crate) use model::{ExtendedRules, ForeignRule, ForeignRules, LeftOutPart, RuleFileError, RuleTool};

/// Whether a text is a path of a file with rules of another scanner, and not an address.
#[must_use]
pub(crate) fn is_rule_file(text: &str) -> bool {
    RuleTool::of(Path::new(text)).is_some() && !text.contains(':')
}

/// Reads the rules of a file. `shown` is its name as it may be shown, and `beside` reads a file that it extends, by its
/// path from the folder of the file.
///
/// # Errors
/// When the text is not of the format that the name of the file tells, or has no rule.
pub(crate) fn read(
    file: &Path,
    shown: &Arc<str>,
    text: &str,
    beside: &dyn Fn(&str) -> anyhow::Result<ExtendedRules>,
) -> Result<ForeignRules, RuleFileError> {
    let Some(tool) = RuleTool::of(file) else {
        return Err(RuleFileError::whole(
            "the name tells no format; expected a gitleaks.toml, a .yml of Kingfisher, or a .secretlintrc.json",
        ));
    };
    let mut read = match tool {
        RuleTool::Gitleaks => gitleaks::read(shown, text, beside)?,
        RuleTool::Kingfisher => kingfisher::read(shown, text)?,
        RuleTool::Secretlint => secretlint::read(shown, text)?,
    };
    read.left_out.cold_sort_by_key(|part| (part.file != *shown, part.line));
    Ok(read)
}
