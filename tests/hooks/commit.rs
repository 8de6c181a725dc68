//! `pre-commit` and `commit-msg`.
// skanner:allow-file unused-suppression: these are texts of tests

use std::fs;

use super::harness::*;

#[test]
fn a_commit_with_a_key_is_stopped_and_the_way_out_works() {
    let sandbox = hooked();
    sandbox.write("x.py", line(1));
    add_all(&sandbox);
    let run = git(&sandbox, &["commit", "--message", "try"]);
    assert_stopped(
        &run,
        1,
        &[
            "x.py:1:8 (staged)",
            "This commit was stopped",
            "git restore --staged -- x.py",
            "# skanner:allow openai-",
        ],
    );
    assert_eq!(commits(&sandbox), 1);
    // Just as it says.
    sandbox.git(".", &["restore", "--staged", "--", "x.py"]);
    sandbox.write("x.py", "key = os.environ['KEY']\n");
    add_all(&sandbox);
    let run = git(&sandbox, &["commit", "--quiet", "--message", "fixed"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    assert_eq!(commits(&sandbox), 2);
}

#[test]
fn before_the_first_commit_the_way_out_is_another() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet"]);
    installed(&sandbox, &["install"]);
    sandbox.write("x.py", line(1));
    sandbox.write("y.py", "y\n");
    add_all(&sandbox);
    assert_stopped(&git(&sandbox, &["commit", "--message", "try"]), 1, &["git rm --cached -- x.py"]);
    sandbox.git(".", &["rm", "--quiet", "--cached", "--", "x.py"]);
    assert_passed(&git(&sandbox, &["commit", "--message", "try"]));
}

#[test]
fn a_merge_without_conflicts_is_read() {
    let sandbox = hooked();
    sandbox.git(".", &["checkout", "--quiet", "-b", "other"]);
    sandbox.write("a key.py", line(1));
    add_all(&sandbox);
    sandbox.git(".", &["commit", "--quiet", "--no-verify", "-m", "other"]);
    sandbox.git(".", &["checkout", "--quiet", "main"]);
    sandbox.git(".", &["commit", "--quiet", "--allow-empty", "--no-verify", "-m", "mine"]);
    let before = commits(&sandbox);
    let run = git(&sandbox, &["merge", "--no-edit", "other"]);
    assert_stopped(
        &run,
        1,
        &["a key.py:1:8", "This merge was stopped", "git merge --abort", "git add -- 'a key.py'"],
    );
    assert_eq!(commits(&sandbox), before);
    sandbox.git(".", &["merge", "--abort"]);
}

/// Someone only asks about files: nothing was going to be committed.
#[test]
fn a_check_of_named_files_stops_no_commit() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    add_all(&sandbox);
    sandbox.git(".", &["commit", "--quiet", "--no-verify", "-m", "key"]);
    let run = sandbox.skanner(&["hook", "pre-commit", "x.py"]);
    assert_stopped(&run, 1, &["x.py:1:8", "The check failed because of the keys above", "skanner audit"]);
    assert!(!run.stderr.contains("commit was stopped") && !run.stderr.contains("--no-verify"), "{run:?}");
}

#[test]
fn a_merge_that_was_resolved_by_hand_is_read() {
    let sandbox = hooked();
    sandbox.git(".", &["checkout", "--quiet", "-b", "other"]);
    sandbox.write("a.py", "a = 2\n");
    sandbox.git(".", &["commit", "--quiet", "-a", "-m", "other"]);
    sandbox.git(".", &["checkout", "--quiet", "main"]);
    sandbox.write("a.py", "a = 3\n");
    sandbox.git(".", &["commit", "--quiet", "-a", "-m", "mine"]);
    assert_ne!(git(&sandbox, &["merge", "other"]).code, 0);
    sandbox.write("a.py", line(1));
    add_all(&sandbox);
    assert_stopped(&git(&sandbox, &["commit", "--no-edit"]), 1, &["a.py:1:8"]);
}

#[test]
fn names_of_files_say_what_is_read() {
    let sandbox = repository();
    sandbox.write("old.py", line(1));
    add_all(&sandbox);
    sandbox.git(".", &["commit", "--quiet", "--message", "with an old key"]);
    sandbox.write("old.py", format!("{}more\n", line(1)));
    sandbox.write("new.py", line(2));
    add_all(&sandbox);
    sandbox.write("new.py", "gone from the work tree\n");
    sandbox.write("loose.py", line(3));
    let absolute = sandbox.path("new.py").to_str().unwrap().to_owned();
    // Whether git makes a commit, what is named, and what is found: seeds of keys.
    for (is_commit, names, expected) in [
        (true, &["old.py", "new.py", "a.py"][..], &[2][..]),
        (true, &["new.py"], &[2]),
        (true, &[&absolute], &[2]),
        (true, &["./new.py"], &[2]),
        (true, &["old.py"], &[]),
        (true, &["loose.py"], &[3]),
        (false, &["old.py", "new.py", "a.py"], &[1, 2]),
        (false, &["old.py"], &[1]),
        (false, &["a.py"], &[]),
        (false, &["loose.py", "new.py"], &[2, 3]),
    ] {
        let mut command = sandbox.command(SKANNER);
        command.args(["hook", "pre-commit", "--format", "json"]).args(names);
        if is_commit {
            command.env("GIT_INDEX_FILE", ".git/index");
        }
        let report = Run::of(&mut command).report();
        let mut found: Vec<String> = report.json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["secret"].as_str().unwrap().to_owned())
            .collect();
        found.sort();
        let mut masked: Vec<String> = expected
            .iter()
            .map(|seed| openai_key(*seed))
            .map(|key| format!("sk-proj-…{}", &key[key.len() - 4..]))
            .collect();
        masked.sort();
        assert_eq!(found, masked, "{is_commit} {names:?}");
        assert_eq!(report.code, i32::from(!expected.is_empty()), "{is_commit} {names:?}");
        // What is the same in the index and in the work tree is one place.
        if names == ["old.py"] && !is_commit {
            assert_eq!(report.places().len(), 1);
        }
    }
    let run = hook(&sandbox, &["pre-commit", "missing.py"], "");
    assert_eq!(run.code, 2);
    assert!(run.stdout.contains("missing.py: no such file"), "{run:?}");
}

#[test]
fn ignored_names_are_left_out_only_when_asked_to() {
    let sandbox = repository();
    sandbox.write(".gitignore", "*.log\nout/\n");
    sandbox.write("x.log", line(1));
    sandbox.write("tracked.log", line(2));
    sandbox.write("out/y.py", line(3));
    sandbox.git(".", &["add", "--force", ".gitignore", "tracked.log"]);
    sandbox.git(".", &["commit", "--quiet", "--message", "second"]);
    std::os::unix::fs::symlink("a.py", sandbox.path("link")).unwrap();
    let paths = |arguments: &[&str]| sandbox.scan(arguments).paths();
    assert_eq!(paths(&["x.log", "tracked.log", "out/y.py"]), ["out/y.py", "tracked.log", "x.log"]);
    let forced = ["--force-exclude", "x.log", "tracked.log", "out/y.py"];
    assert_eq!(paths(&forced), ["tracked.log"]);
    // Tools pass lists; that nothing of one is left is no error, but what is not there is one.
    sandbox.scan(&["--force-exclude", "x.log", "out"]).assert_clean();
    sandbox.scan(&["--force-exclude", "link"]).assert_clean();
    sandbox.scan(&["--force-exclude", "x.log", "missing.py"]).assert_not_scanned(&["missing.py"]);
    let run = hook(&sandbox, &[&["pre-commit"], &forced[..]].concat(), "");
    assert_stopped(&run, 2, &["tracked.log"]);
    assert!(!run.stdout.contains("x.log"), "{run:?}");
    assert_eq!(sandbox.skanner(&["scan", "--force-exclude", "--no-ignore", "."]).code, 2);
}

#[test]
fn messages_are_read_as_they_are_committed() {
    let scissors = "# ------------------------ >8 ------------------------\n";
    let told = "# Do not modify or remove the line above.\n# Everything below it will be ignored.\n";
    // The text, whether an editor was open, and whether it is stopped.
    for (text, is_edited, is_stopped) in [
        (format!("a message\n\n{}", line(1)), true, true),
        (format!("a message\n\n# {}", line(1)), true, true),
        (format!("a message\n{scissors}{told}diff --git a b\n-{}", line(1)), true, false),
        (format!("a message\n{scissors}{told}diff --git a b\n-{}", line(1)), false, true),
        (format!("a message\n{scissors}-{}", line(1)), true, true),
        (format!("a message\n{scissors}{told}{}", line(1)), true, true),
        (format!("a message\n;{}{told}diff --git a b\n{}", &scissors[1..], line(1)), true, true),
        (format!("{}\n{scissors}diff\n", line(1)), true, true),
        (String::new(), true, false),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("MESSAGE", &text);
        let mut command = sandbox.command(SKANNER);
        command.args(["hook", "commit-msg", "MESSAGE"]);
        if !is_edited {
            command.env("GIT_EDITOR", ":");
        }
        let run = Run::of(&mut command);
        if is_stopped {
            assert_stopped(&run, 1, &["MESSAGE:", "This commit was stopped"]);
        } else {
            assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""), "{text}");
        }
    }
}

/// Whatever a message has below a scissors line, git commits no key in it that the hook has not seen.
#[test]
fn nothing_that_git_keeps_is_dropped() {
    let cuts = "------------------------ >8 ------------------------";
    for sign in ["#", ";", "##", "//", "%"] {
        for setting in
            [None, Some("core.commentChar=;"), Some("core.commentChar=auto"), Some("core.commentChar=%")]
        {
            for options in [
                &[][..],
                &["--cleanup=whitespace"],
                &["--cleanup=verbatim"],
                &["--cleanup=scissors"],
                &["--verbose"],
            ] {
                let sandbox = hooked();
                sandbox.write("plain.py", format!("{sign}{setting:?}{options:?}"));
                add_all(&sandbox);
                let message = format!("subject\n\n{sign} {cuts}\nkey {}\n", openai_key(1));
                sandbox.write(".git/text", message);
                let editor = script(
                    &sandbox,
                    ".git/editor",
                    "#!/bin/sh\ncat .git/text \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"\n",
                );
                let mut command = git_command(&sandbox);
                command.args(setting.iter().flat_map(|setting| ["-c", setting])).arg("commit").args(options);
                let run = Run::of(command.env("GIT_EDITOR", editor));
                let log = sandbox.git(".", &["log", "-1", "--format=%B"]);
                assert!(!log.contains(&openai_key(1)), "{sign} {setting:?} {options:?}: {run:?}");
            }
        }
    }
}

#[test]
fn git_shows_the_hook_its_messages() {
    let sandbox = hooked();
    let try_message = |arguments: &[&str], editor: &str| {
        let mut command = git_command(&sandbox);
        command.args(["commit", "--allow-empty"]).args(arguments).env("GIT_EDITOR", editor);
        Run::of(&mut command)
    };
    assert_stopped(&try_message(&["-m", &openai_key(1)], "false"), 1, &[".git/COMMIT_EDITMSG:1:1"]);
    let appending =
        script(&sandbox, ".git/editor", &format!("#!/bin/sh\necho 'x {}' > \"$1\"\n", openai_key(1)));
    assert_stopped(&try_message(&[], appending.to_str().unwrap()), 1, &["the message"]);
    // A commit that takes a key away shows it below the scissors.
    sandbox.write("x.py", line(2));
    add_all(&sandbox);
    sandbox.git(".", &["commit", "--quiet", "--no-verify", "--message", "key"]);
    sandbox.git(".", &["rm", "--quiet", "x.py"]);
    let quiet = script(
        &sandbox,
        ".git/quiet",
        "#!/bin/sh\n{ echo removed; cat \"$1\"; } > \"$1.new\" && mv \"$1.new\" \"$1\"\n",
    );
    assert_passed(&try_message(&["--verbose"], quiet.to_str().unwrap()));
    assert_eq!(sandbox.git(".", &["log", "-1", "--format=%B"]).trim(), "removed");
}

#[test]
fn what_cannot_be_read_stops() {
    let sandbox = repository();
    sandbox.write("folder/x", "");
    let bare = Sandbox::new();
    bare.git(".", &["init", "--quiet", "--bare"]);
    let nowhere = Sandbox::new();
    fs::write(sandbox.path(".git/corrupt"), "no index").unwrap();
    for (place, arguments, words) in [
        (&sandbox, &["commit-msg", "missing"][..], "no such file"),
        (&sandbox, &["commit-msg", "folder"], "is not a regular file"),
        (&sandbox, &["commit-msg", "/dev/zero"], "is not a regular file"),
        (&sandbox, &["commit-msg"], "FILE"),
        (&bare, &["pre-commit"], "bare repository"),
        (&bare, &["pre-commit", "HEAD"], "bare repository"),
        (&nowhere, &["pre-commit"], "not in a git repository"),
        (&nowhere, &["pre-push", "origin", "url"], "not in a git repository"),
    ] {
        let run = hook(place, arguments, "");
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(format!("{}{}", run.stdout, run.stderr).contains(words), "{arguments:?}: {run:?}");
    }
    let corrupt =
        Run::of(sandbox.command(SKANNER).args(["hook", "pre-commit"]).env("GIT_INDEX_FILE", ".git/corrupt"));
    assert_eq!(corrupt.code, 2, "{corrupt:?}");
    let conflict = hooked();
    conflict.git(".", &["checkout", "--quiet", "-b", "other"]);
    conflict.write("a.py", "a = 2\n");
    conflict.git(".", &["commit", "--quiet", "-a", "-m", "other"]);
    conflict.git(".", &["checkout", "--quiet", "main"]);
    conflict.write("a.py", "a = 3\n");
    conflict.git(".", &["commit", "--quiet", "-a", "-m", "mine"]);
    git(&conflict, &["merge", "other"]);
    let run = hook(&conflict, &["pre-commit"], "");
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("could not be read, so the check is incomplete"), "{run:?}");
}
