//! `scan --staged`: whatever a commit would bring.

use std::fs;

use super::harness::*;

type Row = (&'static str, fn(&Sandbox), &'static [&'static str]);

#[test]
#[cfg(unix)]
fn whatever_a_commit_would_bring_is_read() {
    let rows: &[Row] = &[
        ("added", |s| drop(s.write("new.py", line(1))), &["new.py"]),
        ("modified", |s| drop(s.write("plain.py", format!("a = 1\n{}", line(1)))), &["plain.py"]),
        ("in a new folder", |s| drop(s.write("a/b/c/d.py", line(1))), &["a/b/c/d.py"]),
        (
            "renamed and edited",
            |s| {
                s.git(".", &["mv", "plain.py", "other.py"]);
                s.write("other.py", format!("a = 1\nb = 2\nc = 3\nd = 4\n{}", line(1)));
            },
            &["other.py"],
        ),
        ("link", |s| link(&openai_key(1), &s.path("to")), &["to"]),
        ("file turned into a link", |s| link(&openai_key(1), &s.path("plain.py")), &["plain.py"]),
        (
            "link turned into a file",
            |s| {
                link("nowhere", &s.path("to"));
                commit(s, "link");
                fs::remove_file(s.path("to")).unwrap();
                s.write("to", line(1));
            },
            &["to"],
        ),
        (
            "folder turned into a file",
            |s| {
                fs::remove_dir_all(s.path("deep")).unwrap();
                s.write("deep", line(1));
            },
            &["deep"],
        ),
        (
            "file turned into a folder",
            |s| {
                fs::remove_file(s.path("plain.py")).unwrap();
                s.write("plain.py/x", line(1));
            },
            &["plain.py/x"],
        ),
        (
            "attributes that make git call it binary",
            |s| {
                s.write(".gitattributes", "*.a -diff\n*.b binary\n");
                s.write("x.a", line(1));
                s.write("x.b", line(2));
            },
            &["x.a", "x.b"],
        ),
        ("zeros", |s| drop(s.write("x", format!("\0\0{}\0", line(1)))), &["x"]),
        (
            "UTF-16",
            |s| {
                s.write("x", utf16(&line(1)));
            },
            &["x"],
        ),
        (
            "archive",
            |s| {
                s.write("x.gz", gzip(&line(1)));
            },
            &["x.gz"],
        ),
        (
            "ignored, but added by force",
            |s| {
                s.write(".gitignore", "secret\n");
                s.write("secret", line(1));
                s.git(".", &["add", "--force", "secret"]);
            },
            &["secret"],
        ),
        (
            "address of a submodule",
            |s| {
                let url = format!("https://user:{}@example.org/x", openai_key(1));
                s.write(".gitmodules", format!("[submodule \"x\"]\n\tpath = x\n\turl = {url}\n"));
            },
            &[".gitmodules"],
        ),
        ("nothing but a removal", |s| fs::remove_file(s.path("plain.py")).unwrap(), &[]),
        ("larger than a window", |s| drop(s.write("x", "filler\n".repeat(50_000) + &line(1))), &["x"]),
    ];
    for (name, change, expected) in rows {
        let sandbox = repository();
        change(&sandbox);
        sandbox.git(".", &["add", "--all"]);
        let report = staged(&sandbox);
        assert_eq!((report.paths(), report.not_scanned()), (owned(expected), vec![]), "{name}");
        assert_eq!(report.code, i32::from(!expected.is_empty()), "{name}");
        for place in report.json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|one| one["occurrences"].as_array().unwrap())
        {
            let id = sandbox.git(".", &["rev-parse", &format!(":{}", place["path"].as_str().unwrap())]);
            assert_eq!(
                (place["source"].as_str(), place["blob"].as_str()),
                (Some("index"), Some(id.trim())),
                "{name}"
            );
        }
    }
}

#[test]
fn the_work_tree_is_not_what_is_committed() {
    let sandbox = repository();
    sandbox.write("staged.py", line(1));
    sandbox.write("gone.py", line(2));
    sandbox.git(".", &["add", "--all"]);
    sandbox.write("staged.py", "clean again\n");
    fs::remove_file(sandbox.path("gone.py")).unwrap();
    sandbox.write("plain.py", line(3));
    sandbox.write("untracked.py", line(4));
    sandbox.write("intent.py", line(5));
    sandbox.git(".", &["add", "--intent-to-add", "intent.py"]);
    assert_eq!(staged(&sandbox).paths(), ["gone.py", "staged.py"]);
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet"]);
    let run = sandbox.skanner(&["scan", "--staged"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "no key found: nothing is staged\n"), "{run:?}");
    sandbox.write("a/x.py", line(1));
    sandbox.git(".", &["add", "--all"]);
    assert_eq!(staged(&sandbox).paths(), ["a/x.py"]);
}

#[test]
fn the_closing_line_says_what_was_scanned() {
    let sandbox = repository();
    let closing = |sandbox: &Sandbox| sandbox.skanner(&["scan", "--staged"]).stdout;
    assert_eq!(closing(&sandbox), "no key found: nothing is staged\n");
    sandbox.git(".", &["rm", "--quiet", "plain.py"]);
    assert_eq!(closing(&sandbox), "no key found: the staged changes only remove files\n");
    sandbox.write("x.py", "x\n");
    sandbox.git(".", &["add", "x.py"]);
    assert!(closing(&sandbox).starts_with("no key found in what is staged; 1 blob (2 B) read"));
    sandbox.write("x.py", line(1));
    sandbox.git(".", &["add", "x.py"]);
    let text = closing(&sandbox);
    assert!(text.contains("--> x.py:1:8 (staged)\n"), "{text}");
    assert!(text.contains("1 key found (1 critical) in what is staged; 1 blob"), "{text}");
}
