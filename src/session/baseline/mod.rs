//! What a run makes of a baseline.

mod apply;
mod location;
mod present;

pub(super) use apply::apply;
pub(crate) use apply::{Comparison, entry_in_words};
pub(crate) use location::{Location, refuse_links};
