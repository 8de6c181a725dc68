//! Git hooks: their input, how to install them, and the advice they print when they stop something.

pub(crate) mod directory;
pub(crate) mod global;
pub(crate) mod install;
pub(crate) mod messages;
pub(crate) mod push;
pub(crate) mod refs;
pub(crate) mod script;

use std::fmt;

/// A hook that skanner implements, by its name in git.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GitHook {
    /// Before a commit is created. The index is complete.
    PreCommit,
    /// Before the commit of a merge without conflicts is created. The index is complete.
    PreMergeCommit,
    /// The message is written, and the commit is not created yet.
    CommitMsg,
    /// Before objects are sent to a remote repository.
    PrePush,
    /// On a server: the objects have arrived, and no reference has changed yet.
    PreReceive,
}

impl GitHook {
    /// All hooks.
    pub(crate) const ALL: [Self; 5] =
        [Self::PreCommit, Self::PreMergeCommit, Self::CommitMsg, Self::PrePush, Self::PreReceive];

    /// The hooks of a repository that people work in.
    pub(crate) const CLIENT: [Self; 4] =
        [Self::PreCommit, Self::PreMergeCommit, Self::CommitMsg, Self::PrePush];

    /// Its name in git, which is also its file name.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }

    /// The event with this name.
    #[must_use]
    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }
}

impl fmt::Display for GitHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
