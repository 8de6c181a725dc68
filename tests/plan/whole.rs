//! One repository with a key in every kind of place at once.

use std::fs;

use crate::{
    harness::{commit, has, planned, repository},
    kinds::KINDS,
    support::{Run, Sandbox, openai_key},
};

/// Keys of the places beside files, from this seed on.
const SEED: u64 = 100;

fn key(number: u64) -> String {
    openai_key(SEED + number)
}

/// A commit with an ssh signature, where there is what makes one.
fn sign(sandbox: &Sandbox) -> bool {
    let file = sandbox.path("../home/signing");
    let file = file.to_str().unwrap();
    let mut command = sandbox.command("ssh-keygen");
    command.args(["-q", "-t", "ed25519", "-N", "", "-f", file]);
    if !command.output().is_ok_and(|output| output.status.success()) {
        return false;
    }
    let key = format!("user.signingkey={file}");
    sandbox.git(
        "",
        &["-c", "gpg.format=ssh", "-c", &key, "commit", "-q", "--allow-empty", "-S", "-m", "signed"],
    );
    sandbox.git("", &["cat-file", "-p", "HEAD"]).contains("gpgsig")
}

fn fill(sandbox: &Sandbox) {
    sandbox.write("clean.txt", "nothing\n");
    commit(sandbox, "clean");
    assert!(sign(sandbox), "ssh-keygen is missing");
    for ((name, content, _), seed) in KINDS.iter().zip(0..) {
        sandbox.write(format!("kinds/{name}"), content(&openai_key(seed)));
        sandbox.write("clean.txt", format!("line {seed}\n"));
        commit(sandbox, name);
    }
    sandbox.write("two.env", format!("A={}\nB={}\n", key(0), key(1)));
    sandbox.write("run.sh", "#!/bin/sh\n");
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["update-index", "--chmod=+x", "run.sh"]);
    sandbox.git("", &["commit", "-q", "-m", "two keys"]);
    // Only the key changes, so that the commit is empty afterward.
    sandbox.write("two.env", format!("A={}\nB={}\n", key(2), key(1)));
    commit(sandbox, "another key");
    // A message, with the key wrapped in one and encoded in another.
    commit(sandbox, &format!("a message with {} in it", key(3)));
    commit(sandbox, &format!("encoded: {}", key(4).replace('-', "%2D")));
    sandbox.git("", &["tag", "-a", "v1", "-m", &format!("release with {}", key(5))]);
    sandbox.git("", &["notes", "add", "-m", &format!("note with {}", key(6))]);
    sandbox.git("", &["notes", "add", "-m", "a clean note", "HEAD~"]);
    // Names: of a file and what is in a directory, a branch, a tag, a person.
    sandbox.write(format!("{}.txt", key(7)), "named\n");
    sandbox.write(format!("{}/inner.txt", key(8)), "named\n");
    commit(sandbox, "names");
    fs::rename(sandbox.path(format!("{}.txt", key(7))), sandbox.path("renamed.txt")).unwrap();
    commit(sandbox, "renamed");
    sandbox.git("", &["branch", &format!("fix-{}", key(9))]);
    sandbox.git("", &["tag", &format!("v2-{}", key(10))]);
    sandbox.git("", &["tag", "-a", &format!("v3-{}", key(11)), "-m", "annotated"]);
    let author = format!("--author={} <x@example.org>", key(12));
    sandbox.git("", &["commit", "-q", "--allow-empty", &author, "-m", "by a key"]);
    // A merge, a link, a submodule, and a file that is deleted in the end.
    sandbox.git("", &["checkout", "-q", "-b", "side", "HEAD~2"]);
    sandbox.write("side.txt", format!("{}\n", key(13)));
    commit(sandbox, "side");
    sandbox.git("", &["checkout", "-q", "main"]);
    sandbox.git("", &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    std::os::unix::fs::symlink("clean.txt", sandbox.path("link")).unwrap();
    std::os::unix::fs::symlink(format!("/{}", key(14)), sandbox.path("link-to-key")).unwrap();
    commit(sandbox, "links");
    fs::remove_file(sandbox.path("side.txt")).unwrap();
    commit(sandbox, "removed");
    sandbox.write("clean.txt", format!("stashed {}\n", key(15)));
    sandbox.git("", &["stash", "-q"]);
}

#[test]
fn a_repository_with_keys_everywhere_becomes_safe_and_nothing_else_changes() {
    if !has("git-filter-repo") {
        return;
    }
    let sandbox = repository();
    fill(&sandbox);
    let mut keys: Vec<String> = (0..).zip(KINDS).map(|(seed, _)| openai_key(seed)).collect();
    keys.extend((0..16).map(key));
    let before = sandbox.snapshot(".git");
    let mut planned = planned(sandbox, &[]);
    assert!(planned.file("README.md").contains(&format!("{} keys were found", keys.len())));
    planned.assert_secret(&keys);
    let run = planned.clean_up();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("safe to publish"), "{run:?}");
    planned.assert_secret(&keys);
    assert_eq!(planned.sandbox.snapshot(".git"), before, "the original");
    let is_named = |path: &str| keys.iter().any(|key| path.contains(key.as_str()));
    planned.assert_same_otherwise(&is_named);
    assert_eq!(planned.stripped(), ["kinds/data.gz", "kinds/nested.zip", "kinds/wrapped-gzip.txt"]);
    let files = planned.git_clean(&["ls-tree", "-r", "--name-only", "HEAD"]);
    assert!(files.contains("/inner.txt") && files.contains("REMOVED-BY-SKANNER-"), "{files}");
    let refs = planned.git_clean(&["for-each-ref", "--format=%(refname)"]);
    let named = refs.lines().filter(|name| name.contains("REMOVED-BY-SKANNER-")).count();
    assert_eq!((named, refs.lines().count()), (3, 8), "{refs}");
    let messages = planned.git_clean(&["log", "--all", "--format=%an %s"]);
    assert!(messages.contains("a message with REMOVED-BY-SKANNER in it"), "{messages}");
    assert!(messages.contains("encoded: REMOVED-BY-SKANNER"), "{messages}");
    assert!(messages.contains("REMOVED-BY-SKANNER-") && messages.contains(" by a key"), "{messages}");
    // Notes belong to the new commits.
    let notes = planned.git_clean(&["log", "--format=%N", "main"]);
    assert!(notes.contains("note with REMOVED-BY-SKANNER") && notes.contains("a clean note"), "{notes}");
    // Every object that is there is whole.
    planned.git_clean(&["fsck", "--strict", "--full"]);
}

#[test]
fn a_second_plan_for_the_result_is_empty() {
    if !has("git-filter-repo") {
        return;
    }
    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    commit(&sandbox, "a key");
    let mut planned = planned(sandbox, &[]);
    assert_eq!(planned.clean_up().code, 0);
    let run: Run = planned.sandbox.skanner(&["audit", "--plan", "../again", "../plan/work/clean.git"]);
    assert!(run.code == 0 && !planned.sandbox.path("../again").exists(), "{run:?}");
}
