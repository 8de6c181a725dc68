//! What people wrote for other scanners.

use crate::{
    harness::{OPENAI, OTHER, other_key},
    support::{Sandbox, openai_key},
};

const TRUST: &str = "--trust-foreign-markers";

#[test]
fn comments_count_only_when_asked_for() {
    let key = openai_key(1);
    let texts = [
        format!("x = \"{key}\"  # gitleaks:allow"),
        format!("x = \"{key}\"  // betterleaks:allow"),
        format!("x = \"{key}\"  /* trufflehog:ignore */"),
        format!("x = \"{key}\"  # pragma: allowlist secret"),
        format!("x = \"{key}\"  # pragma:allowlist secret"),
        format!("x = \"{key}\"  # pragma: whitelist secret"),
        format!("x = \"{key}\"  # pragma: allowlist-secret"),
        format!("# pragma: allowlist nextline secret\nx = \"{key}\""),
        format!("<!-- pragma: allowlist nextline secret -->\nx = \"{key}\""),
    ];
    for text in texts {
        let sandbox = Sandbox::new();
        sandbox.write("a", &text);
        assert_eq!(sandbox.scan(&["--show-suppressed"]).counts(), (1, 0), "{}", text.replace(&key, "KEY"));
        let report = sandbox.scan(&["--show-suppressed", TRUST]);
        assert_eq!(report.counts(), (0, 1), "{}", text.replace(&key, "KEY"));
        assert_eq!(report.json["suppressed"][0]["suppression"]["kind"], "foreign");
        sandbox.write("skanner.toml", "trust-foreign-markers = true\n");
        assert_eq!(sandbox.scan(&["--show-suppressed"]).counts(), (0, 1));
        assert_eq!(sandbox.scan(&["--show-suppressed", "--isolated"]).counts(), (1, 0));
        let text = sandbox.skanner(&["scan"]).stdout;
        assert!(
            text.contains("1 suppressed (1 by a foreign comment in a, which skanner.toml trusts)"),
            "{text}"
        );
        let text = sandbox.skanner(&["scan", TRUST]).stdout;
        assert!(text.contains("1 suppressed (1 by a comment in a)"), "{text}");
    }
}

#[test]
fn one_comment_allows_one_key_here_too() {
    let sandbox = Sandbox::new();
    sandbox.write("a", format!("x = \"{}\"; y = \"{}\"  # gitleaks:allow\n", openai_key(1), openai_key(2)));
    assert_eq!(sandbox.scan(&["--show-suppressed", TRUST]).counts(), (1, 1));
}

#[test]
fn comments_for_others_are_never_called_useless() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "aws = \"…\"  # gitleaks:allow\nx = 1  # pragma: allowlist secret\n");
    let report = sandbox.scan(&[TRUST]);
    assert_eq!((report.code, report.unused()), (0, vec![]));
}

#[test]
fn other_words_are_no_comments() {
    let key = openai_key(1);
    for word in [
        "gitleaks:allowed",
        "mygitleaks:allow",
        "pragma: allowlist",
        "pragma: once",
        "pragma: allowlist secrets",
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("a", format!("x = \"{key}\"  # {word}\n"));
        assert_eq!(sandbox.scan(&["--show-suppressed", TRUST]).counts(), (1, 0), "{word}");
    }
}

#[test]
fn a_list_of_gitleaks_is_matched_by_file_and_line() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let line = format!("a = \"{}\"; b = \"{}\"\n", openai_key(1), other_key(1));
    sandbox.write("src/a.py", format!("\n{line}{line}"));
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-q", "-m", "keys"]);
    let commit = sandbox.git("", &["rev-parse", "HEAD"]).trim().to_owned();
    let suppressed = |list: &str, arguments: &[&str]| {
        sandbox.write(".gitleaksignore", list);
        let report = sandbox.scan(&[&["--show-suppressed"][..], arguments].concat());
        report.suppressed()
    };
    let one = "src/a.py:generic-api-key:2\n";
    assert_eq!(suppressed(one, &[]), Vec::<String>::new());
    // One line of the list allows one key.
    assert_eq!(suppressed(one, &[TRUST]), [format!("2 {OPENAI}")]);
    let both = "# known\nsrc/a.py:generic-api-key:2\nsrc/a.py:openai-api-key:2\nsrc/b.py:x:2\nsrc/a.py:x:9\n";
    assert_eq!(suppressed(both, &[TRUST]), [format!("2 {OPENAI}"), format!("2 {OTHER}")]);
    // A line with a commit is about its version alone.
    let of_commit = format!("{commit}:src/a.py:generic-api-key:2\n");
    assert_eq!(suppressed(&of_commit, &[TRUST]), Vec::<String>::new());
    assert_eq!(suppressed(&of_commit, &[TRUST, "--history"]), [format!("2 {OPENAI}")]);
    let other = of_commit.replace(&commit[..4], "0000");
    assert_eq!(suppressed(&other, &[TRUST, "--history"]), Vec::<String>::new());
    sandbox.write(".gitleaksignore", one);
    let text = sandbox.skanner(&["scan", TRUST]).stdout;
    assert!(text.contains("1 suppressed (1 by .gitleaksignore)"), "{text}");
}
