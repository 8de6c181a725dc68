//! A content in which some bytes have been replaced.

use std::ops::Range;

/// Bytes of a content, and what stands in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ByteEdit {
    /// Which bytes of the content.
    pub(super) range: Range<usize>,
    /// What stands there now.
    pub(super) with: Vec<u8>,
}

/// A part of an edited content.
#[derive(Clone, Debug)]
enum ContentPart {
    /// These bytes of the content, as they were.
    Kept(Range<usize>),
    /// Bytes that it did not have.
    New(Vec<u8>),
}

impl ContentPart {
    fn len(&self) -> usize {
        match self {
            Self::Kept(range) => range.len(),
            Self::New(bytes) => bytes.len(),
        }
    }

    fn split(self, at: usize) -> [Self; 2] {
        match self {
            Self::Kept(range) => {
                let middle = range.start + at;
                [Self::Kept(range.start..middle), Self::Kept(middle..range.end)]
            }
            Self::New(mut bytes) => {
                let rest = bytes.split_off(at);
                [Self::New(bytes), Self::New(rest)]
            }
        }
    }
}

/// A content, and the edits that were made to it.
pub(super) struct EditedContent<'a> {
    raw: &'a [u8],
    parts: Vec<ContentPart>,
}

impl<'a> EditedContent<'a> {
    pub(super) fn new(raw: &'a [u8]) -> Self {
        Self { raw, parts: vec![ContentPart::Kept(0..raw.len())] }
    }

    /// What it is now.
    pub(super) fn text(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.raw.len());
        for part in &self.parts {
            text.extend_from_slice(match part {
                ContentPart::Kept(range) => &self.raw[range.clone()],
                ContentPart::New(bytes) => bytes,
            });
        }
        text
    }

    /// Replaces bytes. The range is one of [`Self::text`], and may contain what was replaced before.
    pub(super) fn replace(&mut self, range: &Range<usize>, with: Vec<u8>) {
        let first = self.boundary(range.start);
        let last = self.boundary(range.end);
        self.parts.splice(first..last, [ContentPart::New(with)]);
    }

    /// The part that begins at this offset of the text.
    fn boundary(&mut self, offset: usize) -> usize {
        let mut start = 0;
        for at in 0..self.parts.len() {
            if start == offset {
                return at;
            }
            let end = start + self.parts[at].len();
            if offset < end {
                let halves = self.parts[at].clone().split(offset - start);
                self.parts.splice(at..=at, halves);
                return at + 1;
            }
            start = end;
        }
        self.parts.len()
    }

    /// The edits, in order and without overlaps, in offsets of the content as it was.
    pub(super) fn into_edits(self) -> Vec<ByteEdit> {
        let mut edits = Vec::new();
        let (mut from, mut with) = (0, Vec::new());
        let end = ContentPart::Kept(self.raw.len()..self.raw.len());
        for part in self.parts.into_iter().chain([end]) {
            match part {
                ContentPart::New(bytes) => with.extend(bytes),
                ContentPart::Kept(range) => {
                    if range.start > from || !with.is_empty() {
                        edits.push(ByteEdit { range: from..range.start, with: std::mem::take(&mut with) });
                    }
                    from = range.end;
                }
            }
        }
        edits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_add_up_to_the_text() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..2000 {
            let raw: Vec<u8> = (0..random.usize(0..40)).map(|_| random.alphanumeric() as u8).collect();
            let mut edited = EditedContent::new(&raw);
            let mut expected = raw.clone();
            for _ in 0..random.usize(0..6) {
                let start = random.usize(0..=expected.len());
                let range = start..random.usize(start..=expected.len());
                let with = vec![b'.'; random.usize(0..5)];
                edited.replace(&range, with.clone());
                expected.splice(range, with);
                assert_eq!(edited.text(), expected);
            }
            let mut again = raw.clone();
            let edits = edited.into_edits();
            assert!(edits.windows(2).all(|pair| pair[0].range.end < pair[1].range.start), "{edits:?}");
            for edit in edits.into_iter().rev() {
                again.splice(edit.range, edit.with);
            }
            assert_eq!(again, expected);
        }
    }
}
