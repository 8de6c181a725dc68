//! What these tests share.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

pub(crate) use crate::support::{Run, Sandbox, openai_key};

/// The built program.
pub(crate) const SKANNER: &str = env!("CARGO_BIN_EXE_skanner");

/// A repository with one commit on `main`, without hooks.
pub(crate) fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet"]);
    sandbox.write("a.py", "a = 1\n");
    add_all(&sandbox);
    sandbox.git(".", &["commit", "--quiet", "--message", "first"]);
    sandbox
}

/// The same with all hooks that people have.
pub(crate) fn hooked() -> Sandbox {
    let sandbox = repository();
    installed(&sandbox, &["install"]);
    sandbox
}

#[track_caller]
pub(crate) fn installed(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    let run = sandbox.skanner(&[&["hook"], arguments].concat());
    assert_eq!(run.code, 0, "{run:?}");
    run
}

pub(crate) fn add_all(sandbox: &Sandbox) {
    sandbox.git(".", &["add", "--all"]);
}

/// Git, without a demand that it succeeds.
pub(crate) fn git(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    Run::of(git_command(sandbox).args(arguments))
}

pub(crate) fn git_command(sandbox: &Sandbox) -> Command {
    let mut command = sandbox.command("git");
    command.args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
    command.args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]);
    command
}

/// Runs the program with something on standard input.
pub(crate) fn with_input(command: &mut Command, input: impl AsRef<[u8]>) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end without having read all of it.
    let _ = child.stdin.take().unwrap().write_all(input.as_ref());
    Run::from(child.wait_with_output().unwrap())
}

pub(crate) fn hook(sandbox: &Sandbox, arguments: &[&str], input: impl AsRef<[u8]>) -> Run {
    with_input(sandbox.command(SKANNER).arg("hook").args(arguments), input)
}

pub(crate) fn script(sandbox: &Sandbox, path: impl AsRef<Path>, text: &str) -> PathBuf {
    let file = sandbox.write(path, text);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    file
}

/// A line with a key.
pub(crate) fn line(seed: u64) -> String {
    format!("key = \"{}\"\n", openai_key(seed))
}

pub(crate) fn commits(sandbox: &Sandbox) -> usize {
    sandbox.git(".", &["rev-list", "--count", "--all"]).trim().parse().unwrap()
}

/// The run was stopped for this key: it is named, masked, and nothing shows it.
#[track_caller]
pub(crate) fn assert_stopped(run: &Run, seed: u64, words: &[&str]) {
    let said = format!("{}{}", run.stdout, run.stderr);
    let key = openai_key(seed);
    assert_ne!(run.code, 0, "{said}");
    assert!(said.contains(&format!("sk-proj-…{}", &key[key.len() - 4..])), "{said}");
    assert!(!said.contains(&key[10..40]), "it shows the key");
    for word in words {
        assert!(said.contains(word), "{word:?} is missing: {said}");
    }
}

#[track_caller]
pub(crate) fn assert_passed(run: &Run) {
    assert_eq!(run.code, 0, "{run:?}");
}
