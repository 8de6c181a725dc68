//! `skanner baseline create`, `update` and `check`.

use std::{fs, os::unix::fs::PermissionsExt};

use skanner::testing::rule::{Confidence, RuleSet};

use super::harness::*;
use crate::support::{key, rule};

#[test]
fn create_takes_in_what_is_there_and_never_replaces_by_accident() {
    let sandbox = repository();
    sandbox.write("src/a.py", format!("{0}\n{0}\n", openai_key(1)));
    sandbox.write("b.py", openai_key(1));
    sandbox.write("c.py", openai_key(2));
    // The whole tree is meant, wherever one stands.
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    let run = Run::of(command.current_dir(sandbox.path("src")).args(["baseline", "create"]));
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("wrote .skanner-baseline: 3 entries"), "{run:?}");
    assert!(run.stdout.contains("no key found, 2 suppressed (2 by .skanner-baseline)"), "{run:?}");
    assert_eq!(places(&sandbox), ["b.py", "c.py", "src/a.py"]);
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    for seed in [1, 2] {
        let key = openai_key(seed);
        assert!(!text.contains(&key) && !text.contains(&key[20..40]));
    }
    sandbox.write("d.py", openai_key(3));
    let run = sandbox.skanner(&["baseline", "create"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("already exists with 3 entries"), "{run:?}");
    assert_eq!(fs::read_to_string(sandbox.path(FILE)).unwrap(), text);
    fs::remove_file(sandbox.path("c.py")).unwrap();
    create(&sandbox, &["--force"]);
    assert_eq!(places(&sandbox), ["b.py", "d.py", "src/a.py"]);
}

#[test]
fn create_says_where_to_revoke_before_it_hides() {
    let sandbox = repository();
    sandbox.write("a.py", format!("{}\n{0}\n{}\n", openai_key(1), openai_key(2)));
    sandbox.write("b.py", openai_key(1));
    let shape = |id: &str| rule(id).forms[0].shapes[0].source().to_owned();
    sandbox.write("c.py", key(&shape("stripe-test-key"), 1));
    let run = create(&sandbox, &[]);
    let told: Vec<&str> = run
        .stderr
        .lines()
        .skip_while(|line| !line.contains("revoke"))
        .take_while(|line| !line.contains("wrote"))
        .collect();
    assert_eq!(
        told,
        [
            "skanner: revoke these keys first, if they still work; a baseline only hides them:",
            "skanner:   OpenAI, 2 keys: https://platform.openai.com/api-keys",
            &format!("skanner:   Stripe, 1 key: {}", rule("stripe-test-key").revoke_url),
        ],
        "{run:?}"
    );
    assert!(run.stderr.find("OpenAI").unwrap() < run.stderr.find("wrote").unwrap());
    assert_eq!(create(&sandbox, &["--force", "--quiet"]).stderr, "");

    // Ten issuers are enough.
    let mut issuers: Vec<&str> = Vec::new();
    for rule in RuleSet::builtin().iter().filter(|rule| !rule.shared && !rule.forms[0].requires_context) {
        if rule.forms[0].confidence >= Confidence::Likely && !issuers.contains(&&*rule.issuer) {
            issuers.push(&rule.issuer);
            sandbox.write(format!("many/{}.txt", rule.id), key(rule.forms[0].shapes[0].source(), 3));
        }
    }
    let run = create(&sandbox, &["--force"]);
    assert_eq!(run.stderr.matches("skanner:   ").count(), 11, "{run:?}");
    assert!(run.stderr.contains("skanner:   and ") && run.stderr.contains(" more issuers\n"), "{run:?}");
}

#[test]
fn update_removes_and_adds_only_when_told() {
    let sandbox = repository();
    for seed in 0..3 {
        sandbox.write(format!("{seed}.py"), openai_key(seed));
    }
    create(&sandbox, &[]);
    let same = sandbox.skanner(&["baseline", "update"]);
    assert_eq!(same.code, 0, "{same:?}");
    assert!(same.stderr.contains("is unchanged: 3 entries"), "{same:?}");
    fs::remove_file(sandbox.path("1.py")).unwrap();
    sandbox.write("2.py", "gone");
    sandbox.write("3.py", openai_key(3));
    let report = sandbox.scan(&[]);
    assert_eq!(counts(&report), (1, 1));
    let unused = unused(&report);
    assert_eq!(unused.len(), 2, "{unused:?}");

    let run = sandbox.skanner(&["baseline", "update"]);
    assert_eq!(run.code, 1, "{run:?}");
    for line in [
        "removed: openai-project-key in 1.py",
        "removed: openai-project-key in 2.py",
        "new keys, not added: openai-project-key in 3.py; --add adds them",
    ] {
        assert!(run.stderr.contains(line), "{line}: {run:?}");
    }
    assert!(run.stdout.contains("3.py:1:1"), "{run:?}");
    assert_eq!(places(&sandbox), ["0.py"]);
    let run = sandbox.skanner(&["baseline", "update", "--add"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("added: openai-project-key in 3.py"), "{run:?}");
    assert_eq!(places(&sandbox), ["0.py", "3.py"]);
    assert_eq!(counts(&sandbox.scan(&[])), (0, 2));
}

#[test]
fn check_fails_for_new_keys_and_for_useless_entries() {
    let sandbox = known(1);
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    let check = |arguments: &[&str]| sandbox.skanner(&[&["baseline", "check"], arguments].concat());
    assert_eq!(check(&[]).code, 0);
    sandbox.write("b.py", openai_key(2));
    assert_eq!(check(&[]).code, 1);
    assert_eq!(check(&["--exit-zero"]).code, 0);
    fs::remove_file(sandbox.path("b.py")).unwrap();
    sandbox.write("src/a.py", "gone");
    let run = check(&[]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("unused suppression: .skanner-baseline:4: openai-project-key in src/a.py"),
        "{run:?}"
    );
    // A scan says so, and does not fail.
    let run = sandbox.skanner(&["scan"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("unused suppression: .skanner-baseline:4:"), "{run:?}");
    assert_eq!(fs::read_to_string(sandbox.path(FILE)).unwrap(), text);
    let report = check(&["--format", "json"]).report();
    assert_eq!((report.code, unused(&report).len()), (1, 1));
}

#[test]
fn a_part_of_the_tree_judges_nothing() {
    let sandbox = known(1);
    sandbox.write("b.py", openai_key(2));
    sandbox.write("lib/c.py", "nothing");
    create(&sandbox, &["--force"]);
    sandbox.write("b.py", "gone");
    assert_eq!(unused(&sandbox.scan(&[])).len(), 1);
    for arguments in [
        &["src"][..],
        &["lib"],
        &["src", "lib"],
        &["--rule", "uuid-key"],
        &["--exclude-rule", "openai-project-key"],
        &["--min-confidence", "certain"],
    ] {
        assert_eq!(unused(&sandbox.scan(arguments)), [""; 0], "{arguments:?}");
    }
    for arguments in [&["check", "--rule", "uuid-key"], &["update", "--exclude-rule", "uuid-key"]] {
        assert_eq!(sandbox.skanner(&[&["baseline"], &arguments[..]].concat()).code, 2);
    }
}

#[test]
fn what_a_scan_did_not_read_is_not_called_useless() {
    let sandbox = repository();
    sandbox.write(".gitignore", "*.env\n");
    sandbox.write("local.env", openai_key(1));
    sandbox.write("a.py", "nothing");
    create(&sandbox, &["--no-ignore"]);
    let report = sandbox.scan(&[]);
    assert_eq!((counts(&report), unused(&report)), ((0, 0), vec![]));
    assert_eq!(sandbox.skanner(&["baseline", "update"]).code, 0);
    assert_eq!(places(&sandbox), ["local.env"]);
    sandbox.write("local.env", "gone");
    assert_eq!(unused(&sandbox.scan(&[])), ["openai-project-key in local.env"]);
}

#[test]
fn nothing_is_written_of_half_a_scan() {
    let sandbox = known(1);
    sandbox.write("damaged.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0garbage");
    sandbox.write("b.py", openai_key(2));
    fs::remove_file(sandbox.path("src/a.py")).unwrap();
    let before = fs::read(sandbox.path(FILE)).unwrap();
    for arguments in
        [&["update"][..], &["update", "--add"], &["create", "--force"], &["create", "other"], &["check"]]
    {
        let run = sandbox.skanner(&[&["baseline"], arguments].concat());
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(
            arguments == ["check"]
                || run.stderr.contains("was not written, because not everything could be read"),
            "{run:?}"
        );
        assert_eq!(fs::read(sandbox.path(FILE)).unwrap(), before, "{arguments:?}");
        assert!(!sandbox.path("other").exists());
    }
}

#[test]
fn comments_stay_with_their_entry() {
    let sandbox = repository();
    for seed in 0..3 {
        sandbox.write(format!("{seed}.py"), openai_key(seed));
    }
    create(&sandbox, &[]);
    let text = fs::read_to_string(sandbox.path(FILE)).unwrap();
    let commented: String = text
        .lines()
        .map(|line| match line.rsplit_once(' ') {
            Some((_, place)) if place.ends_with(".py") => format!("# why {place}\n{line}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let commented = commented + "# the end\n";
    sandbox.write(FILE, &commented);
    assert_eq!(sandbox.skanner(&["baseline", "update"]).code, 0);
    assert_eq!(fs::read_to_string(sandbox.path(FILE)).unwrap(), commented);
    fs::remove_file(sandbox.path("1.py")).unwrap();
    fs::rename(sandbox.path("2.py"), sandbox.path("3.py")).unwrap();
    assert_eq!(sandbox.skanner(&["baseline", "update"]).code, 0);
    let after = fs::read_to_string(sandbox.path(FILE)).unwrap();
    assert!(
        after.contains("# why 0.py\n") && after.contains("# why 2.py\n") && after.ends_with("# the end\n")
    );
    assert!(!after.contains("# why 1.py"), "{after}");
    let run = sandbox.skanner(&["scan", "--show-suppressed"]);
    assert!(run.stdout.contains("why 0.py"), "the comment is the reason: {run:?}");
}

#[test]
fn a_named_baseline_must_be_there() {
    let sandbox = known(1);
    for arguments in [
        &["scan", "--baseline", "other"][..],
        &["audit", "--baseline", "other"],
        &["baseline", "check", "other"],
        &["baseline", "update", "other"],
    ] {
        let run = sandbox.skanner(arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.stderr.contains("there is no baseline other"), "{run:?}");
    }
    // Even where nothing is found.
    sandbox.write("clean/a", "nothing");
    assert_eq!(sandbox.skanner(&["scan", "clean", "--baseline", "other"]).code, 2);
}

#[test]
fn a_baseline_may_lie_elsewhere() {
    let sandbox = repository();
    let text = openai_key(1);
    sandbox.write("src/a.py", &text);
    fs::create_dir(sandbox.path("ci")).unwrap();
    create(&sandbox, &["ci/known"]);
    assert!(!sandbox.path(FILE).exists());
    let known = fs::read_to_string(sandbox.path("ci/known")).unwrap();
    assert!(known.ends_with(" openai-project-key ../src/a.py\n"), "{known}");
    let report = sandbox.scan(&["--baseline", "ci/known"]);
    assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]));
    assert_eq!(counts(&sandbox.scan(&[])), (1, 0));
    // Outside of the repository, paths start from its root, so that they are the same on every machine.
    create(&sandbox, &["../home/known"]);
    let known = fs::read_to_string(sandbox.path("../home/known")).unwrap();
    assert!(known.ends_with(" openai-project-key src/a.py\n"), "{known}");
    let report = sandbox.scan(&["--baseline", "../home/known"]);
    assert_eq!((counts(&report), unused(&report)), ((0, 1), vec![]));
    sandbox.write("b.py", &text);
    assert_eq!(counts(&sandbox.scan(&["--baseline", "../home/known"])), (1, 1));
    assert_eq!(counts(&sandbox.scan(&["--baseline", "ci/known"])), (1, 1));
}

#[test]
fn without_git_it_lies_in_the_folder_that_is_scanned() {
    let sandbox = Sandbox::new();
    sandbox.write("src/a.py", openai_key(1));
    create(&sandbox, &[]);
    assert_eq!(counts(&sandbox.scan(&[])), (0, 1));
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    command.current_dir(sandbox.path("..")).args(["scan", "--format", "json", "tree"]);
    assert_eq!(counts(&Run::of(&mut command).report()), (0, 1));
    // It is the folder and none above it: who could say how far up?
    assert_eq!(counts(&sandbox.scan(&["src"])), (1, 0));
    assert_eq!(sandbox.skanner(&["baseline", "check", "--history"]).code, 2);
}

#[test]
fn writing_keeps_what_the_file_was() {
    let sandbox = known(1);
    let path = sandbox.path(FILE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    sandbox.write("b.py", openai_key(2));
    assert_eq!(sandbox.skanner(&["baseline", "update", "--add"]).code, 0);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    let names: Vec<_> =
        fs::read_dir(sandbox.tree()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 4, "nothing is left behind: {names:?}");
    let run = sandbox.skanner(&["baseline", "create", "none/known"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cannot write the baseline"), "{run:?}");
}
