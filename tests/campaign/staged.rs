//! `scan --staged` in random states of the index.

use std::{ffi::OsString, fs};

use super::{
    case::{Case, campaign},
    changes::{Brought, brought, keys_of_tree, rows},
    ranges::judge,
    repository::{Kind, Repository},
};

/// What the index would commit, as git tells it; `None` if it cannot.
pub(crate) fn expected(case: &mut Case, index: Option<&OsString>) -> Option<Brought> {
    let planted = case.planted.clone();
    let mut command = case.git_command("");
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    command.args(["diff-index", "--cached", "--raw", "--no-renames", "--no-abbrev", "-z", "HEAD"]);
    let raw = super::program::run(&mut command);
    if !raw.is_success() {
        return None;
    }
    let mut before = keys_of_tree(case, &planted, "HEAD")?;
    if case.sandbox.path(".git/MERGE_HEAD").exists() {
        before.extend(keys_of_tree(case, &planted, "MERGE_HEAD")?);
    }
    let rows = rows(&String::from_utf8_lossy(&raw.stdout));
    brought(case, &planted, &rows, &before)
}

fn files(case: &mut Case) -> Vec<String> {
    let listed = case.git(&["ls-files", "-z"]);
    listed
        .split('\0')
        .filter(|path| !path.is_empty() && !path.starts_with("modules/"))
        .map(str::to_owned)
        .collect()
}

/// Changes the index, and perhaps the work tree.
pub(crate) fn change(case: &mut Case) {
    let number = case.rng.u32(..6);
    let files = files(case);
    match case.below(10) {
        0 if !files.is_empty() => {
            let path = case.pick(&files);
            case.git(&["rm", "-q", "-f", "--cached", "--sparse", "--", &path]);
        }
        1 if !files.is_empty() => {
            let (from, to) = (case.pick(&files), format!("renamed/{}.txt", case.rng.u32(..)));
            fs::create_dir_all(case.sandbox.path("renamed")).unwrap();
            if case.sandbox.path(&from).symlink_metadata().is_ok() {
                // The work tree may hold a directory of that name.
                let _ = case.try_git("", &["mv", "-f", "--sparse", "--", &from, &to], b"");
            }
        }
        2 if !files.is_empty() => {
            let path = case.pick(&files);
            let _ = case.try_git("", &["update-index", "--chmod=+x", "--", &path], b"");
        }
        3 => {
            let content = case.content("a file that is only intended");
            let path = format!("intended{number}.txt");
            case.sandbox.write(&path, content);
            let _ = case.try_git("", &["add", "-N", "--", &path], b"");
        }
        4 if !files.is_empty() => {
            let (path, content) = (case.pick(&files), case.content("a file of the work tree"));
            if case.sandbox.path(&path).is_file() {
                // What is not staged is not looked at.
                case.sandbox.write(&path, content);
            }
        }
        5 => conflict(case),
        6 => {
            let name = case.words("the name of a staged file");
            stage(case, &format!("names/{name}"), "100644", b"x");
        }
        7 => {
            let target = case.words("the target of a staged link");
            stage(case, &format!("staged-link{number}"), "120000", target.as_bytes());
        }
        _ => {
            let content = case.content("a staged file");
            let path = if files.is_empty() || case.rng.bool() {
                format!("new/{number}.txt")
            } else {
                case.pick(&files)
            };
            stage(case, &path, "100644", &content);
        }
    }
}

fn stage(case: &mut Case, path: &str, mode: &str, content: &[u8]) {
    let blob = case.git_with("", &["hash-object", "-w", "--stdin"], content);
    let info = format!("{mode},{blob},{path}");
    case.git(&["update-index", "--add", "--replace", "--cacheinfo", &info]);
}

/// A conflict that was resolved with something else than one of the sides.
fn conflict(case: &mut Case) {
    let mut blobs = Vec::new();
    for _ in 0..4 {
        let content = case.content("a side of a conflict");
        blobs.push(case.git_with("", &["hash-object", "-w", "--stdin"], &content));
    }
    let lines: String =
        (1..4).map(|stage| format!("100644 {} {stage}\tconflict.txt\n", blobs[stage])).collect();
    let _ = case.try_git("", &["rm", "-q", "-f", "--cached", "conflict.txt"], b"");
    case.git_with("", &["update-index", "--index-info"], lines.as_bytes());
    case.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{},conflict.txt", blobs[0])]);
}

/// Stores the index in another way.
pub(crate) fn store(case: &mut Case) {
    match case.below(7) {
        0 => drop(case.git(&["update-index", "--index-version", "4"])),
        1 => drop(case.git(&["update-index", "--index-version", "3"])),
        2 => {
            // An index with whole directories in it cannot be split.
            let _ = case.try_git("", &["update-index", "--split-index"], b"");
        }
        3 => drop(case.git(&["update-index", "--no-split-index", "--index-version", "2"])),
        4 => {
            let _ = case.try_git("", &["sparse-checkout", "set", "--cone", "--sparse-index", "d"], b"");
        }
        5 => drop(case.git(&["update-index", "--untracked-cache"])),
        _ => {}
    }
}

fn index(case: &mut Case) {
    let repository = Repository::random(case, Kind { commits: (2, 8), is_any: false });
    case.rarity = case.rarity.min(6);
    if case.once_in(6) {
        // A merge is under way.
        let other = repository.any_commit(case);
        case.sandbox.write(".git/MERGE_HEAD", format!("{other}\n"));
        case.tell("wrote .git/MERGE_HEAD");
    }
    store(case);
    for _ in 0..case.rng.u32(1..6) {
        change(case);
    }
    store(case);
    if case.once_in(3) {
        change(case);
    }
    let mut variables = Vec::new();
    if case.once_in(4) {
        let name = case.pick(&["other-index", ".git/next-index-1.lock"]);
        let path = case.sandbox.path(name).into_os_string();
        // A split index names its other half, which is beside the real one.
        fs::copy(case.sandbox.path(".git/index"), &path).unwrap();
        if case.rng.bool() {
            case.git(&["read-tree", "HEAD"]);
        }
        variables.push(("GIT_INDEX_FILE", path));
    }
    let expected = expected(case, variables.first().map(|(_, path)| path)).unwrap();
    let said = case.skanner(&["scan", "--staged"], &variables);
    judge(case, &said, &expected);
}

#[test]
fn every_key_that_is_staged_is_found() {
    campaign("staged", 12, 300, index);
}
