//! The baseline in every kind of scan: a known key is suppressed, the same key in a new file is not.

use std::{fs, io::Write, os::unix::fs::symlink, process::Command};

use super::harness::*;

/// A way to scan the repository: arguments, and the folder in the tree to be in.
const FILES: &[(&str, &[&str])] = &[
    (".", &["scan"]),
    (".", &["scan", "."]),
    (".", &["scan", "./"]),
    (".", &["scan", "src", "new"]),
    (".", &["scan", "./src//a.py", "new/../new/b.py"]),
    (".", &["scan", "--no-ignore"]),
    (".", &["scan", "{TREE}"]),
    (".", &["scan", "link/src", "link/new"]),
    (".", &["scan", "--baseline", ".skanner-baseline"]),
    (".", &["scan", "--baseline", "{TREE}/.skanner-baseline"]),
    ("src", &["scan", ".", "../new"]),
    ("src", &["scan", ".."]),
    ("src", &["scan", "{TREE}"]),
    ("src", &["audit", "--accept-baseline"]),
    ("..", &["scan", "tree"]),
    ("..", &["audit", "--accept-baseline", "tree"]),
    ("..", &["scan", "tree/src/a.py", "tree/new"]),
    (".", &["audit", "--accept-baseline"]),
];

const GIT: &[(&str, &[&str])] = &[
    (".", &["scan", "--staged"]),
    (".", &["scan", "--staged", "--all"]),
    ("src", &["scan", "--staged"]),
    (".", &["hook", "pre-commit"]),
    (".", &["hook", "pre-commit", "src/a.py", "new/b.py"]),
];

const COMMITS: &[(&str, &[&str])] = &[
    (".", &["scan", "--range", "HEAD"]),
    ("src", &["scan", "--range", "HEAD"]),
    (".", &["scan", "--history"]),
    ("src", &["scan", "--history"]),
    ("..", &["scan", "--history", "tree"]),
    (".", &["hook", "pre-push"]),
    (".", &["audit", "--accept-baseline"]),
];

fn run(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> Report {
    let tree = sandbox.tree();
    let arguments = arguments.iter().map(|one| one.replace("{TREE}", tree.to_str().unwrap()));
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.current_dir(sandbox.path(folder)).args(arguments).args(["--format", "json"]);
    Run::of(&mut command).report()
}

#[track_caller]
fn check(sandbox: &Sandbox, ways: &[(&str, &[&str])], expected: (usize, u64)) {
    for (folder, arguments) in ways {
        let report = run(sandbox, folder, arguments);
        assert_eq!(counts(&report), expected, "{arguments:?} in {folder}: {:?}", report.places());
        let others = report.paths().into_iter().filter(|path| !path.ends_with("b.py"));
        assert_eq!(others.collect::<Vec<_>>(), [""; 0], "{arguments:?} in {folder}");
        assert_eq!(unused(&report), [""; 0], "{arguments:?} in {folder}");
    }
}

/// An audit of a repository without an object is no proof.
fn commit_nothing(sandbox: &Sandbox) {
    sandbox.git(".", &["commit", "--quiet", "--allow-empty", "--message", "nothing"]);
}

#[test]
fn known_keys_are_known_in_every_source() {
    let sandbox = known(1);
    commit_nothing(&sandbox);
    let text = fs::read(sandbox.path("src/a.py")).unwrap();
    symlink(".", sandbox.path("link")).unwrap();
    sandbox.write("new/b.py", "nothing\n");
    check(&sandbox, FILES, (0, 1));
    sandbox.write("new/b.py", &text);
    check(&sandbox, FILES, (1, 1));

    sandbox.write("new/b.py", "nothing\n");
    sandbox.git(".", &["add", "--all"]);
    check(&sandbox, GIT, (0, 1));
    sandbox.git(".", &["commit", "--quiet", "--message", "first"]);
    check(&sandbox, COMMITS, (0, 1));
    sandbox.write("new/b.py", &text);
    sandbox.git(".", &["add", "--all"]);
    // Only what is new counts there, and what is known was there before.
    check(&sandbox, &[(".", &["scan", "--staged"]), (".", &["hook", "pre-commit"])], (1, 0));
    sandbox.git(".", &["commit", "--quiet", "--message", "second"]);
    check(&sandbox, COMMITS, (1, 1));
}

#[test]
fn renamed_files_are_known_in_every_source() {
    // Nothing is alike but the key, so that git sees no rename.
    let key = openai_key(2);
    let sandbox = known(2);
    commit(&sandbox, "first");
    fs::remove_file(sandbox.path("src/a.py")).unwrap();
    let text = format!("{}k = '{key}'\n", "something = 'else'\n".repeat(50));
    fs::create_dir(sandbox.path("new")).unwrap();
    sandbox.write("other/c.py", &text);
    sandbox.git(".", &["add", "--all"]);
    for arguments in [
        &["scan"][..],
        &["scan", "other"],
        &["scan", "--staged", "--all"],
        &["scan", "--staged"],
        &["hook", "pre-commit"],
    ] {
        let report = run(&sandbox, ".", arguments);
        assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]), "{arguments:?}");
    }
    // The repository has both as long as that is not committed.
    assert_eq!(counts(&run(&sandbox, ".", &["audit", "--accept-baseline"])), (1, 1));
    sandbox.git(".", &["commit", "--quiet", "--message", "second"]);
    for arguments in [
        &["scan"][..],
        &["audit", "--accept-baseline"],
        &["scan", "--history"],
        &["scan", "--range", "HEAD~1..HEAD"],
        &["scan", "--range", "HEAD"],
    ] {
        let report = run(&sandbox, ".", arguments);
        // The whole range brings both.
        assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]), "{arguments:?}");
    }
    // After an update, only the new path is in the baseline; the history holds the old one for ever.
    assert_eq!(sandbox.skanner(&["baseline", "update"]).code, 0);
    assert_eq!(places(&sandbox), ["other/c.py"]);
    commit(&sandbox, "third");
    for arguments in [&["scan"][..], &["audit", "--accept-baseline"], &["scan", "--history"]] {
        let report = run(&sandbox, ".", arguments);
        assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]), "{arguments:?}");
    }
}

#[test]
fn a_file_that_is_staged_elsewhere_is_a_copy_while_the_index_has_both() {
    let sandbox = known(3);
    commit(&sandbox, "first");
    let text = format!("{}k = '{}'\n", "something = 'else'\n".repeat(50), openai_key(3));
    fs::remove_file(sandbox.path("src/a.py")).unwrap();
    sandbox.write("other/b.py", &text);
    sandbox.git(".", &["add", "other"]);
    // The work tree has it moved, the commit would not.
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
    assert_eq!(counts(&sandbox.scan(&["--staged"])), (1, 0));
    sandbox.git(".", &["add", "--all"]);
    assert_eq!(counts(&sandbox.scan(&["--staged"])), (0, 1));
}

#[test]
fn a_baseline_of_a_history_knows_what_is_only_there() {
    let sandbox = repository();
    let (old, message, both, lost) = (openai_key(4), openai_key(5), openai_key(6), openai_key(7));
    sandbox.write("old.py", format!("k = '{old}'\n"));
    sandbox.write("both.py", format!("k = '{both}'\n"));
    commit(&sandbox, "first");
    sandbox.write("old.py", "k = environ['KEY']\n");
    commit(&sandbox, &format!("it was {message}"));
    sandbox.write("lost", lost);
    sandbox.git(".", &["hash-object", "-w", "lost"]);
    fs::remove_file(sandbox.path("lost")).unwrap();

    create(&sandbox, &["--history"]);
    assert_eq!(places(&sandbox), ["<history>", "<history>", "<history> old.py", "both.py"]);
    for arguments in [&["audit", "--accept-baseline"][..], &["scan", "--history"]] {
        let report = run(&sandbox, ".", arguments);
        assert_eq!((counts(&report), unused(&report)), ((0, 4), vec![]), "{arguments:?}");
    }
    // A scan of files sees nothing of it and does not judge it; neither does an update without the history.
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]));
    let before = entries(&sandbox);
    for arguments in [&["check"][..], &["update"], &["check", "--history"], &["update", "--history"]] {
        let run = sandbox.skanner(&[&["baseline"], arguments].concat());
        assert_eq!(run.code, 0, "{arguments:?} {run:?}");
        assert_eq!(entries(&sandbox), before, "{arguments:?}");
    }
    // What comes back into a file is a finding, everywhere.
    sandbox.write("old.py", format!("k = '{old}'\n"));
    assert_eq!(counts(&sandbox.scan(&[])).0, 1);
    assert_eq!(counts(&run(&sandbox, ".", &["audit", "--accept-baseline"])), (1, 4));
    sandbox.git(".", &["add", "old.py"]);
    assert_eq!(counts(&sandbox.scan(&["--staged"])), (1, 0));
    sandbox.git(".", &["commit", "--quiet", "--message", "back"]);
    // It is the same object again.
    assert_eq!(counts(&sandbox.scan(&["--history"])), (1, 3));
    assert_eq!(counts(&sandbox.scan(&["--range", "HEAD~1..HEAD"])), (1, 0));
    // So is one in the message of a new commit.
    sandbox.git(".", &["commit", "--quiet", "--allow-empty", "--message", &format!("again {message}")]);
    assert_eq!(counts(&sandbox.scan(&["--range", "HEAD~1..HEAD"])), (1, 0));
}

#[test]
fn a_key_that_leaves_the_files_stays_known_in_the_history() {
    let sandbox = known(8);
    commit(&sandbox, "first");
    sandbox.write("src/a.py", "k = environ['KEY']\n");
    commit(&sandbox, "second");
    let report = sandbox.scan(&[]);
    assert_eq!(unused(&report), ["openai-project-key in src/a.py"]);
    // It still suppresses something where the history is read.
    let report = run(&sandbox, ".", &["audit", "--accept-baseline"]);
    assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]));
    let verdict = sandbox.skanner(&["audit", "--accept-baseline"]).stdout;
    assert!(verdict.contains("safe to publish except for what the baseline accepts: no other keys of the sk- family or of AI services, 1 suppressed (1 by .skanner-baseline)"), "{verdict}");
    let update = sandbox.skanner(&["baseline", "update", "--history"]);
    assert!(update.stderr.contains("now only in the history: openai-project-key in src/a.py"), "{update:?}");
    assert_eq!(places(&sandbox), ["<history> src/a.py"]);
    assert_eq!(counts(&run(&sandbox, ".", &["audit", "--accept-baseline"])), (0, 1));
    assert_eq!(counts(&sandbox.scan(&[])), (0, 0));
}

#[test]
fn a_bare_repository_has_a_baseline_if_one_is_named() {
    let sandbox = known(9);
    commit(&sandbox, "first");
    sandbox.git(".", &["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let report = run(&sandbox, "../bare.git", &["audit", "--accept-baseline"]);
    assert_eq!(counts(&report), (1, 0));
    let report = run(
        &sandbox,
        "../bare.git",
        &["audit", "--accept-baseline", "--baseline", "../tree/.skanner-baseline"],
    );
    assert_eq!(counts(&report), (0, 1));
}

#[test]
fn a_server_does_not_believe_what_it_has() {
    let sandbox = known(10);
    commit(&sandbox, "first");
    sandbox.git(".", &["init", "--quiet", "--bare", "../server.git"]);
    sandbox.git("../server.git", &["config", "core.bare", "false"]);
    sandbox.git("../server.git", &["config", "core.worktree", sandbox.tree().to_str().unwrap()]);
    let head = sandbox.git(".", &["rev-parse", "HEAD"]);
    sandbox.git(".", &["push", "--quiet", "../server.git", "HEAD:refs/heads/other"]);
    sandbox.git("../server.git", &["update-ref", "-d", "refs/heads/other"]);
    let received = |arguments: &[&str]| {
        let mut command: Command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.current_dir(sandbox.path("../server.git")).env("GIT_DIR", ".");
        command.args(["hook", "pre-receive", "--format", "json"]).args(arguments);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        let line = format!("{} {} refs/heads/main\n", "0".repeat(40), head.trim());
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        Run::from(child.wait_with_output().unwrap()).report()
    };
    assert_eq!(counts(&received(&[])), (1, 0));
    // The keeper of the server may name one.
    let file = sandbox.path(FILE);
    assert_eq!(counts(&received(&["--baseline", file.to_str().unwrap()])), (0, 1));
}

#[test]
fn archives_are_files_with_files_in_them() {
    let key = openai_key(11);
    let zip = |names: &[&str]| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(format!("k = '{key}'\n").as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let sandbox = repository();
    sandbox.write("lib.zip", zip(&["pkg-1.0/a.py"]));
    create(&sandbox, &[]);
    assert_eq!(places(&sandbox), ["lib.zip!pkg-1.0/a.py"]);
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
    // A new version of what is in it; then one more; then another archive.
    sandbox.write("lib.zip", zip(&["pkg-2.0/a.py"]));
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
    sandbox.write("lib.zip", zip(&["pkg-2.0/a.py", "pkg-2.0/b.py"]));
    assert_eq!(counts(&sandbox.scan(&[])), (1, 1));
    sandbox.write("lib.zip", zip(&["pkg-1.0/a.py"]));
    sandbox.write("copy.zip", zip(&["pkg-1.0/a.py"]));
    assert_eq!(sandbox.scan(&[]).paths(), ["copy.zip"]);
    fs::remove_file(sandbox.path("lib.zip")).unwrap();
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
    // Unpacked, it is a renamed file.
    sandbox.write("lib/a.py", &key);
    fs::remove_file(sandbox.path("copy.zip")).unwrap();
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
}

#[test]
fn standard_input_with_a_name_is_that_file() {
    let sandbox = known(12);
    let scan = |name: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.args(["scan", "--format", "json", "-"]).args(name);
        command.stdin(fs::File::open(sandbox.path("src/a.py")).unwrap());
        counts(&Run::of(&mut command).report())
    };
    assert_eq!(scan(&["--stdin-filename", "src/a.py"]), (0, 1));
    assert_eq!(scan(&["--stdin-filename", "b.py"]), (1, 0));
    assert_eq!(scan(&[]), (1, 0));
}

#[test]
fn a_known_key_in_a_message_is_news() {
    let sandbox = known(13);
    commit(&sandbox, "first");
    sandbox.git(".", &["rm", "--quiet", "src/a.py"]);
    // Its file is gone, and yet the message is no file that it could have been renamed to.
    sandbox.write("message", format!("without {}\n", openai_key(13)));
    let report = run(&sandbox, ".", &["hook", "commit-msg", "message"]);
    assert_eq!(counts(&report), (1, 0));
}
