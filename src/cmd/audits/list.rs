//! Which repositories are audited: those of a list, those that are named, and those below a directory.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use crate::{
    bytes::hex,
    path::{from_git, input_name, shown, shown_text},
    report::{RepositoryList, Shard},
    source::FoundRepositories,
};

/// A repository to audit.
#[derive(Debug)]
pub(super) struct NamedRepository {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it is called in reports.
    pub(super) name: String,
    /// What tells it from others that are called the same, if it is not called by its plain name.
    pub(super) digest: Option<String>,
    /// Its line in the list, from 1.
    pub(super) line: Option<u64>,
    /// Why it cannot be read, if that is known.
    pub(super) unread: Option<String>,
}

/// Repositories, each once.
#[derive(Debug, Default)]
pub(super) struct NamedRepositories {
    pub(super) all: Vec<NamedRepository>,
    /// The plain name of each one, and its position.
    known: BTreeMap<Vec<u8>, usize>,
    /// Lines with a repository that an earlier line has.
    pub(super) repeated: Vec<u64>,
}

impl NamedRepositories {
    /// Adds those that were named or found.
    pub(super) fn add_found(&mut self, found: FoundRepositories) {
        let unread = found.unread.into_iter().map(|(path, why)| (path, Some(why)));
        let paths = found.paths.into_iter().map(|path| (path, None));
        for (path, unread) in paths.chain(unread) {
            let (plain, name) = (plain(&shown(&path)), shown_text(&path));
            self.add(plain, NamedRepository { path, name, digest: None, line: None, unread });
        }
    }

    /// Adds those of a list, which is a file or, if it is `-`, standard input.
    ///
    /// # Errors
    /// When it cannot be read, or is no list of paths.
    pub(super) fn add_list(&mut self, file: &Path) -> Result<()> {
        let is_input = file == Path::new("-");
        let shown_name = input_name(file);
        let text = if is_input {
            let mut text = Vec::new();
            io::stdin().lock().read_to_end(&mut text).map(|_| text)
        } else {
            std::fs::read(file)
        };
        let text = text.with_context(|| format!("cannot read the list of repositories {shown_name}"))?;
        self.add_lines(&text).with_context(|| format!("{shown_name} is no list of repositories"))?;
        ensure!(!self.all.is_empty(), "{shown_name} names no repository; it must have one path a line");
        Ok(())
    }

    fn add_lines(&mut self, text: &[u8]) -> Result<()> {
        if text.starts_with(&[0xff, 0xfe]) || text.starts_with(&[0xfe, 0xff]) {
            bail!("it is UTF-16, as some shells write it; write it as UTF-8");
        }
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        for (line, number) in text.split(|byte| *byte == b'\n').zip(1..) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            ensure!(
                !line.contains(&0),
                "line {number}: there is a zero byte; paths are separated by line ends (`find -print`, not `-print0`)"
            );
            ensure!(
                cfg!(unix) || std::str::from_utf8(line).is_ok(),
                "line {number}: it is not UTF-8, so that it cannot be a path on this system"
            );
            let path = from_git(line).into_owned();
            let plain = plain(&shown(&path));
            let name = String::from_utf8_lossy(&plain).into_owned();
            self.add(plain, NamedRepository { path, name, digest: None, line: Some(number), unread: None });
        }
        Ok(())
    }

    fn add(&mut self, plain: Vec<u8>, repository: NamedRepository) {
        if self.known.contains_key(&plain) {
            self.repeated.extend(repository.line);
            return;
        }
        self.known.insert(plain, self.all.len());
        self.all.push(repository);
    }

    /// Calls them what may be shown, and keeps apart what is then called the same.
    pub(super) fn mask(&mut self, mask: impl Fn(&str) -> String) {
        for (plain, at) in &self.known {
            let one = &mut self.all[*at];
            one.name = mask(&one.name);
            one.digest =
                (self::plain(one.name.as_bytes()) != *plain).then(|| hex::digits(&Sha256::digest(plain)));
        }
    }

    /// What tells them from those of another list.
    pub(super) fn id(&self) -> RepositoryList {
        let mut names: Vec<(&[u8], usize)> = self.known.iter().map(|(name, at)| (&name[..], *at)).collect();
        names.sort_unstable_by_key(|(_, at)| *at);
        let mut hash = Sha256::new();
        names.iter().for_each(|(name, _)| hash.update([name, &b"\n"[..]].concat()));
        RepositoryList { repositories: names.len() as u64, sha256: hex::digits(&hash.finalize()) }
    }

    /// Those that are in a shard.
    pub(super) fn in_shard(self, shard: Option<Shard>) -> Vec<NamedRepository> {
        let Some(shard) = shard else { return self.all };
        let mut is_in = vec![false; self.all.len()];
        self.known.iter().for_each(|(name, at)| is_in[*at] = shard.has(name));
        self.all
            .into_iter()
            .zip(is_in)
            .filter(|(_, is_in)| *is_in)
            .map(|(repository, _)| repository)
            .collect()
    }
}

/// A path as others write it, too: without `./`, slashes at its end, and more than one between its parts. It need not
/// exist, and links are not followed, since the machine that reads one shard may not have the others.
fn plain(path: &[u8]) -> Vec<u8> {
    let slashes = path.iter().take_while(|byte| **byte == b'/').count();
    let parts = path.split(|byte| *byte == b'/').filter(|part| !matches!(part, [] | [b'.']));
    // Two slashes at the start may be the name of a machine.
    let start = &path[..if slashes > 2 { 1 } else { slashes }];
    let plain = [start, &parts.collect::<Vec<_>>().join(&b'/')].concat();
    if plain.is_empty() { b".".to_vec() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &[u8]) -> Vec<(u64, String)> {
        let mut all = NamedRepositories::default();
        all.add_lines(text).unwrap();
        all.all.iter().map(|one| (one.line.unwrap(), one.name.clone())).collect()
    }

    #[test]
    fn a_line_is_a_path() {
        let line = |number, text: &str| (number, text.to_owned());
        assert_eq!(names(b""), []);
        assert_eq!(names(b"\n \n\t\r\n"), []);
        assert_eq!(names(b"a\nb"), [line(1, "a"), line(2, "b")]);
        assert_eq!(names(b"\xef\xbb\xbfa\r\n\r\nb/c\r\n"), [line(1, "a"), line(3, "b/c")]);
        assert_eq!(names(b" a \n#b\n-j\n"), [line(1, " a "), line(2, "#b"), line(3, "-j")]);
        // Each once.
        assert_eq!(names(b"a\na/\n./a\na//\n././a/.\nb/../a\n"), [line(1, "a"), line(6, "b/../a")]);
        assert_eq!(
            names(b"/\n/a/\n//s/a\n///a\n.\n./\n"),
            [line(1, "/"), line(2, "/a"), line(3, "//s/a"), line(5, ".")]
        );
        for (text, expected) in
            [(&b"a\nb\0c\n"[..], "line 2: there is a zero byte"), (b"\xff\xfea\0", "it is UTF-16")]
        {
            let error = NamedRepositories::default().add_lines(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn shards_are_a_division() {
        let text: String = (0..500).map(|number| format!("repository/{number}\n")).collect();
        let list = |shard: Option<Shard>| {
            let mut all = NamedRepositories::default();
            all.add_lines(text.as_bytes()).unwrap();
            let id = all.id();
            (id, all.in_shard(shard).into_iter().map(|one| one.name).collect::<Vec<_>>())
        };
        let (id, all) = list(None);
        assert_eq!(id.repositories, 500);
        for of in [1, 2, 3, 7, 600] {
            let mut parts = Vec::new();
            for number in 1..=of {
                let (own, part) = list(Some(Shard { number, of }));
                assert_eq!(own, id);
                // The order is that of the list.
                let positions: Vec<_> =
                    part.iter().map(|name| all.iter().position(|one| one == name)).collect();
                assert!(positions.is_sorted());
                assert!(of > 7 || part.len() > 500 / of as usize / 2, "{of}: {}", part.len());
                parts.extend(part);
            }
            parts.sort();
            let mut sorted = all.clone();
            sorted.sort();
            assert_eq!(parts, sorted, "{of}");
        }
    }
}
