//! What a push contains, as a set of commits and names.

use anyhow::Result;
use git2::Repository;

use super::refs::{Hints, Update};
use crate::{
    blob::ObjectId,
    git::{oid, revisions::Selection},
};

/// The destination of a push, as reported by git.
pub(crate) struct Remote<'a> {
    /// Its name, or its URL if it has none.
    pub(crate) name: Option<&'a str>,
    /// Its URL.
    pub(crate) url: Option<&'a str>,
}

/// What a push contains.
pub(crate) struct Push {
    /// The commits and other objects.
    pub(crate) selection: Selection,
    /// The new names of references, as arbitrary bytes.
    pub(crate) names: Vec<Vec<u8>>,
    /// The URL of the destination.
    pub(crate) url: Option<String>,
    /// How to describe it.
    pub(crate) what: String,
}

impl Push {
    /// What the remote repository does not have, according to the lines that git passes to the hook.
    ///
    /// # Errors
    /// When the repository cannot tell what it knows about the remote one.
    pub(crate) fn to_remote(
        repository: &Repository,
        updates: &[Update],
        remote: &Remote<'_>,
    ) -> Result<Self> {
        let mut selection = changed(repository, updates);
        selection.hidden.extend(tracked(repository, remote.name)?);
        let url = remote.url.or(remote.name).map(str::to_owned);
        Ok(Self { selection, names: names(updates), url, what: "what is pushed".to_owned() })
    }

    /// What has arrived in this repository.
    ///
    /// # Errors
    /// When its references cannot be read.
    pub(crate) fn received(repository: &Repository, updates: &[Update]) -> Result<Self> {
        let mut selection = changed(repository, updates);
        // The expression must include a tip, which does not count.
        selection.hidden.extend(Selection::parse(repository, "--all --not --all")?.hidden);
        Ok(Self { selection, names: names(updates), url: None, what: "what was pushed".to_owned() })
    }

    /// What is probably pushed if git's lines did not get through, and a message about that.
    ///
    /// # Errors
    /// When hints name something that does not exist.
    pub(crate) fn guessed(repository: &Repository, remote: &Remote<'_>) -> Result<(Self, String)> {
        let hints = Hints::of_pre_commit(&|name| std::env::var(name).ok())?;
        let who = if hints.is_some() { "pre-commit" } else { "whoever runs this hook" };
        let Hints { to, from, name, remote: hinted, url } = hints.unwrap_or_default();
        let to = to.unwrap_or_else(|| "HEAD".to_owned());
        let mut selection = Selection::parse(repository, &to)?;
        if let Some(from) = from {
            selection.hidden.extend(Selection::parse(repository, &from)?.tips);
        }
        let remote_name = remote.name.or(hinted.as_deref());
        selection.hidden.extend(match remote_name {
            Some(_) => tracked(repository, remote_name)?,
            None => Selection::parse(repository, &format!("{to} --not --remotes"))?.hidden,
        });
        let note = format!(
            "{who} did not pass on what git pushes, so {to} was scanned, without what {} has; other references of this push \
         were not. `skanner hook install pre-push` sees all of them",
            if remote_name.is_some() { "the remote repository" } else { "any remote repository" }
        );
        let url = remote.url.map(str::to_owned).or(url).or_else(|| remote_name.map(str::to_owned));
        let names =
            name.filter(|name| name.starts_with("refs/")).map(String::into_bytes).into_iter().collect();
        Ok((Self { selection, names, url, what: format!("what is new in {to}") }, note))
    }
}

/// What the remote repository has, as far as is known here.
fn tracked(repository: &Repository, remote: Option<&str>) -> Result<Vec<ObjectId>> {
    // A URL used as the name has no tracking branches, and cannot be part of a pattern.
    let is_name = |name: &&str| {
        !name.is_empty()
            && !name.contains(|c: char| c.is_whitespace() || matches!(c, '*' | '?' | '[' | ':' | '\\'))
    };
    let Some(name) = remote.filter(is_name) else { return Ok(Vec::new()) };
    // The expression must include a tip, which does not count.
    let words = format!("--all --not --remotes={name}");
    Ok(Selection::parse(repository, &words)?.hidden)
}

/// The new targets of references, without their old targets, if those exist here.
fn changed(repository: &Repository, updates: &[Update]) -> Selection {
    let is_here = |id: &ObjectId| repository.odb().is_ok_and(|objects| objects.exists(oid(*id)));
    Selection {
        tips: updates.iter().filter_map(|update| update.new).collect(),
        hidden: updates.iter().filter_map(|update| update.old).filter(is_here).collect(),
    }
}

/// Names that are created. Deleting a reference must always be allowed.
fn names(updates: &[Update]) -> Vec<Vec<u8>> {
    updates.iter().filter(|update| update.new.is_some()).map(|update| update.name.clone()).collect()
}
