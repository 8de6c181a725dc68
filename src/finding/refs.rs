//! Which refs of a repository a history was read from, and which ones a clone does not have.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where hosts keep the commits of pull and merge requests, below `refs/` or below `refs/remotes/NAME/`. A clone does
/// not fetch them, and a push cannot remove them: GitHub's `pull/*`, GitLab's `merge-requests/*`, Bitbucket's
/// `pull-requests/*`, Gerrit's `changes/*`, and `pr/*`, where people fetch GitHub's.
const REQUESTS: [&str; 5] = ["pull/", "merge-requests/", "pull-requests/", "changes/", "pr/"];

/// The refs that a history was read from, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefsRead {
    /// Local branches.
    pub branches: u64,
    /// Branches of remotes, as of the last fetch.
    pub remote_branches: u64,
    /// Tags.
    pub tags: u64,
    /// Refs of pull and merge requests.
    pub pull_requests: u64,
    /// Others: stashes, notes, and those of tools.
    pub other: u64,
    /// Whether the clone fetches only some branches, so that others are missing.
    pub single_branch: bool,
    /// The command that fetches the refs of pull requests; absent if they are here, or no remote is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetch_pull_requests: Option<String>,
}

impl RefsRead {
    /// Counts a ref by its full name. What is not a ref, such as `HEAD`, does not count.
    pub(crate) fn count(&mut self, name: &str) {
        let Some(inner) = name.strip_prefix("refs/") else { return };
        let kind = match () {
            () if is_request(name) => &mut self.pull_requests,
            () if inner.starts_with("heads/") => &mut self.branches,
            () if inner.starts_with("tags/") => &mut self.tags,
            () if inner.starts_with("remotes/") => &mut self.remote_branches,
            () => &mut self.other,
        };
        *kind += 1;
    }

    /// Adds the refs of another repository.
    pub(crate) fn merge(&mut self, other: Self) {
        self.branches += other.branches;
        self.remote_branches += other.remote_branches;
        self.tags += other.tags;
        self.pull_requests += other.pull_requests;
        self.other += other.other;
        self.single_branch |= other.single_branch;
        self.fetch_pull_requests = self.fetch_pull_requests.take().or(other.fetch_pull_requests);
    }

    /// The number of refs of each kind, in words.
    pub(crate) fn in_words(&self) -> String {
        let kinds = [
            (self.branches, "branch", "branches"),
            (self.remote_branches, "remote branch", "remote branches"),
            (self.tags, "tag", "tags"),
            (self.pull_requests, "pull-request ref", "pull-request refs"),
            (self.other, "other ref", "other refs"),
        ];
        let kinds = kinds.iter().filter(|(count, ..)| *count > 0);
        let kinds: Vec<_> = kinds
            .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
            .collect();
        if kinds.is_empty() { "no refs".to_owned() } else { kinds.join(", ") }
    }
}

/// Whether a ref belongs to a pull or merge request.
#[must_use]
pub(crate) fn is_request(name: &str) -> bool {
    let Some(inner) = name.strip_prefix("refs/") else { return false };
    // `refs/remotes/origin/pr/1/head`
    let below = match inner.strip_prefix("remotes/") {
        Some(remote) => remote.split_once('/').map_or("", |(_, rest)| rest),
        None => inner,
    };
    // A branch may well be called `pr/fix`. Those of requests have a number.
    REQUESTS.iter().any(|prefix| {
        below.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refs_are_counted_by_kind() {
        let mut refs = RefsRead::default();
        for name in [
            "HEAD",
            "refs/heads/main",
            "refs/heads/pull/1/head",
            "refs/remotes/origin/main",
            "refs/remotes/origin/pr/fix",
            "refs/remotes/origin/pr/7/head",
            "refs/tags/v1",
            "refs/pull/1/head",
            "refs/merge-requests/2/head",
            "refs/changes/34/1234/1",
            "refs/stash",
            "refs/stash@{1}",
            "refs/notes/commits",
            "worktrees/w/HEAD",
        ] {
            refs.count(name);
        }
        assert_eq!(
            refs.in_words(),
            "2 branches, 2 remote branches, 1 tag, 4 pull-request refs, 3 other refs"
        );
        assert_eq!(RefsRead::default().in_words(), "no refs");
    }
}
