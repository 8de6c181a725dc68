//! The README of a plan.

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
            "- [ ] `src/a.py`, line 2: `sk-proj-…{}`: read `OPENAI_API_KEY` instead\n",
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
