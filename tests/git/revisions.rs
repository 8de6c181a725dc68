//! How sets of commits are named, by people and by CI systems.

use std::fs;

use super::harness::*;

#[test]
fn sets_of_commits_are_named_as_for_git() {
    let sandbox = repository();
    sandbox.write("a.py", line(1));
    let a = commit(&sandbox, "a");
    sandbox.git(".", &["update-ref", "refs/remotes/origin/main", &a]);
    sandbox.git(".", &["update-ref", "refs/remotes/other/main", &a]);
    sandbox.git(".", &["branch", "fork"]);
    sandbox.write("b.py", line(2));
    let b = commit(&sandbox, "b");
    sandbox.git(".", &["checkout", "--quiet", "fork"]);
    sandbox.write("c.py", line(3));
    let c = commit(&sandbox, "c");
    sandbox.git(".", &["tag", "light"]);
    let (a, b, c) = (("a.py", a.as_str()), ("b.py", b.as_str()), ("c.py", c.as_str()));
    let rows: &[(&str, &[(&str, &str)])] = &[
        ("base..main", &[a, b]),
        ("base..", &[a, c]),
        ("..main", &[b]),
        ("main...fork", &[c]),
        ("fork...main", &[b]),
        ("main", &[a, b]),
        ("main ^fork", &[b]),
        ("^fork main", &[b]),
        ("main fork ^base", &[a, b, c]),
        ("main --not fork", &[b]),
        ("--not fork --not main", &[b]),
        ("main --not --remotes", &[b]),
        ("main --not --remotes=origin", &[b]),
        ("main --not --remotes=nowhere", &[a, b]),
        ("main --not --tags", &[b]),
        ("--branches --not --remotes=o*", &[b, c]),
        ("--branches=main --not base", &[]),
        ("--all --not base", &[a, b, c]),
        ("--tags", &[a, c]),
        ("HEAD --not --all", &[]),
        ("fork~1..fork", &[c]),
        ("light^0", &[a, c]),
    ];
    for (revisions, expected) in rows {
        let report = range(&sandbox, revisions);
        assert_eq!(
            (places(&report), report.code),
            (set(expected), i32::from(!expected.is_empty())),
            "{revisions}"
        );
    }
    // Several arguments are one range.
    let report = sandbox.scan(&["--range", "main", "--range", "--not --remotes"]);
    assert_eq!(places(&report), set(&[b]));
    let run = sandbox.skanner(&["scan", "--range", "main..main"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "no key found: main..main has no new commits\n"),
        "{run:?}"
    );
}

#[test]
fn tags_are_read_with_what_they_say() {
    let sandbox = repository();
    sandbox.git(".", &["tag", "--annotate", "-m", &format!("see {}", openai_key(1)), "v1"]);
    sandbox.git(".", &["tag", "--annotate", "-m", "outer", "v2", "v1"]);
    let report = range(&sandbox, "v2 --not main");
    let place = &report.json["findings"][0]["occurrences"][0];
    let id = sandbox.git(".", &["rev-parse", "v1"]);
    assert_eq!((place["source"].as_str(), place["blob"].as_str()), (Some("message"), Some(id.trim())));
    assert_eq!(
        (report.json["scanned"]["tags"].as_u64(), report.json["scanned"]["commits"].as_u64()),
        (Some(2), Some(0))
    );
    range(&sandbox, "v2 --not main v1").assert_clean();
    // Tags of what is no commit.
    sandbox.write("t/x.py", line(2));
    sandbox.git(".", &["add", "--all"]);
    let tree = sandbox.git(".", &["write-tree"]);
    sandbox.git(".", &["tag", "--annotate", "-m", "tree", "tree", tree.trim()]);
    sandbox.git(".", &["tag", "blob", ":t/x.py"]);
    assert_eq!(places(&range(&sandbox, "tree --not main")), set(&[("t/x.py", "-")]));
    assert_eq!(places(&range(&sandbox, "blob --not main")), set(&[("blob", "-")]));
    let text = sandbox.skanner(&["scan", "--range", "v2 blob --not main"]).stdout;
    assert!(text.contains("--> the message of tag ") && text.contains("--> the blob "), "{text}");
}

#[test]
fn in_ci_the_environment_says_what_is_new() {
    let sandbox = repository();
    sandbox.write("old.py", line(1));
    let old = commit(&sandbox, "old");
    sandbox.git(".", &["update-ref", "refs/remotes/origin/main", &old]);
    sandbox.git(".", &["checkout", "--quiet", "-b", "topic"]);
    sandbox.write("a.py", line(2));
    let a = commit(&sandbox, "a");
    sandbox.write("b.py", line(3));
    let b = commit(&sandbox, "b");
    let zeros = "0".repeat(40);
    let gone = "1".repeat(40);
    let event = |text: String| sandbox.write("../event.json", text).to_str().unwrap().to_owned();
    let scan = |variables: &[(&str, &str)]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_skanner"));
        command.args(["scan", "--range", "auto", "--format", "json"]).envs(variables.iter().copied());
        command.args(["--output", "text=../closing.txt"]);
        let run = Run::of(&mut command);
        (run, fs::read_to_string(sandbox.path("../closing.txt")).unwrap_or_default())
    };
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a str);
    let before = event(format!(r#"{{"before":"{a}","repository":{{"default_branch":"main"}}}}"#));
    let github = ("GITHUB_ACTIONS", "true");
    let cases: &[Case<'_>] = &[
        (&[github, ("GITHUB_SHA", &b), ("GITHUB_EVENT_PATH", &before)], &["b.py"], "(GitHub Actions: push)"),
        (
            &[github, ("GITHUB_SHA", &b), ("GITHUB_BASE_REF", "main")],
            &["a.py", "b.py"],
            "(GitHub Actions: pull request)",
        ),
        (
            &[("GITLAB_CI", "1"), ("CI_COMMIT_SHA", &b), ("CI_MERGE_REQUEST_DIFF_BASE_SHA", &a)],
            &["b.py"],
            "(GitLab CI: merge request)",
        ),
        (
            &[
                ("GITLAB_CI", "1"),
                ("CI_COMMIT_SHA", &b),
                ("CI_COMMIT_BEFORE_SHA", &zeros),
                ("CI_DEFAULT_BRANCH", "main"),
            ],
            &["a.py", "b.py"],
            "what is not on the default branch",
        ),
        (
            &[
                ("GITLAB_CI", "1"),
                ("CI_COMMIT_SHA", &b),
                ("CI_COMMIT_BEFORE_SHA", &gone),
                ("CI_DEFAULT_BRANCH", "main"),
            ],
            &["a.py", "b.py"],
            "the commit before the push no longer exists",
        ),
        (
            &[
                ("GITLAB_CI", "1"),
                ("CI_COMMIT_SHA", &old),
                ("CI_COMMIT_BEFORE_SHA", &zeros),
                ("CI_DEFAULT_BRANCH", "main"),
            ],
            &["old.py"],
            "the whole history",
        ),
        (&[("JENKINS_URL", "x"), ("CHANGE_TARGET", "main")], &["a.py", "b.py"], "(Jenkins: pull request)"),
        (
            &[
                ("BUILD_BUILDID", "1"),
                ("BUILD_SOURCEVERSION", &b),
                ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
            ],
            &["a.py", "b.py"],
            "(Azure Pipelines: pull request)",
        ),
        (&[("CIRCLECI", "1"), ("CIRCLE_SHA1", &b)], &["a.py", "b.py", "old.py"], "the whole history"),
        (
            &[("BITBUCKET_COMMIT", &b), ("BITBUCKET_PR_DESTINATION_BRANCH", "main")],
            &["a.py", "b.py"],
            "(Bitbucket Pipelines: pull request)",
        ),
    ];
    let moved = sandbox.write("../moved.json", format!(r#"{{"after":"{gone}"}}"#));
    let moved = moved.to_str().unwrap().to_owned();
    let new = sandbox.write("../new.json", r#"{"repository":{"default_branch":"main"}}"#);
    let new = new.to_str().unwrap().to_owned();
    sandbox.git(".", &["tag", "-a", "-m", &line(4), "noted", &old]);
    sandbox.git(".", &["tag", "plain", &old]);
    let gitlab = |name: &'static str| {
        [("GITLAB_CI", "1"), ("CI_COMMIT_SHA", &*old), (name, "noted"), ("CI_DEFAULT_BRANCH", "main")]
    };
    let default = [gitlab("CI_COMMIT_TAG"), gitlab("CI_COMMIT_BRANCH")];
    // What the default branch has is not new on another branch, or under a tag.
    let nothing_new: &[Case<'_>] = &[
        (
            &[github, ("GITHUB_SHA", &old), ("GITHUB_REF", "refs/heads/fix/x"), ("GITHUB_EVENT_PATH", &new)],
            &[],
            "has no new commits",
        ),
        (&default[1], &[], "has no new commits"),
        (
            &[github, ("GITHUB_SHA", &old), ("GITHUB_REF", "refs/heads/main"), ("GITHUB_EVENT_PATH", &new)],
            &["old.py"],
            "the whole history",
        ),
        (
            &[github, ("GITHUB_SHA", &old), ("GITHUB_REF", "refs/tags/noted"), ("GITHUB_EVENT_PATH", &new)],
            &[""],
            "what is not on the default branch",
        ),
        (&default[0], &[""], "what is not on the default branch"),
        (
            &[github, ("GITHUB_SHA", &old), ("GITHUB_REF", "refs/tags/plain"), ("GITHUB_EVENT_PATH", &new)],
            &[],
            "has no new commits",
        ),
    ];
    for (variables, expected, words) in cases.iter().chain(nothing_new) {
        let (run, closing) = scan(variables);
        assert_eq!(run.report().paths(), *expected, "{variables:?}");
        assert_eq!(run.code, i32::from(!expected.is_empty()), "{variables:?}");
        assert!(closing.contains(words), "{variables:?}: {closing}");
    }
    for (variables, words) in [
        (
            &[github, ("GITHUB_SHA", &b), ("GITHUB_BASE_REF", "nowhere")][..],
            "the target `nowhere` that GitHub Actions names is not in this clone",
        ),
        (&[github, ("GITHUB_SHA", &gone)], "GitHub Actions asks for it"),
        (&[github, ("GITHUB_EVENT_PATH", "/nowhere")], "cannot be read"),
        (
            &[github, ("GITHUB_SHA", &old), ("GITHUB_REF", "refs/tags/gone")],
            "the tag gone was pushed, but it is not in this clone",
        ),
        (
            &[github, ("GITHUB_SHA", &old), ("GITHUB_REF", "refs/tags/plain"), ("GITHUB_EVENT_PATH", &moved)],
            "but its object is not in this clone",
        ),
    ] {
        let (run, _) = scan(variables);
        assert!(run.code == 2 && run.stderr.contains(words), "{variables:?}: {run:?}");
    }
}
