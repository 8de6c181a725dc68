//! Containers in the middle of a text: gzip in base64, a zip in hex. The engine opens none of them. It finds where one may
//! begin, along with the anchors and in long runs, and copies its text. Whether it is one is decided by those who open
//! it.
//!
//! Unlike an encoded key, a container needs the whole alphabet of base64, and may have any length. So its text is
//! followed to its end, through wrapped lines and from window to window.

mod characters;
mod starts;

use std::ops::Range;

use crate::{
    blob::{WrappedContainer, WrappedContainers, Wrapping},
    bytes::hex,
    finding::Cursor,
};
pub(super) use starts::TokenStarts;

use characters::{ContainerStep, is_left_out, step};

/// What the most common containers begin with in base64: gzip and zip. They are found wherever they are; see
/// [`TokenStarts`] for all others.
pub(super) const IN_BASE64: &[&str] = &["H4sI", "UEsDB"];

/// What containers begin with in hex: gzip, zip, Zstandard and xz.
pub(super) const IN_HEX: &[&[u8]] = &[b"\x1f\x8b\x08", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ"];

/// The shortest container, in characters. Nothing with a key in it is shorter.
const SHORTEST: usize = 24;

/// The most text of one container, in characters.
const MOST: usize = 32 << 20;

/// The most text of all containers in one text, in characters.
const MOST_IN_ALL: usize = 32 << 20;

/// The most containers in one text.
const MOST_CONTAINERS: usize = 100_000;

/// Where a container may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    at: usize,
    is_hex: bool,
}

impl Hit {
    fn wrapping(self) -> Wrapping {
        if self.is_hex { Wrapping::Hex } else { Wrapping::Base64 }
    }
}

/// Finds containers in one text, which may come in windows.
#[derive(Default)]
pub(super) struct ContainerSearch {
    hits: Vec<Hit>,
    open: Option<OpenContainer>,
    done: WrappedContainers,
    /// The characters of those that are done.
    kept: usize,
    /// Where in the current window containers are, and their index among all of the text.
    places: Vec<(Range<usize>, usize)>,
}

/// A container whose end has not been reached.
pub(super) struct OpenContainer {
    container: WrappedContainer,
    /// How far into the next window it has been read.
    ahead: usize,
    /// The lengths of its first line, of its last whole line, and of the current one.
    lines: [usize; 3],
}

impl ContainerSearch {
    /// A new text begins.
    pub(super) fn begin(&mut self) {
        *self = Self { hits: std::mem::take(&mut self.hits), ..Self::default() };
        self.hits.clear();
    }

    /// A new window begins.
    pub(super) fn forget_hits(&mut self) {
        self.hits.clear();
    }

    /// Notes that a container may begin at `at`.
    pub(super) fn note(&mut self, wrapping: Wrapping, at: usize) {
        self.hits.push(Hit { at, is_hex: wrapping == Wrapping::Hex });
    }

    /// Whether any of the hits looks like the start of a container.
    pub(super) fn is_any_plausible(&self, text: &[u8]) -> bool {
        self.hits.iter().any(|hit| is_plausible(text, *hit))
    }

    /// Whether there is anything to collect.
    pub(super) fn is_active(&self) -> bool {
        !self.hits.is_empty() || self.open.is_some()
    }

    /// Whether nothing was found in the text.
    pub(super) fn is_empty(&self) -> bool {
        self.done.found.is_empty()
    }

    /// Goes on with what the last window of a text left.
    pub(super) fn resume(&mut self, open: Option<OpenContainer>) {
        self.open = open;
    }

    /// What goes on in the next window.
    pub(super) fn pause(&mut self) -> Option<OpenContainer> {
        self.open.take()
    }

    /// All containers of the text.
    pub(super) fn take(&mut self) -> WrappedContainers {
        std::mem::take(&mut self.done)
    }

    /// The text ends.
    pub(super) fn end(&mut self) {
        if let Some(open) = self.open.take() {
            self.keep(open.container);
        }
    }

    /// Copies the text of the containers in `range`. `cursor` must not be past it.
    pub(super) fn collect(&mut self, text: &[u8], range: &Range<usize>, cursor: &mut Cursor) {
        let mut hits = std::mem::take(&mut self.hits);
        hits.retain(|hit| range.contains(&hit.at));
        hits.sort_unstable();
        self.places.clear();
        let mut at = range.start + self.open.as_mut().map_or(0, |open| std::mem::take(&mut open.ahead));
        let ends = hits.iter().map(|hit| (hit.at, Some(*hit))).chain([(range.end, None)]);
        for (end, hit) in ends {
            if let Some(mut open) = self.open.take() {
                let start = at;
                let goes_on = open.extend(text, &mut at, end);
                self.places.push((start..at, self.done.found.len()));
                if goes_on && !hit.is_some_and(|hit| at == hit.at && open.ends_before(text, hit)) {
                    open.ahead = at.saturating_sub(range.end);
                    self.open = Some(open);
                    continue;
                }
                open.container.is_abbreviated = !goes_on && is_left_out(&text[at..]);
                self.keep(open.container);
            }
            if let Some(hit) = hit.filter(|hit| hit.at >= at && is_plausible(text, *hit)) {
                at = hit.at;
                self.open = Some(OpenContainer::new(hit, cursor.span(text, &(at..at)).line));
            }
        }
        hits.clear();
        self.hits = hits;
    }

    /// Whether a key in base64 or hex at `at` is in a container that was collected from this window. Then it is left to
    /// those who open it: only they know where it ends.
    pub(super) fn takes_key(&mut self, at: usize) -> bool {
        let before = self.places.partition_point(|(place, _)| place.start <= at);
        let Some((place, index)) = before.checked_sub(1).map(|last| &self.places[last]) else { return false };
        if !place.contains(&at) {
            return false;
        }
        let open = self.open.as_mut().map(|open| &mut open.container);
        let container = self.done.found.get_mut(*index).or(open);
        container.map(|container| container.holds_key = true).is_some()
    }

    fn keep(&mut self, container: WrappedContainer) {
        let length = container.text.len();
        let is_left_out = self.done.found.len() >= MOST_CONTAINERS || self.kept + length > MOST_IN_ALL;
        if length < SHORTEST || is_left_out {
            let index = self.done.found.len();
            self.places.retain(|(_, of)| *of != index);
            self.done.left_out += u64::from(length >= SHORTEST);
            return;
        }
        self.kept += length;
        self.done.found.push(container);
    }
}

impl OpenContainer {
    fn new(hit: Hit, line: u64) -> Self {
        let container = WrappedContainer {
            wrapping: hit.wrapping(),
            line,
            text: Vec::new(),
            is_cut: false,
            is_abbreviated: false,
            holds_key: false,
        };
        Self { container, ahead: 0, lines: [0; 3] }
    }

    /// Copies text up to `end`, or to its own end. Returns whether it may go on.
    fn extend(&mut self, text: &[u8], at: &mut usize, end: usize) -> bool {
        while *at < end {
            match step(text, *at, self.container.wrapping) {
                ContainerStep::Character(character, next) => {
                    if self.container.text.len() < MOST {
                        self.container.text.push(character);
                    } else {
                        self.container.is_cut = true;
                    }
                    self.lines[2] += 1;
                    *at = next;
                }
                ContainerStep::Line(next) => {
                    let [first, _, current] = self.lines;
                    self.lines = [if first == 0 { current } else { first }, current, 0];
                    *at = next;
                }
                ContainerStep::End => return false,
            }
        }
        true
    }

    /// Whether another container begins at a hit, and this one ended on the line before. Lines of equal length are
    /// wrapped, and may begin with anything.
    fn ends_before(&self, text: &[u8], hit: Hit) -> bool {
        let [first, last, current] = self.lines;
        let may_be_chance = text[hit.at] == b'e';
        let is_wrapped = first == last && self.container.text.len() > first;
        current == 0 && !(may_be_chance && is_wrapped) && is_plausible(text, hit)
    }
}

/// Whether hex begins like zlib.
pub(super) fn is_zlib_in_hex(text: &[u8]) -> bool {
    [b"7801", b"785e", b"785E", b"789c", b"789C", b"78da", b"78DA"]
        .iter()
        .any(|start| text.starts_with(*start))
}

/// Whether a container begins at a hit, judging by its first bytes.
fn is_plausible(text: &[u8], hit: Hit) -> bool {
    let (mut characters, mut count, mut at) = ([0; SHORTEST], 0, hit.at);
    while count < SHORTEST {
        match step(text, at, hit.wrapping()) {
            ContainerStep::Character(character, next) => {
                characters[count] = character;
                (count, at) = (count + 1, next);
            }
            ContainerStep::Line(next) => at = next,
            ContainerStep::End => return false,
        }
    }
    if !hit.is_hex {
        let mut bytes = [0; SHORTEST];
        let decoded =
            base64_simd::STANDARD_NO_PAD.decode(&characters, base64_simd::Out::from_slice(&mut bytes));
        return decoded.is_ok_and(|bytes| begins(bytes) || is_twice(bytes));
    }
    let (pairs, _) = characters.as_chunks();
    let bytes: Vec<u8> = pairs.iter().filter_map(|pair| hex::byte(*pair)).collect();
    begins(&bytes)
}

/// Whether base64 of a container begins at one of the first three bytes.
fn is_twice(bytes: &[u8]) -> bool {
    (0..3).any(|at| IN_BASE64.iter().any(|start| bytes[at..].starts_with(start.as_bytes())))
}

/// Whether these may be the first bytes of a container, twelve or more.
fn begins(bytes: &[u8]) -> bool {
    match bytes {
        [0x1f, 0x8b, 8, flags, _, _, _, _, extra, system, ..] => {
            flags & 0xe0 == 0 && matches!(extra, 0 | 2 | 4) && matches!(system, 0..=13 | 255)
        }
        [b'P', b'K', 3, 4, version, _, _, _, method, 0, ..] => *version < 64 && *method < 100,
        [0x28, 0xb5, 0x2f, 0xfd, descriptor, ..] => descriptor & 8 == 0,
        [0xfd, b'7', b'z', b'X', b'Z', 0, 0, 0..=15, ..] => true,
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => true,
        [b'P', b'A', b'C', b'K', 0, 0, 0, 2 | 3, ..] => true,
        // The last two bits of the type of a block are never both set.
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, block, ..] => block & 6 != 6,
        _ => false,
    }
}
