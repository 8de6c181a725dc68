//! What a run covers: what was requested, and what was read.

use std::{collections::HashSet, path::PathBuf};

#[cfg(feature = "git")]
use super::history::{HistoryFilter, HistoryScan};
use super::redact::Redactor;
#[cfg(feature = "git")]
use crate::git::Outside;
use crate::{
    blob::ObjectId,
    config::{self, Config},
    finding::{RunMode, Subject},
    path::WholePath,
    suppression::ReadExtent,
};

/// What a run scans.
#[derive(Clone, Debug)]
pub(crate) enum ScanScope {
    /// Files, standard input or a message: named by the user, or the current directory by default.
    Files(Vec<PathBuf>),
    /// The staged changes.
    Index,
    /// What these commits and other objects add.
    Commits {
        /// The tips of the range.
        tips: Vec<ObjectId>,
        /// The commits come from someone who is not trusted with a baseline.
        is_foreign: bool,
    },
    /// The whole history of a repository.
    History {
        /// The repository, or a directory in it.
        at: PathBuf,
        /// All files of the work tree are read as well.
        with_files: bool,
        /// No filter by date, ref or path applies, and nothing of the history is missing.
        is_whole: bool,
    },
}

impl Default for ScanScope {
    fn default() -> Self {
        Self::Files(Vec::new())
    }
}

/// What a source read.
#[derive(Default)]
pub(crate) struct Coverage {
    /// The directory that relative paths start from.
    pub(crate) base: PathBuf,
    /// What was scanned, if not files.
    pub(crate) subject: Option<Subject>,
    /// The repositories whose whole history was read.
    #[cfg(feature = "git")]
    pub(crate) histories: Vec<HistoryScan>,
    /// Which keys in those histories are reported.
    #[cfg(feature = "git")]
    pub(crate) filter: HistoryFilter,
    /// What the repository has outside of its own directory.
    #[cfg(feature = "git")]
    pub(crate) outside: Vec<Outside>,
    /// The report must say whether the repository may be published.
    pub(crate) is_audit: bool,
    /// What was scanned.
    pub(crate) scope: ScanScope,
    /// The files and directories that were read completely.
    pub(crate) roots: Vec<PathBuf>,
}

/// What a run knows apart from its report.
pub(crate) struct RunContext<'a> {
    /// What was scanned.
    pub(crate) scope: &'a ScanScope,
    /// Masks what is shown, and provides the engine that searches for everything at every confidence.
    pub(crate) redactor: &'a Redactor,
    /// The fingerprints of keys that exist but are excluded by rule, confidence or options.
    pub(crate) excluded: &'a HashSet<String>,
}

impl Coverage {
    /// Files in the directory that paths start from.
    pub(crate) fn files(base: PathBuf) -> Self {
        Self { base, ..Self::default() }
    }

    /// Part of a repository. `base` is the directory that its paths start from.
    pub(crate) fn git(base: PathBuf, subject: Subject) -> Self {
        Self { subject: Some(subject), scope: ScanScope::Index, ..Self::files(base) }
    }

    /// What was scanned, in a word.
    pub(super) fn mode(&self) -> RunMode {
        match self.scope {
            _ if self.is_audit => RunMode::Audit,
            ScanScope::Files(_) => RunMode::Tree,
            ScanScope::Index => RunMode::Staged,
            ScanScope::Commits { .. } => RunMode::Range,
            ScanScope::History { .. } => RunMode::History,
        }
    }

    /// How much of what the configuration applies to has been read.
    pub(super) fn look(&self, config: &Config) -> ReadExtent {
        let is_whole =
            self.roots.iter().any(|root| root.whole().is_ok_and(|root| config.base.starts_with(root)));
        match is_whole {
            _ if self.is_audit => ReadExtent::Everything,
            false => ReadExtent::Part,
            true if config::root(&config.base).is_some() => ReadExtent::Files,
            true => ReadExtent::Everything,
        }
    }
}
