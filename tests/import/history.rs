//! Entries about versions of files that are no longer there.

use super::harness::*;

const HISTORY: &str = "in the history only: --history reads it";

fn commit(sandbox: &Sandbox, message: &str) -> String {
    sandbox.git(".", &["add", "--all"]);
    sandbox.git(".", &["commit", "--quiet", "--message", message]);
    sandbox.git(".", &["rev-parse", "HEAD"]).trim().to_owned()
}

/// A repository whose first commit has a key in `a.py:2`, and whose second one removed it.
fn with_past() -> (Sandbox, String) {
    let sandbox = repository();
    sandbox.write(".gitignore", "*.json\n");
    plant(&sandbox, "a.py", 2, 1);
    let first = commit(&sandbox, "a key");
    sandbox.write("a.py", "x = 1\n");
    commit(&sandbox, "no key");
    (sandbox, first)
}

/// Lists of all tools that name commits.
fn lists(commit: &str) -> Vec<(&'static str, String, &'static str)> {
    let one = openai("a.py", 2, 1);
    let report = |is_redacted| format!("[{}]", leak(&one, commit, is_redacted));
    vec![
        (".gitleaksignore", format!("{commit}:a.py:openai-api-key:2\n"), "line"),
        ("gitleaks-report.json", report(false), "secret"),
        ("gitleaks-report.json", report(true), "line"),
        ("trufflehog.json", format!("{}\n", result(&one, Some(commit))), "secret"),
    ]
}

#[test]
fn a_commit_is_looked_up_in_the_history() {
    let (_, first) = with_past();
    for number in 0..lists(&first).len() {
        let (sandbox, first) = with_past();
        let (file, text, by) = lists(&first).swap_remove(number);
        sandbox.write(file, text);
        let run = import(&sandbox, &[]);
        assert_eq!((run.code, listed(&sandbox)), (0, vec![]), "{run:?}");
        assert_says(&run, &["Not taken over:\n", HISTORY, &first[..12]]);
        let run = import(&sandbox, &["--history"]);
        assert_eq!((run.code, listed(&sandbox)), (0, vec!["<history> a.py".to_owned()]), "{run:?}");
        assert_says(&run, &[&format!("Recognized: 1 by {by}.")]);
        assert_eq!(sandbox.skanner(&["scan", "--history"]).code, 0);
        assert_eq!(import(&sandbox, &["--history", "--check"]).code, 0);
    }
}

#[test]
fn another_commit_is_not_what_is_meant() {
    let (sandbox, first) = with_past();
    let other = first.replace(&first[..4], "0000");
    sandbox.write(".gitleaksignore", format!("{other}:a.py:openai-api-key:2\n"));
    let run = import(&sandbox, &["--history"]);
    assert_eq!((run.code, listed(&sandbox)), (1, vec![]), "{run:?}");
    assert_says(&run, &["no longer there\n", "1 key is in none of these lists"]);
}

#[test]
fn a_key_that_is_still_there_is_recognized_without_the_history() {
    let sandbox = repository();
    sandbox.write(".gitignore", "*.json\n");
    plant(&sandbox, "a.py", 2, 1);
    let first = commit(&sandbox, "a key");
    sandbox.write("trufflehog.json", result(&openai("a.py", 2, 1), Some(&first)).to_string());
    assert_eq!((import(&sandbox, &[]).code, listed(&sandbox)), (0, vec!["a.py".to_owned()]));
}

#[test]
fn there_is_no_history_outside_of_a_repository() {
    let sandbox = Sandbox::new();
    plant(&sandbox, "a.py", 2, 1);
    Format::Ignore.write(&sandbox, &[openai("a.py", 2, 1)]);
    let run = import(&sandbox, &["--history"]);
    assert!(run.code == 2 && run.stderr.contains("there is no history to read"), "{run:?}");
    assert_eq!((import(&sandbox, &[]).code, listed(&sandbox)), (0, vec!["a.py".to_owned()]));
}
