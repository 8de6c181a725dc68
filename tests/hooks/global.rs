//! Hooks for all repositories of a user.

use std::{fs, path::Path};

use super::harness::*;

fn new_repository(sandbox: &Sandbox, name: &str) {
    sandbox.git(".", &["init", "--quiet", name]);
    sandbox.write(format!("{name}/x.py"), line(1));
    sandbox.git(name, &["add", "x.py"]);
}

fn commit(sandbox: &Sandbox, name: &str) -> Run {
    Run::of(git_command(sandbox).current_dir(sandbox.path(name)).args([
        "commit",
        "--quiet",
        "--message",
        "try",
    ]))
}

/// Makes `git --version` say something else; all the rest is the real git.
fn pretend_version(sandbox: &Sandbox, version: &str) -> String {
    let real = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .map(|folder| folder.join("git"))
        .find(|file| file.exists())
        .unwrap();
    script(
        sandbox,
        "bin/git",
        &format!(
            "#!/bin/sh\nif test \"$*\" = --version; then echo git version {version}; exit; fi\nexec '{}' \"$@\"\n",
            real.display()
        ),
    );
    format!("{}:{}", sandbox.path("bin").display(), std::env::var("PATH").unwrap())
}

fn with_version(sandbox: &Sandbox, version: &str, arguments: &[&str]) -> Run {
    let path = pretend_version(sandbox, version);
    let run = Run::of(sandbox.command(SKANNER).args(["hook"]).args(arguments).env("PATH", path));
    assert_eq!(run.code, 0, "{run:?}");
    run
}

#[test]
fn newer_gits_are_configured() {
    let sandbox = Sandbox::new();
    let get = |key: &str| git(&sandbox, &["config", "--global", "--get-all", key]).stdout;
    sandbox.git(".", &["config", "--global", "hook.other.command", "true"]);
    for _ in 0..2 {
        with_version(&sandbox, "2.54.0", &["install", "--global"]);
        for event in ["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"] {
            assert_eq!(get(&format!("hook.skanner-{event}.event")).trim(), event);
        }
    }
    // The command does its work, as git runs it: with the arguments of the hook behind it.
    let command = get("hook.skanner-commit-msg.command");
    sandbox.write("message", openai_key(1));
    let run =
        Run::of(sandbox.command("sh").args(["-c", &format!("{} \"$@\"", command.trim()), "sh", "message"]));
    assert_stopped(&run, 1, &["message:1:1"]);
    assert_eq!(run.stdout, "");
    let gone = command.replace(SKANNER, "/no/such/skanner");
    let run =
        Run::of(sandbox.command("sh").args(["-c", &format!("{} \"$@\"", gone.trim()), "sh", "message"]));
    assert!(run.code == 2 && run.stderr.contains("program not found"), "{run:?}");
    // Nothing else was set or is taken away.
    assert_eq!((get("core.hooksPath"), get("init.templateDir")), (String::new(), String::new()));
    with_version(&sandbox, "2.54.0", &["uninstall", "--global"]);
    assert_eq!(git(&sandbox, &["config", "--global", "--list"]).stdout, "hook.other.command=true\n");
}

#[test]
fn older_gits_copy_from_a_template() {
    let sandbox = Sandbox::new();
    new_repository(&sandbox, "old");
    let run = with_version(&sandbox, "2.53.1", &["install", "--global"]);
    assert!(run.stderr.contains("from now on"), "{run:?}");
    new_repository(&sandbox, "new");
    assert_stopped(&commit(&sandbox, "new"), 1, &[]);
    assert!(sandbox.path("new/.git/info/exclude").exists());
    assert_passed(&commit(&sandbox, "old"));
    let template = sandbox.git(".", &["config", "--global", "init.templateDir"]);
    assert!(Path::new(template.trim()).join("hooks/pre-commit").exists());
    // Also if git has grown newer since.
    with_version(&sandbox, "2.54.0", &["uninstall", "--global"]);
    assert_eq!(git(&sandbox, &["config", "--global", "--list"]).stdout, "");
    assert!(!Path::new(template.trim()).exists());
    // A copy is the repository's own.
    assert_stopped(&commit(&sandbox, "new"), 1, &[]);
    let mut command = sandbox.command(SKANNER);
    assert_passed(&Run::of(command.current_dir(sandbox.path("new")).args(["hook", "uninstall"])));
    assert_passed(&commit(&sandbox, "new"));
}

#[test]
fn folders_of_the_user_are_used_where_there_are_some() {
    let sandbox = Sandbox::new();
    let hooks = sandbox.path("my hooks");
    script(&sandbox, "my hooks/pre-commit", "#!/bin/sh\necho called >> \"$HOME/called\"\n");
    sandbox.git(".", &["config", "--global", "core.hooksPath", hooks.to_str().unwrap()]);
    with_version(&sandbox, "2.39.5", &["install", "--global"]);
    new_repository(&sandbox, "any");
    assert_stopped(&commit(&sandbox, "any"), 1, &[]);
    assert!(sandbox.path("../home/called").exists());
    with_version(&sandbox, "2.39.5", &["uninstall", "--global"]);
    assert_eq!(fs::read_dir(&hooks).unwrap().count(), 1);
    assert_passed(&commit(&sandbox, "any"));

    let sandbox = Sandbox::new();
    let template = sandbox.path("my template");
    sandbox.git(".", &["config", "--global", "init.templateDir", template.to_str().unwrap()]);
    with_version(&sandbox, "2.39.5", &["install", "--global"]);
    new_repository(&sandbox, "any");
    assert_stopped(&commit(&sandbox, "any"), 1, &[]);
    with_version(&sandbox, "2.39.5", &["uninstall", "--global"]);
    assert!(sandbox.git(".", &["config", "--global", "init.templateDir"]).contains("my template"));

    let sandbox = Sandbox::new();
    sandbox.git(".", &["config", "--global", "core.hooksPath", ".githooks"]);
    let run = sandbox.skanner(&["hook", "install", "--global"]);
    assert!(run.code == 2 && run.stderr.contains("in each repository"), "{run:?}");
}
