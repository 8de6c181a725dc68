//! `[[allow]]` by the key itself.

use crate::support::{Sandbox, openai_key};

#[test]
fn a_pattern_allows_the_keys_that_it_matches_and_they_are_counted() {
    let key = openai_key(1);
    let other = openai_key(2);
    let (start, end) = (&key[..20], &key[key.len() - 12..]);
    for (pattern, is_allowed) in [
        (key.clone(), true),
        (format!("{start}*"), true),
        (format!("*{end}"), true),
        (format!("{start}*{end}"), true),
        (format!("{}*{}*", &key[..8], &key[40..52]), true),
        (format!("{start}*{end}x"), false),
        (key[1..].to_owned(), false),
        (key[..key.len() - 1].to_owned(), false),
        ("*-of-nobody-*".to_owned(), false),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("a.py", format!("k = '{key}'\n"));
        sandbox.write("b.py", format!("k = '{other}'\n"));
        let entry = format!("[[allow]]\nvalues = [\"{pattern}\"]\nreason = \"of the vendor\"\n");
        sandbox.write("skanner.toml", &entry);
        let run = sandbox.skanner(&["scan", "a.py", "b.py"]);
        assert_eq!(run.code, 1, "{pattern}: {run:?}");
        let expected = if is_allowed { "1 key found" } else { "2 keys found" };
        assert!(run.stdout.contains(expected), "{pattern}: {run:?}");
        assert_eq!(run.stdout.contains("1 suppressed (1 by skanner.toml)"), is_allowed, "{pattern}: {run:?}");
        // Part of a key is nobody's business, either.
        assert!(!run.stdout.contains(&key) && !run.stderr.contains(&key), "{pattern}: {run:?}");
    }
}

#[test]
fn all_that_an_entry_names_must_agree() {
    let (key, other) = (openai_key(1), openai_key(2));
    let pattern = format!("{}*", &key[..20]);
    let sandbox = Sandbox::new();
    sandbox.write("a/a.py", format!("k = '{key}'\n"));
    let fingerprint = |key: &str| {
        sandbox.write("../one.py", key);
        let report = sandbox.scan(&["../one.py", "--isolated"]);
        report.json["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
    };
    let (own, foreign) = (fingerprint(&key), fingerprint(&other));
    for (more, is_allowed) in [
        ("paths = [\"a/**\"]".to_owned(), true),
        ("paths = [\"b/**\"]".to_owned(), false),
        ("rule = \"openai-project-key\"".to_owned(), true),
        ("rule = \"stripe-secret-key\"".to_owned(), false),
        (format!("fingerprints = [\"{own}\"]"), true),
        (format!("fingerprints = [\"{foreign}\"]"), false),
        ("until = 2999-01-01".to_owned(), true),
        ("until = 2020-01-01".to_owned(), false),
    ] {
        sandbox.write("skanner.toml", format!("[[allow]]\nvalues = [\"{pattern}\"]\n{more}\n"));
        let run = sandbox.skanner(&["scan", "a"]);
        assert_eq!(run.code, i32::from(!is_allowed), "{more}: {run:?}");
    }
    // What matches nothing is told, each by itself.
    sandbox.write("skanner.toml", format!("[[allow]]\nvalues = [\"{pattern}\", \"sk-demo-nothing-*\"]\n"));
    let run = sandbox.skanner(&["scan", "."]);
    assert!(run.stdout.contains("unused suppression"), "{run:?}");
    assert!(run.stdout.contains("[[allow]] values: number 2"), "{run:?}");
}
