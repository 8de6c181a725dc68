//! Ranges of a text, and what is near them.

use std::ops::Range;

/// A range with so many bytes more before and after it, as far as a text of this length has them.
pub(super) fn wider(range: &Range<usize>, before: usize, after: usize, length: usize) -> Range<usize> {
    range.start.saturating_sub(before)..length.min(range.end + after)
}

/// Ranges in order, those that touch put together.
pub(super) fn merged(ranges: impl Iterator<Item = Range<usize>>) -> impl Iterator<Item = Range<usize>> {
    let mut ranges = ranges.peekable();
    std::iter::from_fn(move || {
        let mut one = ranges.next()?;
        while let Some(next) = ranges.next_if(|next| next.start <= one.end) {
            one = one.start.min(next.start)..one.end.max(next.end);
        }
        Some(one)
    })
}
