//! A run that only tries something: nothing is suppressed, compared with a baseline or written.

use super::{redact::Redactor, rule_paths::RulePaths, worker::WorkerPool};
use crate::{finding::Report, scan::Engine};

/// What an engine finds in what a source feeds.
pub(crate) fn trial(engine: &Engine, redactor: &Redactor, feed: impl FnOnce(&WorkerPool<'_>)) -> Report {
    let rule_paths = engine.needs_paths().then(|| RulePaths::new(None));
    let pool = WorkerPool::new(engine, redactor, None, rule_paths);
    feed(&pool);
    pool.into_report().0
}
