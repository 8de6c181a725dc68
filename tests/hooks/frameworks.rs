//! The pre-commit framework with the hooks that our manifest has. The real one: it is taken from `PATH`, where
//! `.ci/run` puts it.

use std::{fs, path::Path};

use super::harness::{Run, SKANNER, Sandbox, add_all, assert_passed, assert_stopped, git, git_command, line};

const MANIFEST: &str = include_str!("../../.pre-commit-hooks.yaml");

/// A repository that uses the hooks of our manifest with the built program, all of them installed. Nothing where there
/// is no pre-commit, which is a failure in CI.
fn consumer() -> Option<Sandbox> {
    let sandbox = super::harness::repository();
    let is_there = sandbox.command("pre-commit").arg("--version").output().is_ok();
    let is_ci = std::env::var_os("CI").is_some();
    assert!(is_there || !is_ci, "pre-commit is not installed: `pip install pre-commit`, as .ci/run does");
    if !is_there {
        return None;
    }
    // The manifest in a repository of its own, every hook with the program that is there.
    let manifest = MANIFEST.replace("language: rust", "language: system");
    sandbox
        .write("../hooks/.pre-commit-hooks.yaml", manifest.replace("language: python", "language: system"));
    sandbox.git("../hooks", &["init", "--quiet"]);
    sandbox.git("../hooks", &["add", "--all"]);
    sandbox.git("../hooks", &["commit", "--quiet", "--message", "hooks"]);
    let rev = sandbox.git("../hooks", &["rev-parse", "HEAD"]);
    sandbox.write(
        ".pre-commit-config.yaml",
        format!(
            "repos:\n- repo: ../hooks\n  rev: {}\n  hooks:\n  - id: skanner\n  - id: skanner-push\n  - id: skanner-commit-msg\n",
            rev.trim()
        ),
    );
    add_all(&sandbox);
    sandbox.git(".", &["commit", "--quiet", "--message", "use them"]);
    let types = ["pre-commit", "commit-msg", "pre-push"].map(|kind| format!("--hook-type={kind}"));
    let run = pre_commit(&sandbox, &["install", &types[0], &types[1], &types[2]]);
    assert_passed(&run);
    Some(sandbox)
}

fn on_path(command: &mut std::process::Command) -> &mut std::process::Command {
    let mut path = Path::new(SKANNER).parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    command.env("PATH", path)
}

fn pre_commit(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    Run::of(on_path(sandbox.command("pre-commit").args(arguments)))
}

fn commit(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    Run::of(on_path(git_command(sandbox).arg("commit").args(arguments)))
}

#[test]
fn the_manifest_is_one() {
    let Some(sandbox) = consumer() else { return };
    let manifest = sandbox.write("manifest.yaml", MANIFEST);
    assert_passed(&pre_commit(&sandbox, &["validate-manifest", manifest.to_str().unwrap()]));
}

#[test]
fn what_is_built_from_source_is_the_same_hook() {
    let hooks: Vec<_> = MANIFEST.split("\n- id: ").skip(1).collect();
    let find = |id: &str| hooks.iter().find(|hook| hook.lines().next() == Some(id)).copied().unwrap();
    let settings = |hook: &str| {
        let own = ["id:", "description:", "language:", "#"];
        let lines = hook.lines().skip(1).map(str::trim).filter(|line| !line.is_empty());
        lines
            .filter(|line| !own.iter().any(|own| line.starts_with(own)))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for id in ["skanner", "skanner-push", "skanner-commit-msg"] {
        let source = find(&format!("{id}-src"));
        assert!(find(id).contains("language: python") && source.contains("language: rust"), "{id}");
        assert_eq!(settings(find(id)), settings(source), "{id}");
    }
}

#[test]
fn a_commit_with_a_key_is_stopped_and_one_without_passes() {
    let Some(sandbox) = consumer() else { return };
    sandbox.write("b.py", line(1));
    add_all(&sandbox);
    assert_stopped(&commit(&sandbox, &["-m", "b"]), 1, &["b.py:1:8", "git restore --staged"]);
    // What is staged counts, not what is there now.
    sandbox.write("b.py", "b = 1\n");
    assert_stopped(&commit(&sandbox, &["-m", "b"]), 1, &["b.py:1:8"]);
    add_all(&sandbox);
    assert_passed(&commit(&sandbox, &["-m", "b"]));
    // It is not news in this file any more.
    sandbox.write("c.py", line(2));
    add_all(&sandbox);
    assert_passed(&commit(&sandbox, &["--no-verify", "-m", "c"]));
    sandbox.write("c.py", format!("x = 1\n{}", line(2)));
    assert_passed(&commit(&sandbox, &["-a", "-m", "c"]));
    sandbox.write("c.py", format!("x = 1\n{}{}", line(2), line(3)));
    assert_stopped(&commit(&sandbox, &["-a", "-m", "c"]), 3, &["c.py:3:8"]);
}

#[test]
fn a_target_of_a_link_and_a_message_are_read() {
    let Some(sandbox) = consumer() else { return };
    std::os::unix::fs::symlink(super::harness::openai_key(1), sandbox.path("link")).unwrap();
    add_all(&sandbox);
    assert_stopped(&commit(&sandbox, &["-m", "link"]), 1, &["link"]);
    sandbox.git(".", &["reset", "--quiet", "--hard"]);
    sandbox.write("d.py", "d = 1\n");
    add_all(&sandbox);
    assert_stopped(&commit(&sandbox, &["-m", &line(4)]), 4, &["message"]);
}

#[test]
fn all_files_are_all_files() {
    let Some(sandbox) = consumer() else { return };
    assert_passed(&pre_commit(&sandbox, &["run", "--all-files"]));
    // So many that the framework calls the program several times at once.
    for number in 0..1200 {
        sandbox.write(format!("many/{}/{number}.txt", "long".repeat(30)), "nothing\n");
    }
    sandbox.write(".gitignore", "*.env\n");
    sandbox.write("tracked.env", line(5));
    sandbox.git(".", &["add", "--all", "--force"]);
    assert_passed(&commit(&sandbox, &["--quiet", "--no-verify", "-m", "many"]));
    let run = pre_commit(&sandbox, &["run", "--all-files"]);
    assert_stopped(&run, 5, &["tracked.env:1:8"]);
    assert_stopped(&pre_commit(&sandbox, &["run", "--files", "tracked.env"]), 5, &["tracked.env:1:8"]);
    assert_passed(&pre_commit(&sandbox, &["run", "--files", "a.py"]));
    // Ignored and not tracked: it cannot be committed.
    sandbox.write("own.env", line(6));
    assert_passed(&pre_commit(&sandbox, &["run", "--files", "own.env"]));
}

#[test]
fn what_cannot_be_read_is_not_passed_over() {
    let Some(sandbox) = consumer() else { return };
    sandbox.write("cut.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03cut");
    add_all(&sandbox);
    let run = commit(&sandbox, &["-m", "cut"]);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(run.code != 0 && said.contains("not scanned: cut.gz"), "{run:?}");
    assert_passed(&commit(&sandbox, &["--quiet", "--no-verify", "-m", "cut"]));
    let run = pre_commit(&sandbox, &["run", "--all-files"]);
    assert!(run.code != 0 && run.stdout.contains("not scanned: cut.gz"), "{run:?}");
}

#[test]
fn a_push_of_a_key_that_is_gone_again_is_stopped() {
    let Some(sandbox) = consumer() else { return };
    sandbox.git(".", &["init", "--quiet", "--bare", "../remote.git"]);
    sandbox.git(".", &["remote", "add", "origin", "../remote.git"]);
    let push =
        |sandbox: &Sandbox| Run::of(on_path(git_command(sandbox).args(["push", "origin", "HEAD:main"])));
    assert_passed(&push(&sandbox));
    sandbox.write("e.py", line(7));
    add_all(&sandbox);
    assert_passed(&commit(&sandbox, &["--quiet", "--no-verify", "-m", "e"]));
    fs::remove_file(sandbox.path("e.py")).unwrap();
    assert_passed(&commit(&sandbox, &["--quiet", "-a", "-m", "no e"]));
    assert_stopped(&push(&sandbox), 7, &["e.py:1:8", "This push was stopped"]);
    assert_passed(&git(&sandbox, &["push", "--no-verify", "origin", "HEAD:main"]));
}
