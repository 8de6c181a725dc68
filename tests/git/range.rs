//! `scan --range`: what a set of commits adds, whoever brought it in and wherever it stands.

use std::fs;

use super::harness::*;

type Row = (&'static str, fn(&Sandbox) -> Vec<(&'static str, String)>);

#[test]
#[cfg(unix)]
fn whatever_a_commit_brings_is_read() {
    fn one(sandbox: &Sandbox, path: &'static str, content: impl AsRef<[u8]>) -> Vec<(&'static str, String)> {
        sandbox.write(path, content);
        vec![(path, commit(sandbox, "key"))]
    }
    let rows: &[Row] = &[
        ("added", |s| one(s, "new.py", line(1))),
        ("modified", |s| one(s, "plain.py", line(1))),
        ("deep", |s| one(s, "deep/down/x.txt", line(1))),
        ("zeros", |s| one(s, "x", format!("\0{}", line(1)))),
        ("binary by attribute", |s| {
            s.write(".gitattributes", "* binary\n");
            one(s, "x", line(1))
        }),
        ("UTF-16", |s| one(s, "x", utf16(&line(1)))),
        ("archive", |s| one(s, "x.gz", gzip(&line(1)))),
        ("link", |s| {
            std::os::unix::fs::symlink(openai_key(1), s.path("to")).unwrap();
            vec![("to", commit(s, "link"))]
        }),
        ("link turned into a file", |s| {
            std::os::unix::fs::symlink("nowhere", s.path("to")).unwrap();
            commit(s, "link");
            fs::remove_file(s.path("to")).unwrap();
            one(s, "to", line(1))
        }),
        ("renamed and edited", |s| {
            s.git(".", &["mv", "plain.py", "other.py"]);
            one(s, "other.py", format!("a = 1\nb = 2\nc = 3\nd = 4\n{}", line(1)))
        }),
        ("added and removed again", |s| {
            let places = one(s, "x", line(1));
            fs::remove_file(s.path("x")).unwrap();
            commit(s, "gone");
            places
        }),
        ("message", |s| vec![("message", commit(s, &format!("all\n\nuses {}", openai_key(1))))]),
        ("author", |s| {
            let author = format!("{} <a@example.org>", openai_key(1));
            s.git(".", &["commit", "--quiet", "--allow-empty", "-m", "x", "--author", &author]);
            vec![("message", head(s))]
        }),
        ("amended", |s| {
            s.write("x", line(1));
            commit(s, "bad");
            s.write("x", line(2));
            s.git(".", &["add", "--all"]);
            s.git(".", &["commit", "--quiet", "--amend", "-m", "still bad"]);
            vec![("x", head(s))]
        }),
        ("in a merge alone", |s| {
            branch_off(s, "side");
            merge(s, &["side"]);
            s.write("resolved.py", line(1));
            s.git(".", &["add", "--all"]);
            s.git(".", &["commit", "--quiet", "--amend", "--no-edit"]);
            vec![("resolved.py", head(s))]
        }),
        ("in an octopus alone", |s| {
            branch_off(s, "one");
            branch_off(s, "two");
            merge(s, &["one", "two"]);
            s.write("resolved.py", line(1));
            s.git(".", &["add", "--all"]);
            s.git(".", &["commit", "--quiet", "--amend", "--no-edit"]);
            assert_eq!(s.git(".", &["rev-list", "--parents", "-1", "HEAD"]).split_whitespace().count(), 4);
            vec![("resolved.py", head(s))]
        }),
        ("on a branch that was merged", |s| {
            s.git(".", &["checkout", "--quiet", "-b", "side"]);
            let places = one(s, "side.py", line(1));
            s.git(".", &["checkout", "--quiet", "main"]);
            s.write("main.py", "x\n");
            commit(s, "main");
            merge(s, &["side"]);
            places
        }),
        ("in an unrelated root", |s| {
            s.git(".", &["checkout", "--quiet", "--orphan", "root"]);
            let places = one(s, "root.py", line(1));
            s.git(".", &["checkout", "--quiet", "main"]);
            s.git(
                ".",
                &["-c", "user.name=A", "merge", "--quiet", "--allow-unrelated-histories", "-m", "m", "root"],
            );
            places
        }),
        ("the same blob in two commits", |s| {
            let mut places = one(s, "x", line(1));
            fs::remove_file(s.path("x")).unwrap();
            commit(s, "gone");
            places.extend(one(s, "x", line(1)));
            places
        }),
        ("the same blob at two paths", |s| {
            s.write("b", line(1));
            let places = one(s, "a", line(1));
            vec![("b", places[0].1.clone()), places[0].clone()]
        }),
    ];
    for (name, change) in rows {
        let sandbox = repository();
        let expected = change(&sandbox);
        let expected: Vec<_> = expected.iter().map(|(path, commit)| (*path, commit.as_str())).collect();
        let report = range(&sandbox, "base..HEAD");
        assert_eq!((places(&report), report.code), (set(&expected), 1), "{name}");
    }
}

/// A branch with a file of its own, off `main`, where another one comes.
fn branch_off(sandbox: &Sandbox, name: &str) {
    sandbox.git(".", &["checkout", "--quiet", "-b", name, "main"]);
    sandbox.write(format!("{name}.py"), "x\n");
    commit(sandbox, name);
    sandbox.git(".", &["checkout", "--quiet", "main"]);
    sandbox.write(format!("beside-{name}.py"), "x\n");
    commit(sandbox, "beside");
}

#[test]
fn the_text_says_which_commit_it_was() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    let id = commit(&sandbox, &format!("with {}", openai_key(2)));
    let run = sandbox.skanner(&["scan", "--range", "base..main"]);
    assert!(run.stdout.contains(&format!("--> x.py:1:8 (commit {})\n", &id[..12])), "{run:?}");
    assert!(run.stdout.contains(&format!("--> the message of commit {}:6:6\n", &id[..12])), "{run:?}");
    assert!(run.stdout.contains("in base..main; 1 blob, 1 commit ("), "{run:?}");
}

#[test]
fn names_are_reported_where_they_are_new() {
    let sandbox = repository();
    sandbox.write("x.txt", "the same\n");
    commit(&sandbox, "x");
    let name = format!("backup-{}.txt", openai_key(1));
    sandbox.write(&name, "the same\n");
    let id = commit(&sandbox, "name");
    sandbox.write(&name, "changed\n");
    commit(&sandbox, "changed");
    let report = range(&sandbox, "base..main");
    let place = &report.json["findings"][0]["occurrences"];
    assert_eq!((place[0]["source"].as_str(), place[0]["commit"].as_str()), (Some("name"), Some(id.as_str())));
    assert_eq!(place[1], serde_json::Value::Null);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let sandbox = repository();
    for round in 0..40 {
        sandbox.write("same.py", line(1000) + &"x\n".repeat(round));
        sandbox.write(format!("f{round}/a.py"), line(round as u64));
        sandbox.write(format!("f{round}/same.py"), line(2000));
        commit(&sandbox, &format!("round {round}\n\n{}", key("sk-or-v1-{h:64}", 1)));
    }
    let run = |threads: &str| {
        sandbox.skanner(&["scan", "--range", "base..main", "--format", "json", "-j", threads])
    };
    let one = run("1");
    assert_eq!(one.report().json["findings"].as_array().unwrap().len(), 43);
    (0..3).for_each(|_| assert_eq!(run("8").stdout, one.stdout));
}

/// What one range leaves out may be what another one asks for.
#[test]
fn each_of_several_ranges_is_read_by_itself() {
    let sandbox = repository();
    sandbox.git(".", &["checkout", "--quiet", "-b", "one"]);
    sandbox.write("a.py", line(1));
    commit(&sandbox, "one");
    sandbox.git(".", &["checkout", "--quiet", "-b", "two"]);
    sandbox.write("b.py", line(2));
    commit(&sandbox, "two");
    let scan = |ranges: &[&str]| {
        let arguments: Vec<&str> = ranges.iter().flat_map(|range| ["--range", range]).collect();
        sandbox.scan(&arguments).paths()
    };
    assert_eq!(scan(&["main..one", "one..two"]), ["a.py", "b.py"]);
    assert_eq!(scan(&["one..two", "main..one"]), ["a.py", "b.py"]);
    assert_eq!(scan(&["HEAD~1..HEAD", "HEAD..HEAD"]), ["b.py"]);
    assert_eq!(scan(&["HEAD..HEAD"]), [""; 0]);
    // What only takes commits away belongs to the range before it.
    assert_eq!(scan(&["main..one", "two", "--not one"]), ["a.py", "b.py"]);
    assert_eq!(scan(&["two", "^one"]), ["b.py"]);
}
