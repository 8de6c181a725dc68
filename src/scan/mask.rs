//! Determines which parts of a text must not be shown.

use std::sync::{Arc, OnceLock};

use super::{
    expression::Paths,
    literals::TextSize,
    mask_cache::Mask,
    matcher::ShapeMatcher,
    resolve::{self, ChosenMatch},
    scratch::Scratch,
    shape_match::secret,
    weigh,
};
use crate::{
    blob::AnchorKinds,
    rule::{BASE64URL, Confidence, Families, RuleSet},
};

/// Finds everything in short texts that may be a secret, at every confidence, whatever the run searches for. Cheap to
/// create: the rules are loaded when the first text needs them.
#[derive(Default)]
pub struct Masker {
    /// All rules; `None` if there are only built-in ones.
    rules: Option<Arc<RuleSet>>,
    matcher: OnceLock<ShapeMatcher>,
}

impl Masker {
    /// A masker with these rules, which include the built-in ones.
    #[must_use]
    pub fn with_rules(rules: Arc<RuleSet>) -> Self {
        Self { rules: Some(rules), matcher: OnceLock::new() }
    }

    /// The rules, if they differ from the built-in ones.
    #[must_use]
    pub fn rules(&self) -> Option<&Arc<RuleSet>> {
        self.rules.as_ref()
    }

    /// Everything in a short text, such as a line or a path, that fits a shape of any rule, in order and without
    /// overlaps. No context is required: what would be a key next to another name is hidden as well.
    #[must_use]
    pub fn masks(&self, text: &[u8], scratch: &mut Scratch) -> Vec<Mask> {
        let matcher = self.matcher.get_or_init(|| {
            ShapeMatcher::new(self.rules.clone(), Families::ALL, Confidence::Possible, TextSize::Short)
        });
        if matcher.expressions.is_none() {
            return self.find(matcher, text, scratch);
        }
        // Regular expressions take long, and the versions of a file have the same lines.
        let key = [&scratch.name[..], &[0], text].concat();
        if let Some(known) = scratch.masks.get(&key) {
            return known.clone();
        }
        let masks = self.find(matcher, text, scratch);
        scratch.masks.add(key, &masks);
        masks
    }

    fn find(&self, matcher: &ShapeMatcher, text: &[u8], scratch: &mut Scratch) -> Vec<Mask> {
        let mut matches = Vec::new();
        // The text is scanned in the middle of another one, whose watched words and containers are still to be read.
        let words = std::mem::take(&mut scratch.words);
        let containers = std::mem::take(&mut scratch.containers);
        let is_wide_apart = std::mem::take(&mut scratch.wide_apart);
        let is_binary = scratch.is_binary.replace(false);
        matcher.scan_layer(text, 0..text.len(), AnchorKinds::ALL, 0, scratch, &mut matches);
        if let Some(expressions) = &matcher.expressions {
            let progress = std::mem::take(&mut scratch.expressions);
            expressions.scan_window(text, &(0..text.len()), Paths::Any, scratch, &mut matches);
            scratch.expressions = progress;
        }
        if let Some(known) = &matcher.known {
            known.scan_window(text, &(0..text.len()), scratch, &mut matches);
        }
        weigh::weigh(matcher, text, &mut matches, scratch, weigh::Unsupported::Keep);
        scratch.is_binary = is_binary;
        scratch.words = words;
        scratch.containers = containers;
        scratch.wide_apart = is_wide_apart;
        let kept = resolve::resolve(&mut matches, matcher.least);
        let mut masks: Vec<Mask> = Vec::with_capacity(kept.len());
        for ChosenMatch { matched, group, .. } in &kept {
            // Text that directly follows may be the end of a key that is longer than any known one.
            let end = matched.span.end.max(group.end);
            let end = end + BASE64URL.run(&text[end..], usize::MAX);
            // So may anything behind the start of a long value.
            let end = if matched.known.as_ref().is_some_and(|known| known.is_cut) { text.len() } else { end };
            let start = match masks.last_mut() {
                Some(last) if last.range.end > matched.span.start => {
                    last.range.end = matched.span.start;
                    matched.span.start
                }
                last => group.start.max(last.map_or(0, |last| last.range.end)),
            };
            masks.push(Mask { range: start..end, shown: secret(text, matched).masked() });
        }
        masks
    }
}

/// Whether any part of a name is long enough for a key. Most are not, and there are as many names as files.
pub(crate) fn may_hold_a_key(name: &[u8]) -> bool {
    const SHORTEST: usize = 16;
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'.' | b' ');
    name.split(is_separator).any(|part| {
        part.len() >= SHORTEST && part.iter().any(u8::is_ascii_digit) || part.len() >= 2 * SHORTEST
    })
}
