//! Locates findings in a history: the commits that contain a secret, where it was introduced and removed, and
//! which refs reach it.
//!
//! Commits and directories are gathered while they are scanned, directories only when there is something to
//! locate. Only which directory contains which is kept, as indices. Everything else follows from that without
//! reading an object again.

mod commits;
mod date;
mod gather;
mod graph;
mod history;
mod location;
mod paths;
mod rows;
mod tags;

pub(crate) use date::parse as parse_date;
pub(crate) use gather::{Gathered, Gatherer};
pub(crate) use history::{HistoryEvent, SecretHistory};
pub(crate) use location::ObjectLocations;
pub(crate) use rows::CommitReader;
