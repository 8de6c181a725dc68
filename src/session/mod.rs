//! One run: settings, workers, masks, history, suppressions, baseline, output.
//!
//! A session knows all stages and composes them. It does not know the command line or any command: the caller passes
//! [`Options`] and lets a source push into the [`WorkerPool`].

mod baseline;
mod blob_scan;
#[cfg(feature = "cli")]
mod call_digest;
#[cfg(feature = "cli")]
mod conclude;
mod counts;
mod coverage;
mod entries;
mod gathered;
#[cfg(feature = "git")]
mod history;
mod known;
#[cfg(feature = "git")]
mod lfs;
mod masked;
mod options;
mod policy;
mod prior;
#[cfg(feature = "git")]
mod range_trust;
mod redact;
#[cfg(feature = "git")]
mod repository;
mod rule_paths;
mod rules;
mod rules_from;
mod run;
mod screen;
mod settings;
#[cfg(feature = "cli")]
mod state;
mod suppress;
#[cfg(feature = "git")]
mod tracked;
#[cfg(feature = "cli")]
mod trial;
#[cfg(feature = "git")]
mod untrusted;
#[cfg(feature = "cli")]
mod watched;
mod worker;

pub(crate) use baseline::{BaselineComparison, BaselineLocation, entry_in_words, refuse_links, root_of};
#[cfg(feature = "cli")]
pub(crate) use call_digest::CallDigest;
#[cfg(feature = "cli")]
pub(crate) use conclude::{
    Progress, Verdict, check_files, conclude, conclude_report, conclude_with, document_of, gather,
    gather_with, verdict, write_document, write_verdict,
};
pub(crate) use coverage::{Coverage, ScanScope};
pub(crate) use masked::masked;
pub(crate) use options::{Options, ReportFile};
pub(crate) use redact::Redactor;
pub(crate) use rules::{find_rule, or_builtin};
pub(crate) use run::{probe, report};
pub(crate) use screen::{TextScreen, TextScreens};
pub(crate) use settings::{ConfigStart, Session, load, look_up, look_up_shown};
#[cfg(feature = "cli")]
pub(crate) use state::StateFile;
#[cfg(feature = "cli")]
pub(crate) use trial::trial;
#[cfg(feature = "cli")]
pub(crate) use watched::{FileStates, candidate_files, named_files};
pub(crate) use worker::{WorkerBuffers, WorkerPool};
#[cfg(feature = "git")]
pub(crate) use {
    history::{HistoryFilter, HistoryQuery, read as read_histories},
    lfs::MissingContent,
    repository::{config_start, feed_repository, open_from_environment, refuse_outside, tree_root},
};
#[cfg(feature = "git")]
pub(crate) use {range_trust::RangeTrust, untrusted::refuse_tracked};
