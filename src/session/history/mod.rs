//! `skanner scan --history`: all objects, then what is found in them under its names, and which of it is asked for.

mod filter;
mod moved;
mod refs;
mod scan;
mod searcher;

pub(super) use filter::apply;
pub(crate) use filter::{HistoryFilter, HistoryQuery};
pub(super) use refs::refs_read;
pub(super) use scan::locate;
pub(crate) use scan::{HistoryScan, read};
