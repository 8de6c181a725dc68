//! Hooks that call skanner, run by git itself.
#![cfg(unix)]

use std::{fs, io::Write, os::unix::fs::PermissionsExt, process::Stdio};

use super::harness::*;

/// A hook that calls skanner, as people write one.
fn with_hook() -> Sandbox {
    let sandbox = repository();
    let hook = sandbox.write(
        ".git/hooks/pre-commit",
        format!("#!/bin/sh\nexec '{}' scan --staged --format json\n", env!("CARGO_BIN_EXE_skanner")),
    );
    fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox
}

fn try_commit(sandbox: &Sandbox, folder: &str, arguments: &[&str], input: &str) -> Run {
    let mut command = sandbox.command("git");
    command.current_dir(sandbox.path(folder)).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
    command.args(["commit", "--quiet", "--message", "try"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Run::from(child.wait_with_output().unwrap())
}

#[test]
fn a_hook_sees_the_index_of_its_commit() {
    type Case = (&'static str, fn(&Sandbox), &'static [&'static str], &'static str, bool);
    let cases: &[Case] = &[
        (
            "commit",
            |s| {
                s.write("x.py", line(1));
                s.git(".", &["add", "x.py"]);
            },
            &[],
            "",
            true,
        ),
        ("commit -a", |s| drop(s.write("plain.py", line(1))), &["-a"], "", true),
        ("commit PATH", |s| drop(s.write("plain.py", line(1))), &["plain.py"], "", true),
        // The key is staged, but not a part of this commit.
        (
            "commit another PATH",
            |s| {
                s.write("x.py", line(1));
                s.git(".", &["add", "x.py"]);
                s.write("plain.py", "changed\n");
            },
            &["plain.py"],
            "",
            false,
        ),
        (
            "commit -p, taken",
            |s| drop(s.write("plain.py", format!("a = 1\n{}b = 2\nc = 3\nd = 4\n", line(1)))),
            &["-p"],
            "y\n",
            true,
        ),
        (
            "commit -p, of two the clean one taken",
            |s| drop(s.write("plain.py", format!("new\na = 1\nb = 2\nc = 3\nd = 4\n{}", line(1)))),
            &["-p"],
            "s\ny\nn\n",
            false,
        ),
        ("commit -a in a subfolder", |s| drop(s.write("plain.py", line(1))), &["-a"], "", true),
    ];
    for (name, change, arguments, input, is_stopped) in cases {
        let sandbox = with_hook();
        change(&sandbox);
        let folder = if name.ends_with("subfolder") { "deep/down" } else { "." };
        let run = try_commit(&sandbox, folder, arguments, input);
        let commits = sandbox.git(".", &["rev-list", "--count", "HEAD"]);
        assert_eq!(commits.trim() == "1", *is_stopped, "{name}: {run:?}");
        assert_eq!((run.stdout + &run.stderr).contains("\"source\": \"index\""), *is_stopped, "{name}");
    }
}

#[test]
fn a_hook_works_in_linked_worktrees_and_submodules() {
    let sandbox = with_hook();
    sandbox.git(".", &["worktree", "add", "--quiet", "../tree/linked", "-b", "linked"]);
    sandbox.write("linked/x.py", line(1));
    sandbox.git("linked", &["add", "x.py"]);
    let run = try_commit(&sandbox, "linked", &[], "");
    assert!(run.code == 1 && (run.stdout + &run.stderr).contains("\"x.py\""));
    let report = scan_in(&sandbox, "linked", &["--staged"], &[]).report();
    assert_eq!(report.paths(), ["x.py"]);
    // The main work tree has another index.
    staged(&sandbox).assert_clean();

    let outer = Sandbox::new();
    outer.write("inner/a.py", "a\n");
    outer.git("inner", &["init", "--quiet"]);
    outer.git("inner", &["add", "--all"]);
    outer.git("inner", &["commit", "--quiet", "-m", "first"]);
    outer.write("outer/a.py", "a\n");
    outer.git("outer", &["init", "--quiet"]);
    outer.git("outer", &["submodule", "--quiet", "add", "../inner", "sub"]);
    outer.git("outer", &["commit", "--quiet", "-m", "first"]);
    outer.write("outer/sub/x.py", line(1));
    outer.git("outer/sub", &["add", "x.py"]);
    let scan = |folder: &str| scan_in(&outer, folder, &["--staged"], &[]).report();
    assert_eq!(scan("outer/sub").paths(), ["x.py"]);
    scan("outer").assert_clean();
}
