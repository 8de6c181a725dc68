//! Where bytes come from. A source pushes what it reads into sinks, in the threads it is given.

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

pub use file::FileReader;
pub use history::{Contents, FirstPass, HistorySource, Reading, Searcher, TriageResult};
pub use message::{Message, Tail};
pub use range::Range;
pub use sink::Sink;
pub use staged::{StagedSource, StagedState, Wanted};
pub use stdin::Stdin;
pub use tracked::root as repository_root;
pub use walk::Walk;
pub use words::why;
