//! Comments for other scanners beside keys.

use super::harness::*;

const TRUST: &str = "`trust-foreign-markers = true` in skanner.toml makes these comments count";

#[test]
fn comments_beside_keys_are_counted_and_explained() {
    let sandbox = repository();
    let line = |seed: u64, comment: &str| format!("k = '{}'  # {comment}\n", openai_key(seed));
    sandbox.write("a.py", line(1, "gitleaks:allow") + &line(2, "pragma: allowlist secret"));
    sandbox.write("b.py", line(3, "ggignore") + "x = 1  # gitleaks:allow\n");
    sandbox.write("c.py", line(4, "nothing"));
    let before = std::fs::read(sandbox.path("a.py")).unwrap();
    sandbox.write(".gitleaksignore", "# empty\n");
    let run = import(&sandbox, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_says(
        &run,
        &[
            "4 keys are in none of these lists",
            "2 keys of them stand beside `gitleaks:allow` or `pragma: allowlist secret`: ",
            TRUST,
            "1 key of them stands beside `ggignore`: these comments do not count in any case",
        ],
    );
    assert_eq!(std::fs::read(sandbox.path("a.py")).unwrap(), before, "no source is edited");
    sandbox.write("skanner.toml", "trust-foreign-markers = true\n");
    let run = import(&sandbox, &[]);
    assert!(run.stdout.contains("2 keys are in none") && !run.stdout.contains(TRUST), "{run:?}");
}

#[test]
fn a_report_explains_such_a_comment() {
    let sandbox = repository();
    let note = |comment: &str, arguments: &[&str]| {
        sandbox.write("a.py", format!("k = '{}'  # {comment}\n", openai_key(1)));
        let text = sandbox.skanner(&[&["scan"], arguments].concat()).stdout;
        text.lines().find(|line| line.contains("another scanner")).map(str::to_owned).unwrap_or_default()
    };
    let counts = "`gitleaks:allow` is for another scanner; it counts with trust-foreign-markers = true in skanner.toml";
    assert!(note("gitleaks:allow", &[]).ends_with(counts));
    assert!(note("nosec", &[]).ends_with("does not count; the comment of skanner is `skanner:allow`"));
    assert_eq!(note("why", &[]), "");
    assert_eq!(note("gitleaks:allow", &["--trust-foreign-markers"]), "");
    assert_eq!(note("gitleaks:allow", &["--untrusted"]), "");
}
