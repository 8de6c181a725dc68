//! Finds the prefixes of keys that a text ends in, since many may stand in a row.

/// All prefixes, from their ends.
#[derive(Default)]
pub(super) struct PrefixEnds {
    /// The nodes of a tree. Each has the bytes that may come before, with the nodes there, and whether a prefix begins.
    nodes: Vec<(Vec<(u8, usize)>, bool)>,
}

impl PrefixEnds {
    pub(super) fn add(&mut self, prefix: &[u8]) {
        if self.nodes.is_empty() {
            self.nodes.push(Default::default());
        }
        let mut node = 0;
        for byte in prefix.iter().rev() {
            let known = self.nodes[node].0.iter().find(|(other, _)| other == byte).map(|(_, next)| *next);
            node = known.unwrap_or_else(|| {
                let next = self.nodes.len();
                self.nodes[node].0.push((*byte, next));
                self.nodes.push(Default::default());
                next
            });
        }
        self.nodes[node].1 = true;
    }

    /// Whether the text ends in the last byte of a prefix.
    pub(super) fn may_end(&self, text: &[u8]) -> bool {
        let last = text.last();
        self.nodes.first().is_some_and(|(before, _)| before.iter().any(|(byte, _)| Some(byte) == last))
    }

    /// The length of the longest prefix at the end of the text.
    pub(super) fn longest_before(&self, text: &[u8]) -> Option<usize> {
        let (mut node, mut longest) = (self.nodes.first()?, None);
        for (length, byte) in (1..).zip(text.iter().rev()) {
            let Some((_, next)) = node.0.iter().find(|(other, _)| other == byte) else { break };
            node = &self.nodes[*next];
            if node.1 {
                longest = Some(length);
            }
        }
        longest
    }
}
