//! Finds the root of a repository by checking a few file names. No repository is opened, since a scan of one file asks
//! for this before it knows whether it needs one.
//!
//! The answers match those of git and libgit2: a `.git` without any repository files does not count, and the search
//! continues above it.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{
    path::{WholePath, from_git},
    regular_file,
};

/// At most this much of a `.git` file is read, in bytes: more than any path needs.
const LONGEST: u64 = 64 << 10;

/// What kind of repository a directory is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Root<'p> {
    /// In no repository.
    None,
    /// In the work tree that begins here, or in its `.git`.
    Tree(&'p Path),
    /// In a bare repository with this directory.
    Bare(&'p Path),
    /// In a directory whose `.git` was meant to be a repository, and why it is not.
    Broken(&'p Path, String),
}

impl<'p> Root<'p> {
    /// Checks a directory, whose path must be absolute and free of links, and its ancestors.
    #[must_use]
    pub(crate) fn of(directory: &'p Path) -> Self {
        directory.ancestors().find_map(Self::at).unwrap_or(Self::None)
    }

    /// The repository that begins in this directory.
    fn at(directory: &'p Path) -> Option<Self> {
        if let Some(root) = Self::with_dot_git(directory) {
            return Some(root);
        }
        // A directory of that name belongs to the work tree around it.
        let is_bare =
            !directory.ends_with(".git") && has_head(directory) && lacks(directory) == Lacks::Nothing;
        is_bare.then_some(Self::Bare(directory))
    }

    /// The repository of the `.git` in this directory: [`Self::Tree`] or [`Self::Broken`], and `None` if it has no
    /// `.git`, or one without any repository files.
    #[must_use]
    pub(crate) fn with_dot_git(directory: &'p Path) -> Option<Self> {
        let dot_git = directory.join(".git");
        let broken = |why| Some(Self::Broken(directory, why));
        // Git follows a link there.
        let metadata = dot_git.symlink_metadata();
        let is_link = metadata.as_ref().is_ok_and(fs::Metadata::is_symlink);
        match if is_link { fs::metadata(&dot_git) } else { metadata } {
            Ok(metadata) if metadata.is_file() => {
                let target = linked_directory(directory, &dot_git);
                return target
                    .and_then(|target| linked(&target))
                    .map_or_else(broken, |()| Some(Self::Tree(directory)));
            }
            Ok(_) => match lacks(&dot_git) {
                Lacks::Nothing => return Some(Self::Tree(directory)),
                Lacks::Some(name) => return broken(format!("has no {name}")),
                Lacks::All => {}
            },
            Err(error) if is_absent(&error) => {
                if is_link {
                    return broken("is a broken link".to_owned());
                }
            }
            Err(error) => return broken(format!("cannot be read: {error}")),
        }
        None
    }
}

/// Whether a repository begins in this directory, whose path must be absolute and free of links, and if so, whether it is
/// bare. What was meant to be one begins there, too.
#[must_use]
pub(crate) fn begins(directory: &Path) -> Option<bool> {
    Root::at(directory).map(|root| matches!(root, Root::Bare(_)))
}

/// Where the repository of a work tree keeps what its linked work trees share: its `.git`, or where that leads.
#[must_use]
pub(crate) fn common_directory(tree: &Path) -> PathBuf {
    let own = own_directory(tree);
    match regular_file::read(&own.join("commondir")) {
        Ok(text) => own.join(from_git(text.trim_ascii_end())),
        Err(_) => own,
    }
}

/// The `.git` of a work tree, or where that file leads.
#[must_use]
pub(crate) fn own_directory(tree: &Path) -> PathBuf {
    let dot_git = tree.join(".git");
    if dot_git.is_file() { linked_directory(tree, &dot_git).unwrap_or(dot_git) } else { dot_git }
}

/// Whether a path is a directory that holds a repository itself: a bare one, or the `.git` of a work tree.
#[must_use]
pub(crate) fn is_repository_directory(path: &Path) -> bool {
    let Some(whole) = path.whole().ok().filter(|whole| whole.is_dir()) else { return false };
    match Root::of(&whole) {
        Root::Bare(root) => root == whole,
        Root::Tree(root) => root.join(".git") == whole,
        Root::None | Root::Broken(..) => false,
    }
}

/// What a directory lacks to be a repository.
#[derive(PartialEq, Eq)]
enum Lacks {
    Nothing,
    Some(&'static str),
    /// It contains none of a repository's files.
    All,
}

/// Checks what git requires of a repository directory.
fn lacks(directory: &Path) -> Lacks {
    let has = |directory: &Path| ["objects", "refs"].map(|name| directory.join(name).is_dir());
    let mut here = has(directory);
    // A linked work tree has its own HEAD, and shares everything else.
    if here != [true; 2]
        && let Ok(text) = regular_file::read(&directory.join("commondir"))
    {
        here = has(&directory.join(from_git(text.trim_ascii_end())));
    }
    let [has_objects, has_refs] = here;
    match (has_head(directory), has_objects, has_refs) {
        (true, true, true) => Lacks::Nothing,
        (false, false, false) => Lacks::All,
        (false, ..) => Lacks::Some("HEAD"),
        (_, false, _) => Lacks::Some("objects"),
        _ => Lacks::Some("refs"),
    }
}

/// If it is a link, it points to a branch that may not exist yet.
fn has_head(directory: &Path) -> bool {
    directory.join("HEAD").symlink_metadata().is_ok()
}

/// Where a `.git` file leads, as in a linked work tree or a submodule.
fn linked_directory(directory: &Path, dot_git: &Path) -> Result<PathBuf, String> {
    let mut text = Vec::new();
    regular_file::open(dot_git)
        .and_then(|file| file.take(LONGEST).read_to_end(&mut text))
        .map_err(|error| format!("cannot be read: {error}"))?;
    let target = text.strip_prefix(b"gitdir: ").ok_or("is a file that names no repository")?;
    Ok(directory.join(from_git(target.trim_ascii_end())))
}

/// Checks that a `.git` file leads to a repository.
fn linked(target: &Path) -> Result<(), String> {
    match lacks(target) {
        Lacks::Nothing => Ok(()),
        Lacks::Some(name) => Err(format!("leads to {}, which has no {name}", target.display())),
        Lacks::All => Err(format!("leads to {}, which is not a repository", target.display())),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use git2::Repository;

    use super::*;
    use crate::git;

    /// What libgit2 finds for a directory: the work tree or the repository.
    fn opened(directory: &Path) -> Option<PathBuf> {
        let repository = git::discover(directory).ok()?;
        let root = repository.workdir().unwrap_or_else(|| repository.path());
        Some(root.whole().unwrap())
    }

    fn make(base: &Path, directory: &str) -> PathBuf {
        let path = base.join(directory);
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn it_is_where_libgit2_finds_it() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().whole().unwrap();
        let repository = Repository::init(base.join("r")).unwrap();
        Repository::init_bare(base.join("bare")).unwrap();
        Repository::init_bare(base.join("r/inner.git")).unwrap();
        let author = git2::Signature::now("A", "a@example.org").unwrap();
        let tree = repository.find_tree(repository.treebuilder(None).unwrap().write().unwrap()).unwrap();
        repository.commit(Some("HEAD"), &author, &author, "one", &tree, &[]).unwrap();
        repository.worktree("linked", &base.join("linked"), None).unwrap();
        for one in
            ["r/a/b", "r/.git/hooks", "bare/hooks", "linked/a", "r/empty/.git", "r/junk/.git", "plain/.git"]
        {
            make(&base, one);
        }
        fs::write(base.join("r/junk/.git/notes"), "").unwrap();
        // As in a submodule.
        Repository::init(base.join("r/module")).unwrap();
        make(&base, "r/.git/modules");
        fs::rename(base.join("r/module/.git"), base.join("r/.git/modules/module")).unwrap();
        fs::write(base.join("r/module/.git"), "gitdir: ../.git/modules/module\n").unwrap();
        for (directory, expected) in [
            ("r", Root::Tree(Path::new("r"))),
            ("r/a/b", Root::Tree(Path::new("r"))),
            ("r/.git", Root::Tree(Path::new("r"))),
            ("r/.git/hooks", Root::Tree(Path::new("r"))),
            ("r/empty", Root::Tree(Path::new("r"))),
            ("r/empty/.git", Root::Tree(Path::new("r"))),
            ("r/junk", Root::Tree(Path::new("r"))),
            ("r/inner.git", Root::Bare(Path::new("r/inner.git"))),
            ("r/inner.git/refs", Root::Bare(Path::new("r/inner.git"))),
            ("r/module", Root::Tree(Path::new("r/module"))),
            ("bare", Root::Bare(Path::new("bare"))),
            ("bare/hooks", Root::Bare(Path::new("bare"))),
            ("linked/a", Root::Tree(Path::new("linked"))),
            ("plain", Root::None),
            ("plain/.git", Root::None),
        ] {
            let path = base.join(directory);
            let found = match Root::of(&path) {
                Root::Tree(root) => Root::Tree(root.strip_prefix(&base).unwrap()),
                Root::Bare(root) => Root::Bare(root.strip_prefix(&base).unwrap()),
                other => other,
            };
            assert_eq!(found, expected, "{directory}");
            let root = match found {
                Root::Tree(root) | Root::Bare(root) => Some(base.join(root)),
                _ => None,
            };
            assert_eq!(opened(&path), root, "{directory}");
        }
    }

    #[test]
    fn what_was_meant_to_be_one_is_told_from_what_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().whole().unwrap();
        let is_broken = |directory: &str, expected: &str| match Root::of(&base.join(directory)) {
            Root::Broken(root, why) => {
                assert!(root == base.join(directory) && why.contains(expected), "{why}")
            }
            other => panic!("{directory}: {other:?}"),
        };
        for name in ["HEAD", "objects", "refs"] {
            Repository::init(base.join(name)).unwrap();
            let part = base.join(name).join(".git").join(name);
            if part.is_dir() {
                fs::remove_dir_all(part).unwrap()
            } else {
                fs::remove_file(part).unwrap()
            }
            is_broken(name, &format!("has no {name}"));
        }
        for (name, text, expected) in [
            ("nowhere", "gitdir: ../gone\n", "which is not a repository"),
            ("half", "gitdir: ../HEAD/.git\n", "has no HEAD"),
            ("text", "a text\n", "names no repository"),
        ] {
            fs::write(make(&base, name).join(".git"), text).unwrap();
            is_broken(name, expected);
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("gone", make(&base, "link").join(".git")).unwrap();
            is_broken("link", "broken link");
            std::os::unix::fs::symlink("../refs/.git", make(&base, "through").join(".git")).unwrap();
            is_broken("through", "has no refs");
        }
    }
}
