//! Which of the keys in a history are asked for. It is decided when all is known of their lives, so that it does not
//! change what is said of them.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use git2::Repository;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::scan::{HistoryScan, objects, render, secret_history};
use crate::{
    finding::{Finding, Report},
    locate::{ObjectLocations, SecretHistory},
    session::redact::Redactor,
};

/// Which keys of a history are asked for, as the caller says it.
#[derive(Clone, Debug, Default)]
pub(crate) struct HistoryQuery {
    /// Some commit or tag that holds the key is not older, in seconds since 1970.
    pub(crate) since: Option<i64>,
    /// A ref that one of these names or patterns means leads to it.
    pub(crate) refs: Vec<String>,
    /// It has an occurrence at a path that one of these patterns matches.
    pub(crate) paths: Vec<String>,
}

impl HistoryQuery {
    /// Whether not all keys are asked for.
    pub(crate) fn is_part(&self) -> bool {
        self.since.is_some() || !self.refs.is_empty() || !self.paths.is_empty()
    }
}

/// What keys must be like; by default all are asked for.
#[derive(Default)]
pub(crate) struct HistoryFilter {
    /// Some commit or tag that holds it is not older, in seconds since 1970.
    since: Option<i64>,
    /// One of these refs leads to it.
    refs: Option<BTreeSet<Vec<u8>>>,
    /// It has a place with such a path.
    paths: Option<Gitignore>,
}

impl HistoryFilter {
    /// What the user asks for but for refs, which depend on the repositories.
    ///
    /// # Errors
    /// When a pattern is none.
    pub(crate) fn new(query: &HistoryQuery) -> Result<Self> {
        let paths = (!query.paths.is_empty()).then(|| patterns(&query.paths)).transpose()?;
        Ok(Self { since: query.since, refs: None, paths })
    }

    /// Looks up which refs of these repositories are asked for.
    ///
    /// # Errors
    /// When none of them is called like that.
    pub(crate) fn find_refs(&mut self, query: &HistoryQuery, histories: &[HistoryScan]) -> Result<()> {
        for glob in &query.refs {
            let named = histories.iter().flat_map(|read| matching(read.repository(), glob));
            let named: BTreeSet<_> = named.collect();
            ensure!(
                !named.is_empty() || histories.is_empty(),
                "--ref {glob}: no ref is called like that; `git for-each-ref` lists them, and a pattern is one such as \
                 main, 'release/*' or refs/pull"
            );
            self.refs.get_or_insert_with(BTreeSet::new).extend(named);
        }
        Ok(())
    }

    /// The option that leaves a key out with this life, if one does. What has no date is not older than anything.
    pub(crate) fn leaves_out(
        &self,
        finding: &Finding,
        secret_history: Option<&SecretHistory>,
        locations: &[ObjectLocations<'_>],
    ) -> Option<&'static str> {
        let is_older = |since| {
            let objects = objects(finding);
            let is_outside = finding.occurrences.iter().any(|place| place.object.is_none());
            let mut older =
                locations.iter().filter_map(|location| location.is_older(&objects, since)).peekable();
            !is_outside && older.peek().is_some() && older.all(|is_older| is_older)
        };
        if self.since.is_some_and(is_older) {
            return Some("--since");
        }
        let is_reached = |refs: &BTreeSet<Vec<u8>>| {
            secret_history.is_some_and(|secret_history| {
                secret_history.refs.iter().any(|name| refs.contains(without_number(name)))
            })
        };
        if self.refs.as_ref().is_some_and(|refs| !is_reached(refs)) {
            return Some("--ref");
        }
        let is_there = |paths: &Gitignore| {
            finding.occurrences.iter().any(|place| {
                [&place.path, &*place.full_path()].iter().any(|path| {
                    let path = path.trim_start_matches('/');
                    !path.is_empty() && paths.matched_path_or_any_parents(path, false).is_ignore()
                })
            })
        };
        self.paths.as_ref().is_some_and(|paths| !is_there(paths)).then_some("--path")
    }
}

/// Gives each finding its history, and adds those to `unwanted` that the options leave out by it.
pub(in crate::session) fn apply(
    report: &mut Report,
    unwanted: &mut HashMap<String, String>,
    filter: &HistoryFilter,
    locations: &[ObjectLocations<'_>],
    redactor: &Redactor,
) {
    for finding in &mut report.findings {
        if unwanted.contains_key(&finding.fingerprint) {
            continue;
        }
        let secret_history = secret_history(finding, locations);
        match filter.leaves_out(finding, secret_history.as_ref(), locations) {
            Some(by) => drop(unwanted.insert(finding.fingerprint.clone(), by.to_owned())),
            None => {
                finding.history = secret_history.map(|secret_history| render(secret_history, redactor));
            }
        }
    }
}

/// The names of the refs that a word means: one by its whole or short name; all that are like a pattern, whole or
/// behind `refs/`, `refs/heads/`, `refs/tags/` or `refs/remotes/`; all below a folder.
fn matching(repository: &Repository, glob: &str) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    let glob = glob.trim_end_matches('/');
    if glob.is_empty() {
        // libgit2 takes it for HEAD.
        return names;
    }
    let one = repository.resolve_reference_from_short_name(glob);
    // A symbolic one, such as HEAD, leads to another one.
    names.extend(one.and_then(|one| one.resolve()).map(|one| one.name_bytes().to_vec()));
    let below = if glob.contains(['*', '?', '[']) { "" } else { "/*" };
    for directory in ["", "refs/", "refs/heads/", "refs/tags/", "refs/remotes/"] {
        let Ok(refs) = repository.references_glob(&format!("{directory}{glob}{below}")) else { continue };
        names.extend(refs.flatten().map(|one| one.name_bytes().to_vec()));
    }
    names
}

/// `refs/stash@{1}` is an older entry of `refs/stash`.
fn without_number(name: &[u8]) -> &[u8] {
    let end = name.windows(2).position(|pair| pair == b"@{");
    &name[..end.unwrap_or(name.len())]
}

/// Patterns as in `.gitignore`, from the root of the tree.
fn patterns(globs: &[String]) -> Result<Gitignore> {
    let mut patterns = GitignoreBuilder::new("");
    for glob in globs {
        let is_one = !glob.trim().is_empty() && !glob.starts_with('#');
        ensure!(
            is_one,
            "--path `{glob}` is no pattern; expected one as in .gitignore, such as src/ or '*.env'"
        );
        patterns
            .add_line(None, glob)
            .with_context(|| format!("--path `{glob}` is no pattern as in .gitignore"))?;
    }
    patterns.build().context("the patterns of --path cannot be used together")
}
