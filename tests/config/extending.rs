//! One configuration on top of another one.

use serde_json::Value;

use crate::support::{Run, Sandbox, openai_key};

fn settings(sandbox: &Sandbox, path: &str) -> Vec<String> {
    let run = sandbox.skanner(&["config", path, "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let rows = json["settings"].as_array().unwrap().iter();
    rows.map(|row| {
        format!("{}: {} ({})", row["key"].as_str().unwrap(), row["value"], row["place"].as_str().unwrap())
    })
    .collect()
}

/// A repository beside the files of an organization.
fn sandbox(own: &str, organization: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("skanner.toml", own);
    sandbox.write("../organization/skanner.toml", organization);
    sandbox
}

const EXTEND: &str = "extend = \"../organization/skanner.toml\"\n";

#[test]
fn each_value_is_the_nearest_one_and_entries_are_added() {
    let file = "/organization/skanner.toml";
    let own = format!(
        "{EXTEND}min-confidence = \"certain\"\nextra-exclude-rules = [\"hex-key\"]\n[severity]\nuuid-key = \"low\"\n\
         [[allow]]\npaths = [\"mine/**\"]\n"
    );
    let organization = "min-confidence = \"possible\"\nfail-on = \"high\"\nexclude-rules = [\"twilio-api-key-sid\"]\n\
         [severity]\nuuid-key = \"critical\"\nhex-key = \"high\"\n[[allow]]\npaths = [\"theirs/**\"]\n";
    let sandbox = sandbox(&own, organization);
    let rows = settings(&sandbox, ".");
    // The path of a file elsewhere is told as a whole.
    let rows: Vec<_> = rows
        .iter()
        .map(|row| match (row.find(" (/"), row.find(file)) {
            (Some(start), Some(end)) if start < end => format!("{} ({}", &row[..start], &row[end..]),
            _ => row.clone(),
        })
        .collect();
    for expected in [
        "min-confidence: \"certain\" (skanner.toml:2)".to_owned(),
        format!("fail-on: \"high\" ({file}:2)"),
        "exclude-rules: [\"twilio-api-key-sid\",\"hex-key\"] (skanner.toml:3)".to_owned(),
        "severity.uuid-key: \"low\" (skanner.toml:5)".to_owned(),
        format!("severity.hex-key: \"high\" ({file}:6)"),
    ] {
        assert!(rows.contains(&expected), "{expected}: {rows:#?}");
    }
    assert!(!rows.iter().any(|row| row.contains("critical")), "{rows:#?}");
    let allows: Vec<_> = rows.iter().filter(|row| row.starts_with("allow: ")).collect();
    assert!(allows[0].contains("theirs/**") && allows[0].ends_with(&format!("({file}:7)")), "{allows:#?}");
    assert!(allows[1].contains("mine/**") && allows[1].ends_with("(skanner.toml:6)"), "{allows:#?}");
    // Patterns of both start at the repository.
    sandbox.write("theirs/a.py", openai_key(1));
    sandbox.write("mine/a.py", openai_key(2));
    sandbox.write("others/a.py", openai_key(3));
    assert_eq!(sandbox.scan(&["."]).paths(), ["others/a.py"]);
}

#[test]
fn rules_of_the_other_file_can_be_named_and_replaced() {
    let rule = |title: &str| {
        format!(
            "[[rule]]\nid = \"acme-api-key\"\nissuer = \"Acme\"\ntitle = \"{title}\"\nimpact = \"Anvils.\"\nseverity = \"high\"\n\
             examples = [\"acme-{{A:32}}\"]\ncounter_examples = [\"acme-{{A:8}}\"]\n[[rule.form]]\nshapes = [\"acme-{{A:32}}\"]\n\
             confidence = \"certain\"\nwhy = \"the prefix\"\n"
        )
    };
    let title = |sandbox: &Sandbox| {
        sandbox.write("a.py", format!("k = '{}'\n", crate::support::key("acme-{A:32}", 1)));
        sandbox.scan(&["a.py"]).json["findings"][0]["title"].clone()
    };
    let sandbox_one = sandbox(&format!("{EXTEND}[severity]\nacme-api-key = \"critical\"\n"), &rule("Theirs"));
    assert_eq!(title(&sandbox_one), "Theirs");
    let sandbox_two = sandbox(&format!("{EXTEND}{}", rule("Mine")), &rule("Theirs"));
    assert_eq!(title(&sandbox_two), "Mine");
}

/// A configuration, other files, and what is said.
type Mistake = (&'static str, &'static [(&'static str, &'static str)], &'static str);

#[test]
fn what_cannot_be_extended_is_an_error() {
    let cases: [Mistake; 9] = [
        ("extend = \"missing.toml\"\n", &[], "missing.toml cannot be read, which "),
        (
            "extend = \"skanner.toml\"\n",
            &[],
            "a configuration extends itself: skanner.toml, which extends skanner.toml",
        ),
        (
            "extend = \"a/a.toml\"\n",
            &[("a/a.toml", "extend = \"../b.toml\"\n"), ("b.toml", "extend = \"a/a.toml\"\n")],
            "extends itself: skanner.toml, which extends a/a.toml, which extends b.toml, which extends a/a.toml",
        ),
        ("extend = \"https://example.org/skanner.toml\"\n", &[], "nothing is fetched from elsewhere"),
        ("extend = \"notes.txt\"\n", &[], "is not the path of a configuration"),
        ("extend = 7\n", &[], "`extend` must be a path"),
        (
            "extend = \"a.toml\"\n",
            &[("a.toml", "min-confidense = 1\n")],
            "a.toml:1:1: unknown key `min-confidense`",
        ),
        ("extend = \"a.toml\"\n", &[("a.toml/b", "")], "a.toml is not a regular file, so "),
        ("extend = \"a.toml\"\nrules = [\"of-nobody\"]\n", &[("a.toml", "")], "there is no rule `of-nobody`"),
    ];
    for (own, files, expected) in cases {
        let sandbox = sandbox(own, "");
        for (name, content) in files {
            sandbox.write(name, content);
        }
        let run = sandbox.skanner(&["scan", "."]);
        assert_eq!(run.code, 2, "{own}: {run:?}");
        assert!(run.stderr.contains(expected), "{own}: {}", run.stderr);
    }
    // Each of eleven extends the next one.
    let sandbox = sandbox("extend = \"0.toml\"\n", "");
    for number in 0..12 {
        sandbox.write(format!("{number}.toml"), format!("extend = \"{}.toml\"\n", number + 1));
    }
    let run = sandbox.skanner(&["scan", "."]);
    assert!(run.stderr.contains("more than 10 configurations extend each other"), "{}", run.stderr);
}

#[test]
fn no_line_of_a_file_outside_is_shown() {
    let secret = "word-of-nobody = 'hidden words'\n";
    let sandbox = sandbox(EXTEND, secret);
    let run = sandbox.skanner(&["scan", "."]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(!run.stderr.contains("hidden") && !run.stderr.contains("word-of-nobody"), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("/organization/skanner.toml:1 is not a valid configuration; `skanner config --config "),
        "{}",
        run.stderr
    );
    // Whoever names it may see it.
    let run = sandbox.skanner(&["config", "--config", "../organization/skanner.toml"]);
    assert!(run.stderr.contains("unknown key `word-of-nobody`"), "{}", run.stderr);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(sandbox.path("../organization/skanner.toml"), sandbox.path("link.toml"))
            .unwrap();
        sandbox.write("skanner.toml", "extend = \"link.toml\"\n");
        let run = sandbox.skanner(&["scan", "."]);
        assert!(run.code == 2 && run.stderr.contains("link.toml is not a regular file"), "{run:?}");
    }
}

#[test]
fn a_change_cannot_extend_what_the_base_does_not() {
    let sandbox = sandbox("extend = \"shared.toml\"\n", "");
    sandbox.write("shared.toml", "");
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "base"]);
    sandbox.git("", &["branch", "base"]);
    sandbox.write("shared.toml", "[[allow]]\npaths = [\"a.py\"]\n");
    sandbox.write("a.py", openai_key(1));
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "change"]);
    let scan = |more: &[&str]| -> Run { sandbox.skanner(&[&["scan", "--range", "base.."], more].concat()) };
    assert_eq!(scan(&[]).code, 0);
    let run = scan(&["--untrusted"]);
    assert_eq!(run.code, 1, "{run:?}");
}
