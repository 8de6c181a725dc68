//! What people read when a hook stops something, and what they are to do about it. Only what works is promised.

use super::Event;

/// A program that writes the hooks of a repository by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// husky, of any version.
    Husky,
    /// lefthook.
    Lefthook,
}

/// Why a hook stops something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Keys were found.
    Keys,
    /// Not everything could be read.
    NotRead,
}

/// What a user can do, beneath the report. `has_head` is false before the first commit.
#[must_use]
pub fn stopped(event: Event, reason: Reason, has_head: bool) -> String {
    let (what, go_on) = match event {
        Event::PreCommit => ("This commit was stopped", "git commit --no-verify"),
        Event::CommitMsg => ("This commit was stopped", "git commit --no-verify"),
        Event::PrePush => ("This push was stopped", "git push --no-verify"),
        Event::PreReceive => ("This push was refused", ""),
    };
    let mut lines = Vec::new();
    match reason {
        Reason::NotRead => {
            lines.push(format!(
                "{what}: what is named above could not be read, so it is not known to be clean."
            ));
            lines.push("  See to that first, and try again.".to_owned());
        }
        Reason::Keys => {
            lines.push(format!("{what}, since it would have brought the keys above along."));
            lines.extend(repair(event, has_head).map(|line| format!("  {line}")));
        }
    }
    match event {
        Event::PreReceive => lines.push(
            "  No key at all? Comments, baselines and skanner.toml of what is pushed do not count here. Whoever runs this \
             server can name a configuration of its own in the hook, with --config FILE."
                .to_owned(),
        ),
        _ if reason == Reason::NotRead => lines.push(format!(
            "  `{go_on}` goes on without any check, and without any other hook. Do not, unless you know what is in there."
        )),
        _ => {
            lines.push(
                "  No key at all? A comment beside it allows it: `skanner:allow RULE: why it is none`. For more of them see \
                 `skanner baseline` and `skanner init`."
                    .to_owned(),
            );
            lines.push(format!(
                "  `{go_on}` goes on this once, without any other hook either. If it is a key, it is lost then: history \
                 keeps it."
            ));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn repair(event: Event, has_head: bool) -> impl Iterator<Item = String> {
    const REVOKE: &str =
        "Revoke a key that was pushed before, wherever it was: deleting it does not take it back.";
    let mut steps = Vec::new();
    match event {
        Event::PreCommit => {
            let unstage = if has_head { "git restore --staged" } else { "git rm --cached" };
            steps.push(format!("Unstage:  {unstage} -- PATH"));
            steps.push(
                "Fix:      read the key from the environment or a secret store, then `git add PATH` again"
                    .to_owned(),
            );
            steps.push("Keep out: put PATH into .gitignore, if it is a file for you alone".to_owned());
            steps.push(REVOKE.to_owned());
        }
        Event::CommitMsg => {
            steps.push(
                "Write the message again without the key; git keeps this one in .git/COMMIT_EDITMSG."
                    .to_owned(),
            );
            steps.push(REVOKE.to_owned());
        }
        Event::PrePush => {
            steps.push("Taking the key out in a further commit does not help, since the earlier one is pushed as well.".to_owned());
            steps.push("Only the last commit has it:  take it out, then `git commit --amend`".to_owned());
            steps.push(
                "An earlier one has it:        `git rebase -i COMMIT~`, mark that commit with `edit`"
                    .to_owned(),
            );
            steps.push(
                "A tag or branch name has it:  make the tag or branch again under another one".to_owned(),
            );
            steps.push(REVOKE.to_owned());
        }
        Event::PreReceive => {
            steps.push(
                "Revoke the keys: they have left your machine, even though nothing was stored here."
                    .to_owned(),
            );
            steps.push("Taking a key out in a further commit does not help, since the earlier one is pushed as well.".to_owned());
            steps.push(
                "Only the last commit has it:  take it out, `git commit --amend`, and push again".to_owned(),
            );
            steps.push(
                "An earlier one has it:        `git rebase -i COMMIT~`, mark that commit with `edit`"
                    .to_owned(),
            );
            steps.push(
                "A tag or branch name has it:  make the tag or branch again under another one".to_owned(),
            );
        }
    }
    steps.into_iter()
}

/// What to do in a repository whose hooks another program writes.
#[must_use]
pub fn managed(manager: Manager) -> &'static str {
    match manager {
        Manager::Husky => {
            "husky writes the hooks of this repository, so nothing was installed. Add these lines to its files, and \
             commit them:\n\n\
             .husky/pre-commit:  skanner hook pre-commit\n\
             .husky/commit-msg:  skanner hook commit-msg -- \"$1\"\n\
             .husky/pre-push:    skanner hook pre-push --refs-from-git -- \"$@\"\n"
        }
        Manager::Lefthook => {
            "lefthook writes the hooks of this repository, so nothing was installed. Add this to its configuration, \
             commit it, and run `lefthook install`:\n\n\
             pre-commit:\n  commands:\n    skanner:\n      run: skanner hook pre-commit\n\
             commit-msg:\n  commands:\n    skanner:\n      run: skanner hook commit-msg -- {1}\n\
             pre-push:\n  commands:\n    skanner:\n      use_stdin: true\n      run: skanner hook pre-push \
             --refs-from-git -- {1} {2}\n"
        }
    }
}
