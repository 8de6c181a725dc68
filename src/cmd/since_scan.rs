//! `skanner scan --history --since-scan`: reads what an earlier scan has not read. If anything in it matters, the whole
//! history is read, so that a report is always that of a whole scan.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::Result;

use super::console::Console;
use crate::{
    finding::{NotScanned, Report},
    git::store::StoreStamp,
    session::{
        Coverage, Session, StateFile, Verdict, WorkerPool, check_files, document_of, first_until, gather,
        stamps, write_verdict,
    },
};

/// Scans histories. `feed` reads them except for what is in these stamps.
pub(super) fn run(
    file: &Path,
    roots: &[PathBuf],
    session: &Session,
    console: &Console,
    feed: impl Fn(&WorkerPool<'_>, Arc<[StoreStamp]>) -> Result<Coverage>,
) -> Result<Verdict> {
    let start = Instant::now();
    check_files(&session.options.outputs)?;
    let state = StateFile::new(file, roots, session)?;
    let read = |known: Arc<[StoreStamp]>| -> Result<(Report, Vec<StoreStamp>)> {
        let mut read = Vec::new();
        let report = gather(session, |pool| {
            let coverage = feed(pool, known)?;
            read = stamps(&coverage.histories);
            Ok(coverage)
        })?;
        Ok((report, read))
    };
    match state.read() {
        Ok((known, found)) => {
            let (mut report, read) = read(known.stores.clone().into())?;
            if is_nothing(&report, &found.run.not_scanned) {
                let document = known.carried(&state, found, document_of(session, &mut report));
                state.write(read, known.until.clone(), &document)?;
                return write_verdict(session, &document, start);
            }
            console.note("there is something new, so the whole history is read");
        }
        Err(why) => console.note(&format!("{why}, so the whole history is read")),
    }
    let (mut report, read) = read(Arc::default())?;
    let document = document_of(session, &mut report);
    state.write(read, first_until(&report), &document)?;
    write_verdict(session, &document, start)
}

/// Whether there is nothing to tell about what is new. What could not be read before is told again.
fn is_nothing(report: &Report, unread: &[NotScanned]) -> bool {
    report.not_scanned.iter().all(|input| unread.contains(input))
        && report.findings.is_empty()
        && report.suppressed.is_empty()
        && report.accepted.is_empty()
        && report.excluded.is_empty()
        && report.refused.is_empty()
}
