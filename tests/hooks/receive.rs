//! `pre-receive`, in a bare repository that is pushed to.

use std::{fs, io::Write, process::Stdio};

use super::harness::*;

/// A repository that pushes to `server.git` beside it, which has the hook and `main`.
fn served() -> Sandbox {
    let sandbox = repository();
    sandbox.git(".", &["init", "--quiet", "--bare", ".git/server.git"]);
    sandbox.git(".", &["remote", "add", "origin", ".git/server.git"]);
    sandbox.git(".", &["push", "--quiet", "origin", "main"]);
    let mut command = sandbox.command(SKANNER);
    let run = Run::of(command.current_dir(sandbox.path(".git/server.git")).args(["hook", "install"]));
    assert!(run.code == 0 && run.stdout.contains("pre-receive"), "{run:?}");
    sandbox
}

fn commit(sandbox: &Sandbox, path: &str, text: &str) {
    sandbox.write(path, text);
    add_all(sandbox);
    sandbox.git(".", &["commit", "--quiet", "--message", path]);
}

fn server(sandbox: &Sandbox, arguments: &[&str]) -> String {
    sandbox.git(".git/server.git", arguments)
}

#[test]
fn keys_are_refused_wherever_they_stand() {
    type Prepare = fn(&Sandbox);
    let cases: &[(&str, Prepare, &[&str], bool)] = &[
        ("clean", |s| commit(s, "b.py", "b"), &["main"], false),
        ("in a file", |s| commit(s, "b.py", &line(1)), &["main"], true),
        (
            "added and taken away again",
            |s| {
                commit(s, "b.py", &line(1));
                commit(s, "b.py", "");
            },
            &["main"],
            true,
        ),
        (
            "the message of a commit",
            |s| drop(s.git(".", &["commit", "--quiet", "--allow-empty", "-m", &openai_key(1)])),
            &["main"],
            true,
        ),
        (
            "the message of a tag",
            |s| drop(s.git(".", &["tag", "-a", "-m", &openai_key(1), "v1"])),
            &["v1"],
            true,
        ),
        (
            "the name of a reference",
            |s| drop(s.git(".", &["branch", &format!("x-{}", openai_key(1))])),
            &["refs/heads/x-*:refs/heads/x-*"],
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
            &["main"],
            true,
        ),
        (
            "the second of two branches",
            |s| {
                s.git(".", &["branch", "clean"]);
                s.git(".", &["checkout", "--quiet", "-b", "new"]);
                commit(s, "b.py", &line(1));
            },
            &["clean", "new"],
            true,
        ),
        (
            "a forced push of a root commit",
            |s| {
                s.git(".", &["checkout", "--quiet", "--orphan", "root"]);
                commit(s, "b.py", &line(1));
            },
            &["--force", "root:main"],
            true,
        ),
        (
            "a deletion",
            |s| {
                fs::remove_file(s.path(".git/server.git/hooks/pre-receive")).unwrap();
                s.git(".", &["push", "--quiet", "origin", &format!("main:refs/heads/{}", openai_key(1))]);
                let mut command = s.command(SKANNER);
                Run::of(command.current_dir(s.path(".git/server.git")).args(["hook", "install"]));
            },
            &["--prune", "refs/heads/*:refs/heads/*"],
            false,
        ),
        // Nobody may change by what he pushes what is looked for.
        (
            "with a configuration of its own",
            |s| {
                s.write(".gitattributes", "* -diff binary\n");
                s.write(".gitignore", "*\n");
                s.write("skanner.toml", "exclude-rule = [\"openai-project-key\"]\n");
                s.git(".", &["add", "--force", "--all"]);
                s.git(".", &["commit", "--quiet", "--message", "policy"]);
                s.write("b.py", line(1));
                s.git(".", &["add", "--force", "--all"]);
                s.git(".", &["commit", "--quiet", "--message", "b"]);
            },
            &["main"],
            true,
        ),
    ];
    for (name, prepare, arguments, is_refused) in cases {
        let sandbox = served();
        prepare(&sandbox);
        let before = server(&sandbox, &["for-each-ref"]);
        let run = git(&sandbox, &[&["push", "--quiet", "origin"], *arguments].concat());
        if *is_refused {
            // Git itself names the references, in lines of its own.
            let lines = run.stderr.lines().filter(|line| line.starts_with("remote: "));
            let run = Run { stderr: lines.map(|line| format!("{line}\n")).collect(), ..run };
            assert_stopped(&run, 1, &["remote: ", "This push was refused", "Revoke the keys"]);
            assert_eq!(server(&sandbox, &["for-each-ref"]), before, "{name}");
        } else {
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}");
        }
    }
}

#[test]
fn what_the_server_has_is_no_news() {
    let sandbox = served();
    let hook_file = sandbox.path(".git/server.git/hooks/pre-receive");
    fs::rename(&hook_file, hook_file.with_extension("off")).unwrap();
    commit(&sandbox, "b.py", &line(1));
    sandbox.git(".", &["push", "--quiet", "origin", "main:other"]);
    fs::rename(hook_file.with_extension("off"), &hook_file).unwrap();
    // The same commit under another name, and one more.
    assert_passed(&git(&sandbox, &["push", "--quiet", "origin", "main"]));
    commit(&sandbox, "c.py", "c");
    assert_passed(&git(&sandbox, &["push", "--quiet", "origin", "main"]));
}

#[test]
fn many_commits_and_packs_are_read_in_quarantine() {
    let sandbox = served();
    // More than receive.unpackLimit, so that they come as a pack.
    for number in 0..120 {
        commit(&sandbox, &format!("f{number}.py"), &format!("{number}\n"));
    }
    assert_passed(&git(&sandbox, &["push", "--quiet", "origin", "main"]));
    for number in 0..110 {
        let text = if number == 50 { line(1) } else { format!("more {number}\n") };
        commit(&sandbox, &format!("f{number}.py"), &text);
    }
    assert_stopped(&git(&sandbox, &["push", "--quiet", "origin", "main"]), 1, &["f50.py:1:8"]);
}

#[test]
fn a_first_push_and_one_that_only_deletes_are_understood() {
    let sandbox = repository();
    sandbox.git(".", &["init", "--quiet", "--bare", ".git/server.git"]);
    let mut command = sandbox.command(SKANNER);
    Run::of(command.current_dir(sandbox.path(".git/server.git")).args(["hook", "install"]));
    assert_passed(&git(&sandbox, &["push", "--quiet", ".git/server.git", "main", "main:other"]));
    assert_passed(&git(&sandbox, &["push", "--quiet", ".git/server.git", "--delete", "other"]));
}

#[test]
fn without_lines_nothing_is_proved() {
    let sandbox = served();
    let run = hook(&sandbox, &["pre-receive"], "");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("nothing was scanned"), "{run:?}");
}

/// What git sends to the server for a new branch `stray`: a commit without a key, and these objects.
fn stray_push(sandbox: &Sandbox, objects: &[String]) -> Vec<u8> {
    let tree = sandbox.git(".", &["rev-parse", "HEAD^{tree}"]);
    let commit = sandbox.git(".", &["commit-tree", tree.trim(), "-p", "HEAD", "-m", "clean"]);
    let list = format!("{}\n{}", objects.join("\n"), commit);
    let mut pack = sandbox.command("git");
    pack.args(["pack-objects", "-q", "--stdout"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = pack.spawn().unwrap();
    child.stdin.take().unwrap().write_all(list.as_bytes()).unwrap();
    let pack = child.wait_with_output().unwrap().stdout;
    let line = format!("{} {} refs/heads/stray\0 report-status", "0".repeat(40), commit.trim());
    [format!("{:04x}{line}0000", line.len() + 4).into_bytes(), pack].concat()
}

#[test]
fn objects_that_nothing_names_are_scanned_as_well() {
    type Make = fn(&Sandbox) -> Vec<String>;
    let blob: Make = |s| {
        let file = s.write("../home/object", line(1));
        vec![s.git(".", &["hash-object", "-w", file.to_str().unwrap()]).trim().to_owned()]
    };
    let message: Make = |s| {
        let tree = s.git(".", &["rev-parse", "HEAD^{tree}"]);
        vec![s.git(".", &["commit-tree", tree.trim(), "-m", &openai_key(1)]).trim().to_owned()]
    };
    let tag: Make = |s| {
        s.git(".", &["tag", "-a", "-m", &openai_key(1), "stray"]);
        vec![s.git(".", &["rev-parse", "stray"]).trim().to_owned()]
    };
    let name: Make = |s| {
        s.write(openai_key(1), "x");
        add_all(s);
        let tree = s.git(".", &["write-tree"]).trim().to_owned();
        vec![tree]
    };
    let clean: Make = |s| {
        let file = s.write("../home/object", "nothing");
        vec![s.git(".", &["hash-object", "-w", file.to_str().unwrap()]).trim().to_owned()]
    };
    for (what, make, is_refused) in [
        ("blob", blob, true),
        ("message", message, true),
        ("tag", tag, true),
        ("name", name, true),
        ("clean", clean, false),
    ] {
        // Loose, and as a pack.
        for limit in ["100", "1"] {
            let sandbox = served();
            server(&sandbox, &["config", "receive.unpackLimit", limit]);
            let objects = make(&sandbox);
            let input = stray_push(&sandbox, &objects);
            let mut receive = git_command(&sandbox);
            // What it says is in the binary form of the protocol.
            let mut child = receive
                .args(["receive-pack", ".git/server.git"])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let _ = child.stdin.take().unwrap().write_all(&input);
            child.wait().unwrap();
            let has = |id: &str| {
                Run::of(git_command(&sandbox).args(["-C", ".git/server.git", "cat-file", "-e", id])).code == 0
            };
            assert_eq!(has(&objects[0]), !is_refused, "{what}, {limit}");
            assert_eq!(has("refs/heads/stray"), !is_refused, "{what}, {limit}");
        }
    }
}
