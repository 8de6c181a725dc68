//! `skanner scan --history` in repositories that somebody made to hurt, or that broke in rare ways.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{fmt::Write as _, fs, io::Write as _, path::Path, process::Stdio};

use serde_json::Value;
use support::{Report, Sandbox, openai_key};

/// A repository with one packed commit and no key.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("a.txt", "a\n");
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", "first"]);
    sandbox.git("", &["repack", "-q", "-a", "-d"]);
    sandbox
}

fn history(sandbox: &Sandbox) -> Report {
    sandbox.scan(&["--history"])
}

/// What is said of the life of a key.
#[track_caller]
fn life(sandbox: &Sandbox, key: &str) -> Value {
    let report = sandbox.skanner(&["scan", "--history", "--format", "json", "--show-secrets"]).report();
    let findings = report.json["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["secret"] == key).unwrap()["history"].clone()
}

/// Stores an object of any content.
fn object(sandbox: &Sandbox, kind: &str, bytes: &[u8]) -> String {
    let mut command = sandbox.command("git");
    command.args(["hash-object", "-w", "--literally", "-t", kind, "--stdin"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The twenty bytes of a name.
fn name(id: &str) -> Vec<u8> {
    (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap()).collect()
}

fn tree_entry(mode: &str, path: &str, id: &str) -> Vec<u8> {
    [mode.as_bytes(), b" ", path.as_bytes(), b"\0", &name(id)].concat()
}

fn pipe(path: &Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn pack_file(sandbox: &Sandbox, extension: &str) -> std::path::PathBuf {
    let files = fs::read_dir(sandbox.path(".git/objects/pack")).unwrap().map(|file| file.unwrap().path());
    files.into_iter().find(|path| path.extension().is_some_and(|own| own == extension)).unwrap()
}

#[test]
fn a_pipe_or_device_keeps_nobody_waiting() {
    let places = [
        ".git/objects/aa/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ".git/objects/info/alternates",
        ".git/shallow",
        ".git/packed-refs",
        ".git/logs/refs/stash",
        ".git/refs/heads/x",
        ".git/hooks/pre-commit",
        "pack",
        "idx",
    ];
    for place in places {
        for is_device in [false, true] {
            let sandbox = repository();
            let path = match place {
                "pack" | "idx" => pack_file(&sandbox, place),
                place => sandbox.path(place),
            };
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let _ = fs::remove_file(&path);
            if is_device {
                std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
            } else {
                pipe(&path);
            }
            let report = history(&sandbox);
            // Links are read as links where git would not follow them, either.
            let is_link = is_device && place == ".git/hooks/pre-commit";
            assert_eq!(report.code, if is_link { 0 } else { 2 }, "{place}: {:?}", report.not_scanned());
            assert_eq!(report.not_scanned().is_empty(), is_link, "{place}");
        }
    }
}

#[test]
fn alternates_that_lead_back_or_nowhere_end() {
    let sandbox = repository();
    let own = sandbox.path(".git/objects");
    sandbox.write(".git/objects/info/alternates", format!("{}\n.\n../objects\n", own.display()));
    history(&sandbox).assert_clean();
    sandbox.write(".git/objects/info/alternates", "/dev/zero\n");
    assert_eq!(history(&sandbox).code, 2);
    sandbox.write(".git/objects/info/alternates", "/nowhere\n");
    history(&sandbox).assert_not_scanned(&["object directory that cannot be read"]);
}

#[test]
fn a_key_behind_any_number_of_tags_is_reached() {
    let sandbox = repository();
    let (in_commit, in_first, in_middle) = (openai_key(1), openai_key(2), openai_key(3));
    sandbox.write("a.txt", &in_commit);
    sandbox.git("", &["commit", "-qam", "key"]);
    let mut id = sandbox.git("", &["rev-parse", "HEAD"]).trim().to_owned();
    sandbox.git("", &["reset", "-q", "--hard", "HEAD~"]);
    sandbox.git("", &["reflog", "expire", "--expire=now", "--all"]);
    for number in 0..150 {
        let kind = if number == 0 { "commit" } else { "tag" };
        let message = match number {
            0 => &in_first,
            70 => &in_middle,
            _ => "none",
        };
        let tag = format!(
            "object {id}\ntype {kind}\ntag t{number}\ntagger A <a@b> 1700000000 +0000\n\n{message}\n"
        );
        id = object(&sandbox, "tag", tag.as_bytes());
        if number == 100 {
            sandbox.git("", &["update-ref", "refs/tags/middle", &id]);
        }
    }
    sandbox.git("", &["update-ref", "refs/tags/last", &id]);
    for key in [in_commit, in_first, in_middle] {
        let life = life(&sandbox, &key);
        assert_eq!(life["refs"], serde_json::json!(["refs/tags/last", "refs/tags/middle"]));
        assert_eq!(life["reachable"], true);
    }
}

#[test]
fn what_is_checked_out_in_a_linked_worktree_is_reached() {
    let sandbox = repository();
    let secret = openai_key(1);
    sandbox.git("", &["worktree", "add", "-q", "--detach", "../linked"]);
    sandbox.write("../linked/a.txt", &secret);
    sandbox.git("../linked", &["commit", "-qam", "key"]);
    let own = life(&sandbox, &secret);
    assert_eq!(
        (&own["at_head"], &own["refs"]),
        (&false.into(), &serde_json::json!(["worktrees/linked/HEAD"]))
    );
    let linked = sandbox.path("../linked");
    let report = sandbox.scan(&["--history", linked.to_str().unwrap()]);
    assert_eq!(report.json["findings"][0]["history"]["at_head"], true);
}

#[test]
fn a_broken_submodule_is_not_taken_for_what_is_around_it() {
    let sandbox = repository();
    let secret = openai_key(1);
    sandbox.git("..", &["init", "-q", "library"]);
    sandbox.write("../library/a.txt", &secret);
    sandbox.git("../library", &["add", "."]);
    sandbox.git("../library", &["commit", "-qm", "x"]);
    sandbox.git("", &["submodule", "--quiet", "add", "../library", "vendor"]);
    sandbox.git("", &["commit", "-qm", "vendor"]);
    let whole = history(&sandbox);
    assert_eq!((whole.code, whole.json["findings"].as_array().unwrap().len()), (1, 1));
    fs::remove_dir_all(sandbox.path(".git/modules/vendor/refs")).unwrap();
    history(&sandbox).assert_not_scanned(&["modules/vendor"]);
}

#[test]
fn folders_may_be_very_deep_and_keys_in_them_are_placed() {
    let sandbox = repository();
    let secret = openai_key(1);
    let blob = object(&sandbox, "blob", secret.as_bytes());
    let mut id = object(&sandbox, "tree", &tree_entry("100644", "key.txt", &blob));
    // As fast-import would take forever, the pack is made of what was put together here.
    for _ in 0..1500 {
        id = write_loose(&sandbox, "tree", &tree_entry("40000", "d", &id));
    }
    let commit =
        format!("tree {id}\nauthor A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\nx\n");
    let commit = object(&sandbox, "commit", commit.as_bytes());
    sandbox.git("", &["update-ref", "refs/heads/deep", &commit]);
    let life = life(&sandbox, &secret);
    assert_eq!(life["introduced"]["commit"], *commit);
    assert!(life["introduced"]["path"].as_str().unwrap().ends_with("d/d/key.txt"));
    assert_eq!((&life["commits"], &life["refs"]), (&1.into(), &serde_json::json!(["refs/heads/deep"])));
}

/// Stores an object by libgit2, which starts no process.
fn write_loose(sandbox: &Sandbox, kind: &str, bytes: &[u8]) -> String {
    let kind = git2::ObjectType::from_str(kind).unwrap();
    let repository = git2::Repository::open(sandbox.tree()).unwrap();
    repository.odb().unwrap().write(kind, bytes).unwrap().to_string()
}

#[test]
fn folders_that_hold_each_other_many_times_end() {
    let sandbox = repository();
    let secret = openai_key(1);
    let blob = object(&sandbox, "blob", secret.as_bytes());
    let mut id = object(&sandbox, "tree", &tree_entry("100644", "key.txt", &blob));
    // Ten in each, thirty levels: as many paths as no machine can walk.
    for _ in 0..30 {
        let entries: Vec<u8> = (0..10).flat_map(|at| tree_entry("40000", &format!("d{at}"), &id)).collect();
        id = object(&sandbox, "tree", &entries);
    }
    let commit =
        format!("tree {id}\nauthor A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\nx\n");
    let commit = object(&sandbox, "commit", commit.as_bytes());
    sandbox.git("", &["update-ref", "refs/heads/bomb", &commit]);
    assert_eq!(life(&sandbox, &secret)["introduced"]["commit"], *commit);
}

#[test]
fn unsound_trees_commits_and_tags_are_named() {
    let missing = "1".repeat(40);
    let treeless = format!("tree {missing}\n\nx\n");
    let (no_zero, no_mode) = (&b"100644 name without end"[..], &b"\0\0\0"[..]);
    let cases: &[(&str, &[u8], &str)] = &[
        ("tree", no_zero, "is a damaged directory"),
        ("tree", no_mode, "is a damaged directory"),
        ("tree", &tree_entry("100644", "gone.txt", &missing), "is missing"),
        ("commit", b"author A <a@b> 1 +0000\n\nno tree\n", "is a commit without a tree"),
        ("commit", b"", "is a commit without a tree"),
        ("tag", b"tag x\n\nno object\n", "is a tag that names no object"),
        ("commit", treeless.as_bytes(), "is missing"),
    ];
    for (kind, bytes, why) in cases {
        let sandbox = repository();
        object(&sandbox, kind, bytes);
        history(&sandbox).assert_not_scanned(&[why]);
        sandbox.git("", &["repack", "-q"]);
        history(&sandbox).assert_not_scanned(&[why]);
    }
}

#[test]
fn a_long_message_is_read_to_its_end() {
    let sandbox = repository();
    let secret = openai_key(1);
    let tree = sandbox.git("", &["rev-parse", "HEAD^{tree}"]);
    let mut commit = format!("tree {tree}author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\n").into_bytes();
    commit.extend(b"word after word in a line\n".repeat(4 << 20));
    commit.extend(secret.as_bytes());
    assert!(commit.len() > 100 << 20);
    let id = write_loose(&sandbox, "commit", &commit);
    assert_eq!(life(&sandbox, &secret)["introduced"]["commit"], *id);
}

#[test]
fn refs_by_the_ten_thousand_and_with_any_name_are_told_safely() {
    let sandbox = repository();
    let secret = openai_key(1);
    sandbox.write("a.txt", &secret);
    sandbox.git("", &["commit", "-qam", "key"]);
    let head = sandbox.git("", &["rev-parse", "HEAD"]);
    let head = head.trim();
    let mut refs = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
    let _ = writeln!(refs, "{head} refs/heads/a\u{1b}[31mred\u{7}");
    for number in 10_000..30_000 {
        let _ = writeln!(refs, "{head} refs/pull/{number}/head");
    }
    sandbox.write(".git/packed-refs", refs);
    let report = history(&sandbox);
    assert_eq!(report.code, 1, "{:?}", report.not_scanned());
    assert!(report.json["findings"][0]["history"]["refs"].as_array().unwrap().len() > 20_000);
    let text = sandbox.skanner(&["scan", "--history"]);
    assert!(!text.stdout.contains(['\u{1b}', '\u{7}']) && !text.stderr.contains(['\u{1b}', '\u{7}']));
}

/// Commits what is staged under no ref, or not at all. Returns the tree.
fn write_tree(sandbox: &Sandbox, path: &str, content: &str) -> String {
    sandbox.write(path, content);
    sandbox.git("", &["add", "-A"]);
    let tree = sandbox.git("", &["write-tree"]);
    sandbox.git("", &["reset", "-q", "--hard"]);
    sandbox.git("", &["clean", "-qfdx"]);
    tree.trim().to_owned()
}

#[test]
fn a_place_names_a_commit_that_has_the_key_there() {
    // In a commit, in a tree that no commit names, in both, in none; and where a path is, and is not any more.
    let paths = ["f", "w", "a/f", "b/f", "a/b/w"];
    for in_commits in [&[][..], &["f"], &["a/f"], &["f", "w"], &["a/f", "b/f"], &["f", "a/b/w", "w"]] {
        for in_trees in [&[][..], &["w"], &["f"], &["b/f"], &["a/b/w", "f"]] {
            let sandbox = repository();
            let secret = format!("x={}\n", openai_key(1));
            for path in in_trees {
                write_tree(&sandbox, path, &secret);
            }
            let blob = object(&sandbox, "blob", secret.as_bytes());
            let mut last = None;
            for path in in_commits {
                // Each moves the file on.
                last.into_iter().for_each(|last: &str| fs::remove_file(sandbox.path(last)).unwrap());
                sandbox.write(path, &secret);
                sandbox.git("", &["add", "-A"]);
                sandbox.git("", &["commit", "-qm", path]);
                last = Some(*path);
            }
            let report = history(&sandbox);
            let case = format!("{in_commits:?} {in_trees:?}");
            let places = report.json["findings"][0]["occurrences"].as_array().unwrap();
            let mut seen = Vec::new();
            for place in places {
                let path = place["path"].as_str().unwrap();
                seen.push(path.to_owned());
                match place["commit"].as_str() {
                    Some(commit) => {
                        let there = sandbox.git("", &["rev-parse", &format!("{commit}:{path}")]);
                        assert_eq!(there.trim(), blob, "{case}: {place}");
                    }
                    None => assert!(path.is_empty() || !in_commits.contains(&path), "{case}: {place}"),
                }
            }
            let name = |path: &str| path.rsplit('/').next().unwrap().to_owned();
            for path in paths {
                let is_known = in_commits.contains(&path) || in_trees.contains(&path);
                let is_said = seen.iter().any(|seen| name(seen) == name(path));
                assert!(!is_known || is_said, "{case}: {path} is not in {seen:?}");
            }
            assert_eq!(seen == [""], in_commits.is_empty() && in_trees.is_empty(), "{case}: {seen:?}");
        }
    }
}

#[test]
fn a_path_in_no_commit_is_said_to_be_in_none() {
    let sandbox = repository();
    let secret = format!("x={}\n", openai_key(1));
    write_tree(&sandbox, "w", &secret);
    sandbox.write("f", &secret);
    sandbox.git("", &["add", "-A"]);
    sandbox.git("", &["commit", "-qm", "key"]);
    let run = sandbox.skanner(&["scan", "--history"]);
    assert!(run.stdout.contains("--> f:1:3 (commit "), "{run:?}");
    assert!(run.stdout.contains("w:1:3 (in a directory that no commit contains)"), "{run:?}");
}

/// One blob in so many versions that each is a delta against the one before, the last one with a key.
fn chain(sandbox: &Sandbox, depth: usize, size: usize, key: &str) {
    let mut command = sandbox.command("git");
    command.args(["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--force"]);
    command.arg(format!("--depth={depth}"));
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stream = std::io::BufWriter::new(child.stdin.take().unwrap());
    let filler = "0123456789abcde\n".repeat(size / 16);
    for number in 0..depth {
        let key = if number + 1 == depth { key } else { "" };
        let length = format!("{number}\n{key}\n").len() + filler.len();
        write!(stream, "blob\nmark :{}\ndata {length}\n{number}\n{key}\n{filler}\n", number + 1).unwrap();
    }
    let commit = "commit refs/heads/chain\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx\nM 100644 :";
    writeln!(stream, "{commit}{depth} a.txt").unwrap();
    drop(stream);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_second_opinion_on_a_long_chain_of_deltas_ends() {
    let sandbox = repository();
    let secret = openai_key(1);
    // fast-import refuses more.
    chain(&sandbox, 8191, 2000, &secret);
    let start = std::time::Instant::now();
    let own = sandbox.skanner(&["scan", "--history", "--format", "json"]);
    let other = sandbox.skanner(&["scan", "--history", "--format", "json", "--second-opinion"]);
    assert_eq!((own.code, &own.stdout), (1, &other.stdout));
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());

    // What libgit2 does not keep is made again for each object.
    let sandbox = repository();
    chain(&sandbox, 150, 2 << 20, &secret);
    let report = sandbox.scan(&["--history", "--second-opinion"]);
    report.assert_not_scanned(&["libgit2 would take too long for a second opinion"]);
    assert_eq!(history(&sandbox).code, 1);
}
