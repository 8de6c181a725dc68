//! Which baseline counts, and for what: options, environment, configuration.

use std::{fs, os::unix::fs::symlink};

use super::harness::*;

#[test]
fn with_the_scope_secret_a_known_key_is_known_everywhere() {
    let sandbox = known(1);
    let key = openai_key(1);
    sandbox.write("skanner.toml", "[baseline]\nscope = \"secret\"\n");
    let text = format!("k = '{key}'\n");
    sandbox.write("new.py", &text);
    sandbox.write(format!("named/{key}/x"), "");
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]));
    sandbox.git(".", &["add", "--all"]);
    assert_eq!(counts(&sandbox.scan(&["--staged"])), (0, 1));
    commit(&sandbox, &format!("a message with {key}"));
    for arguments in [&["--range", "HEAD"][..], &["--history"]] {
        assert_eq!(counts(&sandbox.scan(arguments)), (0, 1), "{arguments:?}");
    }
    // An entry is of use as long as its secret is anywhere.
    fs::remove_file(sandbox.path("src/a.py")).unwrap();
    sandbox.write("src/b.py", &text);
    for arguments in [&["check"][..], &["update"], &["check"], &["update", "--history"]] {
        let run = sandbox.skanner(&[&["baseline"], arguments].concat());
        assert_eq!(run.code, 0, "{arguments:?} {run:?}");
        assert_eq!(entries(&sandbox).len(), 1);
    }
    // Another key is news all the same.
    sandbox.write("new.py", with_one_other_character(&key));
    assert_eq!(counts(&sandbox.scan(&[])), (1, 1));
    // Without the file, it is the file that counts.
    assert_eq!(sandbox.scan(&["--isolated", "--baseline", FILE]).code, 1);
}

#[test]
fn the_file_is_that_of_option_environment_configuration_or_default() {
    let sandbox = repository();
    sandbox.write("a.py", openai_key(1));
    // Each knows one more.
    for (seed, file) in [(2, ".skanner-baseline"), (3, "ci/by-file"), (4, "by-environment"), (5, "by-option")]
    {
        fs::create_dir_all(sandbox.path("ci")).unwrap();
        create(&sandbox, &[file]);
        sandbox.write(format!("{seed}.py"), openai_key(seed));
    }
    let scan = |environment: &str, arguments: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.env("SKANNER_BASELINE", environment).args(["scan", "--format", "json"]).args(arguments);
        let (found, suppressed) = counts(&Run::of(&mut command).report());
        assert_eq!(found as u64 + suppressed, 5);
        suppressed
    };
    assert_eq!(scan("", &[]), 1);
    sandbox.write("skanner.toml", "[baseline]\nfile = \"ci/by-file\"\n");
    assert_eq!(scan("", &[]), 2);
    assert_eq!(scan("by-environment", &[]), 3);
    assert_eq!(scan("by-environment", &["--baseline", "by-option"]), 4);
    // What the repository brings along does not count then; what the user names does.
    assert_eq!(scan("", &["--isolated"]), 0);
    assert_eq!(scan("by-environment", &["--isolated"]), 3);
    let shown = sandbox.skanner(&["config"]);
    assert!(shown.stdout.contains("baseline.file"), "{shown:?}");
    assert!(
        shown.stdout.lines().any(|line| line.contains("ci/by-file") && line.contains("skanner.toml:2")),
        "{shown:?}"
    );
    // The commands take the same one, from any folder.
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let run = Run::of(command.current_dir(sandbox.path("ci")).args(["baseline", "update", "--add"]));
    assert!(run.stderr.contains("ci/by-file now has 5 entries"), "{run:?}");
    assert_eq!(scan("", &[]), 5);
}

#[test]
fn one_that_a_configuration_names_is_not_trusted_to_be_a_file() {
    let sandbox = known(1);
    sandbox.write("skanner.toml", "[baseline]\nfile = \"known\"\n");
    // Not made yet: nothing is known, and `create` makes it.
    assert_eq!(counts(&sandbox.scan(&[])), (1, 0));
    symlink("../home/elsewhere", sandbox.path("known")).unwrap();
    let run = sandbox.skanner(&["scan"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("known is a symbolic link"), "{run:?}");
    fs::remove_file(sandbox.path("known")).unwrap();
    create(&sandbox, &[]);
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
}

#[test]
fn one_that_a_configuration_names_is_behind_no_link() {
    for (target, file) in [
        ("../home", "ld/known"),
        ("/proc/self", "ld/environ"),
        ("../home", "a/ld/b/known"),
        ("sub", "ld/known"),
    ] {
        let sandbox = known(1);
        for folder in ["sub", "a", "../home/b"] {
            fs::create_dir_all(sandbox.path(folder)).unwrap();
        }
        let link = file.rsplit_once("ld/").unwrap().0.to_owned() + "ld";
        symlink(if link == "a/ld" { "../../home" } else { target }, sandbox.path(&link)).unwrap();
        sandbox.write("skanner.toml", format!("[baseline]\nfile = \"{file}\"\n"));
        for arguments in [
            &["scan"][..],
            &["audit"],
            &["baseline", "create"],
            &["baseline", "create", "--force"],
            &["baseline", "update"],
            &["baseline", "check"],
        ] {
            let run = sandbox.skanner(arguments);
            let said = format!(
                "skanner: skanner.toml:2: the baseline {file} is below {link}, a symbolic link, which is not followed; \
                 name the file itself with --baseline\n"
            );
            assert_eq!((run.code, run.stderr), (2, said), "{arguments:?}");
        }
        assert!(!sandbox.path("../home/known").exists() && !sandbox.path("sub/known").exists());
        // What the user names may be anywhere.
        create(&sandbox, &["ld/mine"].map(|name| if target == "sub" { name } else { "mine" }));
    }
}

#[test]
fn rules_and_levels_of_the_configuration_are_those_of_the_baseline() {
    let sandbox = repository();
    sandbox.write("a.py", openai_key(1));
    sandbox.write("skanner.toml", "exclude-rules = [\"openai-project-key\"]\n");
    create(&sandbox, &[]);
    assert_eq!(entries(&sandbox), [""; 0]);
    sandbox.write("skanner.toml", "");
    create(&sandbox, &["--force"]);
    assert_eq!(places(&sandbox), ["a.py"]);
    // A rule that is switched off later does not take the key away.
    sandbox.write("skanner.toml", "exclude-rules = [\"openai-project-key\"]\n");
    assert_eq!(unused(&sandbox.scan(&[])), [""; 0]);
}

#[test]
fn what_an_old_baseline_costs_is_bounded() {
    let sandbox = known(1);
    let mut text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    for number in 0..10_000 {
        text.push_str(&format!("{number:032x} some-rule gone/{number}.py\n"));
    }
    sandbox.write(FILE, text);
    let report = sandbox.scan(&[]);
    assert_eq!(counts(&report), (0, 1));
    let unused = unused(&report);
    assert_eq!(unused.len(), 21);
    assert!(unused.contains(&"more entries".to_owned()));
    let report = sandbox.skanner(&["baseline", "check", "--format", "json"]).report();
    assert_eq!((report.code, super::harness::unused(&report).len()), (1, 10_000));
    assert_eq!(sandbox.skanner(&["baseline", "update"]).code, 0);
    assert_eq!(entries(&sandbox).len(), 1);
}

#[test]
fn what_a_comment_or_the_configuration_allows_needs_no_entry() {
    // Not as a whole, or it would be one for this line.
    let allow = format!("# {}:allow openai-project-key a fixture\n", "skanner");
    let config = "[[allow]]\npaths = [\"src/**\"]\nreason = \"fixtures\"\n";
    for (name, text) in [("comment", ""), ("configuration", config)] {
        let sandbox = known(1);
        sandbox.write("skanner.toml", text);
        if text.is_empty() {
            sandbox.write("src/a.py", format!("k = '{}'  {allow}", openai_key(1)));
        }
        let report = sandbox.scan(&[]);
        assert_eq!(counts(&report), (0, 1), "{name}");
        let why = &report.json["unused_suppressions"][0]["why"];
        assert!(
            why.as_str().unwrap().starts_with("something else suppresses the key there"),
            "{name}: {why}"
        );
        assert_eq!(sandbox.skanner(&["baseline", "check"]).code, 1, "{name}");
        assert_eq!(sandbox.skanner(&["baseline", "update"]).code, 0, "{name}");
        assert_eq!(entries(&sandbox), [""; 0], "{name}");
        create(&sandbox, &["--force"]);
        assert_eq!(entries(&sandbox), [""; 0], "{name}");
        // Another place of the key is its own matter.
        sandbox.write("b.py", openai_key(1));
        let update = sandbox.skanner(&["baseline", "update", "--add"]);
        assert_eq!((update.code, places(&sandbox)), (0, vec!["b.py".to_owned()]), "{name}");
        let report = sandbox.scan(&[]);
        assert_eq!((counts(&report), unused(&report)), ((0, 2), vec![]), "{name}");
    }
}

#[test]
fn what_is_accepted_as_unread_does_not_keep_a_baseline_from_being_written() {
    let sandbox = repository();
    sandbox.write("a.py", openai_key(1));
    sandbox.write("damaged.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0garbage");
    assert_eq!(sandbox.skanner(&["baseline", "create"]).code, 2);
    assert!(!sandbox.path(FILE).exists());
    sandbox.write("skanner.toml", "accept-unread = [{ path = \"*.gz\", reason = \"damaged on purpose\" }]\n");
    create(&sandbox, &[]);
    assert_eq!(places(&sandbox), ["a.py"]);
}
