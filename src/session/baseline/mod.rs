//! Applies a baseline to a run.

mod apply;
mod current;
mod location;

pub(super) use apply::apply;
pub(crate) use apply::{BaselineComparison, entry_in_words};
pub(crate) use location::{BaselineLocation, refuse_links};
