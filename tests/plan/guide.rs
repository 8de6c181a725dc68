//! The README of a plan.
// skanner:allow-file unused-suppression: these are texts of tests

use crate::{
    harness::{commit, planned, repository},
    support::{key, openai_key},
};

#[test]
fn the_readme_says_what_to_do_in_order() {
    let sandbox = repository();
    let (openai, anthropic) = (openai_key(1), key("sk-ant-api03-{B:85}{Z16}-{B:5}{Z16}AA", 2));
    sandbox.write("src/a.py", format!("\nkey = \"{openai}\"\n"));
    commit(&sandbox, "a key");
    sandbox.write("old.txt", &anthropic);
    commit(&sandbox, "another key");
    std::fs::remove_file(sandbox.path("old.txt")).unwrap();
    commit(&sandbox, "removed");
    let planned = planned(sandbox, &[]);
    let guide = planned.file("README.md");
    let headings: Vec<&str> = guide.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(
        headings,
        [
            "## 1. Revoke the keys",
            "## 2. Replace the keys in your files",
            "## 3. Rewrite the history",
            "## 4. Publish the result",
            "## 5. Tell the others",
            "## 6. What no push can do",
            "## 7. Check again",
        ]
    );
    for part in [
        "# Cleaning up tree\n",
        "2 keys were found.",
        "\n### Anthropic\n",
        "\n### OpenAI\n",
        "Revoke the key at https://platform.openai.com/api-keys.",
        &format!(
            "- [ ] `src/a.py`, line 2: `sk-proj-…{}`: write `key = os.environ[\"OPENAI_API_KEY\"]`.\n",
            &openai[openai.len() - 4..]
        ),
        "    sh cleanup.sh ",
        "- 2 versions of files: each key becomes `REMOVED-BY-SKANNER`\n",
    ] {
        assert!(guide.contains(part), "{part}: {guide}");
    }
    assert!(!guide.contains("old.txt"), "it is not there any more: {guide}");
    planned.assert_secret(&[openai, anthropic]);
}

#[test]
fn each_file_is_told_what_to_write_in_its_own_language() {
    let sandbox = repository();
    for (seed, (name, content, _)) in (0..).zip(WRITTEN) {
        sandbox.write(name, content.replace("KEY", &openai_key(seed)));
    }
    commit(&sandbox, "keys");
    let guide = planned(sandbox, &[]).file("README.md");
    for (name, _, instead) in WRITTEN {
        let line = guide
            .lines()
            .find(|line| line.contains(&format!("`{name}`")))
            .unwrap_or_else(|| panic!("{name}: {guide}"));
        assert!(line.contains(instead), "{name}: {line}");
    }
}

/// A file, what is in it, and what the README says of it.
const WRITTEN: [(&str, &str, &str); 7] = [
    ("app.go", "key := \"KEY\"\n", "write `key := os.Getenv(\"OPENAI_API_KEY\")`."),
    ("app.js", "const k = 'KEY';\n", "write `const k = process.env.OPENAI_API_KEY;`. On a server only"),
    ("auth.py", "h = 'Bearer KEY'\n", "read `OPENAI_API_KEY` with `os.environ[\"OPENAI_API_KEY\"]`."),
    (
        "settings.json",
        "{\"key\": \"KEY\"}\n",
        "`. Take the key out of the file, and let the program read OPENAI_API_KEY",
    ),
    ("main.tf", "api_key = \"KEY\"\n", "write `api_key = var.openai_api_key`. Declare the variable"),
    (
        ".github/workflows/ci.yml",
        "env:\n  TEAM_TOKEN: KEY\n",
        "write `TEAM_TOKEN: ${{ secrets.TEAM_TOKEN }}`.",
    ),
    ("notes.txt", "KEY\n", ": read `OPENAI_API_KEY` instead"),
];

#[test]
fn what_the_audit_leaves_out_is_not_said_to_be_gone() {
    let sandbox = repository();
    sandbox.write("a.py", format!("k = '{}'\n", openai_key(1)));
    sandbox.write("b.py", format!("k = '{}'  # skanner:allow: of a test\n", openai_key(2)));
    sandbox.write("c.py", format!("k = '{}'\n", key("sk-ant-api03-{B:93}AA", 3)));
    commit(&sandbox, "keys");
    let guide = planned(sandbox, &["--exclude-rule", "anthropic-api-key"]).file("README.md");
    assert!(guide.contains("**Not every key is in this plan:** 1 suppressed by comments, entries or a baseline, 1 excluded by --exclude-rule."), "{guide}");
    assert!(guide.contains("if nothing is left of what the audit reports"), "{guide}");
    assert!(guide.contains("1 version of a file: each"), "{guide}");
}

#[test]
fn keys_of_a_submodule_are_not_rewritten_here() {
    let sandbox = repository();
    sandbox.git("", &["init", "-q", "../module"]);
    sandbox.write("../module/k.py", format!("k = '{}'\n", openai_key(1)));
    sandbox.git("../module", &["add", "."]);
    sandbox.git("../module", &["commit", "-qm", "a key"]);
    sandbox.git("", &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../module", "sub"]);
    commit(&sandbox, "a submodule");
    let guide = planned(sandbox, &[]).file("README.md");
    assert!(guide.contains("## 3. Nothing to rewrite") && !guide.contains("cleanup.sh"), "{guide}");
    assert!(
        guide.contains("need a plan of their own, made in their own clone:\n\n- [ ] `sub/k.py`"),
        "{guide}"
    );
}

#[test]
fn what_was_never_committed_needs_no_rewrite() {
    let sandbox = repository();
    sandbox.write(".env", openai_key(1));
    let planned = planned(sandbox, &[]);
    let guide = planned.file("README.md");
    assert!(guide.contains("## 3. Nothing to rewrite") && guide.contains("`.env`, line 1"), "{guide}");
    assert!(!guide.contains("force push"), "{guide}");
}

#[test]
fn the_readme_holds_no_key_even_if_the_report_does() {
    let sandbox = repository();
    let secret = openai_key(1);
    // A file that is named after the body of its key.
    sandbox.write(format!("{}.txt", &secret[8..60]), &secret);
    sandbox.write(format!("{secret}.txt"), &secret);
    commit(&sandbox, &format!("by {secret}"));
    let planned = planned(sandbox, &["--show-secrets"]);
    let guide = planned.file("README.md");
    assert!(!guide.contains(&secret[10..40]), "{guide}");
}
