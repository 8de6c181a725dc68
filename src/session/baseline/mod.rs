//! Applies a baseline to a run.

mod apply;
#[cfg(feature = "git")]
mod current;
#[cfg(not(feature = "git"))]
mod disk;
mod location;

pub(super) use apply::apply;
pub(crate) use apply::{BaselineComparison, entry_in_words};
pub(crate) use location::{BaselineLocation, refuse_links, root_of};
