//! What a worker does for a whole history: it looks at every object without its name.

use std::{ops::Range, sync::atomic::Ordering};

use crate::{
    blob::{AnchorKinds, Origin},
    expand,
    finding::Scanned,
    scan::{TextChange, looks_wide},
    session::{blob_scan::ScanState, lfs::LfsPointer, worker::Worker},
    source::{Searcher, Sink, TriageResult},
};

impl Searcher for Worker<'_> {
    fn look(&mut self, bytes: &[u8], base: Option<(&[Range<usize>], AnchorKinds)>) -> TriageResult {
        let ScanState { engine, counts, scratch, .. } = &mut self.state;
        if let Some(counts) = counts {
            counts.objects.fetch_add(1, Ordering::Relaxed);
            counts.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
        // What is in a container may be anything, and so may what a pointer stands for.
        if expand::is_container(bytes) || LfsPointer::parse(bytes).is_some() {
            return TriageResult::Suspect;
        }
        let change = base.map(|(changed_ranges, anchor_kinds)| TextChange { changed_ranges, anchor_kinds });
        match engine.prefilter(bytes, change, scratch) {
            None => TriageResult::Suspect,
            Some(_) if looks_wide(bytes) => TriageResult::Alone,
            Some(anchor_kinds) => TriageResult::Clean(anchor_kinds),
        }
    }

    fn directory(&mut self, length: u64) {
        self.count(Scanned { bytes: length, ..Scanned::default() });
        if let Some(counts) = self.state.counts {
            counts.objects.fetch_add(1, Ordering::Relaxed);
            counts.bytes.fetch_add(length, Ordering::Relaxed);
        }
    }

    fn name(&mut self, origin: &Origin<'_>) {
        self.state.find_in_name(origin.path, Some(origin));
    }
}
