//! `skanner hook install` and `uninstall` in a repository.

use std::{fs, os::unix::fs::PermissionsExt};

use super::harness::*;

/// A commit that a hook shall stop.
fn commit_with_key(sandbox: &Sandbox, folder: &str) -> Run {
    sandbox.write(format!("{folder}/x.py"), line(1));
    sandbox.git(folder, &["add", "x.py"]);
    Run::of(git_command(sandbox).current_dir(sandbox.path(folder)).args([
        "commit",
        "--quiet",
        "--message",
        "try",
    ]))
}

#[test]
fn hooks_that_are_there_are_called_first() {
    // What is there, and whether it is run by git and so by us.
    for (text, mode, is_run) in [
        ("#!/bin/sh\necho called \"$0\" >> called\n", 0o755, true),
        ("#!/bin/sh\necho called \"$0\" >> called\n", 0o644, false),
    ] {
        let sandbox = repository();
        let there = script(&sandbox, ".git/hooks/pre-commit", text);
        fs::set_permissions(&there, fs::Permissions::from_mode(mode)).unwrap();
        let run = installed(&sandbox, &["install", "pre-commit"]);
        assert!(run.stdout.contains("called first"), "{run:?}");
        installed(&sandbox, &["install", "pre-commit"]);
        assert_stopped(&commit_with_key(&sandbox, "."), 1, &[]);
        let called = fs::read_to_string(sandbox.path("called")).unwrap_or_default();
        assert_eq!(called.lines().count(), usize::from(is_run), "{called}");
        installed(&sandbox, &["uninstall"]);
        assert_eq!(fs::read_to_string(&there).unwrap(), text);
        assert_eq!(fs::metadata(&there).unwrap().permissions().mode() & 0o777, mode);
        assert_passed(&git(&sandbox, &["commit", "--quiet", "--message", "try"]));
    }
}

#[test]
fn a_hook_that_is_there_sees_what_git_says_and_decides() {
    let sandbox = repository();
    sandbox.git(".", &["init", "--quiet", "--bare", ".git/origin.git"]);
    // It adds to the index: what it adds is scanned as well.
    script(&sandbox, ".git/hooks/pre-commit", "#!/bin/sh\ncp .git/generated x.py && git add x.py\n");
    script(
        &sandbox,
        ".git/hooks/commit-msg",
        "#!/bin/sh\necho \"$@\" > .git/arguments\ngrep -q good \"$1\"\n",
    );
    script(&sandbox, ".git/hooks/pre-push", "#!/bin/sh\necho \"$@\" > .git/arguments\ncat > .git/lines\n");
    installed(&sandbox, &["install"]);
    sandbox.write(".git/generated", line(1));
    assert_stopped(&git(&sandbox, &["commit", "--message", "good"]), 1, &["x.py:1:8"]);
    sandbox.write(".git/generated", "fine\n");
    assert_ne!(git(&sandbox, &["commit", "--message", "bad"]).code, 0);
    assert_passed(&git(&sandbox, &["commit", "--quiet", "--message", "good"]));
    assert_eq!(fs::read_to_string(sandbox.path(".git/arguments")).unwrap(), ".git/COMMIT_EDITMSG\n");
    assert_passed(&git(&sandbox, &["push", "--quiet", ".git/origin.git", "main", "HEAD:refs/heads/b"]));
    let lines = fs::read_to_string(sandbox.path(".git/lines")).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    let arguments = fs::read_to_string(sandbox.path(".git/arguments")).unwrap();
    assert_eq!(arguments, ".git/origin.git .git/origin.git\n");
}

#[test]
fn links_and_programs_are_called_as_well() {
    let sandbox = repository();
    script(&sandbox, "scripts/hook", "#!/bin/sh\necho called >> .git/called\n");
    fs::create_dir_all(sandbox.path(".git/hooks")).unwrap();
    std::os::unix::fs::symlink("../../scripts/hook", sandbox.path(".git/hooks/pre-commit")).unwrap();
    // A program instead of a script: one that always succeeds.
    fs::copy("/bin/true", sandbox.path(".git/hooks/commit-msg")).unwrap();
    installed(&sandbox, &["install"]);
    assert_stopped(&commit_with_key(&sandbox, "."), 1, &[]);
    assert!(sandbox.path(".git/called").exists());
    sandbox.git(".", &["rm", "--quiet", "--cached", "x.py"]);
    assert_stopped(&git(&sandbox, &["commit", "--allow-empty", "-m", &openai_key(2)]), 2, &[]);
    installed(&sandbox, &["uninstall"]);
    assert!(sandbox.path(".git/hooks/pre-commit").is_symlink());
}

#[test]
fn worktrees_submodules_and_strange_paths_have_hooks() {
    let sandbox = Sandbox::new();
    let name = "it's a \"$(folder)\" `x`";
    sandbox.git(".", &["init", "--quiet", name]);
    sandbox.write(format!("{name}/a.py"), "a");
    sandbox.git(name, &["add", "a.py"]);
    sandbox.git(name, &["commit", "--quiet", "--message", "first"]);
    // The program as well stands in a folder that a shell could misread.
    let program = sandbox.path("it's $HOME");
    fs::create_dir(&program).unwrap();
    let program = program.join("skanner");
    fs::copy(SKANNER, &program).unwrap();
    sandbox.git(name, &["worktree", "add", "--quiet", "../linked"]);
    let mut command = sandbox.command(&program);
    let run = Run::of(command.current_dir(sandbox.path("linked")).args(["hook", "install"]));
    assert_eq!(run.code, 0, "{run:?}");
    assert!(sandbox.path(name).join(".git/hooks/pre-commit").exists());
    for folder in [name, "linked"] {
        assert_stopped(&commit_with_key(&sandbox, folder), 1, &["x.py:1:8"]);
    }
    sandbox.git(".", &["init", "--quiet", "outer"]);
    sandbox.git("outer", &["submodule", "--quiet", "add", &format!("../{name}"), "sub"]);
    let mut command = sandbox.command(&program);
    let run = Run::of(command.current_dir(sandbox.path("outer/sub")).args(["hook", "install"]));
    assert!(run.stdout.contains("modules/sub/hooks/pre-commit"), "{run:?}");
    assert_stopped(&commit_with_key(&sandbox, "outer/sub"), 1, &["x.py:1:8"]);
}

#[test]
fn without_the_program_nothing_goes_on() {
    let sandbox = repository();
    let program = sandbox.path(".git/skanner");
    fs::copy(SKANNER, &program).unwrap();
    let run = Run::of(sandbox.command(&program).args(["hook", "install"]));
    assert_eq!(run.code, 0, "{run:?}");
    fs::remove_file(&program).unwrap();
    let run = commit_with_key(&sandbox, ".");
    assert_ne!(run.code, 0);
    for words in ["program not found", "hook install", ".git/hooks/pre-commit", "--no-verify"] {
        assert!(run.stderr.contains(words), "{run:?}");
    }
    // The path is the second place to look.
    let folder = std::path::Path::new(SKANNER).parent().unwrap().display().to_string();
    let mut command = git_command(&sandbox);
    command.env("PATH", format!("{folder}:{}", std::env::var("PATH").unwrap()));
    assert_stopped(&Run::of(command.args(["commit", "--message", "try"])), 1, &[]);
}

#[test]
fn the_folder_that_git_looks_in_is_the_one() {
    let sandbox = repository();
    sandbox.git(".", &["config", "core.hooksPath", ".githooks"]);
    fs::create_dir(sandbox.path("sub")).unwrap();
    let mut command = sandbox.command(SKANNER);
    let run = Run::of(command.current_dir(sandbox.path("sub")).args(["hook", "install"]));
    assert!(run.code == 0 && run.stderr.contains("is in the work tree: do not commit"), "{run:?}");
    assert!(sandbox.path(".githooks/pre-commit").exists() && !sandbox.path(".git/hooks/pre-commit").exists());
    assert_stopped(&commit_with_key(&sandbox, "."), 1, &[]);
    installed(&sandbox, &["uninstall"]);
    assert!(!sandbox.path(".githooks/pre-commit").exists());
    // Git's own folder is none of the work tree.
    let run = installed(&repository(), &["install"]);
    assert_eq!(run.stderr, "");
}

#[test]
fn hooks_of_others_are_left_to_them() {
    type Prepare = fn(&Sandbox);
    let cases: &[(&str, Prepare, &str)] = &[
        ("husky", |s| drop(s.git(".", &["config", "core.hooksPath", ".husky/_"])), ".husky/pre-push:"),
        (
            "old husky",
            |s| drop(s.git(".", &["config", "core.hooksPath", "web/.husky"])),
            ".husky/pre-commit:",
        ),
        ("lefthook", |s| drop(s.write("lefthook.yml", "")), "use_stdin: true"),
        ("hidden lefthook", |s| drop(s.write(".config/lefthook.toml", "")), "lefthook install"),
        (
            "the user",
            |s| drop(s.git(".", &["config", "--global", "core.hooksPath", "~/hooks"])),
            "`skanner hook install --global`",
        ),
        ("nobody", |s| drop(s.git(".", &["config", "core.hooksPath", "/dev/null"])), "turned off"),
    ];
    for (name, prepare, words) in cases {
        let sandbox = repository();
        prepare(&sandbox);
        let before = sandbox.snapshot(".");
        let run = sandbox.skanner(&["hook", "install"]);
        assert_eq!(run.code, 2, "{name}: {run:?}");
        assert!(run.stderr.contains(words), "{name}: {run:?}");
        assert_eq!(sandbox.snapshot("."), before, "{name}");
    }
    // What was installed before can be taken away after.
    let sandbox = hooked();
    sandbox.git(".", &["config", "core.hooksPath", ".husky/_"]);
    installed(&sandbox, &["uninstall"]);
    assert!(!sandbox.path(".git/hooks/pre-commit").exists());
}

#[test]
fn wrong_places_are_named() {
    let nowhere = Sandbox::new();
    let bare = Sandbox::new();
    bare.git(".", &["init", "--quiet", "--bare"]);
    let sandbox = repository();
    fs::create_dir_all(sandbox.path(".git/hooks/pre-push")).unwrap();
    for (place, arguments, words) in [
        (&nowhere, &["install"][..], "not a git repository"),
        (&nowhere, &["uninstall"], "not a git repository"),
        (&bare, &["install", "pre-commit"], "is bare"),
        (&sandbox, &["install", "pre-receive"], "is not bare"),
        (&sandbox, &["install", "pre-push"], "is a directory"),
        (&sandbox, &["install", "post-commit"], "pre-receive"),
        (&sandbox, &["install", "--global", "pre-receive"], "without --global"),
    ] {
        let run = place.skanner(&[&["hook"], arguments].concat());
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(words), "{arguments:?}: {run:?}");
    }
    let run = installed(&repository(), &["uninstall"]);
    assert!(run.stderr.contains("no skanner hook is installed"), "{run:?}");
}
