//! What a run left out on purpose. It changes neither the verdict nor the exit code, but the report says it.

use std::collections::{BTreeMap, BTreeSet};

use crate::cold;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many names of each kind are kept. They are the first in order, so that they do not depend on threads.
pub(crate) const NAMED: usize = 20;

/// How many names a summary shows.
const FEW: usize = 3;

/// A kind of thing that a run leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotReadKind {
    /// A file or directory that git ignores and does not track. Directories are not entered, and count once.
    Ignored,
    /// The history of a repository whose work tree was scanned.
    History,
    /// The history of a repository that lies in the work tree of the one that was audited.
    NestedHistory,
    /// The work tree of a repository whose history was scanned.
    WorkTree,
    /// A submodule whose files are not in the work tree.
    Submodule,
    /// A FIFO, socket or device. No repository can contain one.
    Special,
    /// The content of a Git LFS pointer that is not in the local store.
    LfsObject,
}

/// What a run left out on purpose: how much of each kind, and the first names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotRead {
    kinds: BTreeMap<NotReadKind, (u64, BTreeSet<String>)>,
}

impl NotReadKind {
    /// Whether its names matter to a reader of the summary.
    fn is_named(self) -> bool {
        matches!(self, Self::NestedHistory | Self::Special | Self::Submodule | Self::LfsObject)
    }

    /// What there is of it, and how to read it.
    fn in_words(self, count: u64) -> (String, &'static str) {
        let s = if count == 1 { "" } else { "s" };
        match self {
            Self::Ignored => (format!("{count} ignored path{s}"), "--no-ignore reads them"),
            Self::History if count == 1 => ("the history".to_owned(), "`skanner audit` reads it"),
            Self::History => (format!("{count} histories"), "`skanner audit` reads them"),
            Self::NestedHistory if count == 1 => {
                ("the history of a repository within".to_owned(), "`skanner audit` with its path reads it")
            }
            Self::NestedHistory => (
                format!("the histories of {count} repositories within"),
                "`skanner audit` with their paths reads them",
            ),
            Self::WorkTree if count == 1 => ("the work tree".to_owned(), "`skanner audit` reads it"),
            Self::WorkTree => (format!("{count} work trees"), "`skanner audit` reads them"),
            Self::Submodule => (
                format!("{count} submodule{s} not checked out"),
                "`git submodule update --init` fetches them",
            ),
            Self::Special => {
                let what = if count == 1 { "FIFO, socket or device" } else { "FIFOs, sockets or devices" };
                (format!("{count} {what}"), "no repository can contain them")
            }
            Self::LfsObject => (format!("{count} Git LFS object{s}"), "`git lfs fetch --all` fetches them"),
        }
    }
}

impl NotRead {
    /// Adds one thing. Its name must be safe to show.
    pub(crate) fn add(&mut self, kind: NotReadKind, name: String) {
        let (count, names) = self.kinds.entry(kind).or_default();
        *count += 1;
        keep(names, name);
    }

    /// Adds what another part of the run left out.
    pub(crate) fn merge(&mut self, other: Self) {
        for (kind, (count, names)) in other.kinds {
            let (own, kept) = self.kinds.entry(kind).or_default();
            *own += count;
            names.into_iter().for_each(|name| keep(kept, name));
        }
    }

    /// Applies `mask` to all names.
    pub(crate) fn mask(&mut self, mut mask: impl FnMut(&str) -> String) {
        for (_, names) in self.kinds.values_mut() {
            *names = cold::set(names.iter().map(|name| mask(name)));
        }
    }

    /// Whether nothing was left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// How many things of each kind were left out. Kinds without any are absent.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<NotReadKind, u64> {
        cold::map(self.kinds.iter().map(|(kind, (count, _))| (*kind, *count)))
    }
    /// The first 20 names of a kind, in order.
    pub fn names(&self, kind: NotReadKind) -> impl Iterator<Item = &str> {
        self.kinds.get(&kind).into_iter().flat_map(|(_, names)| names.iter().map(String::as_str))
    }
}

/// How much of a kind was left out, how to read it, and a few of the names where they matter.
#[must_use]
pub(crate) fn left_out_in_words(kind: NotReadKind, count: u64, names: &[String]) -> String {
    let (what, how) = kind.in_words(count);
    let few: Vec<&str> = names.iter().filter(|_| kind.is_named()).take(FEW).map(String::as_str).collect();
    let more = if few.len() as u64 == count || few.is_empty() { "" } else { ", …" };
    let few = few.join(", ");
    let few = if few.is_empty() { few } else { format!(": {few}{more}") };
    format!("{what} ({how}){few}")
}

fn keep(names: &mut BTreeSet<String>, name: String) {
    names.insert(name);
    if names.len() > NAMED {
        names.pop_last();
    }
}
