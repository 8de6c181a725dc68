//! The directory that may be read. What an agent names may be anything, so every path is checked before it is opened.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::path::{WholePath, resolve, shown};

/// The path of something below the root, from the root. The current directory must be the root, which must be whole.
///
/// # Errors
/// When it leads out of the root, by its name or through a link, or does not exist. Nothing outside is looked at before its
/// name is known to be inside.
pub(super) fn inside(root: &Path, named: &str) -> Result<PathBuf> {
    let outside = || format!("{named} is outside of {}, the root of this server", root.display());
    ensure!(!named.is_empty(), "a path is empty; `.` is the root");
    let joined = root.join(named);
    let components = |path: &Path| -> Vec<Vec<u8>> {
        let shown = shown(path);
        resolve(shown.split(|byte| *byte == b'/').map(<[u8]>::to_vec))
    };
    ensure!(components(&joined).starts_with(&components(root)), outside());
    // A link may lead anywhere, and so may one in the directories before it.
    let mut whole = root.to_owned();
    for part in Path::new(named).strip_prefix(root).unwrap_or(Path::new(named)).components() {
        whole = whole.join(part).whole().with_context(|| format!("{named} cannot be read"))?;
        ensure!(whole.starts_with(root), outside());
    }
    let inner = whole.strip_prefix(root).unwrap_or(Path::new("."));
    // `-` is a file, not standard input.
    Ok(Path::new(".").join(inner))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    #[cfg(unix)]
    fn no_name_leads_out() {
        let directory = tempfile::tempdir().expect("there is a temporary directory");
        let whole = directory.path().whole().expect("it is there");
        let root = whole.join("root");
        fs::create_dir_all(root.join("a/b")).expect("it can be made");
        fs::create_dir_all(whole.join("root2")).expect("it can be made");
        for file in ["root/a/c.txt", "root/-", "root2/d.txt", "e.txt"] {
            fs::write(whole.join(file), "").expect("it can be written");
        }
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(to, root.join(name)).expect("it can be linked");
        };
        link("../e.txt", "file");
        link("..", "up");
        link("a/c.txt", "good");
        link("nowhere", "broken");
        let absolute = |path: &str| whole.join(path).to_str().expect("it is UTF-8").to_owned();
        for (named, expected) in [
            (".".to_owned(), Some("./")),
            ("a".to_owned(), Some("./a")),
            ("a/c.txt".to_owned(), Some("./a/c.txt")),
            ("a/b/../c.txt".to_owned(), Some("./a/c.txt")),
            ("./a//c.txt".to_owned(), Some("./a/c.txt")),
            ("-".to_owned(), Some("./-")),
            ("good".to_owned(), Some("./a/c.txt")),
            (absolute("root/a"), Some("./a")),
            (absolute("root"), Some("./")),
            ("..".to_owned(), None),
            ("../root2/d.txt".to_owned(), None),
            ("a/../../e.txt".to_owned(), None),
            ("../root/a".to_owned(), None),
            (absolute("root2"), None),
            (absolute("e.txt"), None),
            ("/".to_owned(), None),
            ("file".to_owned(), None),
            ("up".to_owned(), None),
            ("up/e.txt".to_owned(), None),
            ("up/root/a".to_owned(), None),
            ("broken".to_owned(), None),
            ("missing".to_owned(), None),
            ("a/c.txt/x".to_owned(), None),
            (String::new(), None),
            ("a\0b".to_owned(), None),
        ] {
            let found = inside(&root, &named);
            assert_eq!(found.ok().as_deref(), expected.map(Path::new), "{named}");
        }
        let error = inside(&root, "up/e.txt").expect_err("it is outside");
        assert!(format!("{error:#}").starts_with("up/e.txt is outside of "), "{error:#}");
    }
}
