//! `scan --range`: what a set of commits adds, whoever brought it in and wherever it stands.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{collections::BTreeSet, fs, io::Write};

use support::{Report, Run, Sandbox, key, openai_key};

/// A repository with one commit on `main`, in which nothing holds a key.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet"]);
    sandbox.write("plain.py", "a = 1\nb = 2\nc = 3\nd = 4\n");
    sandbox.write("deep/down/x.txt", "nothing\n");
    commit(&sandbox, "first");
    sandbox.git(".", &["branch", "base"]);
    sandbox
}

/// Commits all there is, and gives the commit's name.
fn commit(sandbox: &Sandbox, message: &str) -> String {
    sandbox.git(".", &["add", "--all"]);
    sandbox.git(".", &["commit", "--quiet", "--allow-empty", "--message", message]);
    head(sandbox)
}

fn head(sandbox: &Sandbox) -> String {
    sandbox.git(".", &["rev-parse", "HEAD"]).trim().to_owned()
}

fn range(sandbox: &Sandbox, revisions: &str) -> Report {
    sandbox.scan(&["--range", revisions])
}

fn line(seed: u64) -> String {
    format!("key = \"{}\"\n", openai_key(seed))
}

/// `path commit` of every place.
fn places(report: &Report) -> BTreeSet<String> {
    assert_eq!(report.not_scanned(), Vec::<String>::new());
    let findings = report.json["findings"].as_array().unwrap();
    let places = findings.iter().flat_map(|one| one["occurrences"].as_array().unwrap());
    places
        .map(|place| {
            let source = place["source"].as_str().unwrap();
            let path = place["path"].as_str().unwrap();
            let path = if path.is_empty() { source } else { path };
            format!("{path} {}", place["commit"].as_str().unwrap_or("-"))
        })
        .collect()
}

fn set(places: &[(&str, &str)]) -> BTreeSet<String> {
    places.iter().map(|(path, commit)| format!("{path} {commit}")).collect()
}

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
        ("UTF-16", |s| {
            let wide: Vec<u8> =
                format!("\u{feff}{}", line(1)).encode_utf16().flat_map(u16::to_le_bytes).collect();
            one(s, "x", wide)
        }),
        ("archive", |s| {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(line(1).as_bytes()).unwrap();
            one(s, "x.gz", packer.finish().unwrap())
        }),
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

fn merge(sandbox: &Sandbox, branches: &[&str]) {
    sandbox.git(".", &[&["merge", "--quiet", "--no-ff", "-m", "merge"], branches].concat());
}

#[test]
fn a_key_that_a_parent_has_in_the_same_file_is_no_news() {
    type Row = (&'static str, fn(&Sandbox), &'static [&'static str]);
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
    for (name, change, expected) in rows {
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

#[test]
fn sets_of_commits_are_named_as_for_git() {
    let sandbox = repository();
    sandbox.write("a.py", line(1));
    let a = commit(&sandbox, "a");
    sandbox.git(".", &["update-ref", "refs/remotes/origin/main", &a]);
    sandbox.git(".", &["update-ref", "refs/remotes/other/main", &a]);
    sandbox.git(".", &["branch", "fork"]);
    sandbox.write("b.py", line(2));
    let b = commit(&sandbox, "b");
    sandbox.git(".", &["checkout", "--quiet", "fork"]);
    sandbox.write("c.py", line(3));
    let c = commit(&sandbox, "c");
    sandbox.git(".", &["tag", "light"]);
    let (a, b, c) = (("a.py", a.as_str()), ("b.py", b.as_str()), ("c.py", c.as_str()));
    let rows: &[(&str, &[(&str, &str)])] = &[
        ("base..main", &[a, b]),
        ("base..", &[a, c]),
        ("..main", &[b]),
        ("main...fork", &[c]),
        ("fork...main", &[b]),
        ("main", &[a, b]),
        ("main ^fork", &[b]),
        ("^fork main", &[b]),
        ("main fork ^base", &[a, b, c]),
        ("main --not fork", &[b]),
        ("--not fork --not main", &[b]),
        ("main --not --remotes", &[b]),
        ("main --not --remotes=origin", &[b]),
        ("main --not --remotes=nowhere", &[a, b]),
        ("main --not --tags", &[b]),
        ("--branches --not --remotes=o*", &[b, c]),
        ("--branches=main --not base", &[]),
        ("--all --not base", &[a, b, c]),
        ("--tags", &[a, c]),
        ("HEAD --not --all", &[]),
        ("fork~1..fork", &[c]),
        ("light^0", &[a, c]),
    ];
    for (revisions, expected) in rows {
        let report = range(&sandbox, revisions);
        assert_eq!(
            (places(&report), report.code),
            (set(expected), i32::from(!expected.is_empty())),
            "{revisions}"
        );
    }
    // Several arguments are one range.
    let report = sandbox.scan(&["--range", "main", "--range", "--not --remotes"]);
    assert_eq!(places(&report), set(&[b]));
    let run = sandbox.skanner(&["scan", "--range", "main..main"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "no key found: main..main has no commit that is new\n"),
        "{run:?}"
    );
}

#[test]
fn tags_are_read_with_what_they_say() {
    let sandbox = repository();
    sandbox.git(".", &["tag", "--annotate", "-m", &format!("see {}", openai_key(1)), "v1"]);
    sandbox.git(".", &["tag", "--annotate", "-m", "outer", "v2", "v1"]);
    let report = range(&sandbox, "v2 --not main");
    let place = &report.json["findings"][0]["occurrences"][0];
    let id = sandbox.git(".", &["rev-parse", "v1"]);
    assert_eq!((place["source"].as_str(), place["blob"].as_str()), (Some("message"), Some(id.trim())));
    assert_eq!(
        (report.json["scanned"]["tags"].as_u64(), report.json["scanned"]["commits"].as_u64()),
        (Some(2), Some(0))
    );
    range(&sandbox, "v2 --not main v1").assert_clean();
    // Tags of what is no commit.
    sandbox.write("t/x.py", line(2));
    sandbox.git(".", &["add", "--all"]);
    let tree = sandbox.git(".", &["write-tree"]);
    sandbox.git(".", &["tag", "--annotate", "-m", "tree", "tree", tree.trim()]);
    sandbox.git(".", &["tag", "blob", ":t/x.py"]);
    assert_eq!(places(&range(&sandbox, "tree --not main")), set(&[("t/x.py", "-")]));
    assert_eq!(places(&range(&sandbox, "blob --not main")), set(&[("blob", "-")]));
    let text = sandbox.skanner(&["scan", "--range", "v2 blob --not main"]).stdout;
    assert!(text.contains("--> the message of tag ") && text.contains("--> the blob "), "{text}");
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

#[test]
fn what_is_not_here_is_named_with_the_way_out() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    commit(&sandbox, "x");
    for (revisions, expected) in [
        ("nowhere..main", "there is no revision `nowhere` here; if it is on a server, `git fetch` it first"),
        ("main ^nowhere", "there is no revision `nowhere`"),
        (&"1".repeat(40), "there is no revision"),
        ("--nonsense", "`--nonsense` is not understood"),
        ("--not main", "names nothing to scan"),
        ("", "names nothing to scan"),
        ("^base..main", "is no range"),
        ("auto", "is none of GitHub Actions"),
    ] {
        let run = sandbox.skanner(&["scan", "--range", revisions]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{revisions}: {run:?}");
        assert!(run.stderr.contains(expected), "{revisions}: {run:?}");
    }
    sandbox.git(".", &["checkout", "--quiet", "--orphan", "root"]);
    commit(&sandbox, "root");
    let run = sandbox.skanner(&["scan", "--range", "main...root"]);
    assert!(run.code == 2 && run.stderr.contains("have no commit in common"), "{run:?}");
}

/// A clone of `tree` in `clone`, of which only the newest commits are there.
fn shallow(sandbox: &Sandbox, depth: &str) {
    let url = format!("file://{}", sandbox.tree().display());
    sandbox.git(".", &["clone", "--quiet", "--depth", depth, &url, "../clone"]);
}

fn in_clone(sandbox: &Sandbox, revisions: &str) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.current_dir(sandbox.path("../clone")).args(["scan", "--range", revisions, "--format", "json"]);
    Run::of(&mut command)
}

#[test]
fn a_shallow_clone_proves_nothing_beyond_its_end() {
    let sandbox = repository();
    for round in 0..4 {
        sandbox.write(format!("{round}.py"), "x\n");
        commit(&sandbox, "more");
    }
    shallow(&sandbox, "2");
    in_clone(&sandbox, "HEAD~1..HEAD").report().assert_clean();
    in_clone(&sandbox, "HEAD --not --remotes").report().assert_clean();
    in_clone(&sandbox, "HEAD").report().assert_not_scanned(&["its parents are not here"]);
    let run = in_clone(&sandbox, "HEAD~2..HEAD");
    assert!(run.code == 2 && run.stderr.contains("`fetch-depth: 0`"), "{run:?}");
    let run = in_clone(&sandbox, "base..HEAD");
    assert!(run.code == 2 && run.stderr.contains("this clone is shallow"), "{run:?}");
    // A commit on top of the clone's end.
    let clone = sandbox.path("../clone");
    fs::write(clone.join("new.py"), line(1)).unwrap();
    sandbox.git("../clone", &["add", "--all"]);
    sandbox.git("../clone", &["commit", "--quiet", "-m", "new"]);
    assert_eq!(in_clone(&sandbox, "HEAD --not --remotes").report().paths(), ["new.py"]);
    assert_eq!(in_clone(&sandbox, "@{u}..HEAD").report().paths(), ["new.py"]);
}

#[test]
fn a_partial_clone_names_what_it_lacks() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    sandbox.write("y.py", "y\n");
    commit(&sandbox, "x");
    fs::remove_file(sandbox.path("x.py")).unwrap();
    commit(&sandbox, "gone");
    sandbox.git(".", &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.tree().display());
    sandbox.git(".", &["clone", "--quiet", "--filter=blob:none", &url, "../clone"]);
    in_clone(&sandbox, "HEAD~2..HEAD").report().assert_not_scanned(&["x.py: object"]);
    fs::remove_dir_all(sandbox.path("../clone")).unwrap();
    sandbox.git(".", &["clone", "--quiet", "--filter=tree:0", &url, "../clone"]);
    let report = in_clone(&sandbox, "HEAD~2..HEAD").report();
    assert!(
        report.code == 2 && report.not_scanned().iter().all(|one| one.contains("is missing; fetch it")),
        "{report:?}"
    );
}

#[test]
fn damage_is_named() {
    let sandbox = repository();
    sandbox.write("x.py", line(1));
    let id = commit(&sandbox, "x");
    sandbox.write("y.py", line(2));
    commit(&sandbox, "y");
    let remove =
        |id: &str| fs::remove_file(sandbox.path(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    remove(sandbox.git(".", &["rev-parse", &format!("{id}:x.py")]).trim());
    let report = range(&sandbox, "base..main");
    report.assert_not_scanned(&["x.py: object"]);
    assert_eq!(report.paths(), ["y.py"]);
    remove(sandbox.git(".", &["rev-parse", &format!("{id}^{{tree}}")]).trim());
    assert_eq!(range(&sandbox, "base..main").code, 2);
    remove(&id);
    let run = sandbox.skanner(&["scan", "--range", "base..main"]);
    assert!(run.code == 2 && run.stderr.contains("cannot be listed"), "{run:?}");
}

#[test]
fn it_works_in_bare_repositories_worktrees_and_with_sha256() {
    for format in ["sha1", "sha256"] {
        let sandbox = Sandbox::new();
        sandbox.git(".", &["init", "--quiet", "--object-format", format]);
        commit(&sandbox, "first");
        sandbox.write("x.py", line(1));
        let id = commit(&sandbox, "x");
        assert_eq!(places(&range(&sandbox, "HEAD~1..HEAD")), set(&[("x.py", &id)]), "{format}");
        sandbox.git(".", &["worktree", "add", "--quiet", "../linked", "-b", "linked"]);
        sandbox.git(".", &["clone", "--quiet", "--bare", ".", "../bare"]);
        for folder in ["../linked", "../bare"] {
            let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
            command.current_dir(sandbox.path(folder)).args([
                "scan",
                "--range",
                "HEAD~1..HEAD",
                "--format",
                "json",
            ]);
            assert_eq!(places(&Run::of(&mut command).report()), set(&[("x.py", &id)]), "{format}, {folder}");
        }
    }
}

#[test]
fn in_ci_the_environment_says_what_is_new() {
    let sandbox = repository();
    sandbox.write("old.py", line(1));
    let old = commit(&sandbox, "old");
    sandbox.git(".", &["update-ref", "refs/remotes/origin/main", &old]);
    sandbox.git(".", &["checkout", "--quiet", "-b", "topic"]);
    sandbox.write("a.py", line(2));
    let a = commit(&sandbox, "a");
    sandbox.write("b.py", line(3));
    let b = commit(&sandbox, "b");
    let zeros = "0".repeat(40);
    let gone = "1".repeat(40);
    let event = |text: String| sandbox.write("../event.json", text).to_str().unwrap().to_owned();
    let scan = |variables: &[(&str, &str)]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.args(["scan", "--range", "auto", "--format", "json"]).envs(variables.iter().copied());
        command.args(["--output", "text=../closing.txt"]);
        let run = Run::of(&mut command);
        (run, fs::read_to_string(sandbox.path("../closing.txt")).unwrap_or_default())
    };
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a str);
    let before = event(format!(r#"{{"before":"{a}","repository":{{"default_branch":"main"}}}}"#));
    let github = ("GITHUB_ACTIONS", "true");
    let cases: &[Case<'_>] = &[
        (&[github, ("GITHUB_SHA", &b), ("GITHUB_EVENT_PATH", &before)], &["b.py"], "(GitHub Actions: push)"),
        (
            &[github, ("GITHUB_SHA", &b), ("GITHUB_BASE_REF", "main")],
            &["a.py", "b.py"],
            "(GitHub Actions: pull request)",
        ),
        (
            &[("GITLAB_CI", "1"), ("CI_COMMIT_SHA", &b), ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &a)],
            &["b.py"],
            "(GitLab CI: pull request)",
        ),
        (
            &[
                ("GITLAB_CI", "1"),
                ("CI_COMMIT_SHA", &b),
                ("CI_COMMIT_BEFORE_SHA", &zeros),
                ("CI_DEFAULT_BRANCH", "main"),
            ],
            &["a.py", "b.py"],
            "what is not on the default branch",
        ),
        (
            &[
                ("GITLAB_CI", "1"),
                ("CI_COMMIT_SHA", &b),
                ("CI_COMMIT_BEFORE_SHA", &gone),
                ("CI_DEFAULT_BRANCH", "main"),
            ],
            &["a.py", "b.py"],
            "the commit before the push is gone",
        ),
        (
            &[
                ("GITLAB_CI", "1"),
                ("CI_COMMIT_SHA", &old),
                ("CI_COMMIT_BEFORE_SHA", &zeros),
                ("CI_DEFAULT_BRANCH", "main"),
            ],
            &["old.py"],
            "the whole history",
        ),
        (&[("JENKINS_URL", "x"), ("CHANGE_TARGET", "main")], &["a.py", "b.py"], "(Jenkins: pull request)"),
        (
            &[
                ("BUILD_BUILDID", "1"),
                ("BUILD_SOURCEVERSION", &b),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
            ],
            &["a.py", "b.py"],
            "(Azure Pipelines: pull request)",
        ),
        (&[("CIRCLECI", "1"), ("CIRCLE_SHA1", &b)], &["a.py", "b.py", "old.py"], "the whole history"),
        (
            &[("BITBUCKET_COMMIT", &b), ("BITBUCKET_PR_DESTINATION_BRANCH", "main")],
            &["a.py", "b.py"],
            "(Bitbucket Pipelines: pull request)",
        ),
    ];
    for (variables, expected, words) in cases {
        let (run, closing) = scan(variables);
        assert_eq!(run.report().paths(), *expected, "{variables:?}");
        assert!(closing.contains(words), "{variables:?}: {closing}");
    }
    for (variables, words) in [
        (
            &[github, ("GITHUB_SHA", &b), ("GITHUB_BASE_REF", "nowhere")][..],
            "wants the target `nowhere`, which is not here",
        ),
        (&[github, ("GITHUB_SHA", &gone)], "GitHub Actions asks for it"),
        (&[github, ("GITHUB_EVENT_PATH", "/nowhere")], "cannot be read"),
    ] {
        let (run, _) = scan(variables);
        assert!(run.code == 2 && run.stderr.contains(words), "{variables:?}: {run:?}");
    }
}
