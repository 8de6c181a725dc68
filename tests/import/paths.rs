//! Paths that other scanners leave out.

use super::harness::*;

/// A tree with a key in each file.
fn tree(paths: &[&str]) -> Sandbox {
    let sandbox = repository();
    for (path, seed) in paths.iter().zip(1..) {
        plant(&sandbox, path, 1, seed);
    }
    sandbox
}

#[test]
fn paths_of_gitleaks_become_patterns_if_they_can() {
    let sandbox = tree(&["vendor/a.py", "src/vendor.py", "docs/a.md", "docs/deep/b.md", "src/a.py"]);
    sandbox.write(
        ".gitleaks.toml",
        "title = \"x\"\n[extend]\nuseDefault = true\ndisabledRules = [\"jwt\"]\n[[rules]]\nid = \"ours\"\nregex = '''ours_[a-z]{9}'''\n\
         [allowlist]\npaths = [\n  '''^vendor/''',\n  '''^docs/[^/]*\\.md$''',\n  '''(?i)readme''',\n  '''go.mod''',\n]\n\
         regexes = ['''EXAMPLE''']\nstopwords = [\"test\"]\ncommits = [\"abc\"]\n",
    );
    let run = import(&sandbox, &[]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_says(
        &run,
        &[
            ".gitleaks.toml (gitleaks)        7         0        2       0               5\n",
            "\n.gitleaks.toml: 1 of 1 rules are used. What does not count in it:\n",
            "    .gitleaks.toml:4: disabledRules `jwt`\n",
            "\nNamed the rules of .gitleaks.toml in skanner.toml, under rules-from.\n",
            "  .gitleaks.toml:12: path (?i)readme: no pattern of .gitignore means the same: it ignores upper and lower case\n",
            "  .gitleaks.toml:13: path go.mod: no pattern of .gitignore means the same: a `.` without a backslash stands for any character, even `/`\n",
            "  .gitleaks.toml:15: regexes EXAMPLE: regular expressions count for the rules of this file only",
            "  .gitleaks.toml:16: stopwords test: words count for the rules of this file only",
            "  .gitleaks.toml:17: commits abc: commits count for the rules of this file only",
            "Added 1 entry to skanner.toml and 0 entries to .skanner-baseline.",
        ],
    );
    let expected = "rules-from = [\".gitleaks.toml\"]\n\n[[allow]]\npaths = [\"/vendor/\", \"/docs/*.md\"] # not scanned by it\nreason = \"imported from gitleaks: .gitleaks.toml\"\n";
    assert_eq!(config(&sandbox), expected);
    assert_eq!(still_found(&sandbox), ["docs/deep/b.md", "src/a.py", "src/vendor.py"]);
    // The second time there is nothing to add.
    let run = import(&sandbox, &[]);
    assert_says(
        &run,
        &["        7         0        0       2               5\n", "Added 0 entries to skanner.toml"],
    );
    assert_eq!(config(&sandbox), expected);
}

#[test]
fn keys_of_gitleaks_may_have_any_case() {
    let sandbox = tree(&["vendor/a.py", "src/a.py"]);
    sandbox.write(".gitleaks.toml", "[Allowlist]\nPaths = ['''^vendor/''']\nStopWords = [\"test\"]\n");
    let run = import(&sandbox, &[]);
    assert_says(&run, &[".gitleaks.toml:3: stopwords test: words count", "Added 1 entry to skanner.toml"]);
    assert_eq!(still_found(&sandbox), ["src/a.py"]);
}

#[test]
fn conditions_of_gitleaks_are_respected() {
    let sandbox = tree(&["a/x.py", "b/x.py", "c/x.py"]);
    sandbox.write(
        "gitleaks.toml",
        "[[allowlists]]\ncondition = \"AND\"\npaths = ['''^a/''']\nregexes = ['''x''']\n\
         [[allowlists]]\ntargetRules = [\"jwt\"]\npaths = ['''^b/''']\n\
         [[allowlists]]\ncondition = \"AND\"\npaths = ['''^c/''']\n",
    );
    let run = import(&sandbox, &[]);
    assert_says(
        &run,
        &[
            "gitleaks.toml:3: path ^a/: no pattern of .gitignore means the same: it counts only together with the others",
            "gitleaks.toml:4: regexes x: it counts only together with the others of its allowlist\n",
            "gitleaks.toml:7: path ^b/: no pattern of .gitignore means the same: it is for some rules of gitleaks only",
        ],
    );
    assert_eq!(still_found(&sandbox), ["a/x.py", "b/x.py"]);
}

#[test]
fn a_pattern_for_the_files_of_a_directory_leaves_out_those_below() {
    let sandbox = tree(&["tests/a.py", "tests/deep/b.py"]);
    sandbox.write(".gitleaks.toml", "[allowlist]\npaths = ['''^tests/[^/]*$''']\n");
    import(&sandbox, &[]);
    assert_eq!(still_found(&sandbox), ["tests/deep/b.py"]);
    assert_says(&import(&sandbox, &[]), &["        1         0        0       1               0\n"]);
    let sandbox = tree(&["tests/a.py", "tests/deep/b.py"]);
    sandbox.write(".gitguardian.yaml", "version: 2\nsecret:\n  ignored_paths:\n  - tests/*\n");
    import(&sandbox, &[]);
    assert_eq!(still_found(&sandbox), ["tests/deep/b.py"]);
}

#[test]
fn filters_of_detect_secrets_are_taken_over_or_named() {
    let sandbox = tree(&["vendor/a.py", "src/a.py"]);
    sandbox.write(
        ".secrets.baseline",
        r#"{
  "version": "1.5.0",
  "plugins_used": [{"name": "AWSKeyDetector"}, {"name": "Ours", "path": "file://ours.py"}],
  "filters_used": [
    {"path": "detect_secrets.filters.heuristic.is_potential_uuid"},
    {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["vendor/.*", "a.b"]},
    {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": ["noise"]},
    {"path": "detect_secrets.filters.regex.should_exclude_secret", "pattern": ["fake"]},
    {"path": "detect_secrets.filters.wordlist.should_exclude_secret", "file_name": "words.txt"},
    {"path": "file://filters.py::mine"}
  ],
  "results": {}
}"#,
    );
    let run = import(&sandbox, &[]);
    assert_says(
        &run,
        &[
            ".secrets.baseline:3: plugin Ours: plugins of your own are not taken over\n",
            ".secrets.baseline:6: path a.b: no pattern of .gitignore means the same: a `.` without a backslash",
            ".secrets.baseline:7: excluded lines noise: regular expressions for lines are not taken over",
            ".secrets.baseline:8: excluded secrets fake: regular expressions for secrets are not taken over",
            ".secrets.baseline:9: word list words.txt: lists of words are not taken over\n",
            ".secrets.baseline:10: filter file://filters.py::mine: filters of your own are not taken over\n",
        ],
    );
    assert!(config(&sandbox).contains("paths = [\"*vendor/\"]"), "{}", config(&sandbox));
    assert_eq!(still_found(&sandbox), ["src/a.py"]);
    // Before 1.0 there were no filters.
    let sandbox = tree(&["vendor/a.py", "src/a.py"]);
    sandbox.write(
        ".secrets.baseline",
        "{\"exclude\": {\"files\": \"^vendor/\", \"lines\": null}, \"generated_at\": \"x\", \"results\": {}}",
    );
    import(&sandbox, &[]);
    assert_eq!(still_found(&sandbox), ["src/a.py"]);
}

#[test]
fn paths_and_settings_of_ggshield_are_taken_over_or_named() {
    for text in [
        "version: 2\nexit-zero: true\nsecret:\n  ignored-paths:\n    - vendor/\n    - '**/*.snap'\n  ignored_detectors: [Slack Bot Token]\n",
        "exit-zero: true\npaths-ignore:\n  - vendor/\n  - \"**/*.snap\" # all\nbanlisted-detectors:\n- Slack Bot Token\n",
    ] {
        let sandbox = tree(&["x/vendor/a.py", "a.snap", "src/b.snap", "src/a.py"]);
        sandbox.write(".gitguardian.yml", text);
        let run = import(&sandbox, &[]);
        assert_says(
            &run,
            &[
                "        4         0        2       0               2\n",
                ": setting exit-zero: it is about ggshield alone\n",
                ": detector Slack Bot Token: rules: not taken over by this version\n",
            ],
        );
        assert_eq!(still_found(&sandbox), ["src/a.py"], "{}", config(&sandbox));
    }
}
