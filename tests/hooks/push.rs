//! `pre-push`.

use std::{fs, io::Read, process::Stdio};

use super::harness::*;

/// A repository with the hook and two remotes, of which `origin` has `main`.
fn with_remote() -> Sandbox {
    let sandbox = repository();
    sandbox.git("..", &["init", "--quiet", "--bare", "tree/.git/origin.git"]);
    sandbox.git("..", &["init", "--quiet", "--bare", "tree/.git/fork.git"]);
    sandbox.git(".", &["remote", "add", "origin", ".git/origin.git"]);
    sandbox.git(".", &["remote", "add", "fork", ".git/fork.git"]);
    sandbox.git(".", &["push", "--quiet", "origin", "main"]);
    installed(&sandbox, &["install", "pre-push"]);
    sandbox
}

fn commit(sandbox: &Sandbox, path: &str, text: &str) {
    sandbox.write(path, text);
    add_all(sandbox);
    sandbox.git(".", &["commit", "--quiet", "--message", path]);
}

fn push(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    git(sandbox, &[&["push", "--quiet"], arguments].concat())
}

/// Whether the remote repository has got something it did not have.
fn remote_refs(sandbox: &Sandbox) -> String {
    sandbox.git(".", &["--git-dir", ".git/origin.git", "for-each-ref"])
}

#[test]
fn every_kind_of_push_is_seen() {
    type Prepare = fn(&Sandbox);
    let cases: &[(&str, Prepare, &[&str], bool)] = &[
        ("clean", |s| commit(s, "b.py", "b"), &["origin", "main"], false),
        ("in a file", |s| commit(s, "b.py", &line(1)), &["origin", "main"], true),
        ("HEAD by name", |s| commit(s, "b.py", &line(1)), &["origin", "HEAD"], true),
        (
            "added and taken away again",
            |s| {
                commit(s, "b.py", &line(1));
                commit(s, "b.py", "");
            },
            &["origin", "main"],
            true,
        ),
        (
            "a new branch",
            |s| {
                s.git(".", &["checkout", "--quiet", "-b", "new"]);
                commit(s, "b.py", &line(1));
            },
            &["origin", "new"],
            true,
        ),
        (
            "the second of two",
            |s| {
                s.git(".", &["branch", "clean"]);
                s.git(".", &["checkout", "--quiet", "-b", "new"]);
                commit(s, "b.py", &line(1));
            },
            &["origin", "clean", "new"],
            true,
        ),
        (
            "another branch than the one that is pushed",
            |s| {
                s.git(".", &["branch", "clean"]);
                s.git(".", &["checkout", "--quiet", "-b", "new"]);
                commit(s, "b.py", &line(1));
            },
            &["origin", "clean"],
            false,
        ),
        (
            "a forced push",
            |s| {
                s.git(".", &["commit", "--quiet", "--amend", "--message", "other"]);
                commit(s, "b.py", &line(1));
            },
            &["--force", "origin", "main"],
            true,
        ),
        (
            "a root commit",
            |s| {
                s.git(".", &["checkout", "--quiet", "--orphan", "root"]);
                commit(s, "b.py", &line(1));
            },
            &["origin", "root"],
            true,
        ),
        (
            "the message of a commit",
            |s| drop(s.git(".", &["commit", "--quiet", "--allow-empty", "-m", &openai_key(1)])),
            &["origin", "main"],
            true,
        ),
        (
            "the message of a tag",
            |s| drop(s.git(".", &["tag", "-a", "-m", &openai_key(1), "v1"])),
            &["origin", "v1"],
            true,
        ),
        ("a clean tag", |s| drop(s.git(".", &["tag", "-a", "-m", "v1", "v1"])), &["origin", "v1"], false),
        (
            "the name of a branch",
            |s| drop(s.git(".", &["branch", &format!("x-{}", openai_key(1))])),
            &["origin", "refs/heads/x-*:refs/heads/x-*"],
            true,
        ),
        (
            "the resolution of a merge",
            |s| {
                s.git(".", &["checkout", "--quiet", "-b", "other"]);
                commit(s, "a.py", "a = 2\n");
                s.git(".", &["checkout", "--quiet", "main"]);
                commit(s, "a.py", "a = 3\n");
                git(s, &["merge", "other"]);
                s.write("a.py", line(1));
                s.git(".", &["commit", "--quiet", "-a", "-m", "merge"]);
            },
            &["origin", "main"],
            true,
        ),
        (
            "a remote that has less",
            |s| {
                commit(s, "b.py", &line(1));
                s.git(".", &["push", "--quiet", "--no-verify", "origin", "main"]);
            },
            &["fork", "main"],
            true,
        ),
        (
            "known there already",
            |s| {
                commit(s, "b.py", &line(1));
                s.git(".", &["push", "--quiet", "--no-verify", "origin", "main"]);
                commit(s, "c.py", "c");
            },
            &["origin", "main"],
            false,
        ),
        (
            "a deletion",
            |s| {
                let name = format!("x-{}", openai_key(1));
                s.git(".", &["push", "--quiet", "--no-verify", "origin", &format!("main:refs/heads/{name}")]);
                fs::write(s.path(".git/name"), name).unwrap();
            },
            &["origin", "--delete"],
            false,
        ),
        ("an address", |s| commit(s, "b.py", &line(1)), &[".git/fork.git", "main"], true),
    ];
    for (name, prepare, arguments, is_stopped) in cases {
        let sandbox = with_remote();
        prepare(&sandbox);
        let before = remote_refs(&sandbox);
        let deleted = fs::read_to_string(sandbox.path(".git/name")).ok();
        let arguments: Vec<&str> = arguments.iter().copied().chain(deleted.as_deref()).collect();
        let run = push(&sandbox, &arguments);
        if *is_stopped {
            assert_stopped(&run, 1, &["This push was stopped", "`git push --no-verify`"]);
            assert_eq!(remote_refs(&sandbox), before, "{name}");
        } else {
            assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""), "{name}");
        }
    }
}

#[test]
fn a_push_of_nothing_passes_and_is_called_so() {
    let sandbox = with_remote();
    sandbox.git(".", &["checkout", "--quiet", "-b", "work"]);
    commit(&sandbox, "b.py", &line(1));
    let run = push(&sandbox, &["origin", "main"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("nothing is being pushed, so nothing was scanned"), "{run:?}");
}

#[test]
fn what_programs_read_of_a_push_is_left_alone() {
    let sandbox = with_remote();
    commit(&sandbox, "b.py", &line(1));
    let run = git(&sandbox, &["push", "--porcelain", "origin", "main"]);
    assert_ne!(run.code, 0);
    assert_eq!(run.stdout, "");
    assert_stopped(&run, 1, &[]);
}

#[test]
fn an_address_with_a_key_is_a_finding() {
    let sandbox = with_remote();
    let url = format!("https://user:{}@example.org/a.git", openai_key(1));
    let head = sandbox.git(".", &["rev-parse", "HEAD"]);
    let input = format!("refs/heads/main {0} refs/heads/main {0}\n", head.trim());
    for arguments in [["pre-push", "origin", &url], ["pre-push", &url, &url]] {
        assert_stopped(
            &hook(&sandbox, &arguments, &input),
            1,
            &["the address of the remote repository:1:14"],
        );
    }
}

#[test]
fn where_a_framework_has_read_the_lines_they_are_made_up_for() {
    let sandbox = with_remote();
    commit(&sandbox, "b.py", &line(1));
    let at = |revision: &str| sandbox.git(".", &["rev-parse", revision]).trim().to_owned();
    let (old, new) = (at("HEAD~"), at("HEAD"));
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = sandbox.command(SKANNER);
        command.args(["hook", "pre-push"]).args(arguments).envs(variables.iter().copied());
        Run::of(&mut command)
    };
    let told = "did not pass on what git pushes";
    // Nothing is known but the remote, or not even that.
    assert_stopped(&run(&["origin", "url"], &[]), 1, &[told, "whoever runs this hook", "HEAD was scanned"]);
    assert_stopped(&run(&[], &[]), 1, &[told]);
    let pre_commit = [("PRE_COMMIT", "1"), ("PRE_COMMIT_REMOTE_NAME", "origin")];
    for more in [
        &[("PRE_COMMIT_FROM_REF", &*old), ("PRE_COMMIT_TO_REF", &*new)][..],
        // With a root commit it names no range.
        &[("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main")],
        &[],
    ] {
        let variables = [&pre_commit[..], more].concat();
        assert_stopped(&run(&[], &variables), 1, &[told, "pre-commit", "b.py:1:8 (commit"]);
    }
    // What the other side has is no news, and nothing is claimed of other references.
    let clean = run(&[], &[&pre_commit[..], &[("PRE_COMMIT_TO_REF", &*old)]].concat());
    assert_eq!((clean.code, clean.stdout.as_str()), (0, ""), "{clean:?}");
    assert!(clean.stderr.contains("other references of this push were not"), "{clean:?}");
    for wrong in ["--all", "no-such-branch", "a b", "a..b"] {
        let run = run(&[], &[&pre_commit[..], &[("PRE_COMMIT_TO_REF", wrong)]].concat());
        assert_eq!(run.code, 2, "{wrong}: {run:?}");
    }
    // Before the first commit there is nothing that could be meant.
    let empty = Sandbox::new();
    empty.git(".", &["init", "--quiet"]);
    assert_eq!(hook(&empty, &["pre-push", "origin", "url"], "").code, 2);
}

#[test]
fn rubbish_is_refused_and_not_quoted() {
    let sandbox = with_remote();
    for input in ["rubbish\n".to_owned(), format!("{}\n", openai_key(1)), "\0\0\n".to_owned(), "x".to_owned()]
    {
        for arguments in
            [&["pre-push", "origin", "url"][..], &["pre-push", "--refs-from-git"], &["pre-receive"]]
        {
            let run = hook(&sandbox, arguments, &input);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{input:?} {run:?}");
            assert!(run.stderr.contains("standard input") && !run.stderr.contains("sk-"), "{run:?}");
        }
    }
    let unknown = format!("refs/heads/a {} refs/heads/a {}\n", "1".repeat(40), "0".repeat(40));
    assert_eq!(hook(&sandbox, &["pre-push", "origin", "url"], unknown).code, 2);
}

#[test]
fn a_terminal_is_not_waited_for() {
    let sandbox = with_remote();
    commit(&sandbox, "b.py", &line(1));
    // `script` gives its command a terminal; its own input stays open, so that a read would never end.
    let mut command = sandbox.command("script");
    command.args([
        "--quiet",
        "--return",
        "--command",
        &format!("'{SKANNER}' hook pre-push origin url"),
        "/dev/null",
    ]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{said}");
    assert!(said.contains("did not pass on what git pushes"), "{said}");
}

#[test]
fn sha256_repositories_are_pushed_from_as_well() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet", "--object-format=sha256"]);
    sandbox.git(".", &["init", "--quiet", "--bare", "--object-format=sha256", ".git/origin.git"]);
    sandbox.git(".", &["remote", "add", "origin", ".git/origin.git"]);
    installed(&sandbox, &["install"]);
    commit(&sandbox, "a.py", "a");
    assert_passed(&push(&sandbox, &["origin", "main"]));
    sandbox.write("b.py", line(1));
    add_all(&sandbox);
    sandbox.git(".", &["commit", "--quiet", "--no-verify", "--message", "b"]);
    assert_stopped(&push(&sandbox, &["origin", "main"]), 1, &["b.py:1:8"]);
}
