//! Which pairs of bytes a text holds, to tell of many words that they are not in it.

/// Which two bytes stand beside each other in a short text, some of them together. It tells of most words that they are not
/// in the text, sooner than a search would begin.
pub(super) struct Pairs([u64; 64]);

impl Default for Pairs {
    fn default() -> Self {
        Self([0; 64])
    }
}

impl Pairs {
    fn place(first: u8, second: u8) -> (usize, u64) {
        (usize::from(first & 63), 1 << (second & 63))
    }

    pub(super) fn of(text: &[u8]) -> Self {
        let mut pairs = Self::default();
        for (first, second) in text.iter().zip(text.get(1..).unwrap_or_default()) {
            let (at, bit) = Self::place(*first, *second);
            pairs.0[at] |= bit;
        }
        pairs
    }

    /// Whether the text may hold this word.
    pub(super) fn may_hold(&self, word: &[u8]) -> bool {
        word.windows(2).all(|pair| {
            let (at, bit) = Self::place(pair[0], pair[1]);
            self.0[at] & bit != 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_may_be_there() {
        let text = b"the key of OpenRouter, read from the environment";
        let pairs = Pairs::of(text);
        for start in 0..text.len() {
            assert!((start..=text.len()).all(|end| pairs.may_hold(&text[start..end])));
        }
        assert!(!pairs.may_hold(b"anthropic"));
    }
}
