//! Where a plan may be written, and who can read it.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
};

use crate::{
    harness::{commit, has, planned, repository, run_with_tools},
    support::{Sandbox, openai_key},
};

fn with_key() -> Sandbox {
    let sandbox = repository();
    sandbox.write("a.txt", openai_key(1));
    commit(&sandbox, "a key");
    sandbox
}

#[test]
fn a_plan_is_for_its_owner_alone() {
    for is_there in [false, true] {
        let sandbox = with_key();
        if is_there {
            fs::create_dir(sandbox.path("../plan")).unwrap();
            fs::set_permissions(sandbox.path("../plan"), fs::Permissions::from_mode(0o755)).unwrap();
        }
        let planned = planned(sandbox, &[]);
        let directory = planned.sandbox.path("../plan");
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(&directory), 0o700);
        let mut names = Vec::new();
        for entry in fs::read_dir(&directory).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(mode(&entry.path()), 0o600, "{entry:?}");
            names.push(entry.file_name().into_string().unwrap());
        }
        names.sort();
        assert_eq!(
            names,
            ["README.md", "cleanup.sh", "edits.json", "edits.py", "replace-text.txt", "strip-blobs.txt"]
        );
        planned.assert_secret(&[openai_key(1)]);
    }
}

#[test]
fn a_plan_is_not_written_where_a_repository_would_take_it() {
    let sandbox = with_key();
    sandbox.git("", &["worktree", "add", "-q", "../linked"]);
    sandbox.git("..", &["init", "-q", "other"]);
    sandbox.git("..", &["init", "-q", "--bare", "bare.git"]);
    symlink(sandbox.tree(), sandbox.path("../link")).unwrap();
    symlink(sandbox.path(".git"), sandbox.path("../git-link")).unwrap();
    fs::create_dir(sandbox.path("../outside")).unwrap();
    symlink(sandbox.path("new"), sandbox.path("../outside/broken")).unwrap();
    let whole = sandbox.path("plan").display().to_string();
    for directory in [
        "plan",
        ".",
        "",
        "a/b/plan",
        ".git",
        ".git/plan",
        "../tree/plan",
        "../link/plan",
        "../git-link/plan",
        "../outside/../tree/plan",
        "../missing/../tree/plan",
        "../linked/plan",
        "../linked",
        "../other/plan",
        "../other/.git/plan",
        "../bare.git/plan",
        "../bare.git/a/b",
        &whole,
    ] {
        let before = sandbox.snapshot(".");
        let run = sandbox.skanner(&["audit", "--plan", directory]);
        assert_eq!(run.code, 2, "{directory}: {run:?}");
        if !directory.is_empty() {
            assert!(run.stderr.contains("is in the repository"), "{directory}: {run:?}");
            assert!(run.stderr.contains("write it outside, such as to "), "{directory}: {run:?}");
        }
        assert_eq!(sandbox.snapshot("."), before, "{directory}");
    }
    let run = sandbox.skanner(&["audit", "--plan", "../outside/broken"]);
    assert!(run.code == 2 && run.stderr.contains("leads nowhere"), "{run:?}");
    // From a linked work tree, the main one and its directory are as near.
    for directory in ["../tree/plan", "../tree/.git/plan", "../linked/plan", "."] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.current_dir(sandbox.path("../linked")).args(["audit", "--plan", directory]);
        let run = crate::support::Run::of(&mut command);
        assert!(run.code == 2 && run.stderr.contains("is in the repository"), "{directory}: {run:?}");
    }
}

#[test]
fn nothing_is_replaced() {
    let sandbox = with_key();
    sandbox.write("../full/notes.txt", "notes");
    let run = sandbox.skanner(&["audit", "--plan", "../full"]);
    assert!(run.code == 2 && run.stderr.contains("is not empty"), "{run:?}");
    sandbox.write("../file", "");
    let run = sandbox.skanner(&["audit", "--plan", "../file"]);
    assert!(run.code == 2 && run.stderr.contains("cannot be used"), "{run:?}");
    let planned = planned(sandbox, &[]);
    let run = planned.sandbox.skanner(&["audit", "--plan", "../plan"]);
    assert!(run.code == 2 && run.stderr.contains("is not empty"), "{run:?}");
}

#[test]
fn without_a_key_there_is_no_plan() {
    let sandbox = repository();
    let run = sandbox.skanner(&["audit", "--plan", "../plan"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("no plan was written") && !sandbox.path("../plan").exists(), "{run:?}");
}

#[test]
fn the_script_is_sound() {
    let planned = planned(with_key(), &["--rule", "openai-project-key", "--min-confidence", "possible"]);
    let script = planned.file("cleanup.sh");
    assert!(
        script.contains("audit --min-confidence=possible --rule=openai-project-key \"$clean\""),
        "{script}"
    );
    let run = run_with_tools(&planned.sandbox, "sh", &["../plan/cleanup.sh"]);
    assert!(run.code == 2 && run.stderr.contains("usage: sh cleanup.sh SOURCE [WORKDIR]"), "{run:?}");
    if has("shellcheck") {
        let run = run_with_tools(&planned.sandbox, "shellcheck", &["../plan/cleanup.sh"]);
        assert_eq!(run.code, 0, "{run:?}");
    }
    if has("git-filter-repo") {
        let run = run_with_tools(&planned.sandbox, "sh", &["../plan/cleanup.sh", ".", "work"]);
        assert!(run.code == 2 && run.stderr.contains("is in a repository"), "{run:?}");
        assert!(!planned.sandbox.path("work").exists());
        fs::create_dir(planned.sandbox.path("../taken")).unwrap();
        let run = run_with_tools(&planned.sandbox, "sh", &["../plan/cleanup.sh", ".", "../taken"]);
        assert!(run.code == 2 && run.stderr.contains("exists: name another directory"), "{run:?}");
    }
}
