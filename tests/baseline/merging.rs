//! Baselines of two branches, merged by the real git.

use std::fs;

use super::harness::*;

/// Two branches from one commit, each of which adds a file with a key and takes it into the baseline.
fn branches(attributes: &str, configuration: &[(&str, &str)]) -> Sandbox {
    let sandbox = known(1);
    for (name, value) in configuration {
        sandbox.git(".", &["config", name, value]);
    }
    sandbox.write(".gitattributes", attributes);
    commit(&sandbox, "base");
    for (branch, seed) in [("one", 2), ("two", 3)] {
        sandbox.git(".", &["checkout", "--quiet", "-b", branch, "main"]);
        sandbox.write(format!("{branch}.py"), openai_key(seed));
        let run = sandbox.skanner(&["baseline", "update", "--add"]);
        assert_eq!(run.code, 0, "{run:?}");
        commit(&sandbox, branch);
    }
    sandbox
}

fn merge(sandbox: &Sandbox, branch: &str) -> i32 {
    let mut command = sandbox.command("git");
    command.args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
    Run::of(command.args(["merge", "--quiet", "--no-edit", branch])).code
}

#[track_caller]
fn assert_merged(sandbox: &Sandbox) {
    assert_eq!(places(sandbox), ["one.py", "src/a.py", "two.py"]);
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), unused(&report)), ((0, 3), vec![]));
    assert_eq!(sandbox.skanner(&["baseline", "check"]).code, 0);
}

#[test]
fn branches_merge_without_a_conflict() {
    for (attributes, configuration) in [
        (".skanner-baseline merge=union\n", &[][..]),
        ("* text=auto\n.skanner-baseline merge=union\n", &[]),
        ("* text=auto eol=crlf\n.skanner-baseline merge=union\n", &[]),
        (".skanner-baseline merge=union\n", &[("core.autocrlf", "true")]),
        ("* -text\n.skanner-baseline merge=union\n", &[("core.autocrlf", "true")]),
    ] {
        let sandbox = branches(attributes, configuration);
        assert_eq!(merge(&sandbox, "one"), 0, "{attributes}");
        assert_merged(&sandbox);
        // Git wrote the file anew, with the line ends that it is told to.
        if attributes.contains("eol=crlf") {
            assert!(fs::read_to_string(sandbox.path(FILE)).unwrap().contains("\r\n"));
        }
    }
}

#[test]
fn many_entries_and_removals_merge() {
    let sandbox = repository();
    for seed in 0..30 {
        sandbox.write(format!("{seed}.py"), openai_key(seed));
    }
    create(&sandbox, &["--gitattributes"]);
    commit(&sandbox, "base");
    for (branch, first) in [("one", 0), ("two", 10)] {
        sandbox.git(".", &["checkout", "--quiet", "-b", branch, "main"]);
        for seed in first..first + 10 {
            fs::remove_file(sandbox.path(format!("{seed}.py"))).unwrap();
            sandbox.write(format!("new-{seed}.py"), openai_key(100 + seed));
        }
        assert_eq!(sandbox.skanner(&["baseline", "update", "--add"]).code, 0);
        commit(&sandbox, branch);
    }
    assert_eq!(merge(&sandbox, "one"), 0);
    // A union may keep lines that both sides took away a part of; that is said, and an update ends it.
    assert_eq!(counts(&sandbox.scan(&[])), (0, 30));
    assert_eq!(sandbox.skanner(&["baseline", "update"]).code, 0);
    assert_eq!(entries(&sandbox).len(), 30);
    assert_eq!(sandbox.skanner(&["baseline", "check"]).code, 0);
}

#[test]
fn a_conflict_is_named_and_how_to_end_it() {
    // Side by side, so that git cannot merge them by itself.
    let sandbox = known(1);
    commit(&sandbox, "base");
    let entry = entries(&sandbox).remove(0);
    for branch in ["one", "two"] {
        sandbox.git(".", &["checkout", "--quiet", "-b", branch, "main"]);
        let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
        sandbox.write(FILE, text + &entry.replace("src/a.py", branch) + "\n");
        commit(&sandbox, branch);
    }
    assert_eq!(merge(&sandbox, "one"), 1);
    let run = sandbox.skanner(&["scan"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains(".skanner-baseline:5: unresolved merge conflict"), "{}", run.stderr);
    assert!(run.stderr.contains("merge=union"), "{}", run.stderr);
    // What the message says is enough.
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with(['<', '=', '>', '|'])).collect();
    sandbox.write(FILE, kept.join("\n"));
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
}

#[test]
fn sorting_the_file_changes_nothing() {
    let sandbox = repository();
    for seed in 0..20 {
        sandbox.write(format!("{seed}.py"), format!("{} {}", openai_key(seed), openai_key(7)));
    }
    create(&sandbox, &[]);
    let sorted = sandbox.command("sort").env("LC_ALL", "C").args(["-u", FILE]).output().unwrap();
    assert_eq!(String::from_utf8(sorted.stdout).unwrap(), fs::read_to_string(sandbox.path(FILE)).unwrap());
}

#[test]
fn the_line_for_git_is_offered_or_added() {
    const LINE: &str = ".skanner-baseline merge=union";
    let sandbox = repository();
    sandbox.write("a.py", openai_key(1));
    let offered = create(&sandbox, &[]);
    assert!(offered.stderr.contains(LINE), "{offered:?}");
    assert!(!sandbox.path(".gitattributes").exists());
    sandbox.write(".gitattributes", "*.png binary");
    let added = create(&sandbox, &["--force", "--gitattributes"]);
    assert!(added.stderr.contains(LINE), "{added:?}");
    let text = format!("*.png binary\n{LINE}\n");
    assert_eq!(fs::read_to_string(sandbox.path(".gitattributes")).unwrap(), text);
    let attribute = sandbox.git(".", &["check-attr", "merge", FILE]);
    assert_eq!(attribute, ".skanner-baseline: merge: union\n");
    // Once is enough.
    let again = create(&sandbox, &["--force", "--gitattributes"]);
    assert!(!again.stderr.contains(LINE), "{again:?}");
    assert_eq!(fs::read_to_string(sandbox.path(".gitattributes")).unwrap(), text);
    // In a folder, with a name that must be quoted.
    fs::create_dir(sandbox.path("ci")).unwrap();
    create(&sandbox, &["--gitattributes", "ci/known keys"]);
    let attribute = sandbox.git(".", &["check-attr", "merge", "ci/known keys"]);
    assert!(attribute.ends_with(": merge: union\n"), "{attribute}");
}
