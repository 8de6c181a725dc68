//! Which literals to search for, so that every shape is found by what it begins with. `build.rs` has this module, too.

use std::collections::{BTreeMap, BTreeSet};

/// More of a prefix makes the search no faster, and shared beginnings make for fewer literals.
const LONGEST: usize = 6;

/// What the packed search needs, in bytes.
const SHORTEST: usize = 3;

/// A literal of this length is worth searching for although a key does not begin with it, in bytes.
pub(crate) const LONG_LITERAL: usize = 8;

/// The prefixes that contain no other, each up to its first separator, or a little longer if no other begins like it:
/// finding those finds them all. No two of the result can begin at one place of a text. Prefixes are ASCII, at least
/// three bytes long.
#[must_use]
pub(crate) fn minimal<'a>(prefixes: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let contains_no_other = |one: &&&str| !prefixes.iter().any(|other| other != *one && one.contains(other));
    let start = |prefix: &'a str| -> &'a str {
        let separator = prefix.find(['-', '_', '.']).map_or(prefix.len(), |at| at + 1);
        &prefix[..separator.clamp(SHORTEST, LONGEST)]
    };
    let mut starts: BTreeMap<&'a str, Vec<&'a str>> = BTreeMap::new();
    for prefix in prefixes.iter().filter(contains_no_other) {
        starts.entry(start(prefix)).or_default().push(prefix);
    }
    let longer = |(start, all): (&'a str, Vec<&'a str>)| match all.as_slice() {
        [one] => &one[..one.len().min(LONGEST)],
        _ => start,
    };
    // Not collected, which would compile a sort for it.
    let mut minimal = BTreeSet::new();
    minimal.extend(starts.into_iter().map(longer));
    minimal
}
