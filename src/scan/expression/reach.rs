//! How far the search for expressions looks.

use crate::{
    rule::{Expression, LONGEST_MATCH},
    scan::shape_match::REACH,
};

/// How far from a match a keyword may be that is not part of it, in bytes.
pub(super) const NEAR: usize = 256;

/// How much a window must hold behind a keyword, in bytes: the keyword, and the character behind it.
pub(super) const MARGIN: usize = 128;

const _: () = assert!(
    LONGEST_MATCH + NEAR + MARGIN <= REACH,
    "a window must hold all keywords of a match that it decides"
);

/// More lines than this are not read around a change: then an expression is tried on all of a text.
pub(super) const MOST_LINES: usize = 16;

/// How far from a match a keyword may be: for rules of other scanners, which look for it anywhere in a file, as far as
/// a window holds it.
pub(super) fn near(expression: &Expression) -> usize {
    if expression.is_cut() { REACH - MARGIN - expression.lengths().1 } else { NEAR }
}

/// How far a change in a text may be from a match that it matters for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// A few lines.
    Local,
    /// A few lines, but a keyword of it may be far away.
    Nearby,
    /// As far as the longest match.
    Long,
}

/// Which expressions are tried, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// All of them, near their keywords.
    All,
    /// Those of one extent: near their keywords if it is [`Extent::Long`], or else everywhere.
    Only(Extent),
}

/// Whether expressions that are for some paths are tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scan) enum Paths {
    /// If the path of the text is one of them.
    Own,
    /// Always, and from any byte: it is asked whether anything may match under whatever path.
    Any,
}
