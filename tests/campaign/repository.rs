//! A random repository.

use std::fs;

use super::{case::Case, stream::Stream};

/// What a case works with. It is in the sandbox's tree.
pub(crate) struct Repository {
    /// All commits that were made, also those that no reference reaches any more.
    pub(crate) commits: Vec<String>,
    pub(crate) is_bare: bool,
    /// Its directory, below the tree.
    pub(crate) git: &'static str,
}

/// Which repositories there are.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) commits: (usize, usize),
    /// Whether it may be bare, or have longer hashes.
    pub(crate) is_any: bool,
}

impl Repository {
    pub(crate) fn random(case: &mut Case, kind: Kind) -> Self {
        let is_bare = kind.is_any && case.once_in(6);
        let is_long = kind.is_any && case.once_in(6);
        let mut arguments =
            vec!["init", "-q", if is_long { "--object-format=sha256" } else { "--object-format=sha1" }];
        if is_bare {
            arguments.push("--bare");
        }
        case.git(&arguments);
        let git = if is_bare { "." } else { ".git" };
        let _ = fs::remove_dir_all(case.sandbox.path(git).join("hooks"));
        let hash_length = if is_long { 64 } else { 40 };
        let commits = case.rng.usize(kind.commits.0..=kind.commits.1);
        let stream = Stream::random(case, commits, hash_length);
        let limit = format!("fastimport.unpackLimit={}", if case.rng.bool() { 1 } else { 1000 });
        let marks = case.sandbox.path("../home/marks");
        let export = format!("--export-marks={}", marks.display());
        case.git_with("", &["-c", &limit, "fast-import", "--quiet", "--force", &export], &stream.bytes);
        let marks = fs::read_to_string(marks).unwrap();
        let commits = marks.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect();
        case.git(&["symbolic-ref", "HEAD", "refs/heads/b0"]);
        if !is_bare {
            case.git(&["reset", "-q", "--hard"]);
        }
        Self { commits, is_bare, git }
    }

    /// Forgets the commits that storing objects in another way has dropped.
    pub(crate) fn forget_dropped(&mut self, case: &mut Case) {
        let names = format!("{}\n", self.commits.join("\n"));
        let told = case.git_with("", &["cat-file", "--batch-check"], names.as_bytes());
        let mut is_there = told.lines().map(|line| !line.ends_with("missing"));
        self.commits.retain(|_| is_there.next().unwrap());
    }

    pub(crate) fn any_commit(&self, case: &mut Case) -> String {
        case.pick(&self.commits)
    }
}
