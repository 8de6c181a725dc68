//! `skanner scan --history`: every object and every name of a repository, and what it says where some are not there.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use support::{Report, Sandbox, openai_key};

/// A repository with a few commits and no key.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    for number in 0..5 {
        sandbox.write("src/main.c", "int main(void);\n".repeat(20 + number));
        sandbox.write(format!("src/{number}.txt"), format!("number {number}\n"));
        commit(&sandbox, &format!("commit {number}"));
    }
    sandbox
}

fn commit(sandbox: &Sandbox, message: &str) {
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", message]);
}

fn history(sandbox: &Sandbox) -> Report {
    sandbox.scan(&["--history"])
}

/// The fingerprints of all that was found, and the kinds of places.
#[track_caller]
fn assert_found(sandbox: &Sandbox, secret: &str, source: &str) {
    let report = sandbox.skanner(&["scan", "--history", "--format", "json", "--show-secrets"]).report();
    let findings = report.json["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["secret"] == secret);
    let found = found.unwrap_or_else(|| panic!("not found: {:?}", report.json));
    let places = found["occurrences"].as_array().unwrap();
    assert!(places.iter().any(|place| place["source"] == source), "{source}: {places:?}");
    assert_eq!((report.code, report.not_scanned()), (1, vec![]));
}

/// All packs' files with an extension.
fn files_of_packs(sandbox: &Sandbox, extension: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(sandbox.path(".git/objects/pack")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|own| own == extension));
    files.sort();
    files
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

/// What a place is called, the source that is reported for it, and how a key gets there.
type Place = (&'static str, &'static str, fn(&Sandbox, &str));

#[test]
fn a_repository_without_keys_is_clean() {
    let sandbox = repository();
    let report = history(&sandbox);
    report.assert_clean();
    assert_eq!(report.json["scanned"]["commits"], 5);
    assert_eq!(report.json["scanned"]["blobs"], 10);
    sandbox.git("", &["gc", "-q"]);
    let packed = history(&sandbox);
    packed.assert_clean();
    for kind in ["commits", "blobs"] {
        assert_eq!(packed.json["scanned"][kind], report.json["scanned"][kind], "{kind}");
    }
}

#[test]
fn keys_are_found_wherever_git_keeps_them() {
    let put: &[Place] = &[
        ("a deleted file", "blob", |sandbox, key| {
            sandbox.write("gone.env", format!("KEY={key}\n"));
            commit(sandbox, "add");
            fs::remove_file(sandbox.path("gone.env")).unwrap();
            commit(sandbox, "remove");
        }),
        ("a name of a file", "name", |sandbox, key| {
            sandbox.write(format!("logs/{key}.txt"), "x");
            commit(sandbox, "add");
        }),
        ("a name of a folder", "name", |sandbox, key| {
            sandbox.write(format!("{key}/a.txt"), "x");
            commit(sandbox, "add");
        }),
        ("a message", "message", |sandbox, key| {
            sandbox.git("", &["commit", "-q", "--allow-empty", "-m", &format!("use {key} here")]);
        }),
        ("an author", "message", |sandbox, key| {
            let author = format!("{key} <a@example.org>");
            sandbox.git("", &["commit", "-q", "--allow-empty", "-m", "x", "--author", &author]);
        }),
        ("a tag", "message", |sandbox, key| {
            sandbox.git("", &["tag", "-a", "v1", "-m", key]);
        }),
        ("a note", "blob", |sandbox, key| {
            sandbox.git("", &["notes", "add", "-m", key]);
        }),
        ("a stash", "blob", |sandbox, key| {
            sandbox.write("src/0.txt", key);
            sandbox.git("", &["stash", "-q"]);
        }),
        ("an older stash", "blob", |sandbox, key| {
            sandbox.write("src/0.txt", key);
            sandbox.git("", &["stash", "-q"]);
            sandbox.write("src/0.txt", "other");
            sandbox.git("", &["stash", "-q"]);
        }),
        ("the staged half of a stash", "blob", |sandbox, key| {
            sandbox.write("src/0.txt", key);
            sandbox.git("", &["add", "-A"]);
            sandbox.write("src/0.txt", "not the key");
            sandbox.git("", &["stash", "-q"]);
        }),
        ("what a merge itself brought", "blob", |sandbox, key| {
            sandbox.git("", &["checkout", "-q", "-b", "side", "HEAD~"]);
            sandbox.git("", &["merge", "-q", "--no-ff", "--no-commit", "-s", "ours", "main"]);
            sandbox.write("src/0.txt", key);
            commit(sandbox, "merge");
            sandbox.write("src/0.txt", "gone");
            commit(sandbox, "remove");
        }),
        ("a file that was moved and changed", "blob", |sandbox, key| {
            fs::rename(sandbox.path("src/main.c"), sandbox.path("moved.c")).unwrap();
            let text = fs::read_to_string(sandbox.path("moved.c")).unwrap();
            sandbox.write("moved.c", format!("{text}{key}\n"));
            commit(sandbox, "move");
            sandbox.write("moved.c", text);
            commit(sandbox, "remove");
        }),
        ("a link that became a file", "blob", |sandbox, key| {
            std::os::unix::fs::symlink("a", sandbox.path("link")).unwrap();
            commit(sandbox, "link");
            fs::remove_file(sandbox.path("link")).unwrap();
            sandbox.write("link", key);
            commit(sandbox, "file");
        }),
        ("a file without differences", "blob", |sandbox, key| {
            sandbox.write(".gitattributes", "*.txt -diff\n*.c binary\n");
            sandbox.write("a.txt", key);
            commit(sandbox, "add");
        }),
        ("a binary file", "blob", |sandbox, key| {
            sandbox.write("a.bin", format!("\0\u{1}{key}\0\0"));
            commit(sandbox, "add");
        }),
        ("UTF-16", "blob", |sandbox, key| {
            let units = format!("\u{feff}KEY={key}\r\n");
            let bytes: Vec<u8> = units.encode_utf16().flat_map(u16::to_le_bytes).collect();
            sandbox.write("a.reg", bytes);
            commit(sandbox, "add");
        }),
        ("an amended commit", "blob", |sandbox, key| {
            sandbox.write("src/0.txt", key);
            commit(sandbox, "oops");
            sandbox.write("src/0.txt", "better");
            sandbox.git("", &["commit", "-q", "-a", "--amend", "--no-edit"]);
        }),
        ("the header of a commit", "message", |sandbox, key| {
            let tree = sandbox.git("", &["rev-parse", "HEAD^{tree}"]);
            let people = "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000";
            let text = format!("tree {tree}{people}\ngpgsig -----BEGIN\n {key}\n -----END\n\nsigned\n");
            sandbox.write(".git/x", text);
            sandbox.git("", &["hash-object", "-w", "-t", "commit", ".git/x"]);
            fs::remove_file(sandbox.path(".git/x")).unwrap();
        }),
        ("the message of a commit that was not made", "config", |sandbox, key| {
            sandbox.write(".git/COMMIT_EDITMSG", key);
        }),
        ("the name of a tag", "name", |sandbox, key| {
            sandbox.git("", &["tag", key]);
        }),
        ("an untracked file in a stash", "blob", |sandbox, key| {
            sandbox.write("new.txt", key);
            sandbox.git("", &["stash", "-q", "-u"]);
        }),
        ("an unreachable commit", "blob", |sandbox, key| {
            sandbox.write("src/0.txt", key);
            commit(sandbox, "oops");
            sandbox.git("", &["reset", "-q", "--hard", "HEAD~"]);
            sandbox.git("", &["reflog", "expire", "--expire=now", "--all"]);
        }),
        ("an object that nothing leads to", "blob", |sandbox, key| {
            sandbox.write("src/0.txt", key);
            sandbox.git("", &["add", "-A"]);
            sandbox.git("", &["reset", "-q", "--hard"]);
        }),
        ("a link", "blob", |sandbox, key| {
            std::os::unix::fs::symlink(format!("/{key}"), sandbox.path("link")).unwrap();
            commit(sandbox, "link");
        }),
        ("a branch", "name", |sandbox, key| {
            sandbox.git("", &["branch", &format!("fix/{key}")]);
        }),
        ("the configuration", "config", |sandbox, key| {
            sandbox.git("", &["config", "remote.origin.url", &format!("https://{key}@example.org/x")]);
        }),
        ("a hook", "config", |sandbox, key| {
            sandbox.write(".git/hooks/pre-commit", format!("export KEY={key}\n"));
        }),
        ("a reflog", "config", |sandbox, key| {
            sandbox.git("", &["update-ref", "-m", key, "refs/heads/other", "HEAD", ""]);
            sandbox.git("", &["branch", "-m", "other", "another"]);
            sandbox.git("", &["update-ref", "-m", key, "--create-reflog", "refs/heads/third", "HEAD"]);
        }),
        ("a message that waits", "config", |sandbox, key| {
            sandbox.write(".git/MERGE_MSG", key);
        }),
        ("the modules", "blob", |sandbox, key| {
            sandbox.write(".gitmodules", format!("[submodule \"x\"]\n\turl = https://{key}@example.org/x\n"));
            commit(sandbox, "modules");
        }),
    ];
    for (seed, (name, source, put)) in put.iter().enumerate() {
        let sandbox = repository();
        let key = openai_key(seed as u64);
        put(&sandbox, &key);
        assert_found(&sandbox, &key, source);
        // The same out of a pack, with all that nothing leads to.
        sandbox.git("", &["repack", "-q", "-a", "-d", "-k", "-f", "--depth=50"]);
        sandbox.git("", &["pack-refs", "--all"]);
        // The names of refs are lines of a file then.
        let is_ref = ["a branch", "the name of a tag"].contains(name);
        assert_found(&sandbox, &key, if is_ref { "config" } else { source });
    }
}

#[test]
fn every_version_of_a_deep_chain_is_read() {
    for arguments in [&["--depth=50", "--window=10"], &["--depth=4000", "--window=50"]] {
        let sandbox = repository();
        let mut keys = Vec::new();
        let mut lines: Vec<String> = (0..200).map(|line| format!("line {line} of a long file\n")).collect();
        for number in 0..60_usize {
            let at = number * 7 % lines.len();
            lines[at] = format!("changed by {number}\n");
            if number % 10 == 3 {
                keys.push(openai_key(number as u64));
                lines[at] = format!("KEY={}\n", keys.last().unwrap());
            }
            if number % 10 == 6 {
                lines.retain(|line| !line.starts_with("KEY="));
            }
            sandbox.write("file.txt", lines.concat());
            commit(&sandbox, "change");
        }
        let loose = history(&sandbox);
        sandbox.git("", &[&["repack", "-q", "-a", "-d", "-f"], &arguments[..]].concat());
        let packed = history(&sandbox);
        assert_eq!(loose.json["findings"].as_array().unwrap().len(), keys.len());
        for part in ["/findings", "/scanned/blobs", "/scanned/commits", "/not_scanned"] {
            assert_eq!(loose.json.pointer(part), packed.json.pointer(part), "{part}");
        }
        for threads in ["-j1", "-j3"] {
            assert_eq!(sandbox.scan(&["--history", threads]).json, packed.json);
        }
    }
}

#[test]
fn several_packs_and_alternates_are_read_once() {
    let sandbox = repository();
    sandbox.git("", &["repack", "-q", "-a", "-d"]);
    let secret = openai_key(1);
    sandbox.write("key.txt", &secret);
    commit(&sandbox, "key");
    sandbox.git("", &["repack", "-q"]);
    sandbox.git("", &["repack", "-q", "-A"]);
    let own = history(&sandbox);
    assert_eq!(files_of_packs(&sandbox, "pack").len(), 3);
    assert_eq!(own.json["scanned"]["commits"], 6);
    assert_found(&sandbox, &secret, "blob");

    let tree = sandbox.tree();
    sandbox.git("..", &["clone", "-q", "--shared", "--bare", tree.to_str().unwrap(), "borrower"]);
    let borrower = sandbox.path("../borrower");
    let borrowed = sandbox.scan(&["--history", borrower.to_str().unwrap()]);
    assert_eq!(borrowed.json["findings"][0]["fingerprint"], own.json["findings"][0]["fingerprint"]);
    assert_eq!(borrowed.json["scanned"]["commits"], 6);
    assert_eq!(borrowed.code, 1);
}

#[test]
fn a_mirror_and_a_multi_pack_index_hide_nothing() {
    let sandbox = repository();
    let secret = openai_key(1);
    sandbox.git("", &["repack", "-q", "-a", "-d"]);
    sandbox.write("key.txt", &secret);
    commit(&sandbox, "key");
    sandbox.git("", &["update-ref", "refs/pull/7/head", "HEAD"]);
    sandbox.git("", &["reset", "-q", "--hard", "HEAD~"]);
    sandbox.git("", &["repack", "-q"]);
    sandbox.git("", &["multi-pack-index", "write"]);
    assert_eq!(files_of_packs(&sandbox, "pack").len(), 2);
    assert_found(&sandbox, &secret, "blob");
    let tree = sandbox.tree();
    sandbox.git("..", &["clone", "-q", "--mirror", "--no-local", tree.to_str().unwrap(), "mirror"]);
    let mirror = sandbox.path("../mirror");
    let report = sandbox.scan(&["--history", mirror.to_str().unwrap()]);
    let history = &report.json["findings"][0]["history"];
    assert_eq!(history["refs"], serde_json::json!(["refs/pull/7/head"]));
    assert_eq!((report.code, &history["at_head"]), (1, &false.into()));
}

#[test]
fn sha256_is_read_like_sha1() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "--object-format=sha256"]);
    let secret = openai_key(1);
    sandbox.write("key.txt", &secret);
    commit(&sandbox, "key");
    assert_found(&sandbox, &secret, "blob");
    sandbox.git("", &["gc", "-q"]);
    assert_found(&sandbox, &secret, "blob");
}

#[test]
fn submodules_and_linked_worktrees_belong_to_it() {
    let sandbox = repository();
    let (inner, linked) = (openai_key(1), openai_key(2));
    sandbox.git("..", &["init", "-q", "library"]);
    sandbox.write("../library/a.txt", &inner);
    sandbox.git("../library", &["add", "."]);
    sandbox.git("../library", &["commit", "-qm", "x"]);
    sandbox.git("", &["submodule", "--quiet", "add", "../library", "vendor"]);
    commit(&sandbox, "vendor");
    sandbox.git("", &["worktree", "add", "-q", "../linked"]);
    sandbox.write("../linked/b.txt", &linked);
    sandbox.git("../linked", &["add", "."]);
    sandbox.git("../linked", &["commit", "-qm", "x"]);
    assert_found(&sandbox, &inner, "blob");
    assert_found(&sandbox, &linked, "blob");
}

#[test]
fn what_is_no_repository_or_empty_is_no_clean_verdict() {
    let sandbox = Sandbox::new();
    sandbox.scan(&["--history"]).assert_not_scanned(&["not in a git repository"]);
    sandbox.git("", &["init", "-q"]);
    sandbox.scan(&["--history"]).assert_not_scanned(&["contains no objects"]);
}

#[test]
fn a_shallow_clone_is_named_unless_it_is_meant() {
    let sandbox = repository();
    let url = format!("file://{}", sandbox.tree().display());
    sandbox.git("..", &["clone", "-q", "--depth=2", &url, "clone"]);
    let clone = sandbox.path("../clone");
    let clone = clone.to_str().unwrap();
    sandbox.scan(&["--history", clone]).assert_not_scanned(&["shallow clone"]);
    sandbox.scan(&["--history", "--allow-shallow", clone]).assert_clean();
}

#[test]
fn a_partial_clone_is_named() {
    let sandbox = repository();
    sandbox.git("", &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.tree().display());
    sandbox.git("..", &["clone", "-q", "--no-checkout", "--filter=blob:none", &url, "clone"]);
    let clone = sandbox.path("../clone");
    sandbox.scan(&["--history", clone.to_str().unwrap()]).assert_not_scanned(&["partial clone"]);
}

/// A repository in one pack with a key in a loose object beside it.
fn packed_beside_a_key() -> (Sandbox, String) {
    let sandbox = repository();
    sandbox.git("", &["repack", "-q", "-a", "-d", "-f", "--depth=50"]);
    let secret = openai_key(1);
    sandbox.write("key.txt", &secret);
    commit(&sandbox, "key");
    (sandbox, secret)
}

/// Whatever is broken is named, and the rest is scanned.
#[track_caller]
fn assert_named(sandbox: &Sandbox, words: &str) {
    let report = history(sandbox);
    assert!(
        report.not_scanned().iter().any(|line| line.contains(words)),
        "{words}: {:?}",
        report.not_scanned()
    );
    assert_eq!((report.code, report.json["findings"].as_array().unwrap().len()), (2, 1));
}

#[test]
fn a_pack_without_its_index_and_an_index_without_its_pack() {
    let (sandbox, _) = packed_beside_a_key();
    fs::remove_file(&files_of_packs(&sandbox, "idx")[0]).unwrap();
    assert_named(&sandbox, "pack without its index");
    let (sandbox, _) = packed_beside_a_key();
    fs::remove_file(&files_of_packs(&sandbox, "pack")[0]).unwrap();
    assert_named(&sandbox, "index of a pack that does not exist");
}

#[test]
fn a_pack_that_is_cut_short_is_read_as_far_as_it_goes() {
    let (sandbox, _) = packed_beside_a_key();
    change(&files_of_packs(&sandbox, "pack")[0], |bytes| bytes.truncate(bytes.len() * 2 / 3));
    assert_named(&sandbox, "is truncated");
    assert!(history(&sandbox).json["scanned"]["commits"].as_u64().unwrap() > 2);
}

#[test]
fn no_flipped_byte_of_a_pack_or_index_goes_unseen() {
    for extension in ["pack", "idx"] {
        let (sandbox, _) = packed_beside_a_key();
        let path = &files_of_packs(&sandbox, extension)[0];
        let whole = fs::read(path).unwrap();
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..60 {
            // The last checksum of a file is that of the file itself, which says nothing of the objects in it.
            let at = random.usize(..whole.len() - 20);
            change(path, |bytes| bytes[at] ^= 1 << random.u8(..8));
            let report = history(&sandbox);
            assert_eq!(report.code, 2, "{extension}: byte {at} of {}", whole.len());
            assert_eq!(report.json["findings"].as_array().unwrap().len(), 1);
            change(path, |bytes| bytes.clone_from(&whole));
        }
        assert_eq!(history(&sandbox).code, 1);
    }
}

#[test]
fn missing_and_damaged_loose_objects_are_named() {
    let sandbox = repository();
    let id = sandbox.git("", &["rev-parse", "HEAD~2:src/2.txt"]);
    let id = id.trim();
    let path = sandbox.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    change(&path, |bytes| {
        let at = bytes.len() / 2;
        bytes[at] ^= 0x10;
    });
    let report = history(&sandbox);
    report.assert_not_scanned(&[id]);
    fs::remove_file(&path).unwrap();
    history(&sandbox).assert_not_scanned(&["is missing"]);
}

#[test]
fn a_format_that_is_not_known_is_never_clean() {
    for (name, value) in [("extensions.refStorage", "reftable"), ("extensions.unheardOf", "true")] {
        let sandbox = repository();
        sandbox.git("", &["config", "core.repositoryFormatVersion", "1"]);
        sandbox.write(".git/config", {
            let config = fs::read_to_string(sandbox.path(".git/config")).unwrap();
            let (section, key) = name.split_once('.').unwrap();
            format!("{config}[{section}]\n\t{key} = {value}\n")
        });
        let report = history(&sandbox);
        report.assert_not_scanned(&["cannot be opened"]);
    }
}
