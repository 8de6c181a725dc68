//! Takes what was found in decoded text to where it stands in the source.

use std::ops::Range;

use super::shape_match::ShapeMatch;
use crate::decode::Decoded;

/// Adds the matches of decoded text, mapped to their encoded form. Skips those for which `encodings` is empty.
pub(super) fn add_decoded(
    decoded: &Decoded,
    inner: Vec<ShapeMatch>,
    matches: &mut Vec<ShapeMatch>,
    encodings: impl Fn(&Range<usize>) -> Vec<&'static str>,
) {
    for mut matched in inner {
        let mut encoding = encodings(&matched.span);
        if encoding.is_empty() {
            continue;
        }
        encoding.append(&mut matched.encoding);
        matched.encoding = encoding;
        matched.decoded.get_or_insert_with(|| decoded.text[matched.span.clone()].into());
        matched.span = decoded.source(&matched.span);
        matches.push(matched);
    }
}
