//! Selects commits in the syntax of git-rev-list(1): `A..B`, `A...B`, `B ^A`, `B --not --remotes`.

use anyhow::{Context, Result, bail};
use git2::{ErrorCode, ObjectType, Repository};

use super::{
    ancestry::Ancestry,
    ci::unshallow_advice,
    objects::{Objects, object_id},
    refs,
    revision::{self, peeled},
};
use crate::blob::ObjectId;

/// A set of commits: everything reachable from some objects and not from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Where the set begins: commits, annotated tags, or objects that a tag names.
    pub tips: Vec<ObjectId>,
    /// Objects that are already known, with all their ancestors.
    pub hidden: Vec<ObjectId>,
}

impl Selection {
    /// Parses words separated by spaces: revisions, `^REV`, `A..B`, `A...B`, `--not`, `--all`, and `--branches`,
    /// `--tags` and `--remotes`, each with or without `=PATTERN`. `A...B` is what `B` adds since its merge base with
    /// `A`, as in git-diff(1).
    ///
    /// # Errors
    /// When a word is not a revision of the repository, or no tip is named.
    pub(crate) fn parse(repository: &Repository, words: &str) -> Result<Self> {
        let mut selection = Self::default();
        let (mut is_hidden, mut has_tips) = (false, false);
        for word in words.split_whitespace() {
            if word == "--not" {
                is_hidden = !is_hidden;
                continue;
            }
            if let Some(option) = word.strip_prefix("--") {
                selection.add_all(is_hidden, references(repository, option)?);
                has_tips |= !is_hidden;
                continue;
            }
            let (hide, show) = match (word.strip_prefix('^'), word.split_once("...")) {
                (Some(word), _) if !word.contains("..") => (vec![resolve(repository, word)?], vec![]),
                (None, Some((from, to))) => {
                    let (from, to) = (or_head(from), or_head(to));
                    (merge_bases(repository, from, to)?, vec![resolve(repository, to)?])
                }
                (None, None) => match word.split_once("..") {
                    Some((from, to)) => {
                        (vec![resolve(repository, or_head(from))?], vec![resolve(repository, or_head(to))?])
                    }
                    None => (vec![], vec![resolve(repository, word)?]),
                },
                _ => bail!("`{word}` is not a range: `^` goes before a single revision"),
            };
            has_tips |= if is_hidden { !hide.is_empty() } else { !show.is_empty() };
            selection.add_all(!is_hidden, hide);
            selection.add_all(is_hidden, show);
        }
        if !has_tips {
            bail!(
                "the range `{words}` names nothing to scan; use, for example, `main..HEAD`, or `HEAD --not --remotes`"
            );
        }
        Ok(selection)
    }

    fn add_all(&mut self, is_hidden: bool, ids: Vec<ObjectId>) {
        if is_hidden { &mut self.hidden } else { &mut self.tips }.extend(ids);
    }
}

fn or_head(revision: &str) -> &str {
    if revision.is_empty() { "HEAD" } else { revision }
}

/// The object that a revision names. Annotated tags are not peeled.
///
/// # Errors
/// When there is none. The error says how to get it.
pub(crate) fn resolve(repository: &Repository, revision: &str) -> Result<ObjectId> {
    let objects = Objects::new(repository)?;
    match revision::find(repository, &objects, revision) {
        Ok(Some(id)) => Ok(id),
        Ok(None) => bail!("there is no revision `{revision}` here{}", fetch_hint(repository)),
        Err(error) => Err(error).with_context(|| format!("the revision `{revision}` cannot be read")),
    }
}

/// How to get a missing revision.
#[must_use]
pub(crate) fn fetch_hint(repository: &Repository) -> String {
    if repository.is_shallow() {
        format!("; this clone is shallow: {}", unshallow_advice())
    } else {
        "; if it is on a server, `git fetch` it first".to_owned()
    }
}

fn merge_bases(repository: &Repository, from: &str, to: &str) -> Result<Vec<ObjectId>> {
    let objects = Objects::new(repository)?;
    let commit = |revision: &str| -> Result<ObjectId> {
        let id = resolve(repository, revision)?;
        let commit = peeled(&objects, id, ObjectType::Commit).map_err(anyhow::Error::msg);
        commit.with_context(|| format!("`{revision}` is not a commit"))
    };
    let (one, other) = (commit(from)?, commit(to)?);
    let bases = Ancestry::new(repository, &objects).and_then(|ancestry| ancestry.merge_bases(one, other));
    match bases {
        Ok(bases) if bases.is_empty() => {
            bail!("`{from}` and `{to}` have no commit in common{}", fetch_hint(repository))
        }
        bases => bases.with_context(|| format!("the merge base of `{from}` and `{to}` cannot be found")),
    }
}

/// The objects that references selected by an option of git-rev-list(1) point to.
fn references(repository: &Repository, option: &str) -> Result<Vec<ObjectId>> {
    let (kind, pattern) = match option.split_once('=') {
        Some((kind, pattern)) => (kind, Some(pattern)),
        None => (option, None),
    };
    let directory = match (kind, pattern) {
        ("all", None) => "refs/",
        ("branches", _) => "refs/heads/",
        ("tags", _) => "refs/tags/",
        ("remotes", _) => "refs/remotes/",
        _ => bail!(
            "`--{option}` is not supported in a range; expected --not, --all, --branches, --tags or --remotes"
        ),
    };
    // As in git, a pattern without a wildcard means everything below it.
    let glob = match pattern {
        None => format!("{directory}*"),
        Some(pattern) if pattern.contains(['*', '?', '[']) => format!("{directory}{pattern}"),
        Some(pattern) => format!("{directory}{}/*", pattern.trim_end_matches('/')),
    };
    refs::check(repository)?;
    let mut ids = Vec::new();
    for reference in repository.references_glob(&glob)? {
        let reference = reference?;
        // A symbolic ref, such as refs/remotes/origin/HEAD, may point to a deleted branch.
        match reference.resolve() {
            Ok(reference) => ids.extend(reference.target().map(object_id)),
            Err(error) if error.code() == ErrorCode::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    if kind == "all"
        && let Some(head) = repository.head().ok().and_then(|head| head.target())
    {
        ids.push(object_id(head));
    }
    Ok(ids)
}
