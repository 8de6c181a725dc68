//! Git's hooks: what git tells them, how they are installed, and what people read when one of them stops something.

pub mod global;
pub mod install;
pub mod place;
pub mod push;
pub mod refs;
pub mod script;
pub mod words;

use std::fmt;

/// A hook that skanner serves, by the name git has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// Before a commit is made: the index is there.
    PreCommit,
    /// The message is written, the commit is not yet made.
    CommitMsg,
    /// Before objects are sent to a remote repository.
    PrePush,
    /// On a server: objects have come, no reference has changed yet.
    PreReceive,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::PreCommit, Self::CommitMsg, Self::PrePush, Self::PreReceive];

    /// Those of a repository that people work in.
    pub const CLIENT: [Self; 3] = [Self::PreCommit, Self::CommitMsg, Self::PrePush];

    /// Git's name for it, which is that of its file as well.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }

    /// The event of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
