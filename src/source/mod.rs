//! Where bytes come from. A source pushes what it reads into sinks, on the threads it is given.

#[cfg(feature = "cli")]
mod agent_files;
mod file;
#[cfg(feature = "git")]
mod history;
#[cfg(feature = "git")]
mod ignored;
mod message;
mod parallel;
#[cfg(feature = "git")]
mod range;
#[cfg(feature = "cli")]
mod repositories;
mod sink;
#[cfg(feature = "git")]
mod staged;
mod stdin;
#[cfg(feature = "git")]
mod tracked;
mod walk;
mod words;
mod work_tree;

#[cfg(feature = "cli")]
pub(crate) use agent_files::AgentFileSource;
pub(crate) use file::FileReader;
pub(crate) use message::{CommentSign, Message, Tail};
#[cfg(feature = "cli")]
pub(crate) use repositories::FoundRepositories;
pub(crate) use sink::Sink;
pub(crate) use stdin::Stdin;
#[cfg(feature = "cli")]
pub(crate) use tracked::is_ignored;
pub(crate) use walk::{LeftHistory, Walk};
pub(crate) use words::why;
pub(crate) use work_tree::work_tree;
#[cfg(feature = "git")]
pub(crate) use {
    history::{
        HistorySource, HistoryStamp, HistoryStamps, ReadHistories, Reading, Searcher, SuspectPlaces,
        TriageResult,
    },
    range::Range,
    staged::StagedSource,
};
