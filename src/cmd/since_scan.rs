//! `--since-scan`: reads what an earlier scan has not read. If anything in it matters, the whole history is read, so that a
//! report is always that of a whole scan.

use std::{sync::Arc, time::Instant};

use anyhow::Result;

use super::console::Console;
use crate::{
    finding::Report,
    session::{
        Coverage, Session, StateFile, Verdict, WorkerPool, check_files, document_of, gather, write_verdict,
    },
    source::{HistoryStamp, HistoryStamps, ReadHistories},
};

/// How a line ends that says why everything is read.
pub(super) const READ_WHOLE: &str = ", so the whole history is read";

/// Scans histories. `feed` reads them except for what these stamps know.
pub(super) fn run(
    state: &StateFile,
    session: &Session,
    console: &Console,
    feed: impl Fn(&WorkerPool<'_>, Arc<HistoryStamps>) -> Result<Coverage>,
) -> Result<Verdict> {
    let start = Instant::now();
    check_files(&session.options.outputs)?;
    let read = |known: Vec<HistoryStamp>| -> Result<(Report, ReadHistories)> {
        let stamps = Arc::new(HistoryStamps::new(known));
        let report = gather(session, |pool| feed(pool, stamps.clone()))?;
        Ok((report, stamps.finish()))
    };
    let conclude = |mut report: Report, histories: Vec<HistoryStamp>| {
        let document = document_of(session, &mut report);
        // A state that cannot be written must not cost the report.
        let verdict = write_verdict(session, &document, start)?;
        state.write(histories, &report, &document)?;
        Ok(verdict)
    };
    let (known, found) = match state.read() {
        Ok(state) => state,
        Err(why) => {
            console.note(&format!("{why}{READ_WHOLE}"));
            let (report, histories) = read(Vec::new())?;
            return conclude(report, histories.stamps);
        }
    };
    let (mut report, new) = read(known.histories.clone())?;
    if new.passed_over.is_empty() {
        console.note(&format!("the packs and loose objects of then are no longer all there{READ_WHOLE}"));
        return conclude(report, new.stamps);
    }
    // If some of what was known is gone or was read again, what was found there may be gone, too.
    let is_same_head = known.has_heads_of(&new);
    let is_known = known.is_passed_over(&new) || found.findings.is_empty() && found.is_plain();
    // These lists of other tools allow keys in some commits. A new one may be the first that has a key, or be at `HEAD`.
    let is_by_commit =
        session.knows_commits() && known.has_suspects() && !(is_same_head && report.scanned.commits == 0);
    // A baseline asks what is still there.
    let is_by_head = !is_same_head && found.has_baselined();
    if is_known && !is_by_commit && !is_by_head && !new.is_unsure && is_nothing(&report) {
        let document = known.carried(state, found, document_of(session, &mut report));
        let verdict = write_verdict(session, &document, start)?;
        state.write_again(&known, new.stamps, &document)?;
        return Ok(verdict);
    }
    console.note(&format!("there is something new{READ_WHOLE}"));
    let (report, histories) = read(Vec::new())?;
    conclude(report, histories.stamps)
}

/// Whether there is nothing to tell about what is new.
fn is_nothing(report: &Report) -> bool {
    report.is_complete()
        && report.findings.is_empty()
        && report.suppressed.is_empty()
        && report.accepted.is_empty()
        && report.excluded.is_empty()
        && report.refused.is_empty()
}
