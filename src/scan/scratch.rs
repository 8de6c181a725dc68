//! What one thread reuses from text to text.

use std::ops::Range;

use super::{
    containers::ContainerSearch,
    context::Context,
    expression::ExpressionProgress,
    markers::MarkerCache,
    mask_cache::MaskCache,
    shape_match::{Refusal, ShapeMatch},
};
use crate::{blob::WrappedContainers, finding::WordMatch};

/// Memory that is reused for each blob. Every thread has its own.
#[derive(Default)]
pub struct Scratch {
    pub(super) window: Vec<u8>,
    pub(super) matches: Vec<ShapeMatch>,
    pub(super) bodies: Vec<Range<usize>>,
    /// What was made up at the current anchor.
    pub(super) refused: Vec<Refusal>,
    pub(super) context: Context,
    pub(super) markers: MarkerCache,
    pub(super) masks: MaskCache,
    /// What is known to be ordinary text.
    pub(super) plain: Range<usize>,
    pub(super) name: Vec<u8>,
    /// The path of the current text, for rules that are for some paths. Without one, they count.
    pub(super) path: Option<Vec<u8>>,
    /// Offset and index of the watched words in the current text.
    pub(super) words: Vec<(usize, usize)>,
    pub(super) word_matches: Vec<WordMatch>,
    pub(super) word_count: WordCount,
    pub(super) containers: ContainerSearch,
    pub(super) expressions: ExpressionProgress,
    /// Whether the text may turn out to have any name.
    pub(super) is_name_unknown: bool,
    /// Whether the current text is part of a file that is not text; `None` if nobody has looked at its start yet.
    pub(super) is_binary: Option<bool>,
    /// Whether the text is a decoded token, whose pieces are joined where it was decoded.
    pub(super) is_token: bool,
    /// Whether the text is also read as UTF-16, so that its strings need not be searched for one by one.
    pub(super) wide_apart: bool,
}

impl Scratch {
    /// Sets the name of the next texts. A name can tell the issuer of a key.
    pub fn set_name(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.extend_from_slice(name);
    }

    /// Sets the path of the next texts, `/` between its parts. Some rules are for some paths only; without a path, they
    /// count anywhere.
    pub fn set_path(&mut self, path: Option<&[u8]>) {
        self.path = path.map(<[u8]>::to_vec);
    }

    /// Forgets what is known about places in a text, for another one.
    pub(super) fn forget_places(&mut self) {
        self.context.clear();
        self.markers.clear();
        self.plain = 0..0;
    }
}

/// How many words have been kept of a text, so that none needs more memory than that.
#[derive(Default)]
pub(super) struct WordCount {
    line: u64,
    on_line: usize,
    in_text: usize,
}

impl WordCount {
    /// Counts a word. Returns whether to keep it.
    pub(super) fn may_keep(&mut self, line: u64) -> bool {
        if self.line != line {
            (self.line, self.on_line) = (line, 0);
        }
        // One more of each, by which the others see that there are too many.
        if self.on_line > WordMatch::MOST_ON_LINE || self.in_text > WordMatch::MOST_IN_TEXT {
            return false;
        }
        self.on_line += 1;
        self.in_text += 1;
        true
    }
}

impl Scratch {
    /// The words that the last scan found, in the order of the text.
    pub fn take_word_matches(&mut self) -> Vec<WordMatch> {
        std::mem::take(&mut self.word_matches)
    }

    /// The containers that begin in the middle of the text that was scanned last.
    pub fn take_containers(&mut self) -> WrappedContainers {
        self.containers.take()
    }
}
