//! Entries of the configuration.
// skanner:allow-file unused-suppression: these are texts of tests

use proptest::prelude::*;

use crate::{
    harness::{OPENAI, OTHER, other_key},
    support::{Report, Sandbox, openai_key},
};

/// A key of each of two rules in each of some files.
fn tree(files: &[&str], config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    for file in files {
        sandbox.write(file, format!("a = \"{}\"\nb = \"{}\"\n", openai_key(1), other_key(1)));
    }
    sandbox.write("skanner.toml", config);
    sandbox
}

fn fingerprint(key: &str) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("a", key);
    sandbox.scan(&[]).json["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
}

fn scan(files: &[&str], config: &str) -> Report {
    tree(files, config).scan(&["--show-suppressed"])
}

#[test]
fn all_that_an_entry_names_must_agree() {
    let (openai, other) = (fingerprint(&openai_key(1)), fingerprint(&other_key(1)));
    let cases: &[(String, &[&str])] = &[
        ("paths = [\"tests/**\"]".to_owned(), &["tests/a:1", "tests/a:2"]),
        ("paths = [\"tests\"]".to_owned(), &["tests/a:1", "tests/a:2"]),
        (format!("rule = \"{OPENAI}\"\npaths = [\"tests/**\", \"x.py\"]"), &["tests/a:1", "x.py:1"]),
        (format!("rule = [\"{OPENAI}\", \"{OTHER}\"]\npaths = [\"x.py\"]"), &["x.py:1", "x.py:2"]),
        (format!("fingerprints = [\"{openai}\"]"), &["tests/a:1", "x.py:1"]),
        (format!("fingerprints = [\"{openai}\", \"{other}\"]\npaths = [\"*.py\"]"), &["x.py:1", "x.py:2"]),
        (format!("rule = \"{OTHER}\"\nfingerprints = [\"{openai}\", \"{other}\"]"), &["tests/a:2", "x.py:2"]),
        ("paths = [\"**\", \"!tests/**\"]".to_owned(), &["x.py:1", "x.py:2"]),
    ];
    for (config, expected) in cases {
        let report = scan(&["tests/a", "x.py"], &format!("[[allow]]\n{config}\nreason = \"fixtures\"\n"));
        let mut suppressed: Vec<String> = Vec::new();
        for one in report.json["suppressed"].as_array().unwrap() {
            let by = &one["suppression"];
            let kind = if config.contains("fingerprints") { "fingerprint" } else { "config" };
            assert_eq!(
                (by["kind"].as_str(), by["place"].as_str()),
                (Some(kind), Some("skanner.toml")),
                "{config}"
            );
            assert_eq!(by["reason"], "fixtures");
            for place in one["occurrences"].as_array().unwrap() {
                suppressed.push(format!("{}:{}", place["path"].as_str().unwrap(), place["line"]));
            }
        }
        suppressed.sort();
        assert_eq!(suppressed, *expected, "{config}");
        assert_eq!(report.places().len(), 4 - expected.len(), "{config}");
    }
}

#[test]
fn places_that_remain_are_a_finding_still() {
    let report = scan(&["a/x", "b/x"], "[[allow]]\npaths = [\"a/**\"]\n");
    assert_eq!(report.code, 1);
    assert_eq!(report.places(), [format!("b/x:1:6 {OPENAI}"), format!("b/x:2:6 {OTHER}")]);
    let text = tree(&["a/x", "b/x"], "[[allow]]\npaths = [\"a/**\"]\n").skanner(&["scan"]).stdout;
    assert!(
        text.lines().last().unwrap().contains("2 keys found (2 critical), 2 suppressed (2 by skanner.toml)"),
        "{text}"
    );
}

#[test]
fn patterns_start_at_the_configuration_wherever_one_stands() {
    let sandbox = tree(&["tests/deep/a", "b"], "[[allow]]\npaths = [\"/tests/deep/*\"]\n");
    for (folder, path) in [
        ("", "."),
        ("", "tests"),
        ("", "tests/deep/a"),
        ("tests", "."),
        ("tests/deep", "a"),
        ("tests/deep", "../../tests"),
    ] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.current_dir(sandbox.path(folder)).args(["scan", "--format", "json", path]);
        let report = crate::support::Run::of(&mut command).report();
        assert_eq!(report.json["suppressed"], serde_json::json!(2), "{folder} {path}");
    }
    let absolute = sandbox.path("tests");
    assert_eq!(sandbox.scan(&[absolute.to_str().unwrap()]).json["suppressed"], serde_json::json!(2));
    std::os::unix::fs::symlink(sandbox.path("tests"), sandbox.path("../link")).unwrap();
    assert_eq!(sandbox.scan(&["../link/deep"]).json["suppressed"], serde_json::json!(2));
}

#[test]
fn the_index_a_range_and_a_history_know_the_entries() {
    let config = format!(
        "[[allow]]\npaths = [\"tests/**\"]\n[[allow]]\nfingerprints = [\"{}\"]\n",
        fingerprint(&other_key(1))
    );
    let sandbox = tree(&["tests/a"], &config);
    sandbox.write("b", other_key(1));
    sandbox.git("", &["init", "-q"]);
    sandbox.git("", &["commit", "-q", "--allow-empty", "-m", "begin"]);
    sandbox.git("", &["add", "."]);
    let check = |report: &Report, what: &str| {
        assert_eq!((report.code, report.places()), (0, vec![]), "{what}: {report:?}");
        assert_eq!(report.unused(), Vec::<String>::new(), "{what}");
    };
    check(&sandbox.scan(&["--staged"]), "index");
    let hook = sandbox.skanner(&["hook", "pre-commit"]);
    assert!(hook.code == 0 && hook.stdout.contains("2 suppressed (2 by skanner.toml)"), "{hook:?}");
    sandbox.git("", &["commit", "-q", "-m", "keys"]);
    check(&sandbox.scan(&["--range", "HEAD~..HEAD"]), "range");
    check(&sandbox.scan(&["--history"]), "history");
    check(&sandbox.skanner(&["audit", "--format", "json"]).report(), "audit");
    // Another key is none of theirs.
    sandbox.write("b", other_key(2));
    sandbox.git("", &["add", "."]);
    assert_eq!(sandbox.scan(&["--staged"]).places(), [format!("b:1:1 {OTHER}")]);
}

#[test]
fn what_matches_nothing_is_said_where_all_was_read() {
    let unknown = "0123456789abcdef0123456789abcdef";
    let config = format!(
        "[[allow]]\npaths = [\"tests/**\", \"gone/**\"]\n\n[[allow]]\nfingerprints = [\n  \"{}\",\n  \"{unknown}\",\n]\n\n\
         [[allow]]\npaths = [\"x/**\"]\nreason = \"gone\"\n\n[[allow]]\npaths = [\"tests/**\"]\nuntil = 2020-01-31\n",
        fingerprint(&other_key(1))
    );
    let sandbox = tree(&["tests/a", "b"], &config);
    let all = [
        "1 [[allow]] paths = [\"gone/**\"]: nothing matches it any more",
        &format!("7 [[allow]] fingerprints = [\"{unknown}\"]: nothing matches it any more"),
        "10 [[allow]] paths = [\"x/**\"]: nothing matches it any more",
        "14 [[allow]] paths = [\"tests/**\"]: it was valid until 2020-01-31",
    ];
    let check = |report: &Report, expected: &[&str]| {
        let mut unused = report.unused();
        unused.sort_by_key(|one| one.split(' ').next().unwrap().parse::<u64>().unwrap());
        assert_eq!(unused.len(), expected.len(), "{unused:?}");
        for (one, expected) in unused.iter().zip(expected) {
            assert!(one.starts_with(expected), "{one:?} {expected:?}");
        }
    };
    check(&sandbox.scan(&[]), &all);
    // Where not all was looked for or at, only dates are known.
    check(&sandbox.scan(&["tests"]), &all[3..]);
    check(&sandbox.scan(&["--min-confidence", "certain"]), &all[3..]);
    sandbox.git("", &["init", "-q"]);
    sandbox.git("", &["add", "."]);
    check(&sandbox.scan(&["--staged"]), &all[3..]);
    sandbox.git("", &["commit", "-q", "-m", "keys"]);
    check(&sandbox.skanner(&["audit", "--format", "json"]).report(), &all);
    let report = sandbox.scan(&[]);
    assert!(
        report.unused().iter().any(|one| one.contains("unless `skanner audit` needs it")),
        "{:?}",
        report.unused()
    );
    let text = sandbox.skanner(&["scan"]).stdout;
    assert!(
        text.contains("unused suppression: skanner.toml:10: [[allow]] paths = [\"x/**\"]: nothing in"),
        "{text}"
    );
}

#[test]
fn a_day_counts_to_its_end() {
    let today = skanner::testing::day::Day::today().to_string();
    for (until, code) in [("2999-12-31", 0), (today.as_str(), 0), ("2026-01-01", 1)] {
        let report = scan(&["a"], &format!("[[allow]]\npaths = [\"a\"]\nuntil = {until}\n"));
        assert_eq!((report.code, report.unused().len()), (code, usize::try_from(code).unwrap()), "{until}");
    }
}

#[test]
fn whose_repository_is_checked_has_no_say_on_a_server() {
    let config = "trust-foreign-markers = true\n[[allow]]\npaths = [\"**\"]\n";
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "--bare", "server.git"]);
    sandbox.git("", &["clone", "-q", "server.git", "clone"]);
    let allowed = "# skanner:allow-file\n";
    sandbox.write("clone/skanner.toml", config);
    sandbox.write(
        "clone/a.py",
        format!("{allowed}KEY = \"{}\"  # skanner:allow gitleaks:allow\n", openai_key(1)),
    );
    sandbox.git("clone", &["add", "."]);
    sandbox.git("clone", &["commit", "-q", "-m", "keys"]);
    let hook = sandbox.path("server.git/hooks/pre-receive");
    let program = env!("CARGO_BIN_EXE_skanner");
    std::fs::write(&hook, format!("#!/bin/sh\nexec '{program}' hook pre-receive --show-suppressed >&2\n"))
        .unwrap();
    std::fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut push = sandbox.command("git");
    push.current_dir(sandbox.path("clone")).args(["push", "-q", "origin", "HEAD:main"]);
    let run = crate::support::Run::of(&mut push);
    assert!(run.code != 0 && run.stderr.contains("1 key found"), "{run:?}");
    assert!(!run.stderr.contains("suppressed"), "{run:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// A fingerprint allows one secret, wherever it is and however it is written, and no other one.
    #[test]
    fn a_fingerprint_survives_all_but_another_key(
        folder in "[a-z]{1,8}(/[a-z]{1,8}){0,2}",
        name in "[a-z]{1,8}\\.(py|txt|env)",
        above in "([a-z ]{0,20}\n){0,5}",
        indent in "[ \t]{0,8}",
        writing in 0..4_usize,
        at in 10..160_usize,
    ) {
        use base64::Engine as _;
        let key = openai_key(7);
        let mut other = key.clone().into_bytes();
        other[at] = if other[at] == b'Q' { b'R' } else { b'Q' };
        let other = String::from_utf8(other).unwrap();
        let config = format!("[[allow]]\nfingerprints = [\"{}\"]\n", fingerprint(&key));
        for (key, is_known) in [(key, true), (other, false)] {
            let written = match writing {
                0 => key.clone(),
                1 => base64::engine::general_purpose::STANDARD.encode(&key),
                2 => key.replace('-', "\\u002d"),
                _ => key.bytes().map(|byte| format!("{byte:02x}")).collect(),
            };
            let sandbox = Sandbox::new();
            sandbox.write("skanner.toml", &config);
            sandbox.write(format!("{folder}/{name}"), format!("{above}{indent}x = \"{written}\"\n"));
            let report = sandbox.scan(&["--show-suppressed"]);
            if is_known {
                prop_assert_eq!((report.counts(), report.unused()), ((0, 1), vec![]));
            } else {
                // A changed marker makes it no key of OpenAI's any more, or no certain one; it is never taken for the known one.
                prop_assert_eq!(report.counts().1, 0);
                prop_assert_eq!(report.unused().len(), 1);
            }
        }
    }
}
