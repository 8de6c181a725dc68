//! Regular expressions of rules: tried where their keywords are. A run without such rules has nothing of this.
//!
//! A search for the keywords of all expressions goes over a text ([`super::keywords`]). Each keyword tells where matches of its
//! expressions may begin. These regions are put together for each expression, so that no byte is read more than a few times
//! however many keywords there are (`progress`), and the expressions are tried there (`search`). What matches is held to
//! what the form asks for (`accept`).

mod accept;
mod change;
mod counts;
mod encoded;
mod progress;
mod reach;
mod search;

pub use counts::ExpressionCounts;
pub(super) use progress::ExpressionProgress;
pub(super) use reach::Paths;
pub(super) use search::ExpressionSearch;
