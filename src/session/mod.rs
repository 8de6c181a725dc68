//! One run: settings, workers, masks, history, suppressions, baseline, output.
//!
//! A session knows all stages and composes them. It does not know the command line or any command: the caller passes
//! [`Options`] and lets a source push into the [`WorkerPool`].

mod baseline;
mod blob_scan;
mod coverage;
mod gathered;
mod history;
mod history_filter;
mod options;
mod output;
mod prior;
mod progress;
mod redact;
mod repository;
mod rules;
mod run;
mod settings;
mod suppress;
mod worker;

pub(crate) use baseline::{BaselineComparison, BaselineLocation, entry_in_words, refuse_links};
pub(crate) use coverage::{Coverage, ScanScope};
pub(crate) use history::read as read_histories;
pub(crate) use history_filter::{HistoryFilter, HistoryQuery};
pub(crate) use options::{Options, ReportFile};
pub(crate) use redact::Redactor;
pub(crate) use repository::{feed_repository, open_from_environment, root_of, tree_root};
pub(crate) use rules::{find_rule, or_builtin};
pub(crate) use run::{Verdict, conclude, conclude_with, report};
pub(crate) use settings::{ConfigStart, Session, load, look_up};
pub(crate) use worker::WorkerPool;
