//! A policy that cannot be obeyed ends the run: nothing is scanned without it.

use super::{POLICY, refused, sandbox, scan, under};
use crate::support::{Run, Sandbox, openai_key};

/// A run with a policy by the option, one by the variable, or both.
fn run(sandbox: &Sandbox, command: &[&str], option: Option<&str>, variable: Option<&str>) -> Run {
    let mut program = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
    program.args(command);
    program.args(option.iter().flat_map(|file| ["--policy", file]));
    program.envs(variable.iter().map(|file| ("SKANNER_POLICY", file)));
    Run::of(&mut program)
}

/// What is said, without the directory of the test.
fn said(sandbox: &Sandbox, run: &Run) -> String {
    let tree = sandbox.tree();
    let root = tree.parent().unwrap().canonicalize().unwrap();
    run.stderr.replace(root.to_str().unwrap(), "ROOT")
}

#[test]
fn each_mistake_says_what_to_do() {
    let sandbox = sandbox("");
    sandbox.write("../org/other.toml", "");
    sandbox.write("../org/none.txt", "min-confidence");
    sandbox.write("../org/bytes.toml", b"# \xff\n");
    sandbox.write("../org/key.toml", "[policy]\nlatest = 90\n");
    sandbox.write("../org/circle.toml", "extend = \"circle.toml\"\n");
    sandbox.write("../org/gone.toml", "extend = \"missing.toml\"\n");
    sandbox.write("../org/bad.toml", "extend = \"key.toml\"\n");
    sandbox.write("../org/rule.toml", "exclude-rules = [\"uuid-keys\"]\n");
    sandbox.write("tracked.toml", "[policy]\n");
    sandbox.git("", &["add", "tracked.toml"]);
    let missing = "No such file or directory (os error 2)";
    let nothing = "cannot be read, and nothing is scanned without it";
    let part = "is part of the repository that is scanned, so any change of the repository could change it; name a file \
                outside of the repository";
    for (option, variable, expected) in [
        (Some("../org/no.toml"), None, format!("the policy ../org/no.toml {nothing}: {missing}")),
        (None, Some("../org/no.toml"), format!("the policy ../org/no.toml {nothing}: {missing}")),
        (Some("../org"), None, "the policy ../org is not a regular file".to_owned()),
        (Some("../org/policy.toml/x"), None, format!("the policy ../org/policy.toml/x {nothing}: Not a directory (os error 20)")),
        (
            Some("../org/none.txt"),
            None,
            "ROOT/org/none.txt:1:15: not valid TOML: key with no value, expected `=`\n  |\n1 | min-confidence\n  |               ^"
                .to_owned(),
        ),
        (Some("../org/bytes.toml"), None, "../org/bytes.toml:1: not valid UTF-8, which TOML requires".to_owned()),
        (
            Some("../org/key.toml"),
            None,
            "ROOT/org/key.toml:2:1: unknown key `latest` in [policy]; did you mean `latest-until`?\n  |\n2 | latest = 90\n  | ^^^^^^"
                .to_owned(),
        ),
        (
            Some("../org/circle.toml"),
            None,
            "a configuration extends itself: ROOT/org/circle.toml, which extends ROOT/org/circle.toml".to_owned(),
        ),
        (
            Some("../org/gone.toml"),
            None,
            format!("ROOT/org/missing.toml cannot be read, which ROOT/org/gone.toml extends: {missing}"),
        ),
        (
            Some("../org/bad.toml"),
            None,
            "ROOT/org/key.toml:2:1: unknown key `latest` in [policy]; did you mean `latest-until`?\n  |\n2 | latest = 90\n  | ^^^^^^"
                .to_owned(),
        ),
        (
            Some("../org/rule.toml"),
            None,
            "ROOT/org/rule.toml:1:18: there is no rule `uuid-keys`; did you mean `uuid-key`?\n  |\n1 | exclude-rules = [\"uuid-keys\"]\n  |                  ^^^^^^^^^^^"
                .to_owned(),
        ),
        (Some("tracked.toml"), None, format!("the policy tracked.toml {part}")),
        (None, Some("./a/../tracked.toml"), format!("the policy ./a/../tracked.toml {part}")),
        (
            Some("../org/other.toml"),
            Some(POLICY),
            "--policy names ../org/other.toml, and SKANNER_POLICY names ../org/policy.toml; an option cannot replace the \
             policy of the machine, so leave out one of the two"
                .to_owned(),
        ),
        (
            Some("../org/no.toml"),
            Some(POLICY),
            "--policy names ../org/no.toml, and SKANNER_POLICY names ../org/policy.toml; an option cannot replace the \
             policy of the machine, so leave out one of the two"
                .to_owned(),
        ),
    ] {
        for command in [&["scan"][..], &["scan", "-q", "--exit-zero", "--isolated"]] {
            let run = run(&sandbox, command, option, variable);
            let said = said(&sandbox, &run);
            assert_eq!((run.code, said.as_str()), (2, format!("skanner: {expected}\n").as_str()));
            assert_eq!(run.stdout, "", "{expected}");
        }
    }
}

#[test]
fn a_repository_that_limits_itself_is_told_where_that_belongs() {
    for file in ["skanner.toml", "shared.toml", "pyproject.toml"] {
        let sandbox = sandbox("");
        let (extend, table) = ("extend = \"shared.toml\"\n", "[policy]\nallow-by = []\n");
        sandbox.write("skanner.toml", if file == "shared.toml" { extend } else { "" });
        match file {
            "pyproject.toml" => {
                std::fs::remove_file(sandbox.path("skanner.toml")).unwrap();
                sandbox.write(file, "[tool.skanner.policy]\nallow-by = []\n");
            }
            _ => drop(sandbox.write(file, table)),
        }
        for under in [true, false] {
            let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
            if under {
                command.env("SKANNER_POLICY", POLICY);
            }
            let run = Run::of(command.arg("scan"));
            assert_eq!(run.code, 2, "{run:?}");
            let said = "`[policy]` has no effect in the configuration of a repository; put it into the file of the \
                        organization that --policy or SKANNER_POLICY names";
            assert!(run.stderr.contains(&format!("skanner: {file}:1:")), "{run:?}");
            assert!(run.stderr.contains(said), "{run:?}");
        }
    }
}

#[test]
fn no_command_goes_on_without_it() {
    let sandbox = sandbox("min-confidense = \"likely\"\n");
    sandbox.write("README", "hello\n");
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "one"]);
    for command in [
        &["scan"][..],
        &["scan", "-"],
        &["scan", "--staged", "--all"],
        &["scan", "--range", "HEAD"],
        &["scan", "--history"],
        &["audit"],
        &["baseline", "create"],
        &["baseline", "check"],
        &["hook", "pre-commit"],
        &["hook", "pre-push"],
        &["hook", "commit-msg", "README"],
        &["rules", "list"],
        &["rules", "test"],
        &["explain", "openai-project-key"],
        &["explain", "a/critical.py:1"],
        &["config"],
    ] {
        let run = run(&sandbox, command, None, Some(POLICY));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{command:?}: {run:?}");
        assert!(run.stderr.contains("policy.toml:1:1: unknown key `min-confidense`"), "{command:?}: {run:?}");
    }
}

#[test]
fn a_file_in_what_is_scanned_is_used_and_said_to_be_there() {
    let sandbox = sandbox("");
    sandbox.write("policy.toml", "[policy]\nallow-by = []\n");
    let note = "policy.toml, which is in what was scanned and can be changed there";
    let inside = run(&sandbox, &["scan", "a"], Some("policy.toml"), None);
    assert!(inside.code == 1 && inside.stdout.contains(note), "{inside:?}");
    assert!(!under(&sandbox, &["scan", "a"]).stdout.contains("which is in what was scanned"));
    // Nothing looks for one.
    assert!(!sandbox.skanner(&["scan", "a"]).stdout.contains("policy"));
    #[cfg(unix)]
    {
        // A link to it from elsewhere, and one to elsewhere.
        std::os::unix::fs::symlink(sandbox.path("policy.toml"), sandbox.path("../org/link.toml")).unwrap();
        std::os::unix::fs::symlink(sandbox.path(POLICY), sandbox.path("link.toml")).unwrap();
        for file in ["../org/link.toml", "link.toml"] {
            let linked = run(&sandbox, &["scan", "a"], Some(file), None);
            assert!(linked.stdout.contains("which is in what was scanned"), "{linked:?}");
        }
        sandbox.git("", &["add", "link.toml"]);
        let linked = run(&sandbox, &["scan", "a"], Some("link.toml"), None);
        assert!(linked.code == 2 && linked.stderr.contains("is part of the repository"), "{linked:?}");
        // Mounted files are links; so is what they extend.
        std::os::unix::fs::symlink(sandbox.path("../org/policy.toml"), sandbox.path("../org/mounted.toml"))
            .unwrap();
        sandbox.write("../org/first.toml", "extend = \"mounted.toml\"\n");
        assert_eq!(run(&sandbox, &["scan", "a"], Some("../org/first.toml"), None).code, 1);
    }
}

#[test]
fn the_option_and_the_variable_may_name_one_file() {
    let sandbox = sandbox("");
    sandbox.write("skanner.toml", "exclude-rules = [\"openai-project-key\"]\n");
    let whole = sandbox.path(POLICY);
    for (option, variable) in [
        (Some(POLICY), Some(whole.to_str().unwrap())),
        (Some(POLICY), Some("../org/../org/policy.toml")),
        (Some(POLICY), Some("")),
        (None, Some(POLICY)),
        (Some(POLICY), None),
    ] {
        let run = run(&sandbox, &["scan", "a"], option, variable);
        assert_eq!(run.code, 1, "{option:?} {variable:?}: {run:?}");
    }
    assert_eq!(run(&sandbox, &["scan", "a"], None, Some("")).code, 0);
}

#[test]
fn a_key_in_what_was_refused_is_masked() {
    let sandbox = sandbox("");
    let key = openai_key(9);
    sandbox.write(
        "skanner.toml",
        format!("[[allow]]\nvalues = [\"{key}\"]\n[[allow]]\npaths = [\"{key}/**\"]\n"),
    );
    for format in ["text", "json", "html", "sarif", "github", "jsonl"] {
        let run = under(&sandbox, &["scan", "a", "--format", format]);
        assert!(!run.stdout.contains(&key) && !run.stderr.contains(&key), "{format}");
    }
    assert!(!under(&sandbox, &["config"]).stdout.contains(&key));
    assert_eq!(refused(&scan(&sandbox, true, &["a"], &[])).len(), 2);
}
