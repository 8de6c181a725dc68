//! What was there before is no news.

use std::fs;

use super::harness::*;

type Row = (&'static str, fn(&Sandbox), &'static [&'static str]);

/// A file that is gone has become one new file, and no more.
const COPIES: &[Row] = &[
    (
        "renamed and copied",
        |s| {
            s.git(".", &["mv", "held.py", "a.py"]);
            assert!(fs::copy(s.path("a.py"), s.path("b.py")).is_ok());
        },
        &["b.py"],
    ),
    (
        "moved and copied under another name",
        |s| {
            fs::create_dir(s.path("z")).unwrap();
            s.git(".", &["mv", "held.py", "z/held.py"]);
            assert!(fs::copy(s.path("z/held.py"), s.path("b.py")).is_ok());
        },
        &["b.py"],
    ),
    (
        "renamed, and copied with a change",
        |s| {
            s.git(".", &["mv", "held.py", "z.py"]);
            s.write("a.py", format!("{}{}more\n", "import os\n".repeat(19), line(1)));
        },
        &["a.py"],
    ),
    (
        "renamed and edited, and copied with a larger change",
        |s| {
            s.git(".", &["mv", "held.py", "z.py"]);
            s.write("z.py", format!("{}{}more\n", "import os\n".repeat(20), line(1)));
            s.write("a.py", format!("{}{}more\n", "import os\n".repeat(16), line(1)));
        },
        &["a.py"],
    ),
];

#[test]
#[cfg(unix)]
fn a_key_that_head_has_in_the_same_file_is_no_news() {
    let held = |s: &Sandbox| {
        s.write("held.py", format!("{}{}", "import os\n".repeat(20), line(1)));
        link(&openai_key(2), &s.path("to"));
        commit(s, "keys");
    };
    let rows: &[Row] = &[
        ("moved", |s| drop(s.write("held.py", format!("# now at the top\n{}rest\n", line(1)))), &[]),
        ("on another line", |s| drop(s.write("held.py", format!("a, {}", line(1)))), &[]),
        (
            "in base64",
            |s| {
                use base64::Engine;
                let text = base64::engine::general_purpose::STANDARD.encode(line(1));
                s.write("held.py", format!("x = '{text}'\n"));
            },
            &[],
        ),
        (
            "packed",
            |s| {
                s.write("held.py", gzip(&line(1)));
            },
            &[],
        ),
        ("executable", |s| drop(s.git(".", &["update-index", "--chmod=+x", "held.py"])), &[]),
        ("renamed", |s| drop(s.git(".", &["mv", "held.py", "renamed.py"])), &[]),
        (
            "renamed and edited",
            |s| {
                s.git(".", &["mv", "held.py", "renamed.py"]);
                s.write("renamed.py", format!("{}{}more\n", "import os\n".repeat(19), line(1)));
            },
            &[],
        ),
        (
            "moved into another folder",
            |s| {
                fs::create_dir(s.path("a")).unwrap();
                s.git(".", &["mv", "held.py", "a/held.py"]);
            },
            &[],
        ),
        (
            "link turned into a file",
            |s| {
                fs::remove_file(s.path("to")).unwrap();
                s.write("to", line(2));
            },
            &[],
        ),
        (
            "a second key beside it",
            |s| drop(s.write("held.py", format!("{} {}", line(1).trim_end(), line(3)))),
            &["held.py"],
        ),
        ("the key of another file", |s| drop(s.write("held.py", line(2))), &["held.py"]),
        ("copied", |s| assert!(fs::copy(s.path("held.py"), s.path("copy.py")).is_ok()), &["copy.py"]),
        (
            "in a new file, which an old one that is gone does not resemble",
            |s| {
                fs::remove_file(s.path("held.py")).unwrap();
                s.write("fresh.py", format!("{}{}", "something else\n".repeat(20), line(1)));
            },
            &["fresh.py"],
        ),
    ];
    for (name, change, expected) in rows.iter().chain(COPIES) {
        let sandbox = repository();
        held(&sandbox);
        change(&sandbox);
        if *name != "executable" {
            sandbox.git(".", &["add", "--all"]);
        }
        let report = staged(&sandbox);
        assert_eq!((report.paths(), report.not_scanned()), (owned(expected), vec![]), "{name}");
        let all = sandbox.scan(&["--staged", "--all"]);
        assert!(all.code == 1 && all.places().len() >= report.places().len(), "{name}: {all:?}");
        assert!(report.places().len() <= 1, "{name}: one key is new at most");
    }
}

#[test]
fn names_hold_keys_too_and_old_ones_are_no_news() {
    let sandbox = repository();
    let name = format!("backup-{}.txt", openai_key(1));
    sandbox.write(&name, "x\n");
    sandbox.git(".", &["add", "--all"]);
    let report = staged(&sandbox);
    assert_eq!(report.json["findings"][0]["occurrences"][0]["source"], "name");
    assert!(!report.json.to_string().contains(&openai_key(1)));
    commit(&sandbox, "name");
    sandbox.write(&name, "y\n");
    sandbox.git(".", &["add", "--all"]);
    staged(&sandbox).assert_clean();
}

#[test]
fn a_key_that_was_only_possible_before_is_no_news() {
    let sandbox = repository();
    let uuid = key("sk_{uuid}", 1);
    sandbox.write("x.txt", format!("a = {uuid}\n"));
    sandbox.write("y.txt", "a = 1\n");
    commit(&sandbox, "possible");
    sandbox.write("x.txt", format!("CKO_SECRET_KEY={uuid}\n"));
    sandbox.write("y.txt", format!("CKO_SECRET_KEY={uuid}\n"));
    sandbox.git(".", &["add", "--all"]);
    assert_eq!(staged(&sandbox).paths(), ["y.txt"]);
}

#[test]
fn a_key_that_a_parent_has_in_the_same_file_is_no_news() {
    let rows: &[Row] = &[
        ("moved within its file", |s| drop(s.write("held.py", format!("top\n{}", line(1)))), &[]),
        (
            "renamed and edited",
            |s| {
                s.git(".", &["mv", "held.py", "renamed.py"]);
                s.write("renamed.py", format!("{}{}more\n", "import os\n".repeat(19), line(1)));
            },
            &[],
        ),
        (
            "a second key beside it",
            |s| drop(s.write("held.py", format!("{} {}", line(1).trim_end(), line(2)))),
            &["held.py"],
        ),
        ("copied", |s| assert!(fs::copy(s.path("held.py"), s.path("copy.py")).is_ok()), &["copy.py"]),
    ];
    for (name, change, expected) in rows.iter().chain(COPIES) {
        let sandbox = repository();
        sandbox.write("held.py", format!("{}{}", "import os\n".repeat(20), line(1)));
        commit(&sandbox, "key");
        change(&sandbox);
        let last = commit(&sandbox, "change");
        let expected: Vec<_> = expected.iter().map(|path| (*path, last.as_str())).collect();
        let report = range(&sandbox, "HEAD~1..HEAD");
        assert_eq!(
            (places(&report), report.json["findings"].as_array().unwrap().len()),
            (set(&expected), expected.len()),
            "{name}"
        );
    }
}

#[test]
fn a_merge_of_what_its_parents_have_is_no_news() {
    let sandbox = repository();
    sandbox.git(".", &["checkout", "--quiet", "-b", "side"]);
    sandbox.write("x.py", format!("{}{}", "line\n".repeat(20), line(1)));
    let first = commit(&sandbox, "side");
    sandbox.git(".", &["checkout", "--quiet", "main"]);
    sandbox.write("y.py", "y\n");
    commit(&sandbox, "main");
    merge(&sandbox, &["side"]);
    // Different from both parents, but the key is from one of them.
    sandbox.write("x.py", format!("resolved\n{}", line(1)));
    sandbox.git(".", &["add", "--all"]);
    sandbox.git(".", &["commit", "--quiet", "--amend", "--no-edit"]);
    assert_eq!(places(&range(&sandbox, "base..HEAD")), set(&[("x.py", &first)]));
}
