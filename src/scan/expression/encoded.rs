//! Tries expressions on a text and on what is encoded in it.

use std::ops::Range;

use super::{
    progress::ExpressionProgress,
    reach::{Asked, Paths},
    search::{ExpressionSearch, ExpressionWindow},
};
use crate::{
    bytes::has_ascii_text,
    decode::Decoded,
    scan::{
        add_decoded::add_decoded,
        encoded_runs::{DEEPEST, each_decoded, each_run_near},
        scratch::Scratch,
        shape_match::ShapeMatch,
    },
};

/// A key is a text. What has fewer bytes of text in a row holds none.
const TEXT: usize = 8;

impl ExpressionSearch {
    /// Adds all matches of a window that begin in `range`, with those of the windows before it that are still in memory.
    pub(in crate::scan) fn scan_window(
        &self,
        text: &[u8],
        range: &Range<usize>,
        paths: Paths,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        let mut progress = std::mem::take(&mut scratch.expressions);
        let window = ExpressionWindow { text, starts_end: range.end, paths, asked: Asked::All };
        self.scan(window, &mut progress, scratch, matches);
        scratch.context.clear();
        scratch.expressions = progress;
        self.scan_encoded(text, range, paths, 0, scratch, matches);
    }

    /// Adds the matches that are encoded at or around a range.
    pub(super) fn scan_encoded_near(
        &self,
        text: &[u8],
        range: &Range<usize>,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        each_run_near(text, range, &mut |part| {
            self.scan_encoded(text, &part, Paths::Any, 0, scratch, matches);
        });
    }

    fn scan_encoded(
        &self,
        text: &[u8],
        range: &Range<usize>,
        paths: Paths,
        depth: usize,
        scratch: &mut Scratch,
        matches: &mut Vec<ShapeMatch>,
    ) {
        if depth == DEEPEST {
            return;
        }
        let is_wide_apart = depth == 0 && scratch.wide_apart;
        let mut add = |decoded: &Decoded, name: &'static str| {
            let whole = 0..decoded.text.len();
            // Most runs are names, and no text once they are decoded.
            if !has_ascii_text(&decoded.text, self.shortest.clamp(1, TEXT)) {
                return;
            }
            let (mut own, mut inner) = (ExpressionProgress::default(), Vec::new());
            let window =
                ExpressionWindow { text: &decoded.text, starts_end: whole.end, paths, asked: Asked::All };
            self.scan(window, &mut own, scratch, &mut inner);
            scratch.context.clear();
            self.scan_encoded(&decoded.text, &whole, paths, depth + 1, scratch, &mut inner);
            inner.retain(|one| range.contains(&decoded.source(&one.span).start));
            add_decoded(decoded, inner, matches, |_| vec![name]);
        };
        each_decoded(text, range, self.shortest, is_wide_apart, &mut add);
    }
}
