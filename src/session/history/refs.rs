//! Which refs a history was read from, and which ones this clone does not have.

use git2::Repository;

use crate::{finding::RefsRead, git, session::redact::Redactor};

/// Counts the refs of a repository, and looks in its configuration for what a fetch leaves out.
pub(in crate::session) fn refs_read(repository: &Repository, redactor: &Redactor) -> RefsRead {
    let mut read = RefsRead::default();
    // What cannot be listed has been reported when the history was read.
    for (name, _) in git::refs(repository).unwrap_or_default() {
        read.count(&String::from_utf8_lossy(&name));
    }
    let fetched = values(repository, r"^remote\..*\.fetch$");
    let is_mirror = |(_, refspec): &(String, String)| refspec.trim_start_matches('+').starts_with("refs/*:");
    let heads = |(_, refspec): &&(String, String)| refspec.trim_start_matches('+').starts_with("refs/heads/");
    let mut branches = fetched.iter().filter(heads).peekable();
    read.single_branch = branches.peek().is_some()
        && !fetched.iter().any(is_mirror)
        && branches.all(|(_, one)| !one.contains('*'));
    let remotes = values(repository, r"^remote\..*\.url$");
    if read.pull_requests == 0
        && !fetched.iter().any(is_mirror)
        && let Some((name, url)) = remotes.iter().find(|(name, _)| name == "origin").or(remotes.first())
    {
        let refs = if url.contains("gitlab") { "refs/merge-requests" } else { "refs/pull" };
        read.fetch_pull_requests =
            Some(format!("git fetch {} '+{refs}/*:{refs}/*'", redactor.text(name.as_bytes())));
    }
    read
}

/// The values of all variables of remotes whose name matches, each with the name of its remote.
fn values(repository: &Repository, pattern: &str) -> Vec<(String, String)> {
    let Ok(config) = repository.config() else { return Vec::new() };
    let mut values = Vec::new();
    let Ok(entries) = config.entries(Some(pattern)) else { return values };
    // A value that is not UTF-8 is of no use in a command.
    let _ = entries.for_each(|entry| {
        if let (Ok(name), Ok(value)) = (entry.name(), entry.value()) {
            let remote = name.strip_prefix("remote.").and_then(|name| name.rsplit_once('.'));
            values.extend(remote.map(|(remote, _)| (remote.to_owned(), value.to_owned())));
        }
    });
    values
}
