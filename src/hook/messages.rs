//! The advice that hooks print when they stop something. It only recommends what works.

use super::GitHook;

/// A program that writes the hooks of a repository by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manager {
    /// husky, of any version.
    Husky,
    /// lefthook.
    Lefthook,
}

/// Why a hook stopped something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// Keys were found.
    Keys,
    /// Not everything could be read.
    NotRead,
}

/// The advice to print after the report. `has_head` is false before the first commit.
#[must_use]
pub(crate) fn stopped(event: GitHook, reason: StopReason, has_head: bool) -> String {
    let (what, go_on) = match event {
        GitHook::PreCommit => ("This commit was stopped", "git commit --no-verify"),
        GitHook::CommitMsg => ("This commit was stopped", "git commit --no-verify"),
        GitHook::PrePush => ("This push was stopped", "git push --no-verify"),
        GitHook::PreReceive => ("This push was refused", ""),
    };
    let mut lines = Vec::new();
    match reason {
        StopReason::NotRead => {
            lines.push(format!("{what}: the inputs above could not be read, so the check is incomplete."));
            lines.push("  Fix that first, and try again.".to_owned());
        }
        StopReason::Keys => {
            lines.push(format!("{what} because of the keys above."));
            lines.extend(repair(event, has_head).map(|line| format!("  {line}")));
        }
    }
    match event {
        GitHook::PreReceive => lines.push(
            "  False positive? Comments, baselines and skanner.toml in a push do not count here. The administrator of this \
             server can pass a configuration with --config FILE in the hook."
                .to_owned(),
        ),
        _ if reason == StopReason::NotRead => lines.push(format!(
            "  To continue without any check: `{go_on}` (skips all hooks). Only do this if you know what is in there."
        )),
        _ => {
            lines.push(
                "  False positive? Allow it in a comment on its line: `skanner:allow RULE: why it is not a key`. If there are \
                 many, see `skanner baseline` and `skanner init`."
                    .to_owned(),
            );
            lines.push(format!(
                "  To continue anyway: `{go_on}` (skips all hooks). Treat the key as leaked then: it stays in \
                 the history."
            ));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn repair(event: GitHook, has_head: bool) -> impl Iterator<Item = String> {
    const REVOKE: &str = "If a key was ever pushed anywhere, revoke it: deleting it does not help.";
    let mut steps = Vec::new();
    match event {
        GitHook::PreCommit => {
            let unstage = if has_head { "git restore --staged" } else { "git rm --cached" };
            steps.push(format!("Unstage:  {unstage} -- PATH"));
            steps.push(
                "Fix:      read the key from the environment or a secret store, then `git add PATH` again"
                    .to_owned(),
            );
            steps.push("Keep out: add PATH to .gitignore, if the file is only for you".to_owned());
            steps.push(REVOKE.to_owned());
        }
        GitHook::CommitMsg => {
            steps.push(
                "Write the message again without the key. Git keeps this one in .git/COMMIT_EDITMSG."
                    .to_owned(),
            );
            steps.push(REVOKE.to_owned());
        }
        GitHook::PrePush => {
            steps.push("Removing the key in another commit does not help, since the earlier commit is pushed as well.".to_owned());
            steps.push("Only in the last commit:    remove it, then `git commit --amend`".to_owned());
            steps.push(
                "In an earlier commit:       `git rebase -i COMMIT~`, and mark that commit with `edit`"
                    .to_owned(),
            );
            steps.push(
                "In a tag or branch name:    create the tag or branch again with another name".to_owned(),
            );
            steps.push(REVOKE.to_owned());
        }
        GitHook::PreReceive => {
            steps.push(
                "Revoke the keys: they have left your machine, even though this server did not store them."
                    .to_owned(),
            );
            steps.push(
                "Removing a key in another commit does not help, since the earlier commit is pushed as well."
                    .to_owned(),
            );
            steps.push(
                "Only in the last commit:    remove it, `git commit --amend`, and push again".to_owned(),
            );
            steps.push(
                "In an earlier commit:       `git rebase -i COMMIT~`, and mark that commit with `edit`"
                    .to_owned(),
            );
            steps.push(
                "In a tag or branch name:    create the tag or branch again with another name".to_owned(),
            );
        }
    }
    steps.into_iter()
}

/// The advice for a repository whose hooks another program manages.
#[must_use]
pub(crate) fn managed(manager: Manager) -> &'static str {
    match manager {
        Manager::Husky => {
            "husky manages the hooks of this repository, so nothing was installed. Add these lines to its files, and \
             commit them:\n\n\
             .husky/pre-commit:  skanner hook pre-commit\n\
             .husky/commit-msg:  skanner hook commit-msg -- \"$1\"\n\
             .husky/pre-push:    skanner hook pre-push --refs-from-git -- \"$@\"\n"
        }
        Manager::Lefthook => {
            "lefthook manages the hooks of this repository, so nothing was installed. Add this to its configuration, \
             commit it, and run `lefthook install`:\n\n\
             pre-commit:\n  commands:\n    skanner:\n      run: skanner hook pre-commit\n\
             commit-msg:\n  commands:\n    skanner:\n      run: skanner hook commit-msg -- {1}\n\
             pre-push:\n  commands:\n    skanner:\n      use_stdin: true\n      run: skanner hook pre-push \
             --refs-from-git -- {1} {2}\n"
        }
    }
}
