//! What `skanner scan PATH` reads: every file that git tracks or does not ignore, and nothing silently left out.

mod support;

use std::{fs, os::unix::fs::symlink};

use support::{Sandbox, openai_key};

/// A tree with a key of its own in every file named.
fn tree_with_keys(files: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    for (seed, file) in files.iter().enumerate() {
        sandbox.write(file, format!("KEY={}\n", openai_key(seed as u64)));
    }
    sandbox
}

#[test]
fn reads_hidden_files_and_folders() {
    let sandbox = tree_with_keys(&[".env", ".config/app/settings", "src/.hidden.rs"]);
    assert_eq!(sandbox.scan(&[]).paths(), [".config/app/settings", ".env", "src/.hidden.rs"]);
}

#[test]
fn outside_a_repository_nothing_is_ignored() {
    let sandbox = tree_with_keys(&["a.log"]);
    sandbox.write(".gitignore", "*.log\n");
    sandbox.write(".ignore", "*.log\n");
    assert_eq!(sandbox.scan(&[]).paths(), ["a.log"]);
}

#[test]
fn git_ignores_only_what_it_does_not_track() {
    let sandbox =
        tree_with_keys(&["tracked.log", "ignored.log", "excluded.txt", "deep/er/tracked.log", "free.txt"]);
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".gitignore", "*.log\n");
    sandbox.write(".git/info/exclude", "excluded.txt\n");
    sandbox.git("", &["add", "-f", "tracked.log", "deep/er/tracked.log"]);
    let tracked_and_free = ["deep/er/tracked.log", "free.txt", "tracked.log"];
    assert_eq!(sandbox.scan(&[]).paths(), tracked_and_free);
    assert_eq!(sandbox.scan(&["--no-ignore"]).paths().len(), 5);
    // From a folder below, and of a folder below.
    assert_eq!(sandbox.scan(&["deep"]).paths(), ["deep/er/tracked.log"]);
    let absolute = sandbox.path("deep");
    let found = sandbox.scan(&[absolute.to_str().unwrap()]).paths();
    assert_eq!(found, [absolute.join("er/tracked.log").to_str().unwrap()]);
    // Named files are read whatever git thinks of them.
    assert_eq!(sandbox.scan(&["ignored.log"]).paths(), ["ignored.log"]);
}

#[test]
fn the_users_own_ignore_file_hides_nothing() {
    let sandbox = tree_with_keys(&["a.txt"]);
    sandbox.git("", &["init", "-q"]);
    fs::create_dir_all(sandbox.path("../home/.config/git")).unwrap();
    fs::write(sandbox.path("../home/.config/git/ignore"), "*.txt\n").unwrap();
    assert_eq!(sandbox.scan(&[]).paths(), ["a.txt"]);
}

#[test]
fn a_deleted_tracked_file_is_not_missed() {
    let sandbox = tree_with_keys(&["gone.log", "here.txt"]);
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".gitignore", "*.log\n");
    sandbox.git("", &["add", "-f", "."]);
    fs::remove_file(sandbox.path("gone.log")).unwrap();
    let report = sandbox.scan(&[]);
    assert_eq!((report.code, report.paths()), (1, vec!["here.txt".to_owned()]));
}

#[test]
fn the_folder_dot_git_is_a_repository_not_files() {
    let sandbox = tree_with_keys(&["a.txt", ".git-notes/b.txt"]);
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".git/description", format!("KEY={}", openai_key(9)));
    assert_eq!(sandbox.scan(&[]).paths(), [".git-notes/b.txt", "a.txt"]);
}

#[test]
fn a_folder_that_is_only_called_dot_git_is_read() {
    let sandbox = tree_with_keys(&["sub/.git/notes.txt", "a.txt"]);
    assert_eq!(sandbox.scan(&[]).paths(), ["a.txt", "sub/.git/notes.txt"]);
}

#[test]
fn nested_repositories_follow_their_own_rules() {
    let sandbox = tree_with_keys(&["nested/tracked.log", "nested/ignored.log", "outer.log"]);
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".gitignore", "outer.log\n");
    sandbox.git("nested", &["init", "-q"]);
    sandbox.write("nested/.gitignore", "*.log\n");
    sandbox.git("nested", &["add", "-f", "tracked.log"]);
    assert_eq!(sandbox.scan(&[]).paths(), ["nested/tracked.log"]);
}

#[test]
fn an_ignored_submodule_is_tracked_all_the_same() {
    let sandbox = tree_with_keys(&["library/lib.txt", "main/app.txt"]);
    sandbox.git("library", &["init", "-q"]);
    sandbox.git("library", &["add", "."]);
    sandbox.git("library", &["commit", "-qm", "library"]);
    sandbox.git("main", &["init", "-q"]);
    sandbox.git("main", &["submodule", "add", "-q", "../library", "vendor/library"]);
    sandbox.write("main/.gitignore", "vendor/\n");
    assert_eq!(sandbox.scan(&["main"]).paths(), ["main/app.txt", "main/vendor/library/lib.txt"]);
}

#[test]
fn a_linked_worktree_has_its_own_index() {
    let sandbox = tree_with_keys(&["main/app.txt"]);
    sandbox.git("main", &["init", "-q"]);
    sandbox.git("main", &["add", "."]);
    sandbox.git("main", &["commit", "-qm", "app"]);
    sandbox.git("main", &["worktree", "add", "-q", "../linked"]);
    sandbox.write("linked/.gitignore", "*.log\n");
    sandbox.write("linked/new.log", openai_key(7));
    assert_eq!(sandbox.scan(&["linked"]).paths(), ["linked/app.txt"]);
    sandbox.git("linked", &["add", "-f", "new.log"]);
    assert_eq!(sandbox.scan(&["linked"]).paths(), ["linked/app.txt", "linked/new.log"]);
}

#[test]
fn a_sha256_repository_is_no_exception() {
    let sandbox = tree_with_keys(&["tracked.log", "ignored.log"]);
    sandbox.git("", &["init", "-q", "--object-format=sha256"]);
    sandbox.write(".gitignore", "*.log\n");
    sandbox.git("", &["add", "-f", "tracked.log"]);
    assert_eq!(sandbox.scan(&[]).paths(), ["tracked.log"]);
}

#[test]
fn split_and_sparse_indexes_are_no_exception() {
    let sandbox = tree_with_keys(&["a/tracked.log", "a/ignored.log", "b/outside.log"]);
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".gitignore", "*.log\n");
    sandbox.git("", &["add", "-f", "a/tracked.log", "b/outside.log"]);
    sandbox.git("", &["commit", "-qm", "logs"]);
    sandbox.git("", &["update-index", "--split-index"]);
    assert_eq!(sandbox.scan(&[]).paths(), ["a/tracked.log", "b/outside.log"]);
    sandbox.git("", &["update-index", "--no-split-index"]);
    sandbox.git("", &["sparse-checkout", "init", "--cone", "--sparse-index"]);
    sandbox.git("", &["sparse-checkout", "set", "a"]);
    assert_eq!(sandbox.scan(&[]).paths(), ["a/tracked.log"]);
}

#[test]
fn an_index_that_cannot_be_read_is_no_clean_verdict() {
    let sandbox = tree_with_keys(&[]);
    sandbox.write("a.txt", "nothing");
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".git/index", "no index at all, but long enough to look like one at first sight");
    sandbox.scan(&[]).assert_not_scanned(&["--no-ignore"]);
    sandbox.scan(&["--no-ignore"]).assert_clean();
}

#[test]
fn links_are_read_as_text_and_not_followed() {
    let sandbox = tree_with_keys(&["real/key.txt", "../outside/key.txt"]);
    sandbox.write("real/readme", "x");
    symlink("../../outside", sandbox.path("real/out")).unwrap();
    symlink("nowhere", sandbox.path("real/broken")).unwrap();
    symlink("loop", sandbox.path("real/loop")).unwrap();
    symlink("key.txt", sandbox.path("real/twice")).unwrap();
    let report = sandbox.scan(&["real"]);
    assert_eq!((report.code, report.paths()), (1, vec!["real/key.txt".to_owned()]));
    assert_eq!(report.files(), 6);

    symlink(format!("/tmp/{}", openai_key(5)), sandbox.path("real/telling")).unwrap();
    assert_eq!(sandbox.scan(&["real"]).paths(), ["real/key.txt", "real/telling"]);
}

#[test]
fn a_link_that_is_named_is_followed() {
    let sandbox = tree_with_keys(&["real/key.txt"]);
    symlink("real", sandbox.path("folder")).unwrap();
    symlink("real/key.txt", sandbox.path("file")).unwrap();
    assert_eq!(sandbox.scan(&["folder"]).paths(), ["folder/key.txt"]);
    assert_eq!(sandbox.scan(&["file"]).paths(), ["file"]);
}

#[test]
fn the_same_file_named_twice_is_one_place() {
    let sandbox = tree_with_keys(&["a/key.txt"]);
    for paths in [["a", "a"], ["a", "./a"], ["a", "a/key.txt"]] {
        assert_eq!(sandbox.scan(&paths).places().len(), 1, "{paths:?}");
    }
}

#[test]
fn keys_in_names_are_found_and_masked() {
    let sandbox = Sandbox::new();
    let key = openai_key(3);
    sandbox.write(format!("logs/{key}.txt"), "nothing in it");
    let run = sandbox.skanner(&["scan", "--format", "json"]);
    assert!(!run.stdout.contains(&key));
    let report = run.report();
    assert_eq!(report.json["findings"][0]["occurrences"][0]["source"], "name");
    assert!(report.paths()[0].starts_with("logs/sk-proj-…"), "{:?}", report.paths());
    assert_eq!(report.code, 1);
}

#[test]
fn keys_encoded_in_names_are_masked_too() {
    let sandbox = Sandbox::new();
    let key = support::key("sk-or-v1-{h:64}", 3);
    let encoded: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    sandbox.write(format!("é-{encoded}.txt"), "nothing in it");
    let run = sandbox.skanner(&["scan", "--format", "json"]);
    assert!(run.stdout.contains("é-sk-or-v1-…") && !run.stdout.contains(&encoded[40..80]), "{run:?}");
}

#[test]
fn a_file_called_dot_git_is_read_like_any_other() {
    let sandbox = tree_with_keys(&["sub/.git"]);
    for arguments in [&["--no-ignore"][..], &[]] {
        let report = sandbox.scan(arguments);
        assert_eq!((report.code, report.paths()), (1, vec!["sub/.git".to_owned()]), "{arguments:?}");
    }
}

#[test]
fn a_key_in_the_name_of_a_folder_does_not_leak_through_an_error() {
    let sandbox = Sandbox::new();
    let key = openai_key(4);
    sandbox.write(format!("{key}/a.txt"), "nothing");
    sandbox.git(&key, &["init", "-q"]);
    sandbox.write(
        format!("{key}/.git/index"),
        "no index at all, but long enough to look like one at first sight",
    );
    for format in ["text", "json", "jsonl", "sarif"] {
        let run = sandbox.skanner(&["scan", "--format", format]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(!run.stdout.contains(&key[20..60]), "{format}: {}", run.stdout);
    }
}

#[test]
fn the_report_does_not_depend_on_threads() {
    let names: Vec<String> = (0..300).map(|at| format!("d{}/f{at}.txt", at % 17)).collect();
    let sandbox = tree_with_keys(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let reports: Vec<String> = ["1", "2", "8"]
        .iter()
        .map(|n| sandbox.skanner(&["scan", "--format", "json", "-j", n]).stdout)
        .collect();
    assert!(reports[0].contains("d16/"));
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], reports[2]);
}

/// What a report says it left out.
fn not_read(report: &support::Report) -> serde_json::Value {
    report.json["not_read"].clone()
}

#[test]
fn what_is_ignored_counts_once_and_is_not_entered() {
    let sandbox =
        tree_with_keys(&["out/a.txt", "out/deep/b.txt", "x.log", "y.log", "kept.log", "vendor/tracked.txt"]);
    sandbox.git("", &["init", "-q"]);
    sandbox.write(".gitignore", "out/\n*.log\n!kept.log\nvendor\n");
    sandbox.git("", &["add", "-f", "y.log", "vendor"]);
    let report = sandbox.scan(&[]);
    assert_eq!(report.paths(), ["kept.log", "vendor/tracked.txt", "y.log"]);
    // `out`, `x.log` and `vendor`, where files that git does not track may be.
    assert_eq!(not_read(&report), serde_json::json!({"ignored": 3}));
    assert_eq!(not_read(&sandbox.scan(&["--no-ignore"])), serde_json::json!({}));
}

#[test]
fn each_history_that_is_met_counts_once() {
    let sandbox = tree_with_keys(&["a.txt", "src/b.txt", "nested/c.txt", "fresh/d.txt"]);
    for (repository, has_commits) in [("", true), ("nested", true), ("fresh", false)] {
        sandbox.git(repository, &["init", "-q"]);
        if has_commits {
            sandbox.git(repository, &["add", if repository.is_empty() { "a.txt" } else { "." }]);
            sandbox.git(repository, &["commit", "-qm", "one"]);
        }
    }
    for (arguments, count) in [
        (&[][..], 2),
        (&["--no-ignore"], 2),
        (&["src"], 1),
        (&["src", "nested", "."], 2),
        (&["fresh"], 0),
        (&["a.txt"], 0),
        (&["--history"], 0),
    ] {
        let expected = if count == 0 { serde_json::Value::Null } else { count.into() };
        assert_eq!(not_read(&sandbox.scan(arguments))["history"], expected, "{arguments:?}");
    }
    let audit = sandbox.skanner(&["audit", "--format", "json"]).report();
    assert_eq!(not_read(&audit)["history"], serde_json::Value::Null);
}

#[test]
fn a_submodule_without_files_counts() {
    let sandbox = tree_with_keys(&["library/lib.txt", "main/app.txt"]);
    sandbox.git("library", &["init", "-q"]);
    sandbox.git("library", &["add", "."]);
    sandbox.git("library", &["commit", "-qm", "library"]);
    sandbox.git("main", &["init", "-q"]);
    sandbox.git("main", &["submodule", "add", "-q", "../library", "vendor"]);
    sandbox.git("main", &["commit", "-qm", "main"]);
    assert_eq!(not_read(&sandbox.scan(&["main"]))["submodule"], serde_json::Value::Null);
    sandbox.git("main", &["submodule", "-q", "deinit", "vendor"]);
    assert_eq!(not_read(&sandbox.scan(&["main"]))["submodule"], 1);
    fs::remove_dir(sandbox.path("main/vendor")).unwrap();
    assert_eq!(not_read(&sandbox.scan(&["main"]))["submodule"], 1);
}

#[test]
fn where_git_does_not_open_nothing_is_left_out() {
    type Break<'a> = (&'a str, &'a dyn Fn(&Sandbox));
    let breaks: [Break<'_>; 6] = [
        ("no HEAD", &|s| fs::remove_file(s.path(".git/HEAD")).unwrap()),
        ("no objects", &|s| fs::remove_dir_all(s.path(".git/objects")).unwrap()),
        ("no refs", &|s| fs::remove_dir_all(s.path(".git/refs")).unwrap()),
        ("a file that leads nowhere", &|s| {
            fs::remove_dir_all(s.path(".git")).unwrap();
            s.write(".git", "gitdir: ../nowhere\n");
        }),
        ("a link to nothing", &|s| {
            fs::remove_dir_all(s.path(".git")).unwrap();
            symlink("nowhere", s.path(".git")).unwrap();
        }),
        ("an empty folder", &|s| {
            fs::remove_dir_all(s.path(".git")).unwrap();
            fs::create_dir(s.path(".git")).unwrap();
        }),
    ];
    for (what, break_it) in breaks {
        let sandbox = tree_with_keys(&["x.log"]);
        sandbox.write(".gitignore", "*.log\n");
        sandbox.git("", &["init", "-q"]);
        assert_eq!(sandbox.scan(&[]).paths(), [""; 0]);
        break_it(&sandbox);
        let report = sandbox.scan(&["--isolated"]);
        assert_eq!((report.code, report.paths()), (1, vec!["x.log".to_owned()]), "{what}");
    }
}

#[test]
fn a_folder_called_dot_git_with_a_head_is_read_unless_it_is_a_repository() {
    let sandbox = tree_with_keys(&["sub/.git/HEAD", "sub/.git/notes.txt"]);
    for arguments in [&["--no-ignore"][..], &[]] {
        assert_eq!(sandbox.scan(arguments).paths(), ["sub/.git/HEAD", "sub/.git/notes.txt"]);
    }
}

#[test]
fn a_pipe_in_the_place_of_a_tracked_file_is_no_clean_verdict() {
    let sandbox = tree_with_keys(&[]);
    sandbox.write("a.txt", "nothing");
    sandbox.write("b.txt", "nothing");
    sandbox.git("", &["init", "-q"]);
    sandbox.git("", &["add", "."]);
    fs::remove_file(sandbox.path("a.txt")).unwrap();
    assert!(sandbox.command("mkfifo").arg("a.txt").status().unwrap().success());
    for arguments in [&["--no-ignore"][..], &[]] {
        sandbox.scan(arguments).assert_not_scanned(&["a.txt: is a FIFO"]);
    }
}

#[test]
fn files_of_agents_are_read_and_nothing_else() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let places = [
        ("../home/.claude/projects/p/s.jsonl", "transcript"),
        ("../home/.codex/sessions/2026/11/29/rollout.jsonl", "transcript"),
        ("../home/.copilot/session-state/x/events.jsonl", "transcript"),
        ("../home/.gemini/tmp/p/chats/session.json", "transcript"),
        ("../home/.claude.json", "agent"),
        ("../home/.bash_history", "command_history"),
        (".mcp.json", "agent"),
        ("CLAUDE.md", "agent"),
    ];
    let others =
        ["../home/notes.txt", "../home/.claude/.credentials.json", "../home/.codex/auth.json", "src/a.py"];
    let write = |path: &str, seed: usize| {
        sandbox.write(path, format!("{{\"OPENAI_API_KEY\": \"{}\"}}\n", openai_key(seed as u64)));
    };
    places.iter().enumerate().for_each(|(seed, (path, _))| write(path, seed));
    others.iter().enumerate().for_each(|(seed, path)| write(path, 100 + seed));
    // An ignored file is read, from wherever in the repository.
    sandbox.write(".gitignore", ".mcp.json\n");
    sandbox.write("sub/x", "");
    for (command, directory) in [("scan", ""), ("audit", ""), ("scan", "sub")] {
        let mut program = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        program.current_dir(sandbox.path(directory)).args([command, "--agents", "--format", "json"]);
        let run = support::Run::of(&mut program);
        let report = run.report();
        assert_eq!(
            (report.code, report.json["scanned"]["files"].as_u64()),
            (1, Some(8)),
            "{:#}",
            report.json
        );
        for (path, kind) in places {
            let name = path.trim_start_matches("../");
            let finding = report.json["findings"]
                .as_array()
                .unwrap()
                .iter()
                .find(|finding| finding["occurrences"][0]["path"].as_str().unwrap().ends_with(name));
            assert_eq!(finding.unwrap()["placement"]["kind"], kind, "{path}");
        }
        let what = report.json["subject"]["what"].as_str().unwrap();
        assert!(
            what.starts_with("the files of Claude Code, Codex, Copilot, Gemini CLI and bash in your home"),
            "{what}"
        );
        assert!(what.ends_with(", and in no others"), "{what}");
        assert_eq!(report.json["mode"], "tree");
    }
}

#[test]
fn without_agents_there_is_nothing_to_read_and_what_cannot_be_read_is_told() {
    let sandbox = Sandbox::new();
    let run = sandbox.skanner(&["scan", "--agents"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stdout
            .contains("no key found: no coding agent and no shell keeps a file in your home directory and ."),
        "{run:?}"
    );
    symlink("nowhere", sandbox.write("../home/x", "").with_file_name(".bash_history")).unwrap();
    let report = sandbox.scan(&["--agents"]);
    assert_eq!(report.code, 2, "{:#}", report.json);
    for more in [&["--staged"][..], &["--history"], &["--no-ignore"], &["--range", "HEAD"]] {
        assert_eq!(sandbox.skanner(&[&["scan", "--agents"], more].concat()).code, 2, "{more:?}");
    }
    assert_eq!(sandbox.skanner(&["audit", "--agents", "--plan", "x"]).code, 2);
    assert_eq!(sandbox.skanner(&["scan", "--agents", "absent"]).code, 2);
}
