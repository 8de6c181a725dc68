//! Rules of other scanners: what they find, what they let pass, and what is said of the parts that do not count.

use std::process::Output;

use serde_json::Value;

use crate::support::{Report, Sandbox, key, openai_key};

fn body(seed: u64) -> String {
    key("{a:32}", seed)
}

/// A repository whose configuration names a file with rules.
fn sandbox(name: &str, rules: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("skanner.toml", format!("rules-from = [\"{name}\"]\n"));
    sandbox.write(name, rules);
    sandbox
}

/// The places of what the rule finds, as `path:line`.
fn places(report: &Report, rule: &str) -> Vec<String> {
    let findings = report.json["findings"].as_array().unwrap();
    let own = findings.iter().filter(|finding| finding["rule"] == rule);
    let mut places: Vec<String> = own
        .flat_map(|finding| finding["occurrences"].as_array().unwrap())
        .map(|place| format!("{}:{}", place["path"].as_str().unwrap(), place["line"]))
        .collect();
    places.sort();
    places.dedup();
    places
}

const ACME: &str = "[[rules]]\nid = \"acme-key\"\ndescription = \"A key of Acme, which orders anvils.\"\n\
                    regex = '''(?i)acme[a-z_ .\\-]{0,20}[=:]\\s{0,3}\"?([a-z0-9]{32})\\b'''\nkeywords = [\"acme\"]\n";

#[test]
fn rules_of_each_format_find_their_keys() {
    let kingfisher = "rules:\n  - name: Acme Key\n    id: kingfisher.acme.1\n    pattern: |\n      (?xi)\n      acme # the name\n      \
                      [a-z_]{0,20}=\\s{0,3}\n      ( [a-z0-9]{32} )\\b\n    min_entropy: 3.0\n    confidence: medium\n";
    let secretlint = "{ \"rules\": [{ \"id\": \"@secretlint/secretlint-rule-pattern\", \"options\": { \"patterns\": [\n\
                      { \"name\": \"acme key\", \"pattern\": \"/acme_key=(?<key>[a-z0-9]{32})/i\" }] } }] }";
    for (name, rules, id) in [
        (".gitleaks.toml", ACME, "acme-key"),
        ("rules/acme.yml", kingfisher, "kingfisher-acme-1"),
        (".secretlintrc.json", secretlint, "acme-key"),
    ] {
        let sandbox = sandbox(name, rules);
        sandbox.write("a.py", format!("x = 1\nACME_KEY={}\n", body(1)));
        sandbox.write(
            "b.txt",
            base64::Engine::encode(
                &base64::prelude::BASE64_STANDARD,
                format!("and acme_key={} here", body(2)),
            ),
        );
        let report = sandbox.scan(&["."]);
        assert_eq!(places(&report, id), ["a.py:2", "b.txt:1"], "{name}: {}", report.json);
        let used = &report.json["rules_from"][0];
        assert_eq!((&used["file"], &used["rules"], &used["unused"]), (&name.into(), &1.into(), &0.into()));
        let text = sandbox.skanner(&["scan", "."]).stdout;
        assert!(text.contains(&format!("and by 1 rule of {name}")), "{text}");
        assert!(!text.contains(&body(1)) && !text.contains(&body(2)), "{text}");
    }
}

/// What an allowlist says, the path and the text of a file, and what becomes of the key.
type Case = (&'static str, &'static str, &'static str, Fate);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Found,
    Suppressed,
    NoKey,
}

use Fate::{Found, NoKey, Suppressed};

#[test]
fn allowlists_let_pass_what_they_say() {
    let cases: &[Case] = &[
        ("paths = ['''^tests/''']", "tests/a.py", "acme={}", Suppressed),
        ("paths = ['''^tests/''']", "src/tests/a.py", "acme={}", Found),
        ("paths = ['''(?:^|/)tests/''']", "src/tests/a.py", "acme={}", Suppressed),
        ("regexes = ['''^[a-z0-9]{32}$''']", "a.py", "acme={}", NoKey),
        ("regexes = ['''^[A-Z]+$''']", "a.py", "acme={}", Found),
        ("regexTarget = \"match\"\nregexes = ['''^acme_demo''']", "a.py", "acme_demo={}", NoKey),
        ("regexTarget = \"match\"\nregexes = ['''^acme_demo''']", "a.py", "acme_real={}", Found),
        ("regexTarget = \"line\"\nregexes = ['''# example$''']", "a.py", "acme={} # example", NoKey),
        ("regexTarget = \"line\"\nregexes = ['''# example$''']", "a.py", "acme={}\n# example", Found),
        ("regexTarget = \"line\"\nregexes = ['''^x''']", "a.py", "x acme={}", NoKey),
        // For gitleaks, another line begins with the line feed before it.
        ("regexTarget = \"line\"\nregexes = ['''^x''']", "a.py", "y\nx acme={}", Found),
        ("regexTarget = \"line\"\nregexes = ['''^\\nx''']", "a.py", "y\nx acme={}", NoKey),
        // Digits of a key that is drawn at random hold none of these words.
        ("stopwords = [\"ÄÖ\"]", "a.py", "acme={}", Found),
        (
            "condition = \"AND\"\npaths = ['''^t/''']\nregexes = ['''^[a-z0-9]+$''']",
            "t/a",
            "acme={}",
            Suppressed,
        ),
        ("condition = \"AND\"\npaths = ['''^t/''']\nregexes = ['''^[a-z0-9]+$''']", "u/a", "acme={}", Found),
        ("condition = \"AND\"\npaths = ['''^t/''']\nregexes = ['''^[A-Z]+$''']", "t/a", "acme={}", Found),
        ("condition = \"OR\"\npaths = ['''^t/''']\nregexes = ['''^[A-Z]+$''']", "t/a", "acme={}", Suppressed),
        (
            "condition = \"AND\"\nregexTarget = \"line\"\npaths = ['''^t/''']\nregexes = ['''demo''']",
            "t/a",
            "acme={} # demo",
            Suppressed,
        ),
        (
            "condition = \"AND\"\nregexTarget = \"line\"\npaths = ['''^t/''']\nregexes = ['''demo''']",
            "u/a",
            "acme={} # demo",
            Found,
        ),
    ];
    for (at, (allowlist, path, text, expected)) in cases.iter().enumerate() {
        let text = text.replace("{}", &body(at as u64));
        for (table, more) in [
            ("[[rules.allowlists]]", ""),
            ("[rules.allowlist]", ""),
            ("[[allowlists]]", ""),
            ("[allowlist]", ""),
            ("[[allowlists]]", "targetRules = [\"acme-key\"]\n"),
        ] {
            let sandbox = sandbox(".gitleaks.toml", &format!("{ACME}{table}\n{more}{allowlist}\n"));
            sandbox.write(path, &text);
            for options in [&["."][..], &["--staged"], &["--history"]] {
                if options == ["--staged"] {
                    sandbox.git("", &["add", "."]);
                } else if options == ["--history"] {
                    sandbox.git("", &["commit", "-qm", "all"]);
                }
                let report = sandbox.scan(&[options, &["--show-suppressed"]].concat());
                let found = places(&report, "acme-key").iter().any(|place| place.starts_with(path));
                let suppressed = report.json["suppressed"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|one| one["suppression"]["place"] == ".gitleaks.toml"));
                let fate = match (found, suppressed) {
                    (true, _) => Found,
                    (false, true) => Suppressed,
                    (false, false) => NoKey,
                };
                assert_eq!(fate, *expected, "{table} {allowlist} {options:?} {path}: {}", report.json);
            }
        }
    }
}

#[test]
fn stop_words_are_parts_of_a_key_in_any_case() {
    let key = format!("{}example{}", key("{a:12}", 1), key("{a:13}", 2));
    let sandbox =
        sandbox(".gitleaks.toml", &format!("{ACME}[[rules.allowlists]]\nstopwords = [\"EXAMPLE\"]\n"));
    sandbox.write("a.py", format!("acme={key}\nacme={}\n", body(1)));
    assert_eq!(places(&sandbox.scan(&["."]), "acme-key"), ["a.py:2"]);
}

#[test]
fn a_commit_lets_pass_what_it_added() {
    let sandbox = sandbox(".gitleaks.toml", ACME);
    sandbox.write("a.py", format!("acme={}\n", body(1)));
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "one"]);
    let commit = sandbox.git("", &["rev-parse", "HEAD"]).trim().to_uppercase();
    sandbox.write("b.py", format!("acme={}\n", body(2)));
    let list = format!("{ACME}[[allowlists]]\ncommits = [\"{commit}\"]\n");
    sandbox.write(".gitleaks.toml", list);
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "two"]);
    assert_eq!(places(&sandbox.scan(&["--history"]), "acme-key"), ["b.py:1"]);
    assert_eq!(places(&sandbox.scan(&["."]), "acme-key"), ["a.py:1", "b.py:1"]);
}

#[test]
fn a_rule_for_some_paths_is_for_them_in_files_and_in_the_history() {
    let rule = ACME.replace("keywords", "path = '''\\.env$'''\nkeywords");
    let sandbox = sandbox(".gitleaks.toml", &rule);
    // The same content may have several paths.
    let text = format!("acme={}\n", body(1));
    for path in ["a.env", "a.txt", "b/c.env"] {
        sandbox.write(path, &text);
    }
    sandbox.write("d.txt", format!("acme={}\n", body(2)));
    let expected = ["a.env:1", "b/c.env:1"];
    assert_eq!(places(&sandbox.scan(&["."]), "acme-key"), expected);
    sandbox.git("", &["add", "."]);
    assert_eq!(places(&sandbox.scan(&["--staged"]), "acme-key"), expected);
    sandbox.git("", &["commit", "-qm", "all"]);
    let report = sandbox.scan(&["--history"]);
    assert!(places(&report, "acme-key").iter().all(|place| place.ends_with(".env:1")), "{}", report.json);
    assert!(!report.json.to_string().contains("d.txt"), "{}", report.json);
}

#[test]
fn a_keyword_stands_in_the_match_or_near_it() {
    let rule = |regex: &str, keywords: &str| {
        format!("[[rules]]\nid = \"acme-key\"\nregex = '''{regex}'''\nkeywords = [{keywords}]\n")
    };
    let far = "filler ".repeat(1000);
    for (regex, keywords, text, is_found) in [
        (r"\b[a-z0-9]{32}\b", "\"acme\"", format!("Acme: {}", body(1)), true),
        (r"\b[a-z0-9]{32}\b", "\"acme\"", format!("Acme {far}\n{}", body(1)), true),
        (r"\b[a-z0-9]{32}\b", "\"acme\"", format!("{} {far}\nACME", body(1)), true),
        (r"\b[a-z0-9]{32}\b", "\"acme\"", format!("{} Bcme", body(1)), false),
        // The literals of an expression are looked for, and then the keywords.
        (r"anvil-[a-z0-9]{32}\b", "\"acme\"", format!("anvil-{}", body(1)), false),
        (r"anvil-[a-z0-9]{32}\b", "\"acme\"", format!("anvil-{}\n{far} acme", body(1)), true),
        // Too short to be searched for.
        (r"\b[a-z0-9]{32}\b", "\"ac\"", format!("ac {}", body(1)), true),
        (r"\b[a-z0-9]{32}\b", "", body(1), true),
    ] {
        let sandbox = sandbox("gitleaks.toml", &rule(regex, keywords));
        sandbox.write("a.txt", &text);
        let found = places(&sandbox.scan(&["a.txt"]), "acme-key");
        assert_eq!(!found.is_empty(), is_found, "{regex} near {keywords}");
        sandbox.git("", &["add", "a.txt"]);
        sandbox.git("", &["commit", "-qm", "all"]);
        let found = places(&sandbox.scan(&["--history"]), "acme-key");
        assert_eq!(!found.is_empty(), is_found, "{regex} near {keywords} in the history");
    }
}

#[test]
fn the_key_is_the_group_that_the_rule_names_or_the_first_that_is_not_empty() {
    let secret = |regex: &str, more: &str, text: &str| {
        let rules =
            format!("[[rules]]\nid = \"acme-key\"\nregex = '''{regex}'''\n{more}\nkeywords = [\"acme\"]\n");
        let sandbox = sandbox("gitleaks.toml", &rules);
        sandbox.write("a.txt", text);
        let report = sandbox.scan(&["a.txt", "--show-secrets"]);
        report.json["findings"][0]["secret"].as_str().map(str::to_owned)
    };
    let (one, two) = (body(1), body(2));
    let text = format!("acme {one} {two}");
    for (regex, more, expected) in [
        ("acme ([a-z0-9]+) ([a-z0-9]+)", "", Some(&one)),
        ("acme ([a-z0-9]+) ([a-z0-9]+)", "secretGroup = 2", Some(&two)),
        ("acme (x*)[a-z0-9]+ ([a-z0-9]+)", "", Some(&two)),
        ("acme [a-z0-9]+ [a-z0-9]+", "", Some(&text)),
        ("[a-z0-9]{0,50}?acme ([a-z0-9]+)", "", Some(&one)),
        ("acme ([a-z0-9]+)", "entropy = 4.9", None),
        ("acme ([a-z0-9]+)", "entropy = 2", Some(&one)),
    ] {
        assert_eq!(secret(regex, more, &text).as_ref(), expected, "{regex} {more}");
    }
    // As much as the rule says is not enough.
    let even = "abcd".repeat(8);
    assert_eq!(secret("acme ([a-z0-9]+)", "entropy = 2.0", &format!("acme {even}")), None);
    assert_eq!(secret("acme ([a-z0-9]+)", "entropy = 1.9", &format!("acme {even}")), Some(even));
}

#[test]
fn a_file_extends_another_one_as_gitleaks_does() {
    let sandbox = sandbox(
        "gitleaks.toml",
        "[extend]\npath = \"base/base.toml\"\ndisabledRules = [\"off\"]\n\
         [[rules]]\nid = \"acme-key\"\nkeywords = [\"anvil\"]\n[[rules.allowlists]]\npaths = ['''^t/''']\n",
    );
    sandbox.write(
        "base/base.toml",
        format!(
            "{ACME}[[rules]]\nid = \"off\"\nregex = '''off_([a-z0-9]{{32}})'''\n\
             [[rules]]\nid = \"on\"\nregex = '''on_([a-z0-9]{{32}})'''\n[allowlist]\nregexes = ['''^x''']\n"
        ),
    );
    let text = format!("acme={}\noff_{}\non_{}\non_x{}\n", body(1), body(2), body(3), key("{a:31}", 4));
    sandbox.write("a.txt", &text);
    sandbox.write("t/a.txt", &text);
    let report = sandbox.scan(&["a.txt", "t"]);
    assert_eq!(places(&report, "acme-key"), ["a.txt:1"]);
    assert_eq!(places(&report, "on"), ["a.txt:3", "t/a.txt:3"]);
    assert_eq!(places(&report, "off"), Vec::<String>::new());
    let rule = sandbox.skanner(&["explain", "on"]);
    assert!(rule.stdout.contains("base/base.toml:"), "{}", rule.stdout);
}

#[test]
fn options_variables_and_configurations_name_files() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    sandbox.write("gitleaks.toml", ACME);
    let yaml = "rules:\n- id: x.1\n  name: X\n  pattern: anvil_([a-z0-9]{32})\n";
    sandbox.write("rules/a.yml", yaml);
    sandbox.write("rules/b.yaml", yaml.replace("x.1", "y.1").replace("anvil", "bolt"));
    sandbox.write("rules/README.md", "not rules\n");
    sandbox.write("a.txt", format!("acme={}\nanvil_{}\nbolt_{}\n", body(1), body(2), body(3)));
    let scan = |variable: &str, arguments: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command
            .env("SKANNER_RULES_FROM", variable)
            .args([&["scan", "a.txt", "--format", "json"], arguments].concat());
        let Output { stdout, stderr, .. } = command.output().unwrap();
        let json: Value = serde_json::from_slice(&stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&stderr)));
        let findings = json["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(scan("", &[]), [""; 0]);
    assert_eq!(scan("", &["--rules-from", "gitleaks.toml"]), ["acme-key"]);
    assert_eq!(scan("", &["--rules-from", "rules"]), ["x-1", "y-1"]);
    assert_eq!(
        scan("", &["--rules-from", "gitleaks.toml", "--rules-from=rules/b.yaml"]),
        ["acme-key", "y-1"]
    );
    assert_eq!(scan("gitleaks.toml,rules/a.yml", &[]), ["acme-key", "x-1"]);
    // An option takes the place of the variable.
    assert_eq!(scan("gitleaks.toml", &["--rules-from", "rules/a.yml"]), ["x-1"]);
    assert_eq!(scan("", &["--isolated", "--rules-from", "gitleaks.toml"]), ["acme-key"]);
    sandbox.write("skanner.toml", "rules-from = [\"rules/a.yml\"]\n[severity]\nx-1 = \"low\"\n");
    assert_eq!(scan("", &[]), ["x-1"]);
    assert_eq!(scan("", &["--rules-from", "gitleaks.toml"]), ["acme-key", "x-1"]);
    assert_eq!(scan("", &["--isolated"]), [""; 0]);
    assert_eq!(scan("", &["--exclude-rule", "x-1"]), [""; 0]);
    let config = sandbox.skanner(&["config", "--rules-from", "gitleaks.toml"]).stdout;
    assert!(config.contains("skanner.toml:1") && config.contains("--rules-from"), "{config}");
    assert!(config.contains("file: gitleaks.toml; rules: 1; tool: gitleaks; unused: 0"), "{config}");
}

#[test]
fn a_change_cannot_bring_allowlists_of_its_own() {
    let sandbox = sandbox(".gitleaks.toml", ACME);
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "base"]);
    sandbox.git("", &["branch", "base"]);
    sandbox.write(".gitleaks.toml", format!("{ACME}[allowlist]\nregexes = ['''.''']\n"));
    sandbox.write("a.txt", format!("acme={}\n", body(1)));
    sandbox.git("", &["add", "."]);
    sandbox.git("", &["commit", "-qm", "change"]);
    assert_eq!(places(&sandbox.scan(&["--range", "base.."]), "acme-key"), [""; 0]);
    assert_eq!(places(&sandbox.scan(&["--range", "base..", "--untrusted"]), "acme-key"), ["a.txt:1"]);
}

#[test]
fn the_issuer_of_a_key_comes_before_a_rule_of_another_scanner() {
    let rules = "[[rules]]\nid = \"openai-api-key\"\nregex = '''\\b(sk-proj-[A-Za-z0-9_-]{60,200})\\b'''\nkeywords = [\"sk-\"]\n";
    let sandbox = sandbox(".gitleaks.toml", rules);
    sandbox.write("a.py", openai_key(1));
    let report = sandbox.scan(&["a.py"]);
    assert_eq!(report.json["findings"][0]["rule"], "openai-project-key");
    assert_eq!(report.json["findings"].as_array().unwrap().len(), 1);
}

/// Examples of Kingfisher are tried as those of our own rules are.
#[test]
fn examples_are_tested() {
    let rules = |example: &str| {
        format!(
            "rules:\n- id: acme.1\n  name: Acme\n  pattern: acme_([a-z0-9]{{32}})\n  examples:\n  - acme_{example}\n  \
             negative_examples:\n  - acme_short\n"
        )
    };
    let good = sandbox("acme.yml", &rules(&body(1)));
    assert_eq!(good.skanner(&["rules", "test"]).code, 0);
    let bad = sandbox("acme.yml", &rules("short"));
    let run = bad.skanner(&["rules", "test"]);
    assert!(run.code == 1 && run.stdout.contains("acme-1: example"), "{run:?}");
}

#[test]
fn what_does_not_count_is_named_with_its_line() {
    let gitleaks = "title = \"x\"\nfoo = 1\nprefilter = \"x\"\n[[rules]]\nid = \"by-name\"\npath = '''x$'''\n\
        [[rules]]\nid = \"look\"\nregex = '''(?=x)y'''\n[[rules]]\nid = \"none\"\nkeywords = [\"a\"]\n\
        [[rules]]\nid = \"part\"\nregex = '''part_[a-z]{9}'''\nskipReport = true\n\
        [[rules]]\nid = \"acme-key\"\nregex = '''acme_[a-z]{9}'''\nkeyword = [\"a\"]\nvalidate = \"x\"\nfilter = \"x()\"\n\
        [[rules.required]]\nid = \"part\"\n[[rules.allowlists]]\ndescription = \"nothing\"\n\
        [[rules]]\nid = \"acme-key\"\nregex = '''acme_[a-z]{8}'''\n[[rules]]\nregex = '''x'''\n\
        [[rules]]\nid = \"empty\"\nregex = '''x*'''\n[[rules]]\nid = \"group\"\nregex = '''acme(x)'''\nsecretGroup = 2\n\
        [[allowlists]]\ntargetRules = [\"of-nobody\"]\nregexes = ['''a(?!b)''']\npaths = ['''x''']\n\
        [[allowlists]]\ncondition = \"AND\"\nregexes = ['''a(?!b)''']\npaths = ['''x''']\n\
        [extend]\nuseDefault = true\nurl = \"https://example.org\"\ndisabledRules = [\"openai-api-key\"]\n";
    let kingfisher = "more: 1\nrules:\n- id: a.1\n  pattern: acme_[a-z]{9}\n  visible: false\n- name: x\n  pattern: acme\n\
        - id: b.1\n  pattern: acme_[a-z]{9}\n  validation:\n    type: Http\n  depends_on_rule:\n  - rule_id: a.1\n  \
        pattern_requirements:\n    min_digits: 2\n  other: 1\n- id: c.1\n  pattern: (?=x)y\n";
    let secretlint = "{\"rules\": [\n{\"id\": \"@secretlint/secretlint-rule-preset-recommend\"},\n\
        {\"id\": \"@secretlint/secretlint-rule-pattern\", \"options\": {\"allows\": [\"/x/\"], \"patterns\": [\n\
        {\"name\": \"files\", \"filePathGlobs\": [\"**/.env\"]},\n{\"name\": \"flag\", \"pattern\": \"/acme/q\"},\n\
        {\"name\": \"glob\", \"filePathGlobs\": [\"[\"], \"pattern\": \"/acme/\"},\n\
        {\"name\": \"fine\", \"pattern\": \"/acme_[a-z]{9}/\"}]}}]}";
    for (name, rules, used, expected) in [
        (
            "gitleaks.toml",
            gitleaks,
            "1 of 8 rules are used",
            &[
                "2: `foo`",
                "3: prefilter of the file",
                "4: rule `by-name`",
                "7: rule `look`",
                "10: rule `none`",
                "13: rule `part`",
                "20: `keyword` of the rule `acme-key`",
                "21: validate of the rule `acme-key`",
                "22: filter of the rule `acme-key`",
                "23: required of the rule `acme-key`",
                "25: an allowlist",
                "17: rule `acme-key`",
                "30: a rule",
                "32: rule `empty`",
                "35: rule `group`",
                "41: one of the regexes of an allowlist",
                "39: targetRules `of-nobody`",
                "45: one of the regexes of an allowlist",
                "43: an allowlist",
                "48: extend.useDefault",
                "49: extend.url",
                "50: disabledRules `openai-api-key`",
            ][..],
        ),
        (
            "acme.yml",
            kingfisher,
            "1 of 4 rules are used",
            &[
                "1: `more`",
                "3: rule `a.1`",
                "6: a rule",
                "10: validation of the rule `b.1`",
                "12: depends_on_rule of the rule `b.1`",
                "14: pattern_requirements of the rule `b.1`",
                "16: other of the rule `b.1`",
                "17: rule `c.1`",
            ],
        ),
        (
            ".secretlintrc.json",
            secretlint,
            "1 of 5 rules are used",
            &[
                "2: rule `@secretlint/secretlint-rule-preset-recommend`",
                "3: allows",
                "4: pattern `files`",
                "5: pattern `flag`",
                "6: pattern `glob`",
            ],
        ),
    ] {
        let sandbox = sandbox(name, rules);
        let run = sandbox.skanner(&["rules", "list"]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains(&format!("{name}: {used}")), "{}", run.stdout);
        for line in expected {
            assert!(run.stdout.contains(&format!("    {name}:{line}\n")), "{line}: {}", run.stdout);
        }
        let named = run.stdout.matches(&format!("    {name}:")).count();
        assert_eq!(named, expected.len(), "{}", run.stdout);
        sandbox.write("a.txt", "nothing");
        let text = sandbox.skanner(&["scan", "a.txt"]).stdout;
        assert!(text.contains("are not used") && !text.contains("nothing left out"), "{text}");
        let sarif = sandbox.skanner(&["scan", "a.txt", "--format", "sarif"]).stdout;
        assert!(sarif.contains(&format!("{name}: ")) && sarif.contains("are not used"), "{sarif}");
    }
}

#[test]
fn mistakes_are_explained() {
    let toml = "gitleaks.toml";
    for (name, text, expected) in [
        (toml, "[[rules]\n", "gitleaks.toml:1: not valid TOML"),
        (toml, "a = 1\nb = \n", "gitleaks.toml:2: not valid TOML"),
        (
            toml,
            "a = 1\n",
            "gitleaks.toml: there are no [[rules]], so this is no configuration of gitleaks or betterleaks",
        ),
        (toml, "", "gitleaks.toml: there are no [[rules]]"),
        (toml, "rules = 1\n", "gitleaks.toml:1: `rules` must be tables, each under [[rules]]"),
        (toml, "[[rules]]\nid = 1\n", "gitleaks.toml:2: `id` must be a text"),
        (toml, "[[rules]]\nid = \"a\"\nregex = [\"a\"]\n", "gitleaks.toml:3: `regex` must be a text"),
        (toml, "[[rules]]\nid = \"a\"\nentropy = \"high\"\n", "gitleaks.toml:3: `entropy` must be a number"),
        (toml, "[[rules]]\nid = \"a\"\nkeywords = [1]\n", "gitleaks.toml:3: `keywords` must be a text"),
        (
            toml,
            "[[rules]]\nid = \"a\"\nallowlists = 1\n",
            "gitleaks.toml:3: `allowlists` of the rule `a` must be a table",
        ),
        (
            toml,
            "[allowlist]\ncondition = \"XOR\"\npaths = ['a']\n",
            "gitleaks.toml:1: the `condition` of an allowlist must be AND or OR",
        ),
        (
            toml,
            "[allowlist]\nregexTarget = \"file\"\npaths = ['a']\n",
            "gitleaks.toml:1: the `regexTarget` of an allowlist must be secret, match or line",
        ),
        (toml, "allowlist = 1\n", "gitleaks.toml:1: `allowlist` must be a table"),
        (toml, "extend = 1\n", "gitleaks.toml:1: `extend` must be a table"),
        (toml, "[extend]\npath = \"missing.toml\"\n", "gitleaks.toml:2: extend.path: "),
        (
            toml,
            "[extend]\npath = \"a.toml\"\nuseDefault = true\n",
            "gitleaks.toml:2: `extend` has both `path` and `useDefault`, which gitleaks refuses",
        ),
        (
            toml,
            "[extend]\npath = \"skanner.toml\"\n",
            "gitleaks.toml:2: it extends skanner.toml: there are no [[rules]]",
        ),
        ("a.yml", "a: [\n", "a.yml:2: not valid YAML"),
        ("a.yml", "a: 1\n", "a.yml: there is no list `rules`, so these are no rules of Kingfisher"),
        ("a.yml", "- a\n", "a.yml: there is no list `rules`"),
        ("a.yml", "rules:\n- a\n", "a.yml:2: a rule must be a mapping, such as `- name: …`"),
        ("a.yml", "rules:\n- id: a\n  pattern: [a]\n", "a.yml:3: `pattern` of a rule must be a text"),
        (
            "a.yml",
            "rules:\n- id: a\n  min_entropy: much\n",
            "a.yml:3: `min_entropy` of a rule must be a number",
        ),
        (
            "a.yml",
            "rules:\n- id: a\n  confidence: sure\n",
            "a.yml:3: `confidence` of a rule must be low, medium or high",
        ),
        (
            "a.yml",
            "a: &b 1\nrules: *b\n",
            "a.yml:2: a text that begins with `*` must be in quotes, and aliases are not understood",
        ),
        ("a.json", "{\n\"rules\": [\n", "a.json:3: not valid JSON"),
        ("a.json", "{}", "a.json: there is no array `rules`, so this is no configuration of secretlint"),
        ("missing.toml", "", "missing.toml cannot be read"),
        ("folder.toml/a", "", "folder.toml is not a regular file"),
    ] {
        let file = name.split('/').next().unwrap();
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q"]);
        sandbox.write("skanner.toml", format!("\nrules-from = [\"{file}\"]\n"));
        if file != "missing.toml" {
            sandbox.write(name, text);
        }
        let run = sandbox.skanner(&["scan", "."]);
        assert_eq!(run.code, 2, "{name} {text}: {run:?}");
        assert!(run.stderr.contains("skanner.toml:2: rules-from: "), "{name} {text}: {}", run.stderr);
        assert!(run.stderr.contains(expected), "{name} {text}: {}", run.stderr);
        let run = sandbox.skanner(&["scan", ".", "--isolated", "--rules-from", file]);
        assert!(run.code == 2 && run.stderr.contains("--rules-from: "), "{name} {text}: {}", run.stderr);
    }
    // More than a run may have is refused before all of it is read.
    let many: String =
        (0..6_000).map(|at| format!("[[rules]]\nid = \"a{at}\"\nregex = '''acme_[a-z]{{9}}'''\n")).collect();
    let large: String = (0..3_000)
        .map(|at| {
            format!("[[rules]]\nid = \"a{at}\"\nregex = '''acme(?:[a-z]{{1,90}}[0-9]{{1,90}}){{1,30}}'''\n")
        })
        .collect();
    for (rules, expected) in [
        (many, "there are more than 5000 regular expressions"),
        (large, "there are more than 536870912 bytes that regular expressions take, compiled"),
    ] {
        let sandbox = sandbox("gitleaks.toml", &rules);
        let run = sandbox.skanner(&["scan", "."]);
        assert!(run.code == 2 && run.stderr.contains(expected), "{run:?}");
    }
    // What the configuration itself says wrong.
    for (own, expected) in [
        (
            "rules-from = \"gitleaks.toml\"\n",
            "`rules-from` must be an array of files, such as [\".gitleaks.toml\"]",
        ),
        ("rules-from = [1]\n", "a file of `rules-from` must be a path, such as \".gitleaks.toml\""),
        ("rules-from = [\"rules.txt\"]\n", "`rules.txt` is not the path of a file with rules"),
        (
            "rules-from = [\"https://example.org/a.toml\"]\n",
            "`https://example.org/a.toml` is not the path of a file",
        ),
        (
            "rules-form = [\"a.toml\"]\n",
            "unknown key `rules-form` in the configuration; did you mean `rules-from`?",
        ),
    ] {
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q"]);
        sandbox.write("skanner.toml", own);
        let run = sandbox.skanner(&["scan", "."]);
        assert!(run.code == 2 && run.stderr.contains(expected), "{own}: {run:?}");
    }
    let sandbox = Sandbox::new();
    sandbox.write("rules/README.md", "");
    let run = sandbox.skanner(&["scan", ".", "--rules-from", "rules"]);
    assert!(
        run.code == 2 && run.stderr.contains("has no .yml files, such as rules of Kingfisher"),
        "{run:?}"
    );
    let run = sandbox.skanner(&["scan", ".", "--rules-from", "rules/README.md"]);
    assert!(run.code == 2 && run.stderr.contains("the name tells no format"), "{run:?}");
}

#[test]
fn a_key_of_two_rules_is_suppressed_only_if_both_let_it_pass() {
    let two = |first: &str, second: &str| {
        format!(
            "[[rules]]\nid = \"one\"\nregex = '''id=([a-z0-9]{{8,40}})'''\n{first}\n\
             [[rules]]\nid = \"two\"\nregex = '''\\bid=([a-z0-9]{{20,36}})\\b'''\n{second}\n"
        )
    };
    let paths = |path: &str| format!("[[rules.allowlists]]\npaths = ['''{path}''']");
    for (first, second, is_found) in [
        (paths("^src/"), paths("^nothere/"), true),
        (paths("^src/"), String::new(), true),
        (paths("^src/"), paths("^src/"), false),
        (paths("^src/"), "path = '''\\.py$'''".to_owned(), true),
        (paths("^src/"), "path = '''\\.txt$'''".to_owned(), false),
        (paths("^nothere/"), paths("^src/"), true),
    ] {
        let sandbox = sandbox("gitleaks.toml", &two(&first, &second));
        sandbox.write("src/a.py", format!("id={}\n", body(1)));
        sandbox.git("", &["add", "src"]);
        sandbox.git("", &["commit", "-qm", "all"]);
        for options in [&["src"][..], &["--history"]] {
            let report = sandbox.scan(options);
            assert_eq!(!report.paths().is_empty(), is_found, "{first} {second} {options:?}: {}", report.json);
        }
    }
}

#[test]
fn nothing_that_a_repository_names_takes_a_key_from_a_rule_of_the_policy() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q"]);
    let secret = key("acme-{A:32}", 1);
    sandbox.write("../org/acme.toml", "[[rules]]\nid = \"acme\"\nregex = '''acme-[A-Za-z0-9]{32}'''\n");
    sandbox.write(
        "../org/policy.toml",
        "fail-on = \"critical\"\nrules-from = [\"acme.toml\"]\n[severity]\nacme = \"critical\"\n\
         [policy]\nallow-by = [\"entry\"]\nmax-severity = \"high\"\n",
    );
    sandbox.write("a.py", format!("k = '{secret}'\n"));
    sandbox.write("v.env", format!("APP_PASSWORD={secret}\n"));
    let scan = |more: &[&str]| sandbox.scan(&[&["a.py", "--policy", "../org/policy.toml"], more].concat());
    assert_eq!((scan(&[]).code, places(&scan(&[]), "acme")), (1, vec!["a.py:1".to_owned()]));
    for own in [
        "values-from = [\"v.env\"]\n",
        "values-from = [\"v.env\"]\n[[allow]]\nrule = \"known-value\"\npaths = [\"**\"]\nreason = \"made up\"\n",
        "rules-from = [\"g.toml\"]\n",
    ] {
        sandbox.write("skanner.toml", own);
        sandbox.write(
            "g.toml",
            "[[rules]]\nid = \"mine\"\nregex = '''k = .(acme-[A-Za-z0-9]{32})'''\n[[allowlists]]\npaths = ['''.''']\n",
        );
        let report = scan(&[]);
        assert_eq!((report.code, places(&report, "acme")), (1, vec!["a.py:1".to_owned()]), "{own}");
    }
    sandbox.write("skanner.toml", "");
    assert_eq!(scan(&["--values-from", "v.env"]).code, 1);
    // The policy's own values stand beside it.
    sandbox.write("../org/policy.toml", "values-from = [\"own.env\"]\n");
    sandbox.write("../org/own.env", "DB_PASSWORD=tr0ub4dor-and-more\n");
    sandbox.write("b.py", "p = 'tr0ub4dor-and-more'\n");
    let report = sandbox.scan(&["b.py", "--policy", "../org/policy.toml"]);
    assert_eq!(places(&report, "known-value"), ["b.py:1"], "{}", report.json);
}
