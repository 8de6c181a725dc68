//! Finds the lists of other scanners, and reads them.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail, ensure};

use crate::{
    import::{self, ImportedList},
    path::{WholePath, resolved, shown_text},
    regular_file,
    session::Redactor,
};

/// Larger lists are refused, in bytes. A report has about a kilobyte for each secret.
const LARGEST: u64 = 64 << 20;

/// Larger files are not searched for what a list means, in bytes.
const LARGEST_SEARCHED: u64 = 16 << 20;

/// A list of another scanner.
pub(super) struct ForeignList {
    /// The file, absolute.
    pub(super) file: PathBuf,
    /// Its name, safe to show.
    pub(super) shown: String,
    /// What it holds. Paths in it start from the root of the tree.
    pub(super) list: ImportedList,
}

/// Reads the lists that are named, or those with usual names at the root. Named ones start from `here`. With them the
/// files of other scanners that are there and are not read.
///
/// # Errors
/// When there is none, or one cannot be read.
pub(super) fn open(
    named: &[PathBuf],
    here: &Path,
    root: &Path,
    redactor: &Redactor,
) -> Result<(Vec<ForeignList>, Vec<String>)> {
    let is_there = |name: &&&str| root.join(name).symlink_metadata().is_ok();
    let mut lists = Vec::new();
    for path in named {
        let shown = redactor.line(&shown_text(path));
        lists.push(read(&here.join(path), shown, root)?);
    }
    if !named.is_empty() {
        return Ok((lists, Vec::new()));
    }
    for name in import::NAMES.iter().filter(is_there) {
        let file = root.join(name);
        // It came with the tree, and could lead anywhere.
        ensure!(!file.is_symlink(), "{name} is a symbolic link, which is not followed; name its target");
        lists.push(read(&file, (*name).to_owned(), root)?);
    }
    let not_read: Vec<String> =
        import::NOT_READ.iter().filter(is_there).map(|name| (*name).to_owned()).collect();
    if lists.is_empty() && not_read.is_empty() {
        bail!(
            "there is no list of another scanner in {}: looked for {}; name one with another name, as in \
             `skanner import report.json`",
            redactor.line(&shown_text(root)),
            import::NAMES.join(", ")
        );
    }
    Ok((lists, not_read))
}

fn read(file: &Path, shown: String, root: &Path) -> Result<ForeignList> {
    let mut bytes = Vec::new();
    regular_file::open(file)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read {shown}"))?;
    ensure!(
        bytes.len() as u64 <= LARGEST,
        "{shown} is larger than {} MiB, which is too large for a list",
        LARGEST >> 20
    );
    let mut list = import::read(&bytes).map_err(|refusal| anyhow!("{shown}{refusal}"))?;
    let directory = file.parent().and_then(|parent| parent.whole().ok()).unwrap_or_else(|| root.to_owned());
    for entry in &mut list.entries {
        if let Some(path) = &mut entry.path
            && let Some(from_root) = from_root(path, root, &directory)
        {
            *path = from_root;
        }
    }
    Ok(ForeignList { file: resolved(file), shown, list })
}

/// A path of a list, from the root of the tree. Most tools are run there; a path may also be absolute, or start from the
/// directory of the list. `None` if it leads out of the tree.
fn from_root(path: &str, root: &Path, directory: &Path) -> Option<String> {
    // Tools on Windows write their own separators.
    let path = if path.contains('/') { path.to_owned() } else { path.replace('\\', "/") };
    let below = |start: &Path| {
        let whole = resolved(&start.join(&path));
        Some(shown_text(whole.strip_prefix(root).ok()?))
    };
    let exists = |below: &String| root.join(below).symlink_metadata().is_ok();
    let here = below(root);
    if here.as_ref().is_some_and(exists) {
        return here;
    }
    below(directory).filter(exists).or(here)
}

/// The content of a file of the tree; `None` if it is not in the tree, is too large, or cannot be read.
pub(super) fn content(root: &Path, path: &str) -> Option<Vec<u8>> {
    let file = root.join(path);
    // A hostile list may name any path, and a link may lead anywhere.
    let whole = file.whole().ok().filter(|whole| whole.starts_with(root))?;
    fs::metadata(&whole).ok().filter(|metadata| metadata.is_file() && metadata.len() <= LARGEST_SEARCHED)?;
    regular_file::read(&whole).ok()
}
