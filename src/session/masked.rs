//! Masks the keys of a text.

use anyhow::Result;

use super::{run::probe, settings::Session};
use crate::{
    finding::Report,
    masking::{self, MaskEdit},
    scan::Engine,
};

/// How often a text is masked, since what stands beside a masked key may become one.
const MOST_PASSES: usize = 4;

/// A text with its keys masked, those that are suppressed too. Nothing is left in it that would be masked: rather than that, the
/// whole text is hidden.
///
/// # Errors
/// When a list of suppressions cannot be read.
pub(crate) fn masked(session: &Session, engine: &Engine, text: &[u8]) -> Result<Vec<u8>> {
    let mut text = text.to_owned();
    for pass in 1..=MOST_PASSES {
        let Report { mut findings, suppressed, not_scanned, .. } = probe(session, engine, &text, b"")?;
        findings.extend(suppressed.into_iter().map(|one| one.finding));
        if findings.is_empty() && not_scanned.is_empty() {
            break;
        }
        let mut edits = masking::edits(&text, &findings);
        if !not_scanned.is_empty() {
            edits.extend(masking::encoded_runs(&text));
            edits = masking::without_overlaps(edits);
        }
        // Better nothing than a key.
        if edits.is_empty() || pass == MOST_PASSES {
            edits = masking::all(&text);
        }
        text = edited(&text, &edits);
    }
    Ok(text)
}

fn edited(text: &[u8], edits: &[MaskEdit]) -> Vec<u8> {
    let mut all = Vec::with_capacity(text.len());
    let mut at = 0;
    for MaskEdit { range, shown } in edits {
        all.extend_from_slice(&text[at..range.start]);
        all.extend_from_slice(shown.as_bytes());
        at = range.end;
    }
    all.extend_from_slice(&text[at..]);
    all
}
