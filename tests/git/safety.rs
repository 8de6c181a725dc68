//! Bad input, and what must never happen: nothing is written, nothing is run, nobody's configuration counts.

use std::fs;

use super::harness::*;

#[test]
fn bad_input_is_named_and_exits_with_2() {
    type Case = (&'static str, fn(&Sandbox), &'static str);
    let cases: &[Case] = &[
        ("no repository", |s| fs::remove_dir_all(s.path(".git")).unwrap(), "is not in a git repository"),
        ("bare", |s| drop(s.git(".", &["config", "core.bare", "true"])), "a bare repository has no index"),
        (
            "not a git index",
            |s| drop(s.write(".git/index", "rubbish, but long enough for a checksum")),
            "not a git index",
        ),
        (
            "truncated",
            |s| {
                let index = fs::read(s.path(".git/index")).unwrap();
                s.write(".git/index", &index[..index.len() - 30]);
            },
            "does not match",
        ),
        (
            "one bit flipped",
            |s| {
                let mut index = fs::read(s.path(".git/index")).unwrap();
                index[60] ^= 1;
                s.write(".git/index", index);
            },
            "does not match",
        ),
        ("empty index", |s| drop(s.write(".git/index", "")), "it is truncated"),
        ("HEAD is rubbish", |s| drop(s.write(".git/HEAD", "rubbish\n")), "HEAD cannot be read"),
        (
            "the branch is rubbish",
            |s| drop(s.write(".git/refs/heads/main", "rubbish\n")),
            "HEAD cannot be read",
        ),
        (
            "the commit is missing",
            |s| drop(s.write(".git/HEAD", format!("{}\n", "1".repeat(40)))),
            "the commit of HEAD cannot be read",
        ),
        (
            "reftable",
            |s| {
                s.git(".", &["config", "core.repositoryformatversion", "1"]);
                s.git(".", &["config", "extensions.refStorage", "reftable"]);
            },
            "extensions.refstorage",
        ),
    ];
    for (name, spoil, expected) in cases {
        let sandbox = repository();
        spoil(&sandbox);
        let run = sandbox.skanner(&["scan", "--staged"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{name}: {run:?}");
        assert!(run.stderr.contains(expected), "{name}: {run:?}");
    }
    for arguments in [
        &["scan", "--staged", "plain.py"][..],
        &["scan", "--staged", "--no-ignore"],
        &["scan", "--staged", "--range", "HEAD"],
        &["scan", "--all"],
        &["scan", "--all", "--range", "HEAD"],
        &["scan", "--range", "HEAD", "plain.py"],
    ] {
        assert_eq!(repository().skanner(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn conflicts_and_missing_objects_are_named_and_the_rest_is_scanned() {
    let sandbox = repository();
    sandbox.git(".", &["checkout", "--quiet", "-b", "side"]);
    sandbox.write("plain.py", "side\n");
    commit(&sandbox, "side");
    sandbox.git(".", &["checkout", "--quiet", "main"]);
    sandbox.write("plain.py", "main\n");
    commit(&sandbox, "main");
    let mut merge = sandbox.command("git");
    merge.args(["-c", "user.name=A", "-c", "user.email=a@example.org", "merge", "--quiet", "side"]);
    assert_eq!(Run::of(&mut merge).code, 1);
    sandbox.write("x.py", line(1));
    sandbox.git(".", &["add", "x.py"]);
    let report = staged(&sandbox);
    report.assert_not_scanned(&["plain.py: has conflicts: resolve them"]);
    assert_eq!(report.paths(), ["x.py"]);

    let sandbox = repository();
    sandbox.write("x.py", line(1));
    sandbox.write("y.py", line(2));
    sandbox.git(".", &["add", "--all"]);
    let id = sandbox.git(".", &["rev-parse", ":x.py"]);
    fs::remove_file(sandbox.path(format!(".git/objects/{}/{}", &id[..2], id[2..].trim()))).unwrap();
    let report = staged(&sandbox);
    report.assert_not_scanned(&["x.py: object"]);
    assert_eq!(report.paths(), ["y.py"]);
}

#[test]
fn a_lock_does_not_matter_to_a_reader() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    sandbox.git(".", &["add", "--all"]);
    sandbox.write(".git/index.lock", "");
    assert_eq!(staged(&sandbox).paths(), ["x.py"]);
}

#[test]
#[cfg(unix)]
fn nothing_is_written_and_nothing_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = repository();
    let trap = sandbox.write(
        "../home/trap",
        format!("#!/bin/sh\ntouch '{}'\ncat\n", sandbox.path("../home/sprung").display()),
    );
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    let trap = trap.to_str().unwrap().to_owned();
    sandbox.write(".gitattributes", "*.py diff=x filter=x merge=x\n");
    sandbox.write("x.py", line(1));
    sandbox.git(".", &["add", "--all"]);
    for (name, value) in [
        ("diff.x.textconv", trap.as_str()),
        ("diff.x.command", &trap),
        ("diff.external", &trap),
        ("filter.x.clean", &trap),
        ("filter.x.smudge", &trap),
        ("filter.x.process", &trap),
        ("merge.x.driver", &trap),
        ("core.fsmonitor", &trap),
        ("core.pager", &trap),
        ("core.sshCommand", &trap),
        ("core.editor", &trap),
        ("core.hooksPath", sandbox.path(".git/traps").to_str().unwrap()),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", &format!("ext::{trap}")),
        ("remote.origin.promisor", "true"),
    ] {
        sandbox.git(".", &["config", name, value]);
    }
    sandbox.git(".", &["config", "core.repositoryFormatVersion", "0"]);
    for hook in
        ["post-index-change", "fsmonitor-watchman", "query-watchman", "pre-commit", "reference-transaction"]
    {
        fs::create_dir_all(sandbox.path(".git/traps")).unwrap();
        fs::copy(&trap, sandbox.path(format!(".git/traps/{hook}"))).unwrap();
    }
    let before = sandbox.snapshot(".git");
    assert_eq!(staged(&sandbox).paths(), ["x.py"]);
    assert_eq!(sandbox.scan(&["--range", "HEAD"]).code, 0);
    assert_eq!(sandbox.snapshot(".git"), before);
    assert!(!sandbox.path("../home/sprung").exists());
}

#[test]
fn the_users_configuration_changes_nothing() {
    let sandbox = repository();
    sandbox.write("grün.py", line(1));
    sandbox.write("held.py", line(2));
    commit(&sandbox, "held");
    sandbox.git(".", &["mv", "held.py", "renamed.py"]);
    sandbox.write("neu.py", line(3));
    sandbox.git(".", &["add", "--all"]);
    let plain = (staged(&sandbox).json, sandbox.scan(&["--range", "HEAD"]).json);
    let config = "[color]\n\tui = always\n[diff]\n\tnoprefix = true\n\tmnemonicPrefix = true\n\trenames = false\n\trenameLimit = 1\n\
                  \tignoreSubmodules = all\n\torderFile = /nowhere\n[log]\n\tdate = raw\n\tshowSignature = true\n[core]\n\tquotePath = true\n\
                  \tworktree = /nowhere\n\tbare = true\n\tpreloadIndex = false\n\tignoreCase = true\n[i18n]\n\tlogOutputEncoding = latin1\n\
                  [safe]\n\tdirectory = /nowhere\n[index]\n\tsparse = true\n[status]\n\tshowUntrackedFiles = no\n";
    sandbox.write("../home/.gitconfig", config);
    sandbox.write("../home/.config/git/config", config);
    assert_eq!((staged(&sandbox).json, sandbox.scan(&["--range", "HEAD"]).json), plain);
    let file = sandbox.path("../home/.gitconfig");
    let run = scan_in(&sandbox, ".", &["--staged"], &[("GIT_CONFIG_GLOBAL", file.to_str().unwrap())]);
    assert_eq!(run.report().json, plain.0);
}

#[test]
#[cfg(unix)]
fn it_does_not_matter_who_owns_the_repository() {
    if !rustix::process::getuid().is_root() {
        return;
    }
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    sandbox.git(".", &["add", "--all"]);
    assert_eq!(Run::of(sandbox.command("chown").args(["-R", "12345:12345", "."])).code, 0);
    assert_eq!(staged(&sandbox).paths(), ["x.py"]);
    sandbox.scan(&["--range", "HEAD"]).assert_clean();
}
