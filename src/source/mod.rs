//! Where bytes come from. A source pushes what it reads into sinks, on the threads it is given.

mod exclude;
mod file;
mod history;
mod message;
mod parallel;
mod range;
mod sink;
mod staged;
mod stdin;
mod tracked;
mod walk;
mod words;

pub(crate) use file::FileReader;
pub(crate) use history::{HistorySource, Reading, Searcher, TriageResult};
pub(crate) use message::{Message, Tail};
pub(crate) use range::Range;
pub(crate) use sink::Sink;
pub(crate) use staged::{StagedSource, StagedState};
pub(crate) use stdin::Stdin;
pub(crate) use tracked::root as repository_root;
pub(crate) use walk::Walk;
pub(crate) use words::why;
