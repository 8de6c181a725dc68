//! Keys in what a repository says of itself: no output ever tells one.

use crate::{
    harness::other_key,
    support::{Sandbox, key, openai_key},
};

/// A rule that only the repository has.
fn own_rule(title: &str) -> String {
    format!(
        "[[rule]]\nid = \"acme-api-key\"\nissuer = \"Acme\"\ntitle = \"a key {title}\"\nimpact = \"all {title}\"\n\
         severity = \"high\"\nsteps = [\"step {title}\"]\nexamples = [\"x {title}\"]\ncounter_examples = [\"x\"]\n\
         names = [\"ACME {title}\"]\n[[rule.form]]\nshapes = [\"acme-{{A:12}}\"]\nconfidence = \"certain\"\n\
         why = \"its form {title}\"\n[rule.remedy]\nrevoke = \"revoke {title}\"\nleaked = \"leaked {title}\"\n"
    )
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// `skanner.toml`, a comment behind the key of `a.py`, and a text above the entry of the baseline.
fn hidden(secret: &str) -> Vec<[String; 3]> {
    let config = |text: String| [text, String::new(), String::new()];
    let reason = |reason: String| format!("[[allow]]\npaths = [\"a.py\"]\nreason = \"{reason}\"\n");
    let comment = |text: String| [String::new(), text, String::new()];
    vec![
        config(format!("[[allow]]\npaths = [\"a.py\", \"{secret}\"]\n")),
        config(format!("[[allow]]\npaths = [\"{secret}\"]\nreason = \"x\"\n")),
        config(format!("accept-unread = [{{ path = \"{secret}\", reason = \"x\" }}]\n")),
        config(format!("accept-unread = [{{ path = \"a.zip\", reason = \"for {secret}\" }}]\n")),
        config(reason(secret.to_owned())),
        config(reason(format!("{} {secret}", "x".repeat(150)))),
        config(reason(hex(secret))),
        config(format!("{secret} = 1\n")),
        config(format!("[baseline]\nfile = \"{secret}\"\n")),
        config(own_rule(secret)),
        config(own_rule("x") + &reason(secret.to_owned())),
        comment(format!("skanner:allow-{secret}")),
        comment(format!("skanner:allow {secret}")),
        comment(format!("skanner:allow: {secret}")),
        comment(format!("skanner:allow: {} {secret}", "x".repeat(180))),
        comment(format!("skanner:allow until {secret}")),
        // A key that the reach of a comment cuts.
        comment(format!("skanner:allow: {0} {0} {0} {0} {0} {0} {secret} {secret}", "x ".repeat(78))),
        comment(format!("skanner:allow: {}{secret}", format!("{secret} ").repeat(6))),
        [String::new(), String::new(), format!("# {secret}")],
    ]
}

/// The longest part of a key that may be told, in characters; masks are shorter.
const LONGEST: usize = 24;

fn assert_tells_nothing(told: &str, secret: &str, of: &str) {
    let parts = [secret.to_owned(), hex(secret)];
    for part in &parts {
        let tells = (0..=part.len() - LONGEST).find(|at| told.contains(&part[*at..*at + LONGEST]));
        assert!(tells.is_none(), "{of}: {}", told.replace(part, "KEY"));
    }
}

#[test]
fn no_output_tells_a_key_that_a_configuration_a_comment_or_a_baseline_holds() {
    let secret = openai_key(2);
    for [config, comment, note] in hidden(&secret) {
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q"]);
        sandbox.write("a.zip", b"PK\x03\x04 damaged");
        let acme = key("acme-{A:12}", 1);
        sandbox.write("a.py", format!("x = \"{}\"\ny = \"{acme}\"\n", openai_key(1)));
        if !note.is_empty() {
            std::fs::remove_file(sandbox.path("a.zip")).unwrap();
            sandbox.skanner(&["baseline", "create"]);
            let file = sandbox.path(".skanner-baseline");
            let baseline = std::fs::read_to_string(&file).unwrap();
            let line = baseline.lines().find(|line| line.contains("openai-project-key")).unwrap();
            std::fs::write(&file, baseline.replace(line, &format!("{note}\n{line}"))).unwrap();
        }
        sandbox.write("a.py", format!("x = \"{}\"  # {comment}\ny = \"{acme}\"\n", openai_key(1)));
        if !config.is_empty() {
            sandbox.write("skanner.toml", &config);
        }
        let what = format!("{config}{comment}{note}").replace(&secret, "KEY");
        let mut calls = vec![
            vec!["rules", "list"],
            vec!["rules", "list", "--format", "json"],
            vec!["rules", "test"],
            vec!["explain", "acme-api-key"],
            vec!["config"],
            vec!["baseline", "check"],
            vec!["scan", "-q"],
            vec!["scan", "--min-confidence", "certain", "--show-suppressed"],
        ];
        for format in ["text", "json", "jsonl", "sarif"] {
            calls.push(vec!["scan", "--format", format]);
            calls.push(vec!["scan", "--show-suppressed", "-v", "--format", format]);
        }
        for call in calls {
            let run = sandbox.skanner(&call);
            let told = run.stdout + &run.stderr;
            assert_tells_nothing(&told, &secret, &format!("{call:?} {what}"));
        }
        let run = sandbox.skanner(&["scan", "--show-suppressed", "--output", "json=told.json"]);
        match std::fs::read_to_string(sandbox.path("told.json")) {
            Ok(told) => assert_tells_nothing(&told, &secret, &what),
            Err(_) => assert!(run.stdout.is_empty(), "{what}: {run:?}"),
        }
    }
}

#[test]
fn keys_of_rules_of_the_repository_are_masked_in_its_texts_too() {
    let secret = key("acme-{A:12}", 2);
    let configs = [
        format!("[[allow]]\npaths = [\"a.py\"]\nreason = \"{secret}\"\n"),
        format!("[[allow]]\npaths = [\"a.py\", \"{secret}\"]\n"),
    ];
    for config in configs.iter().map(|config| own_rule("x") + config).chain([own_rule(&secret)]) {
        let sandbox = Sandbox::new();
        sandbox.write("skanner.toml", &config);
        sandbox.write("a.py", format!("x = \"{}\"\n", other_key(1)));
        for call in [&["scan", "--show-suppressed", "--format", "json"][..], &["scan"], &["rules", "list"]] {
            let run = sandbox.skanner(call);
            assert!(!(run.stdout.clone() + &run.stderr).contains(&secret), "{call:?}");
        }
    }
}

#[test]
fn entries_of_a_baseline_are_told_masked() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let secret = openai_key(2);
    sandbox.write("a.py", format!("x = \"{}\"\n", openai_key(1)));
    sandbox.skanner(&["baseline", "create"]);
    let file = sandbox.path(".skanner-baseline");
    let baseline = std::fs::read_to_string(&file).unwrap().replace("a.py", &secret);
    assert!(baseline.contains(&secret));
    std::fs::write(&file, baseline).unwrap();
    for call in [["baseline", "check"], ["baseline", "update"]] {
        let run = sandbox.skanner(&call);
        assert_tells_nothing(&(run.stdout + &run.stderr), &secret, &format!("{call:?}"));
    }
}
