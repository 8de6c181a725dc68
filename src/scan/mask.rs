//! What must not be shown of a text.

use std::ops::Range;

use super::{Engine, hit::secret, resolve, scratch::Scratch, weigh};
use crate::{blob::Signs, rule::BASE64URL};

/// A stretch of a text that may be a secret, and what is shown in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// The stretch, in bytes.
    pub range: Range<usize>,
    /// The public prefix of the secret, and its end if it is long enough: see [`crate::finding::Secret::masked`].
    pub shown: String,
}

impl Engine {
    /// Everything in a short text, such as a line or a path, that fits a shape this engine looks for, in order and
    /// without overlaps. Context is not asked for: what would be a key beside another name is hidden as well.
    #[must_use]
    pub fn masks(&self, text: &[u8], scratch: &mut Scratch) -> Vec<Mask> {
        let mut hits = Vec::new();
        scratch.set_name(b"");
        self.scan_layer(text, 0..text.len(), Signs::ALL, 0, scratch, &mut hits);
        weigh::weigh(text, &mut hits, scratch, weigh::Unsupported::Keep);
        let kept = resolve::resolve(&mut hits);
        let mut masks: Vec<Mask> = Vec::with_capacity(kept.len());
        for resolve::Kept { hit, group, .. } in &kept {
            // What is glued on may be the end of a longer key than any known one.
            let end = hit.span.end.max(group.end);
            let end = end + BASE64URL.run(&text[end..], usize::MAX);
            let start = match masks.last_mut() {
                Some(last) if last.range.end > hit.span.start => {
                    last.range.end = hit.span.start;
                    hit.span.start
                }
                _ => group.start.max(masks.last().map_or(0, |last| last.range.end)),
            };
            masks.push(Mask { range: start..end, shown: secret(text, hit).masked() });
        }
        masks
    }
}
