//! Every command that resolves settings obeys the policy.
// skanner:allow-file unused-suppression: these are texts of tests

use super::{POLICY, key_of, refused, sandbox, scan, under};
use crate::support::{Run, Sandbox, openai_key};

/// Everything that a repository can try at once takes nothing from what the policy reports, in any mode.
#[test]
fn all_attempts_together_hide_nothing_in_any_mode() {
    let sandbox = sandbox("[policy]\nallow-by = []\n");
    sandbox.write("README", "hello\n");
    sandbox.git("", &["add", "README"]);
    sandbox.git("", &["commit", "-qm", "one"]);
    sandbox.git("", &["branch", "base"]);
    let expected = scan(&sandbox, true, &[], &[]).paths();
    assert_eq!(expected, ["a/critical.py", "b/high.py", "c/low.py"]);
    let fingerprint = scan(&sandbox, false, &["b"], &[]).json["findings"][0]["fingerprint"].clone();
    sandbox.write(
        ".skanner-baseline",
        format!("{} hugging-face-user-token b/high.py\n", fingerprint.as_str().unwrap()),
    );
    sandbox
        .write("c/low.py", format!("# skanner:allow-file: fine\nk = '{}'\n", key_of("stripe-test-key", 3)));
    sandbox.write(
        "skanner.toml",
        "min-confidence = \"certain\"\nfail-on = \"critical,certain\"\ntrust-foreign-markers = true\n\
         exclude-rules = [\"openai-project-key\"]\nfamilies = [\"ai\"]\naccept-unread = [{ path = \"**\" }]\n\
         [severity]\nopenai-project-key = \"low\"\n[baseline]\nscope = \"secret\"\n\
         [[allow]]\npaths = [\"**\"]\nreason = \"fine\"\n",
    );
    sandbox.git("", &["add", "."]);
    let options =
        ["--exit-zero", "--min-confidence", "certain", "--rule", "hex-key", "--trust-foreign-markers"];
    let variables = [("SKANNER_MIN_SEVERITY", "critical"), ("SKANNER_FAIL_ON", "critical,certain")];
    let check = |command: &[&str], options: &[&str]| {
        let mut program = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        program.args(command).args(options).args(["--format", "json"]).envs(variables);
        let run = Run::of(program.env("SKANNER_POLICY", POLICY));
        let report = run.report();
        assert_eq!((report.code, report.paths()), (1, expected.clone()), "{command:?}: {:#}", report.json);
        assert!(refused(&report).len() > 8, "{command:?}: {:?}", refused(&report));
    };
    check(&["scan"], &options);
    check(&["scan", "--staged"], &options);
    check(&["hook", "pre-commit"], &options);
    sandbox.git("", &["commit", "-qm", "two"]);
    check(&["scan", "--range", "base.."], &options);
    check(&["scan", "--history"], &options);
    check(&["audit"], &[&options[..], &["--accept-baseline"]].concat());
    check(&["baseline", "check"], &["--exit-zero", "--min-confidence", "certain"]);
    // Nothing of the repository is no less than this.
    let isolated = under(&sandbox, &["scan", "--isolated", "--format", "json"]).report();
    assert_eq!((isolated.code, isolated.paths()), (1, expected.clone()));
    let untrusted =
        under(&sandbox, &["scan", "--range", "base..", "--untrusted", "--format", "json"]).report();
    assert_eq!((untrusted.code, untrusted.paths()), (1, expected));
}

#[test]
fn several_repositories_are_held_to_it() {
    let sandbox = Sandbox::new();
    sandbox.write(POLICY, "");
    for name in ["one", "two"] {
        sandbox.write(format!("{name}/a.py"), format!("k = '{}'\n", openai_key(1)));
        sandbox.write(format!("{name}/skanner.toml"), "exclude-rules = [\"openai-project-key\"]\n");
        sandbox.git(name, &["init", "-q"]);
        sandbox.git(name, &["add", "."]);
        sandbox.git(name, &["commit", "-qm", "one"]);
    }
    let plain = sandbox.skanner(&["audit", "one", "two", "--format", "json"]).report();
    assert_eq!(plain.code, 0, "{:#}", plain.json);
    let run = under(&sandbox, &["audit", "one", "two", "--exit-zero", "--format", "json"]);
    let report = run.report();
    assert_eq!((report.code, report.paths()), (1, vec!["one/a.py".to_owned(), "two/a.py".to_owned()]));
    assert_eq!(refused(&report), ["one/skanner.toml:1 exclude-rules", "two/skanner.toml:1 exclude-rules"]);
    // What was found under a policy is no less when the report is read back.
    sandbox.write("report.json", &run.stdout);
    let again = sandbox.skanner(&["report", "report.json", "--exit-zero"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stdout.contains("policy.toml refused 2 settings or suppressions:"), "{again:?}");
}
