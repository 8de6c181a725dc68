//! A random history for `git fast-import`.

use std::{collections::BTreeSet, fmt::Write as _};

use super::case::Case;

/// A commit, by its mark, and the paths in it.
#[derive(Clone)]
struct Made {
    mark: usize,
    paths: BTreeSet<String>,
}

/// What is imported.
pub(crate) struct Stream {
    pub(crate) bytes: Vec<u8>,
    commits: Vec<Made>,
    branches: usize,
    marks: usize,
    hash_length: usize,
}

impl Stream {
    /// A history with so many commits.
    pub(crate) fn random(case: &mut Case, commits: usize, hash_length: usize) -> Self {
        let mut stream = Self { bytes: Vec::new(), commits: Vec::new(), branches: 0, marks: 0, hash_length };
        for _ in 0..commits {
            stream.commit(case);
        }
        stream
    }

    fn line(&mut self, line: &str) {
        self.bytes.extend(line.as_bytes());
        self.bytes.push(b'\n');
    }

    fn data(&mut self, bytes: &[u8]) {
        self.line(&format!("data {}", bytes.len()));
        self.bytes.extend(bytes);
        self.bytes.push(b'\n');
    }

    fn commit(&mut self, case: &mut Case) {
        let parents = self.parents(case);
        let is_new = self.branches == 0 || case.once_in(3);
        let branch = if is_new { self.branches } else { case.below(self.branches) };
        self.branches += usize::from(is_new);
        self.marks += 1;
        let mark = self.marks;
        self.line(&format!("commit refs/heads/b{branch}"));
        self.line(&format!("mark :{mark}"));
        // Clocks are wrong now and then.
        let time = 1_700_000_000 + mark as u64 * 60 - if case.once_in(10) { 90_000_000 } else { 0 };
        let author = case.words("the author of a commit");
        self.line(&format!("author {author} <a@example.org> {time} +0100"));
        let mail = case.chance("the mail address of a committer").unwrap_or_else(|| "c".to_owned());
        self.line(&format!("committer C <{mail}@example.org> {time} -0230"));
        let word = case.words("the message of a commit");
        let mut message = format!("commit {mark}\n\n{word}\n");
        if case.once_in(8) {
            let _ = write!(message, "\nSigned-off-by: {}", case.words("the trailer of a commit"));
        }
        self.data(message.as_bytes());
        for (at, parent) in parents.iter().enumerate() {
            self.line(&format!("{} :{}", if at == 0 { "from" } else { "merge" }, parent.mark));
        }
        if parents.is_empty() && !is_new {
            // Without this the branch goes on.
            self.line(&format!("from {}", "0".repeat(self.hash_length)));
        }
        let mut paths = parents.first().map(|parent| parent.paths.clone()).unwrap_or_default();
        for _ in 0..case.rng.u32(u32::from(parents.len() < 2)..4) {
            self.change(case, &mut paths);
        }
        self.bytes.push(b'\n');
        self.commits.push(Made { mark, paths });
    }

    /// None for a root, several for a merge.
    fn parents(&self, case: &mut Case) -> Vec<Made> {
        if self.commits.is_empty() || case.once_in(20) {
            return Vec::new();
        }
        let latest = self.commits.len().saturating_sub(3)..self.commits.len();
        let first = if case.once_in(4) { case.below(self.commits.len()) } else { case.rng.usize(latest) };
        let mut parents = vec![self.commits[first].clone()];
        if case.once_in(5) {
            for _ in 0..case.rng.u32(1..4) {
                let other = &self.commits[case.below(self.commits.len())];
                if parents.iter().all(|parent| parent.mark != other.mark) {
                    parents.push(other.clone());
                }
            }
        }
        parents
    }

    fn change(&mut self, case: &mut Case, paths: &mut BTreeSet<String>) {
        let old: Vec<String> = paths.iter().cloned().collect();
        let number = case.below(8);
        match case.below(10) {
            0 if !old.is_empty() => {
                let path = case.pick(&old);
                self.line(&format!("D {path}"));
                paths.remove(&path);
            }
            1 if !old.is_empty() => {
                let from = case.pick(&old);
                let to = format!("moved/{number}");
                if from != to {
                    self.line(&format!("R {from} {to}"));
                    paths.remove(&from);
                    paths.insert(to);
                }
            }
            2 => {
                let target = case.words("the target of a link");
                self.put(paths, "120000", format!("links/{number}"), target.replace(' ', "-").as_bytes());
            }
            3 => {
                let id = format!("{:0width$x}", 7 + number, width = self.hash_length);
                self.line(&format!("M 160000 {id} modules/{number}"));
                paths.insert(format!("modules/{number}"));
            }
            4 => {
                let name = case.chance("the name of a file").unwrap_or_else(|| number.to_string());
                self.put(paths, "100644", format!("names/{name}"), b"nothing\n");
            }
            _ => {
                let mode = if case.once_in(4) { "100755" } else { "100644" };
                let path =
                    if case.rng.bool() { format!("f{number}.txt") } else { format!("d/e{number}/f.py") };
                let content = case.content("a file");
                self.put(paths, mode, path, &content);
            }
        }
    }

    fn put(&mut self, paths: &mut BTreeSet<String>, mode: &str, path: String, content: &[u8]) {
        self.line(&format!("M {mode} inline {path}"));
        self.data(content);
        paths.insert(path);
    }
}
