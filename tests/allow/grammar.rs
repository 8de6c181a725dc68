//! How comments are written, and what they say.
// skanner:allow-file unused-suppression: these are texts of tests

use crate::{
    harness::{COMMENTS, OPENAI, OTHER, other_key, scan},
    support::{openai_key, rule},
};

#[test]
fn the_rules_of_these_tests_are_those_of_the_keys() {
    assert_eq!(rule(OTHER).id, OTHER);
    let report = scan(format!("{}\n{}\n", openai_key(1), other_key(1)));
    assert_eq!(report.places(), [format!("a.txt:1:1 {OPENAI}"), format!("a.txt:2:1 {OTHER}")]);
}

#[test]
fn every_comment_allows_the_key_that_it_is_about() {
    let key = openai_key(1);
    for comment in COMMENTS {
        let says = |what: &str| comment.replace('@', what);
        let texts = [
            format!("key = \"{key}\" {}\n", says("skanner:allow")),
            format!("key = \"{key}\" {}\r\n", says("skanner:allow")),
            format!("{} \"{key}\"", says("skanner:allow")),
            format!("\nkey = {key} {}\n", says("skanner:allow openai-project-key")),
            format!(
                "key = '{key}' {}\n",
                says("skanner:allow openai-project-key a fixture until 2999-12-31")
            ),
            format!("{}\nkey = {key}\n", says("skanner:allow-next-line")),
            format!(
                "\n\t{}\r\n\tkey = {key}\n",
                says("skanner:allow-next-line openai-project-key a fixture")
            ),
            format!("x\n{}\nx\n\"{key}\"", says("skanner:allow-file openai-project-key a fixture")),
        ];
        for text in texts {
            let report = scan(&text);
            assert_eq!((report.counts(), report.unused()), ((0, 1), vec![]), "{}", text.replace(&key, "KEY"));
            assert_eq!(report.code, 0);
            let by = &report.json["suppressed"][0]["suppression"];
            assert_eq!((by["kind"].as_str(), by["place"].as_str()), (Some("inline"), Some("a.txt")));
            if text.contains("a fixture") {
                assert_eq!(
                    (by["reason"].as_str(), by["rule"].as_str()),
                    (Some("a fixture"), Some(OPENAI)),
                    "{comment}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_comment_allows_nothing() {
    let key = openai_key(1);
    let texts = [
        // A part of another word, of an address, of a path, of an assignment.
        format!("{key} xskanner:allow"),
        format!("{key} skanner:allowed"),
        format!("{key} Skanner:Allow"),
        format!("{key} SKANNER:ALLOW"),
        format!("{key} skanner: allow"),
        format!("{key} x/skanner:allow"),
        format!("{key} x=skanner:allow"),
        format!("https://skanner:allow@example.org/{key}"),
        format!("https://example.org/?key={key}&by=skanner:allow"),
        format!("https://example.org/?key={key}&skanner:allow"),
        format!("{key} `skanner:allow`"),
        format!("{key} 'skanner:allow.example.org'"),
        // Glued to the key.
        format!("{key}:skanner:allow"),
        format!("{key}.skanner:allow"),
        // In the same string as the key: it is data.
        format!("x = \"{key} skanner:allow\""),
        format!("x = '{key} skanner:allow'"),
        format!("x = `{key} # skanner:allow` // y"),
        format!("x = \"skanner:allow {key}\""),
        format!("x = \"a skanner:allow b {key} c\" # \"y\""),
        // Elsewhere.
        format!("skanner:allow\n{key}"),
        format!("{key}\nskanner:allow"),
        format!("skanner:allow-next-line\n\n{key}"),
        format!("{key} skanner:allow-next-line\n"),
        format!("{key}\nskanner:allow-next-line"),
    ];
    for text in texts {
        let report = scan(&text);
        assert_eq!((report.code, report.counts()), (1, (1, 0)), "{}", text.replace(&key, "KEY"));
    }
}

#[test]
fn quotes_beside_the_key_do_not_hinder() {
    let key = openai_key(1);
    let texts = [
        format!("x = \"{key}\"  # skanner:allow: it's \"fine\""),
        format!("# don't use {key} skanner:allow"),
        format!("# don't use {key} skanner:allow: it's fine"),
        format!("{{\"_\": \"skanner:allow\", \"key\": \"{key}\"}}"),
        format!("\"{key}\",\"skanner:allow\""),
        format!("f('{key}', 'x') // skanner:allow"),
        format!("x = \"é汉🦀{key}\" # skanner:allow \"é\""),
    ];
    for text in texts {
        let report = scan(&text);
        assert_eq!(report.counts(), (0, 1), "{}", text.replace(&key, "KEY"));
    }
}

#[test]
fn what_cannot_count_is_said_and_allows_nothing() {
    let key = openai_key(1);
    let cases = [
        (
            "skanner:allow openai-projct-key",
            "there is no rule `openai-projct-key`; did you mean `openai-project-key`?",
        ),
        ("skanner:allow a fixture", "there is no rule `a`"),
        ("skanner:allow openai-project-key,no-such-rule", "there is no rule `no-such-rule`"),
        ("skanner:allow openai-project-key until 2027-02-30", "`2027-02-30` is not a date"),
        ("skanner:allow until tomorrow", "`tomorrow` is not a date"),
        ("skanner:allow openai-project-key until 2020-01-31", "it was valid until 2020-01-31"),
        ("skanner:allow-nextline", "unknown comment `skanner:allow-nextline`; known: "),
        ("skanner:allow-line openai-project-key", "unknown comment `skanner:allow-line`; known: "),
        ("skanner:allow openrouter-api-key", "there is no such key here"),
        ("skanner:allow 0123456789abcdef0123456789abcdef", "there is no such key here"),
    ];
    for (comment, why) in cases {
        let report = scan(format!("key = \"{key}\" # {comment}\n"));
        assert_eq!((report.code, report.counts()), (1, (1, 0)), "{comment}");
        let unused = report.unused();
        assert!(
            unused.len() == 1 && unused[0].starts_with("1 skanner:allow") && unused[0].contains(why),
            "{unused:?}"
        );
    }
}

#[test]
fn a_comment_beside_no_key_is_said_to_be_of_no_use() {
    for (comment, why) in [
        ("skanner:allow", "there is no key here"),
        ("skanner:allow-next-line openai-project-key", "there is no such key here"),
        ("skanner:allow-file", "there is no key in this file"),
        ("skanner:allow-file openai-project-key", "there is no such key in this file"),
    ] {
        let report = scan(format!("x\n# {comment}\ny = 1\n"));
        let unused = report.unused();
        assert!(unused.len() == 1 && unused[0].starts_with("2 ") && unused[0].contains(why), "{unused:?}");
        // It is a warning.
        assert_eq!(report.code, 0);
    }
    // Talk about comments is none.
    for talk in ["`skanner:allow`", "\"skanner:allow\"", "'skanner:allow RULE'", "f(\"skanner:allow-file\")"]
    {
        assert_eq!(scan(format!("say {talk}\n")).unused(), Vec::<String>::new(), "{talk}");
    }
    let text = "# skanner:allow-file unused-suppression: this is a guide\n# skanner:allow RULE\n# skanner:allow-nextline\n";
    assert_eq!(scan(text).unused(), Vec::<String>::new());
}

#[test]
fn a_whole_file_is_allowed_from_its_top_alone() {
    let key = openai_key(1);
    let at =
        |line: usize| format!("{}# skanner:allow-file\n{}{key}\n", "\n".repeat(line - 1), "\n".repeat(50));
    assert_eq!(scan(at(30)).counts(), (0, 1));
    let report = scan(at(31));
    assert_eq!(report.counts(), (1, 0));
    assert!(report.unused()[0].contains("must be in its first 30 lines"), "{:?}", report.unused());
}

#[test]
fn the_closing_line_names_the_file() {
    let sandbox = crate::support::Sandbox::new();
    sandbox.write("src/a.py", format!("KEY = '{}'  # skanner:allow\n", openai_key(1)));
    for arguments in [&["scan"][..], &["scan", "--quiet"]] {
        let run = sandbox.skanner(arguments);
        let expected = "no key found, 1 suppressed (1 by a comment in src/a.py); 1 file (";
        assert!(run.code == 0 && run.stdout.starts_with(expected), "{run:?}");
        assert!(!run.stdout.contains("nothing left out"), "{run:?}");
    }
}

#[test]
fn a_key_in_a_reason_is_masked() {
    let (key, stray) = (openai_key(1), openai_key(2));
    let sandbox = crate::support::Sandbox::new();
    sandbox.write("a", format!("x {key} # skanner:allow: not {stray}\n# skanner:allow {}\n", other_key(3)));
    for format in ["text", "json", "jsonl", "sarif"] {
        let run = sandbox.skanner(&["scan", "--show-suppressed", "--format", format]);
        for secret in [&key, &stray, &other_key(3)] {
            assert!(!run.stdout.contains(&secret[20..]), "{}", run.stdout);
        }
    }
}

#[test]
fn thousands_of_comments_and_keys_in_one_line_are_no_work() {
    const COUNT: u64 = 8_000;
    const MOST: usize = 100;
    let keys: Vec<String> = (0..COUNT).map(|seed| format!("k=\"{}\"", other_key(seed))).collect();
    let many = |comment: &str| format!("{comment}\n").repeat(keys.len());
    let texts = [
        keys.join("/*skanner:allow*/;"),
        format!("{} {}", keys.join(";"), "/*skanner:allow*/".repeat(keys.len())),
        many("# skanner:allow-next-line") + &keys.join(";"),
        "/*skanner:allow-file openai-project-key*/ ".repeat(keys.len()) + &keys.join(";"),
    ];
    for (text, allowed) in texts.iter().zip([MOST, MOST, MOST, 0]) {
        let report = scan(text);
        assert_eq!(report.counts(), (keys.len() - allowed, allowed));
        let unused = report.unused();
        assert!(unused.iter().any(|one| one.contains("more than 100 comments apply to this ")));
    }
    // One for each line is fine.
    let report = scan(keys.join("  # skanner:allow\n") + "  # skanner:allow\n");
    assert_eq!((report.counts(), report.unused()), ((0, keys.len()), vec![]));
}

#[test]
fn a_text_has_so_many_comments_and_no_more() {
    const MOST: usize = 10_000;
    let line = format!("x = \"{}\"  # skanner:allow\n", openai_key(1));
    let report = scan("# skanner:allow: nothing\n".repeat(MOST - 1) + &line);
    assert_eq!(report.counts(), (0, 1));
    let report = scan("# skanner:allow: nothing\n".repeat(2 * MOST) + &line);
    assert_eq!(report.counts(), (1, 0));
    let unused = report.unused();
    assert!(unused.len() <= MOST + 1 && unused.iter().any(|one| one.contains("more than 10000 comments")));
}

#[test]
fn a_day_counts_however_its_word_is_written() {
    for (text, allowed) in [
        ("skanner:allow Until 2020-01-31", 0),
        ("skanner:allow UNTIL 2020-01-31", 0),
        ("skanner:allow a-fixture, Until: 2020-01-31", 0),
        ("skanner:allow until 2999-01-31 until 2020-01-31", 0),
        ("skanner:allow Until 2999-01-31", 1),
    ] {
        let report = scan(format!("x = \"{}\"  # {text}\n", openai_key(1)));
        assert_eq!(report.counts(), (1 - allowed, allowed), "{text}");
        assert_eq!(report.unused().len(), 1 - allowed, "{text}");
    }
}
