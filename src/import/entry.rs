//! What a list of another scanner holds.

use super::secret_hash::SecretHash;

/// The scanner that a list is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ForeignTool {
    /// gitleaks, and betterleaks, whose files are the same.
    Gitleaks,
    /// TruffleHog.
    TruffleHog,
    /// detect-secrets.
    DetectSecrets,
    /// ggshield of GitGuardian.
    Ggshield,
}

impl ForeignTool {
    /// Its name, as its authors write it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gitleaks => "gitleaks",
            Self::TruffleHog => "TruffleHog",
            Self::DetectSecrets => "detect-secrets",
            Self::Ggshield => "ggshield",
        }
    }
}

/// What a list says about a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgment {
    /// It is known, and need not be reported again.
    Known,
    /// Somebody looked at it, and it is none.
    FalsePositive,
}

/// One secret that a list lets pass. Its texts may hold anything: they are not safe to show.
#[derive(Clone, Debug)]
pub(crate) struct ImportedEntry {
    /// The line of the list, 1-based.
    pub line: u64,
    /// The path of the file that holds the secret, as the tool wrote it.
    pub path: Option<String>,
    /// The line of the secret in that file, 1-based.
    pub at: Option<u64>,
    /// The commit whose version of the file is meant, in lowercase hex digits.
    pub commit: Option<String>,
    /// What the tool calls such a secret.
    pub kind: String,
    /// What identifies the secret, if the list says that.
    pub secret: Option<SecretHash>,
    /// What the list says about it.
    pub judgment: Judgment,
}

/// Files in which a list lets everything pass.
#[derive(Clone, Debug)]
pub(crate) struct ImportedPaths {
    /// The line of the list, 1-based.
    pub line: u64,
    /// How the tool writes them. Not safe to show.
    pub written: String,
    /// Patterns as in `.gitignore` that mean the same, or why there are none.
    pub patterns: Result<Vec<String>, String>,
}

/// Something that cannot be carried over.
#[derive(Clone, Debug)]
pub(crate) struct NotImported {
    /// The line of the list, 1-based.
    pub line: u64,
    /// What it is. Not safe to show.
    pub what: String,
    /// Why not. Safe to show.
    pub why: String,
}

/// A list, as it was read.
#[derive(Clone, Debug)]
pub(crate) struct ImportedList {
    /// Whose it is.
    pub tool: ForeignTool,
    /// The secrets that it lets pass, in the order of the text.
    pub entries: Vec<ImportedEntry>,
    /// The files that it lets pass.
    pub paths: Vec<ImportedPaths>,
    /// What it holds besides.
    pub left_out: Vec<NotImported>,
    /// Whether it has rules, which `rules-from` takes as they are.
    pub has_rules: bool,
}

impl ImportedList {
    /// An empty list.
    pub(super) fn of(tool: ForeignTool) -> Self {
        Self { tool, entries: Vec::new(), paths: Vec::new(), left_out: Vec::new(), has_rules: false }
    }

    /// Adds something that cannot be carried over.
    pub(super) fn leave_out(&mut self, line: u64, what: impl Into<String>, why: impl Into<String>) {
        self.left_out.push(NotImported { line, what: what.into(), why: why.into() });
    }

    /// How many things it holds.
    #[must_use]
    pub(crate) fn count(&self) -> usize {
        self.entries.len() + self.paths.len() + self.left_out.len()
    }
}
