//! What a run has looked at: what was asked for, and what came of it.

use std::{collections::HashSet, path::PathBuf};

#[cfg(feature = "git")]
use super::history::{HistoryFilter, HistoryScan};
use super::redact::Redactor;
use crate::{
    blob::ObjectId,
    config::{self, Config},
    finding::Subject,
    suppression::ReadExtent,
};

/// What a run looks at.
#[derive(Clone, Debug)]
pub(crate) enum ScanScope {
    /// Files, standard input or a message. The user has named these, or the current directory is meant.
    Files(Vec<PathBuf>),
    /// What is staged.
    Index,
    /// What these commits and other objects add.
    Commits {
        /// The last ones of them.
        tips: Vec<ObjectId>,
        /// Whoever brings them is not trusted with a baseline.
        is_foreign: bool,
    },
    /// The whole history of the repository that this is in.
    History {
        /// It, or a directory in it.
        at: PathBuf,
        /// All files of the work tree are read as well.
        with_files: bool,
        /// No key in it is excluded by when, where or how it is reached, and nothing of it is missing.
        is_whole: bool,
    },
}

impl Default for ScanScope {
    fn default() -> Self {
        Self::Files(Vec::new())
    }
}

/// What a source has read.
#[derive(Default)]
pub(crate) struct Coverage {
    /// The directory that relative paths start from.
    pub(crate) base: PathBuf,
    /// What was scanned, where that is not files.
    pub(crate) subject: Option<Subject>,
    /// The repositories whose whole history was read.
    #[cfg(feature = "git")]
    pub(crate) histories: Vec<HistoryScan>,
    /// Which of the keys in them are asked for.
    #[cfg(feature = "git")]
    pub(crate) filter: HistoryFilter,
    /// The report has to say whether the repository may be published.
    pub(crate) is_audit: bool,
    /// What was looked at.
    pub(crate) scope: ScanScope,
    /// The files and directories of which everything was read.
    pub(crate) roots: Vec<PathBuf>,
}

/// What a run knows beside its report.
pub(crate) struct RunContext<'a> {
    /// What was looked at.
    pub(crate) scope: &'a ScanScope,
    /// Masks what is shown, and looks for everything at every confidence.
    pub(crate) redactor: &'a Redactor,
    /// The fingerprints of keys that are there and not reported, by rule, confidence or options.
    pub(crate) excluded: &'a HashSet<String>,
}

impl Coverage {
    /// What is in a directory that paths start from.
    pub(crate) fn files(base: PathBuf) -> Self {
        Self { base, ..Self::default() }
    }

    /// A part of a repository; `base` is the directory that its paths start from.
    pub(crate) fn git(base: PathBuf, subject: Subject) -> Self {
        Self { subject: Some(subject), scope: ScanScope::Index, ..Self::files(base) }
    }

    /// How much of what the configuration is about has been read.
    pub(super) fn look(&self, config: &Config) -> ReadExtent {
        let is_whole =
            self.roots.iter().any(|root| root.canonicalize().is_ok_and(|root| config.base.starts_with(root)));
        match is_whole {
            _ if self.is_audit => ReadExtent::Everything,
            false => ReadExtent::Part,
            true if config::root(&config.base).is_some() => ReadExtent::Files,
            true => ReadExtent::Everything,
        }
    }
}
