//! Where the keys are, by a plain search in what git gives out and in files.

use std::{collections::BTreeSet, fs, os::unix::ffi::OsStrExt, path::Path};

use super::case::{Case, Planted};

/// The keys among these bytes.
pub(crate) fn keys_in(planted: &[Planted], bytes: &[u8]) -> BTreeSet<String> {
    let is_in = |key: &str| memchr::memmem::find(bytes, key.as_bytes()).is_some();
    planted.iter().map(|one| one.key.clone()).filter(|key| is_in(key)).collect()
}

/// All objects of the repository in a folder, one after the other; `None` if git says of some that it cannot.
pub(crate) fn objects(case: &mut Case, folder: &str) -> (Vec<u8>, bool) {
    let ran = case.try_git(folder, &["cat-file", "--batch-all-objects", "--unordered", "--batch"], b"");
    let is_sound = ran.is_success() && ran.stderr.is_empty();
    (ran.stdout, is_sound)
}

/// All files below a folder with their names, without the folders that have one of these names. Links are their text.
pub(crate) fn files(folder: &Path, without: &[&str]) -> Vec<u8> {
    let (mut bytes, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if without.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            bytes.extend(entry.file_name().as_bytes());
            bytes.push(b'\n');
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                bytes.extend(
                    fs::read_link(path).map(|to| to.as_os_str().as_bytes().to_vec()).unwrap_or_default(),
                );
            } else if kind.is_file() {
                bytes.extend(fs::read(path).unwrap_or_default());
            }
            bytes.push(b'\n');
        }
    }
    bytes
}
