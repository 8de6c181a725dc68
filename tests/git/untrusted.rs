//! With `--untrusted`, whoever wrote a change has no say in what is found in it.
// skanner:allow-file unused-suppression: these are texts of tests

use super::harness::*;

type Way = (&'static str, fn(&Sandbox));

/// A way to allow a key, as a change would bring it: what it writes beside `a.py`.
const WAYS: &[Way] = &[
    ("a configuration by path", |s| {
        drop(s.write("skanner.toml", "[[allow]]\npaths = [\"**\"]\nreason = \"mine\"\n"));
    }),
    ("a hidden configuration", |s| {
        drop(s.write(".skanner.toml", "[[allow]]\npaths = [\"a.py\"]\nreason = \"mine\"\n"));
    }),
    ("a table in pyproject.toml", |s| {
        drop(s.write("pyproject.toml", "[[tool.skanner.allow]]\npaths = [\"**\"]\nreason = \"mine\"\n"));
    }),
    ("a table in Cargo.toml", |s| {
        drop(s.write(
            "Cargo.toml",
            "[[package.metadata.skanner.allow]]\npaths = [\"**\"]\nreason = \"mine\"\n",
        ));
    }),
    ("a comment", |s| drop(s.write("a.py", format!("{} # skanner:allow: mine\n", line(1).trim_end())))),
    ("a baseline", |s| {
        assert_eq!(s.skanner(&["baseline", "create"]).code, 0);
    }),
    ("a list of gitleaks", |s| {
        s.write("skanner.toml", "trust-foreign-markers = true\n");
        s.write(".gitleaksignore", "a.py:openai-api-key:1\n");
    }),
    ("a comment of gitleaks", |s| {
        s.write("skanner.toml", "trust-foreign-markers = true\n");
        s.write("a.py", format!("{} # gitleaks:allow\n", line(1).trim_end()));
    }),
];

/// Ways that keep a rule from being looked for at all.
const FEWER_RULES: &[(&str, &str)] = &[
    ("fewer rules", "exclude-rules = [\"openai-project-key\"]\n"),
    ("other rules", "rules = [\"stripe-secret-key\"]\n"),
    ("a higher confidence", "min-confidence = \"certain\"\nexclude-rules = [\"openai-project-key\"]\n"),
];

fn code(sandbox: &Sandbox, arguments: &[&str]) -> i32 {
    sandbox.scan(arguments).code
}

#[test]
fn a_change_cannot_turn_its_own_check_green() {
    for (way, allow) in WAYS {
        let sandbox = repository();
        sandbox.write("a.py", line(1));
        allow(&sandbox);
        commit(&sandbox, "change");
        assert_eq!(code(&sandbox, &["--range", "base..main"]), 0, "{way}");
        let report = sandbox.scan(&["--range", "base..main", "--untrusted"]);
        assert_eq!((report.code, report.paths()), (1, owned(&["a.py"])), "{way}");
        assert!(report.json["findings"][0]["allowed_by"].is_object(), "{way}: {:?}", report.json);
        let run = sandbox.skanner(&["scan", "--range", "base..main", "--untrusted"]);
        assert!(run.stdout.contains("this change allows it"), "{way}: {run:?}");
        // Without a range, nothing of the repository counts.
        for arguments in [&["."][..], &["--history"]] {
            assert_eq!(code(&sandbox, &[arguments, &["--untrusted"]].concat()), 1, "{way} {arguments:?}");
        }
        assert_eq!(sandbox.skanner(&["audit", "--untrusted"]).code, 1, "{way}");
    }
    for (way, text) in FEWER_RULES {
        let sandbox = repository();
        sandbox.write("a.py", line(1));
        sandbox.write("skanner.toml", text);
        commit(&sandbox, "change");
        assert_eq!(code(&sandbox, &["--range", "base..main"]), 0, "{way}");
        assert_eq!(code(&sandbox, &["--range", "base..main", "--untrusted"]), 1, "{way}");
        assert_eq!(code(&sandbox, &[".", "--untrusted"]), 1, "{way}");
    }
}

#[test]
fn what_the_base_allows_stays_allowed() {
    for (way, allow) in WAYS {
        let sandbox = repository();
        sandbox.write("a.py", line(1));
        allow(&sandbox);
        let allowed = sandbox.snapshot(".");
        commit(&sandbox, "base");
        sandbox.git(".", &["branch", "-f", "base"]);
        // The key goes and comes back, which makes it new.
        sandbox.write("a.py", "nothing\n");
        commit(&sandbox, "away");
        let text = &allowed[&sandbox.path(".").join("a.py")];
        sandbox.write("a.py", text);
        commit(&sandbox, "back");
        assert_eq!(code(&sandbox, &["--range", "base..main"]), 0, "{way}");
        assert_eq!(code(&sandbox, &["--range", "base..main", "--untrusted"]), 0, "{way}");
        // Taking the permission back in the change itself changes nothing.
        sandbox.write("b.py", line(2));
        commit(&sandbox, "more");
        let report = sandbox.scan(&["--range", "base..main", "--untrusted"]);
        let expected =
            if way.starts_with("a configuration by path") || way.starts_with("a table") { 0 } else { 1 };
        assert_eq!(report.code, expected, "{way}: {:?}", report.json);
    }
}

#[test]
fn only_what_is_outside_accepts_a_change() {
    let sandbox = repository();
    sandbox.write("a.py", line(1));
    sandbox.write("inside.toml", "[[allow]]\npaths = [\"**\"]\nreason = \"mine\"\n");
    sandbox.write("inside-baseline", "");
    commit(&sandbox, "change");
    sandbox.write("../outside.toml", "[[allow]]\npaths = [\"a.py\"]\nreason = \"a test key\"\n");
    assert_eq!(sandbox.skanner(&["baseline", "create", "../outside-baseline"]).code, 0);
    let untrusted = ["scan", "--range", "base..main", "--untrusted"];
    for (option, code) in [
        (["--config", "../outside.toml"], 0),
        (["--baseline", "../outside-baseline"], 0),
        (["--config", "inside.toml"], 2),
        (["--baseline", "inside-baseline"], 2),
    ] {
        let run = sandbox.skanner(&[&untrusted[..], &option].concat());
        assert_eq!(run.code, code, "{option:?}: {run:?}");
        assert!(code != 2 || run.stderr.contains("is part of the repository"), "{run:?}");
    }
}
