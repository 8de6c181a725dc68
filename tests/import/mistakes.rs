//! What is answered to lists that cannot be read, and to wrong usage.

use super::harness::*;

const KINDS: &str = "not a list that skanner can read: expected a .gitleaksignore, a report in JSON or a configuration of \
                     gitleaks, a report of TruffleHog 3 with --json, a .secrets.baseline of detect-secrets, or a \
                     .gitguardian.yaml of ggshield";

#[test]
fn mistakes_are_explained_with_file_and_line() {
    let many_deep =
        format!("version: 2\n{}", (0..40).map(|at| format!("{}a:\n", " ".repeat(at))).collect::<String>());
    for (name, text, expected) in [
        ("x", "hello world\n", format!("x: {KINDS}")),
        ("x.json", "{\"a\": 1}\n", format!("x.json: {KINDS}")),
        ("x.json", "[{\"a\": 1}]\n", format!("x.json: {KINDS}")),
        ("x.json", "[1, 2]\n", format!("x.json: {KINDS}")),
        ("x.yaml", "a: 1\n", format!("x.yaml: {KINDS}")),
        ("x.toml", "[package]\nname = 1\n", format!("x.toml: {KINDS}")),
        (
            "x.json",
            "[{\"RuleID\": \"a\", \"File\": \"b\", \"StartLine\": 1}\n",
            "x.json:2: not valid JSON: expected `,` or `]`; is the file complete?".into(),
        ),
        (
            "x.json",
            "[\n{\"RuleID\": \"a\", \"File\": \"b\", \"StartLine\": \"1\"}]",
            "x.json:2: this is not a finding of gitleaks 8: a field is missing, or has another type".into(),
        ),
        (
            "x.json",
            "[\n{\"RuleID\": \"a\", \"StartLine\": 1}]",
            "x.json:2: this is not a finding of gitleaks 8".into(),
        ),
        (
            "x.json",
            "[\n{\"RuleID\": \"a\", \"File\": \"b\", \"StartLine\": 1},\n{\"RuleID\": \"a\"",
            "x.json:3: not valid JSON: the file ends too early; is it complete?".into(),
        ),
        (
            "x.json",
            "[{\"RuleID\": \"a\", \"File\": \"b\", \"StartLine\": 1}]\nx",
            "x.json:2: not valid JSON: there is more after the end of the array".into(),
        ),
        ("x.json", "[{\"RuleID\": \"a\" x}]", "x.json:1: not valid JSON".into()),
        (
            "x.json",
            "[{\"leakURL\": \"\", \"offender\": \"a\"}]",
            "x.json: it is a report of gitleaks before version 8; make one with version 8".into(),
        ),
        (
            "x.json",
            "{\"line\": \"\", \"offender\": \"a\"}",
            "x.json: it is a report of gitleaks before version 8".into(),
        ),
        (
            "x.json",
            "{\"stringsFound\": [\"a\"]}",
            "x.json: it is a report of TruffleHog 2; make one with version 3, with --json".into(),
        ),
        (
            "x.json",
            "[{\"SourceMetadata\": {}}]",
            "x.json: results of TruffleHog must be on a line each, as --json writes them".into(),
        ),
        (
            "x.json",
            "{\"SourceMetadata\": {}, \"DetectorName\": \"a\"}\n{\"SourceMetadata\": 1}\n",
            "x.json:2: this is not a result of TruffleHog 3".into(),
        ),
        (
            "x.json",
            "{\"SourceMetadata\": {}, \"DetectorName\": \"a\"}\nfound it\n",
            "x.json:2: not valid JSON".into(),
        ),
        (
            "x.json",
            "{\"$schema\": \"a\", \"runs\": []}",
            "x.json: it is a report in SARIF; write one in JSON".into(),
        ),
        (
            "x.json",
            "{\"generated_at\": \"\", \"results\": {\"a\": [\n{\"type\": \"x\", \"hashed_secret\": \"abc\"}]}}",
            "x.json:2: `hashed_secret` must be a SHA-1 of 40 hex digits".into(),
        ),
        (
            "x.json",
            "{\"generated_at\": \"\", \"results\": {\"a\": 1}}",
            "x.json:1: this is not a baseline of detect-secrets".into(),
        ),
        ("x.json", "{\"generated_at\": \"\",\n\"results\": [", "x.json:2: ".into()),
        ("x.toml", "[allowlist]\npaths = [\n", "x.toml:".into()),
        (
            "x.yaml",
            "version: 3\nsecret:\n",
            "x.yaml:1: only the versions 1 and 2 of this configuration are known".into(),
        ),
        ("x.yaml", "version: 2\nsecret: yes\n", "x.yaml:2: `secret` must have keys of its own".into()),
        ("x.yaml", "version: 2\nsecret:\n  ignored_paths: a\n", "x.yaml:3: expected a list".into()),
        (
            "x.yaml",
            "version: 2\nsecret:\n  ignored_paths:\n  - *.md\n",
            "x.yaml:4: a text that begins with `*` must be in quotes".into(),
        ),
        (
            "x.yaml",
            "version: 2\nsecret:\n  ignored_matches:\n  - name: a\n",
            "x.yaml:4: an ignored match needs a `match`: a SHA-256 or a text".into(),
        ),
        (
            "x.yaml",
            "version: 2\nsecret: *x\n",
            "x.yaml:2: a text that begins with `*` must be in quotes".into(),
        ),
        ("x.yaml", "version: 2\nsecret:\n\ta: 1\n", "x.yaml:3: not valid YAML".into()),
        ("x.yaml", "secret:\n  a: 1\nsecret:\n", "x.yaml:3: the key is there twice".into()),
        ("x.yaml", &many_deep, "values are nested too deep".into()),
    ] {
        let sandbox = repository();
        sandbox.write(name, text);
        let run = import(&sandbox, &[name]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{text}: {run:?}");
        assert!(
            run.stderr.starts_with("skanner: ") && run.stderr.contains(&expected),
            "{text}: {}",
            run.stderr
        );
    }
    let sandbox = repository();
    for (bytes, expected) in [
        (&b"\xff\xfe{\0}\0"[..], "x: it is UTF-16, as PowerShell writes files; save it as UTF-8"),
        (b"a:b:1\n\xff\n", "x:2: not UTF-8"),
    ] {
        sandbox.write("x", bytes);
        let run = import(&sandbox, &["x"]);
        assert!(run.code == 2 && run.stderr.contains(expected), "{run:?}");
    }
}

#[test]
fn wrong_usage_is_explained() {
    let sandbox = repository();
    for (arguments, expected) in [
        (&[][..], "there is no list of another scanner in "),
        (&["missing.json"], "cannot read missing.json"),
        (&["."], "cannot read ."),
        (&["--isolated"], "--isolated cannot be used with `skanner import`, which adds to the configuration"),
        (
            &["--rule", "uuid-key"],
            "--rule cannot be used here: a baseline covers everything that scans report",
        ),
        (&["--allow-shallow"], "required arguments were not provided"),
    ] {
        let run = import(&sandbox, arguments);
        assert!(run.code == 2 && run.stderr.contains(expected), "{arguments:?}: {run:?}");
    }
    Format::Ignore.write(&sandbox, &[]);
    assert_eq!(import(&sandbox, &[]).code, 0);
    sandbox.write("skanner.toml", "no-such-key = 1\n");
    assert_eq!(import(&sandbox, &[]).code, 2);
    sandbox.write("skanner.toml", "");
    sandbox.write(BASELINE, "garbage\n");
    let run = import(&sandbox, &[]);
    assert!(run.code == 2 && run.stderr.contains(".skanner-baseline:1: "), "{run:?}");
}

#[test]
fn a_configuration_that_cannot_be_added_to_stays_as_it_is() {
    let sandbox = repository();
    plant(&sandbox, "a.py", 2, 1);
    sandbox.write("skanner.toml", "allow = [{ paths = [\"b\"] }]\n");
    sandbox.write(".gitleaks.toml", "[allowlist]\npaths = ['''^vendor/''']\n");
    Format::Ignore.write(&sandbox, &[openai("a.py", 2, 1)]);
    for arguments in [&["--check"][..], &[]] {
        let run = import(&sandbox, arguments);
        assert!(run.code == 2 && run.stderr.contains("nothing was added to skanner.toml"), "{run:?}");
        assert_eq!(listed(&sandbox), Vec::<String>::new());
    }
}

#[test]
fn nothing_is_written_if_something_cannot_be_read() {
    let sandbox = repository();
    plant(&sandbox, "a.py", 2, 1);
    sandbox.write("b.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03cut");
    Format::Ignore.write(&sandbox, &[openai("a.py", 2, 1)]);
    let run = import(&sandbox, &[]);
    assert_eq!((run.code, listed(&sandbox)), (2, vec![]), "{run:?}");
    assert_says(&run, &["not scanned: b.gz", "Nothing was written, because not everything could be read."]);
}

#[test]
fn lines_that_are_none_are_named() {
    let sandbox = repository();
    sandbox.write(".gitleaksignore", "# why\na.py:x:1\nno fingerprint\n\na.py:x:y\n");
    let run = import(&sandbox, &[]);
    assert_says(
        &run,
        &[
            "  .gitleaksignore:2: x in a.py:1: no longer there\n",
            "  .gitleaksignore:3: no fingerprint: not a fingerprint of gitleaks",
            "  .gitleaksignore:5: a.py:x:y: not a fingerprint of gitleaks",
        ],
    );
}

#[test]
fn hostile_lists_do_no_harm() {
    let sandbox = repository();
    sandbox.write("../outside.py", format!("k = '{}'\n", openai_key(1)));
    plant(&sandbox, "a.py", 2, 2);
    let key = openai_key(3);
    let mut list = "../outside.py:openai-api-key:1\n/etc/passwd:generic-api-key:1\n".to_owned();
    list.push_str(&format!("{key}:{key}:1\n{}:x\u{1b}[31m:1\n", "a/".repeat(5_000)));
    crate::support::NAMES
        .iter()
        .filter(|name| !name.contains(['\n', '\r']))
        .for_each(|name| list.push_str(&format!("{name}:x:1\n")));
    sandbox.write(".gitleaksignore", list);
    let run = import(&sandbox, &[]);
    assert_eq!((run.code, listed(&sandbox)), (1, vec![]), "{run:?}");
    assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}'), "{}", run.stdout);
    assert_says(&run, &["  .gitleaksignore:1: openai-api-key in ../outside.py:1: no longer there\n"]);
    #[cfg(unix)]
    {
        std::fs::remove_file(sandbox.path(".gitleaksignore")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", sandbox.path(".gitleaksignore")).unwrap();
        let run = import(&sandbox, &[]);
        assert!(
            run.code == 2 && run.stderr.contains(".gitleaksignore is a symbolic link, which is not followed"),
            "{run:?}"
        );
    }
}
