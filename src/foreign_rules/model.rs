//! What is read of a file with rules of another scanner.

use std::{path::Path, sync::Arc};

use crate::rule::Rule;

/// The scanner whose rules a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleTool {
    /// gitleaks, and betterleaks where it is the same.
    Gitleaks,
    /// Kingfisher, and Nosey Parker where it is the same.
    Kingfisher,
    /// secretlint.
    Secretlint,
}

impl RuleTool {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gitleaks => "gitleaks",
            Self::Kingfisher => "kingfisher",
            Self::Secretlint => "secretlint",
        }
    }

    /// The scanner whose rules a file of this name has.
    pub(crate) fn of(file: &Path) -> Option<Self> {
        match file.extension()?.to_str()? {
            "toml" => Some(Self::Gitleaks),
            "yml" | "yaml" => Some(Self::Kingfisher),
            "json" => Some(Self::Secretlint),
            _ => None,
        }
    }
}

/// One rule of another scanner.
#[derive(Clone, Debug)]
pub(crate) struct ForeignRule {
    /// It, as the engine takes it.
    pub rule: Rule,
    /// Its file, as it may be shown.
    pub file: Arc<str>,
    /// Its line there, 1-based.
    pub line: u64,
}

/// Something in a file that has no effect, or another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutPart {
    /// The file, as it may be shown.
    pub file: Arc<str>,
    /// The line, 1-based.
    pub line: u64,
    /// What it is, such as ``rule `acme` ``. It may hold anything.
    pub what: String,
    /// What happens instead, or why nothing does.
    pub why: String,
    /// Whether it has to do with what is found, and not with what is done with it.
    pub matters: bool,
}

/// The rules of a file, and of those that it extends.
#[derive(Clone, Debug)]
pub(crate) struct ForeignRules {
    /// Whose they are.
    pub tool: RuleTool,
    /// Those that are used, in the order of the file.
    pub rules: Vec<ForeignRule>,
    /// The rules that are not used at all.
    pub unused: u64,
    /// What the expressions of all rules take once they are compiled, in bytes, or more.
    pub(super) compiled: usize,
    /// What has no effect, or another one, in the order of the file.
    pub left_out: Vec<LeftOutPart>,
}

/// Why a file of rules cannot be read. It quotes nothing of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleFileError {
    /// The line, 1-based, if it is about one.
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub why: String,
}

/// A file that another one extends: its name as it may be shown, and its text.
pub(crate) type ExtendedRules = (Arc<str>, String);

impl ForeignRules {
    pub(super) fn of(tool: RuleTool) -> Self {
        Self { tool, rules: Vec::new(), unused: 0, compiled: 0, left_out: Vec::new() }
    }

    /// Names something that has nothing to do with what is found.
    pub(super) fn pass_over(
        &mut self,
        file: &Arc<str>,
        line: u64,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        self.leave_out(file, line, what, why);
        if let Some(last) = self.left_out.last_mut() {
            last.matters = false;
        }
    }

    pub(super) fn leave_out(
        &mut self,
        file: &Arc<str>,
        line: u64,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        self.left_out.push(LeftOutPart {
            file: file.clone(),
            line,
            what: what.into(),
            why: why.into(),
            matters: true,
        });
    }
}

impl RuleFileError {
    pub(super) fn whole(why: impl Into<String>) -> Self {
        Self { line: None, why: why.into() }
    }

    pub(super) fn at(line: u64, why: impl Into<String>) -> Self {
        Self { line: Some(line), why: why.into() }
    }
}
