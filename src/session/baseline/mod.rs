//! Applies a baseline to a run.

mod apply;
#[cfg(feature = "git")]
mod current;
#[cfg(not(feature = "git"))]
mod disk;
mod location;
mod words;

pub(crate) use apply::BaselineComparison;
pub(super) use apply::apply;
pub(crate) use location::{BaselineLocation, refuse_links, root_of};
pub(crate) use words::entry_in_words;
