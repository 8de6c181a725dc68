//! Which keys in a history are reported. The filter runs after their histories are known, so that it does not change
//! what is said about them.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Context, Result, ensure};
use git2::Repository;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::scan::{HistoryScan, objects, render, secret_history};
use crate::{
    cold,
    finding::{Finding, Report},
    locate::{ObjectLocations, SecretHistory},
    session::redact::Redactor,
};

/// Which keys of a history are requested, as given by the caller.
#[derive(Clone, Debug, Default)]
pub(crate) struct HistoryQuery {
    /// Only keys that some commit or tag at or after this time holds, in seconds since 1970.
    pub(crate) since: Option<i64>,
    /// Only keys that are reachable from a ref matching one of these names or patterns.
    pub(crate) refs: Vec<String>,
    /// Only keys with an occurrence at a path that matches one of these patterns.
    pub(crate) paths: Vec<String>,
}

impl HistoryQuery {
    /// Whether some keys are filtered out.
    pub(crate) fn is_part(&self) -> bool {
        self.since.is_some() || !self.refs.is_empty() || !self.paths.is_empty()
    }
}

/// The conditions a key must meet. By default, every key does.
#[derive(Default)]
pub(crate) struct HistoryFilter {
    /// Some commit or tag at or after this time holds the key, in seconds since 1970.
    since: Option<i64>,
    /// The key is reachable from one of these refs.
    refs: Option<BTreeSet<Vec<u8>>>,
    /// The key has an occurrence at a matching path.
    paths: Option<Gitignore>,
}

impl HistoryFilter {
    /// Everything the user requested except refs, which depend on the repositories.
    ///
    /// # Errors
    /// When a pattern is invalid.
    pub(crate) fn new(query: &HistoryQuery) -> Result<Self> {
        let paths = (!query.paths.is_empty()).then(|| patterns(&query.paths)).transpose()?;
        Ok(Self { since: query.since, refs: None, paths })
    }

    /// Looks up the requested refs in these repositories.
    ///
    /// # Errors
    /// When none of the refs matches.
    pub(crate) fn find_refs(&mut self, query: &HistoryQuery, histories: &[HistoryScan]) -> Result<()> {
        for glob in &query.refs {
            let named = histories.iter().flat_map(|read| matching(read.repository(), glob));
            let named = cold::set(named);
            ensure!(
                !named.is_empty() || histories.is_empty(),
                "--ref {glob}: no ref has that name; `git for-each-ref` lists them; expected a name or a pattern \
                 such as main, 'release/*' or refs/pull"
            );
            self.refs.get_or_insert_with(BTreeSet::new).extend(named);
        }
        Ok(())
    }

    /// The option that excludes a key with this history, if any. A key without a date is never too old.
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

/// Gives each finding its history, and adds those that options exclude by it to `unwanted`.
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

/// The names of the refs that a word selects: a single ref by its full or short name; all refs that match a pattern, in
/// full or after `refs/`, `refs/heads/`, `refs/tags/` or `refs/remotes/`; or all refs below a directory.
fn matching(repository: &Repository, glob: &str) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    let glob = glob.trim_end_matches('/');
    if glob.is_empty() {
        // libgit2 would resolve it to HEAD.
        return names;
    }
    let one = repository.resolve_reference_from_short_name(glob);
    // A symbolic ref, such as HEAD, resolves to another ref.
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

/// Patterns as in `.gitignore`, relative to the root of the tree.
fn patterns(globs: &[String]) -> Result<Gitignore> {
    let mut patterns = GitignoreBuilder::new("");
    for glob in globs {
        let is_one = !glob.trim().is_empty() && !glob.starts_with('#');
        ensure!(
            is_one,
            "--path `{glob}` is not a pattern; expected one as in .gitignore, such as src/ or '*.env'"
        );
        patterns
            .add_line(None, glob)
            .with_context(|| format!("--path `{glob}` is not a pattern as in .gitignore"))?;
    }
    patterns.build().context("the patterns of --path cannot be used together")
}
