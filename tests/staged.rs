//! `scan --staged`: what the index would commit, whatever the index looks like and wherever it is.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use std::{fs, io::Write, path::Path};

use support::{Report, Sandbox, key, openai_key};

/// A repository with one commit, in which nothing holds a key.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet"]);
    sandbox.write("plain.py", "a = 1\nb = 2\nc = 3\nd = 4\n");
    sandbox.write("deep/down/x.txt", "nothing\n");
    commit(&sandbox, "first");
    sandbox
}

fn commit(sandbox: &Sandbox, message: &str) {
    sandbox.git(".", &["add", "--all"]);
    sandbox.git(".", &["commit", "--quiet", "--allow-empty", "--no-verify", "--message", message]);
}

fn staged(sandbox: &Sandbox) -> Report {
    sandbox.scan(&["--staged"])
}

fn line(seed: u64) -> String {
    format!("key = \"{}\"\n", openai_key(seed))
}

#[cfg(unix)]
fn link(target: &str, path: &Path) {
    let _ = fs::remove_file(path);
    std::os::unix::fs::symlink(target, path).unwrap();
}

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
                let wide: Vec<u8> =
                    format!("\u{feff}{}", line(1)).encode_utf16().flat_map(u16::to_le_bytes).collect();
                s.write("x", wide);
            },
            &["x"],
        ),
        (
            "archive",
            |s| {
                let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                packer.write_all(line(1).as_bytes()).unwrap();
                s.write("x.gz", packer.finish().unwrap());
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

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
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
    assert_eq!(closing(&sandbox), "no key found: what is staged only removes files\n");
    sandbox.write("x.py", "x\n");
    sandbox.git(".", &["add", "x.py"]);
    assert!(closing(&sandbox).starts_with("no key found in what is staged; 1 blob (2 B) read"));
    sandbox.write("x.py", line(1));
    sandbox.git(".", &["add", "x.py"]);
    let text = closing(&sandbox);
    assert!(text.contains("--> x.py:1:8 (staged)\n"), "{text}");
    assert!(text.contains("1 key found (1 critical) in what is staged; 1 blob"), "{text}");
}

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
                let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                packer.write_all(line(1).as_bytes()).unwrap();
                s.write("held.py", packer.finish().unwrap());
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
    for (name, change, expected) in rows {
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

/// Ways to keep the same index.
const FORMS: &[(&str, &[&[&str]])] = &[
    ("version 2", &[&["update-index", "--index-version", "2"]]),
    ("version 3", &[&["update-index", "--index-version", "3"]]),
    ("version 4", &[&["update-index", "--index-version", "4"]]),
    ("split", &[&["update-index", "--split-index"]]),
    ("split, version 4", &[&["update-index", "--index-version", "4"], &["update-index", "--split-index"]]),
    (
        "sparse",
        &[&["sparse-checkout", "init", "--cone", "--sparse-index"], &["sparse-checkout", "set", "d1"]],
    ),
    ("without checksum", &[&["config", "index.skipHash", "true"]]),
    ("with an untracked cache", &[&["update-index", "--untracked-cache"]]),
    ("without a tree cache", &[&["read-tree", "--empty"], &["add", "--all", "--sparse"]]),
];

#[test]
fn every_form_of_index_says_what_git_says() {
    for format in ["sha1", "sha256"] {
        for (name, commands) in FORMS {
            let sandbox = Sandbox::new();
            sandbox.git(".", &["init", "--quiet", "--object-format", format]);
            // Every file has a key, so that the report names all that is staged.
            let mut seeds = 1..;
            let mut write = |path: String| drop(sandbox.write(path, line(seeds.next().unwrap())));
            for folder in 0..4 {
                (0..5).for_each(|file| write(format!("d{folder}/sub/f{file}.py")));
                // Names that sort between the folder and what is in it.
                write(format!("d{folder}-x.py"));
                write(format!("d{folder}.py"));
            }
            commit(&sandbox, "first");
            for command in *commands {
                sandbox.git(".", command);
            }
            let mut random = fastrand::Rng::with_seed(7);
            for round in 0..6 {
                let folder = random.usize(..4);
                let is_outside = *name == "sparse" && folder != 1;
                match random.usize(..4) {
                    0 if !is_outside => write(format!("d{folder}/sub/f{}.py", random.usize(..7))),
                    1 if !is_outside => drop(fs::remove_file(
                        sandbox.path(format!("d{folder}/sub/f{}.py", random.usize(..5))),
                    )),
                    2 if !is_outside => write(format!("d{folder}/new{round}/a.py")),
                    _ => write(format!("d{folder}.py")),
                }
                sandbox.git(".", &["add", "--all"]);
                let git =
                    sandbox.git(".", &["diff", "--cached", "--name-only", "--no-renames", "--diff-filter=d"]);
                let mut expected: Vec<&str> = git.lines().collect();
                expected.sort_unstable();
                let report = sandbox.scan(&["--staged", "--all"]);
                assert_eq!(
                    (report.paths(), report.not_scanned()),
                    (owned(&expected), vec![]),
                    "{format}, {name}, round {round}"
                );
            }
        }
    }
}

#[test]
fn folders_outside_of_a_sparse_checkout_are_compared_as_trees() {
    let sandbox = repository();
    sandbox.write("out/of/sight.py", "x\n");
    commit(&sandbox, "second");
    sandbox.write("out/of/sight.py", line(1));
    commit(&sandbox, "key");
    sandbox.git(".", &["sparse-checkout", "init", "--cone", "--sparse-index"]);
    sandbox.git(".", &["sparse-checkout", "set", "deep"]);
    sandbox.git(".", &["reset", "--quiet", "--soft", "HEAD~1"]);
    let index = fs::read(sandbox.path(".git/index")).unwrap();
    assert!(index.windows(4).any(|window| window == b"sdir"), "the test is of a sparse index");
    assert_eq!(staged(&sandbox).paths(), ["out/of/sight.py"]);
}

/// A hook that calls skanner, as people write one.
#[cfg(unix)]
fn with_hook() -> Sandbox {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = repository();
    let hook = sandbox.write(
        ".git/hooks/pre-commit",
        format!("#!/bin/sh\nexec '{}' scan --staged --format json\n", env!("CARGO_BIN_EXE_skanner")),
    );
    fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox
}

#[cfg(unix)]
fn try_commit(sandbox: &Sandbox, folder: &str, arguments: &[&str], input: &str) -> support::Run {
    let mut command = sandbox.command("git");
    command.current_dir(sandbox.path(folder)).args(["-c", "user.name=A", "-c", "user.email=a@example.org"]);
    command.args(["commit", "--quiet", "--message", "try"]).args(arguments);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    support::Run::from(child.wait_with_output().unwrap())
}

#[test]
#[cfg(unix)]
fn a_hook_sees_the_index_of_its_commit() {
    type Case = (&'static str, fn(&Sandbox), &'static [&'static str], &'static str, bool);
    let cases: &[Case] = &[
        (
            "commit",
            |s| {
                s.write("x.py", line(1));
                s.git(".", &["add", "x.py"]);
            },
            &[],
            "",
            true,
        ),
        ("commit -a", |s| drop(s.write("plain.py", line(1))), &["-a"], "", true),
        ("commit PATH", |s| drop(s.write("plain.py", line(1))), &["plain.py"], "", true),
        // The key is staged, but not a part of this commit.
        (
            "commit another PATH",
            |s| {
                s.write("x.py", line(1));
                s.git(".", &["add", "x.py"]);
                s.write("plain.py", "changed\n");
            },
            &["plain.py"],
            "",
            false,
        ),
        (
            "commit -p, taken",
            |s| drop(s.write("plain.py", format!("a = 1\n{}b = 2\nc = 3\nd = 4\n", line(1)))),
            &["-p"],
            "y\n",
            true,
        ),
        (
            "commit -p, of two the clean one taken",
            |s| drop(s.write("plain.py", format!("new\na = 1\nb = 2\nc = 3\nd = 4\n{}", line(1)))),
            &["-p"],
            "s\ny\nn\n",
            false,
        ),
        ("commit -a in a subfolder", |s| drop(s.write("plain.py", line(1))), &["-a"], "", true),
    ];
    for (name, change, arguments, input, is_stopped) in cases {
        let sandbox = with_hook();
        change(&sandbox);
        let folder = if name.ends_with("subfolder") { "deep/down" } else { "." };
        let run = try_commit(&sandbox, folder, arguments, input);
        let commits = sandbox.git(".", &["rev-list", "--count", "HEAD"]);
        assert_eq!(commits.trim() == "1", *is_stopped, "{name}: {run:?}");
        assert_eq!((run.stdout + &run.stderr).contains("\"source\": \"index\""), *is_stopped, "{name}");
    }
}

#[test]
#[cfg(unix)]
fn a_hook_works_in_linked_worktrees_and_submodules() {
    let sandbox = with_hook();
    sandbox.git(".", &["worktree", "add", "--quiet", "../tree/linked", "-b", "linked"]);
    sandbox.write("linked/x.py", line(1));
    sandbox.git("linked", &["add", "x.py"]);
    let run = try_commit(&sandbox, "linked", &[], "");
    assert!(run.code == 1 && (run.stdout + &run.stderr).contains("\"x.py\""));
    let report = || {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        support::Run::of(
            command.current_dir(sandbox.path("linked")).args(["scan", "--staged", "--format", "json"]),
        )
        .report()
    };
    assert_eq!(report().paths(), ["x.py"]);
    // The main work tree has another index.
    staged(&sandbox).assert_clean();

    let outer = Sandbox::new();
    outer.write("inner/a.py", "a\n");
    outer.git("inner", &["init", "--quiet"]);
    outer.git("inner", &["add", "--all"]);
    outer.git("inner", &["commit", "--quiet", "-m", "first"]);
    outer.write("outer/a.py", "a\n");
    outer.git("outer", &["init", "--quiet"]);
    outer.git("outer", &["submodule", "--quiet", "add", "../inner", "sub"]);
    outer.git("outer", &["commit", "--quiet", "-m", "first"]);
    outer.write("outer/sub/x.py", line(1));
    outer.git("outer/sub", &["add", "x.py"]);
    let scan = |folder: &str| {
        let mut command = outer.command(env!("CARGO_BIN_EXE_skanner"));
        support::Run::of(
            command.current_dir(outer.path(folder)).args(["scan", "--staged", "--format", "json"]),
        )
        .report()
    };
    assert_eq!(scan("outer/sub").paths(), ["x.py"]);
    scan("outer").assert_clean();
}

#[test]
fn the_environment_says_which_repository_is_meant() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "--quiet", "repository"]);
    sandbox.write("repository/sub/x.py", line(1));
    sandbox.git("repository", &["add", "--all"]);
    sandbox.write("repository/y.py", line(2));
    fs::create_dir(sandbox.path("elsewhere")).unwrap();
    let mut add = sandbox.command("git");
    add.current_dir(sandbox.path("repository")).env("GIT_INDEX_FILE", "other").args(["add", "y.py"]);
    assert_eq!(support::Run::of(&mut add).code, 0);
    let scan = |folder: &str, variables: &[(&str, &str)]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.current_dir(sandbox.path(folder)).args(["scan", "--staged", "--format", "json"]);
        support::Run::of(command.envs(variables.iter().copied())).report()
    };
    assert_eq!(scan("repository/sub", &[]).paths(), ["sub/x.py"], "paths are from the root, as git's");
    assert_eq!(scan("repository", &[("GIT_INDEX_FILE", "other")]).paths(), ["y.py"]);
    assert_eq!(scan("repository/sub", &[("GIT_INDEX_FILE", "other")]).paths(), ["y.py"]);
    let both = [("GIT_DIR", "../repository/.git"), ("GIT_WORK_TREE", "../repository")];
    assert_eq!(scan("elsewhere", &both).paths(), ["sub/x.py"]);
    assert_eq!(scan("elsewhere", &both[..1]).paths(), ["sub/x.py"]);
    // Objects that are somewhere else.
    fs::rename(sandbox.path("repository/.git/objects"), sandbox.path("objects")).unwrap();
    fs::create_dir(sandbox.path("repository/.git/objects")).unwrap();
    assert_eq!(scan("repository", &[("GIT_OBJECT_DIRECTORY", "../objects")]).paths(), ["sub/x.py"]);
    assert_eq!(
        scan("repository", &[("GIT_ALTERNATE_OBJECT_DIRECTORIES", "../objects")]).paths(),
        ["sub/x.py"]
    );
    assert_eq!(scan("repository", &[]).code, 2);
}

#[test]
fn bad_input_is_named_and_exits_with_2() {
    type Case = (&'static str, fn(&Sandbox), &'static str);
    let cases: &[Case] = &[
        ("no repository", |s| fs::remove_dir_all(s.path(".git")).unwrap(), "is in no git repository"),
        ("bare", |s| drop(s.git(".", &["config", "core.bare", "true"])), "a bare repository has no index"),
        (
            "no index of git",
            |s| drop(s.write(".git/index", "rubbish, but long enough for a checksum")),
            "no index of git",
        ),
        (
            "cut short",
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
        ("empty index", |s| drop(s.write(".git/index", "")), "it is cut short"),
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
    assert_eq!(support::Run::of(&mut merge).code, 1);
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
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command
        .env("GIT_CONFIG_GLOBAL", sandbox.path("../home/.gitconfig"))
        .args(["scan", "--staged", "--format", "json"]);
    assert_eq!(support::Run::of(&mut command).report().json, plain.0);
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
    assert_eq!(support::Run::of(sandbox.command("chown").args(["-R", "12345:12345", "."])).code, 0);
    assert_eq!(staged(&sandbox).paths(), ["x.py"]);
    sandbox.scan(&["--range", "HEAD"]).assert_clean();
}
