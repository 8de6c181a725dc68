//! The advice that hooks print when they stop something. It only recommends what works.
// skanner:allow-file unused-suppression: comments of this kind are what it is about

use super::{GitHook, script};
use crate::cold::ColdSort;

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

/// What the advice names of a key that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoppedKey {
    /// The files that hold it, if they have names that can be pasted.
    pub(crate) paths: Option<Vec<String>>,
    /// The commit that brings it, shortened.
    pub(crate) commit: Option<String>,
    /// Its rule.
    pub(crate) rule: String,
}

/// What a hook stopped, and why.
pub(crate) struct HookStop {
    pub(crate) event: GitHook,
    pub(crate) reason: StopReason,
    /// False before the first commit.
    pub(crate) has_head: bool,
    /// Git was about to do something. Otherwise someone only asked about some files.
    pub(crate) is_stopped: bool,
    /// The keys that were found, in the order of the report.
    pub(crate) keys: Vec<StoppedKey>,
}

/// How many paths a command names.
const MOST_PATHS: usize = 10;

/// The advice to print after the report.
#[must_use]
pub(crate) fn stopped(stop: &HookStop) -> String {
    let (what, go_on) = match stop.event {
        _ if !stop.is_stopped => ("The check failed", ""),
        GitHook::PreCommit | GitHook::CommitMsg => ("This commit was stopped", "git commit --no-verify"),
        GitHook::PreMergeCommit => ("This merge was stopped", "git commit --no-verify"),
        GitHook::PrePush => ("This push was stopped", "git push --no-verify"),
        GitHook::PreReceive => ("This push was refused", ""),
    };
    let mut lines = Vec::new();
    match stop.reason {
        StopReason::NotRead => {
            lines.push(format!("{what}: the inputs above could not be read, so the check is incomplete."));
            lines.push("  Fix that first, and try again.".to_owned());
        }
        StopReason::Keys => {
            lines.push(format!("{what} because of the keys above."));
            lines.extend(stop.repair().into_iter().map(|line| format!("  {line}")));
        }
    }
    match (stop.event, stop.reason) {
        (GitHook::PreReceive, _) => lines.push(
            "  False positive? Comments, baselines and skanner.toml in a push do not count here. The administrator of this \
             server can pass a configuration with --config FILE in the hook."
                .to_owned(),
        ),
        (_, StopReason::NotRead) if stop.is_stopped => lines.push(format!(
            "  To continue without any check: `{go_on}` (skips all hooks). Only do this if you know what these inputs contain."
        )),
        (_, StopReason::NotRead) => {}
        (_, StopReason::Keys) => {
            lines.push(format!(
                "  False positive? Allow it in a comment on its line: `{}`. If there are many, see `skanner \
                 baseline` and `skanner init`.",
                stop.comment()
            ));
            if stop.is_stopped {
                lines.push(format!(
                    "  To continue anyway: `{go_on}` (skips all hooks). Treat the key as leaked then: it stays in \
                     the history."
                ));
            }
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

impl HookStop {
    fn repair(&self) -> Vec<String> {
        const REVOKE: &str = "If a key was ever pushed anywhere, revoke it: deleting it does not help.";
        const LATER: &str =
            "Removing a key in another commit does not help, since the earlier commit is pushed as well.";
        const RENAME: &str = "In a tag or branch name:    create the tag or branch again with another name";
        let paths = self.paths();
        let fix =
            format!("read the key from the environment or a secret store, then `git add -- {paths}` again");
        let rebase = format!(
            "In an earlier commit:       `git rebase -i {}~` (`--root` for the first commit), and mark it `edit`",
            self.commit()
        );
        match self.event {
            _ if !self.is_stopped => vec![
                "Fix:      read the key from the environment or a secret store".to_owned(),
                "Committed already? `skanner audit` shows where else it is in the history.".to_owned(),
                REVOKE.to_owned(),
            ],
            GitHook::PreCommit => {
                let unstage = if self.has_head { "git restore --staged" } else { "git rm --cached" };
                vec![
                    format!("Unstage:  {unstage} -- {paths}"),
                    format!("Fix:      {fix}"),
                    "Keep out: add the file to .gitignore if it is private".to_owned(),
                    REVOKE.to_owned(),
                ]
            }
            GitHook::PreMergeCommit => vec![
                "Undo:     `git merge --abort`, and remove the key on the other branch".to_owned(),
                format!("Or fix:   {fix}, and `git commit`"),
                "The commits of the other branch keep the key. If it was ever pushed anywhere, revoke it."
                    .to_owned(),
            ],
            GitHook::CommitMsg => vec![
                "Write the message again without the key. Git keeps this one in .git/COMMIT_EDITMSG."
                    .to_owned(),
                REVOKE.to_owned(),
            ],
            GitHook::PrePush => vec![
                LATER.to_owned(),
                "Only in the last commit:    remove it, then `git commit --amend`".to_owned(),
                rebase,
                RENAME.to_owned(),
                REVOKE.to_owned(),
            ],
            GitHook::PreReceive => vec![
                "Revoke the keys: they have left your machine, even though this server did not store them."
                    .to_owned(),
                LATER.to_owned(),
                "Only in the last commit:    remove it, `git commit --amend`, and push again".to_owned(),
                rebase,
                RENAME.to_owned(),
            ],
        }
    }

    /// The files with keys, quoted for a shell.
    fn paths(&self) -> String {
        let mut paths: Vec<&str> =
            self.keys.iter().flat_map(|key| key.paths.iter().flatten()).map(String::as_str).collect();
        paths.cold_sort();
        paths.dedup();
        let is_all = paths.len() <= MOST_PATHS && self.keys.iter().all(|key| key.paths.is_some());
        if !is_all || paths.is_empty() {
            return "PATH".to_owned();
        }
        let is_plain = |path: &str| {
            path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+@%,:".contains(&byte))
        };
        let quoted = |path: &&str| match is_plain(path) {
            true => (*path).to_owned(),
            false => String::from_utf8_lossy(&script::quoted(path.as_ref())).into_owned(),
        };
        paths.iter().map(quoted).collect::<Vec<_>>().join(" ")
    }

    /// The commit of the first key that has one.
    fn commit(&self) -> &str {
        self.keys.iter().find_map(|key| key.commit.as_deref()).unwrap_or("COMMIT")
    }

    /// The comment that allows the first key, as its file would write it.
    fn comment(&self) -> String {
        let rule = self.keys.first().map_or("RULE", |key| &key.rule);
        let path = self.keys.first().and_then(|key| key.paths.as_ref()?.first()).map_or("", String::as_str);
        let (start, end) = comment_signs(path);
        format!("{start}skanner:allow {rule}: why it is not a key{end}")
    }
}

/// What a comment in this file begins and ends with, if its name tells.
fn comment_signs(path: &str) -> (&'static str, &'static str) {
    let name = path.rsplit('/').next().unwrap_or_default();
    match name.rsplit('.').next().unwrap_or_default() {
        "c" | "cc" | "cpp" | "cs" | "dart" | "go" | "h" | "hpp" | "java" | "js" | "jsx" | "jsonc" | "kt"
        | "mjs" | "php" | "rs" | "scala" | "swift" | "ts" | "tsx" | "vue" | "zig" => ("// ", ""),
        "html" | "htm" | "md" | "svg" | "xml" => ("<!-- ", " -->"),
        "sql" | "lua" | "hs" => ("-- ", ""),
        "css" | "scss" | "less" => ("/* ", " */"),
        "py" | "rb" | "sh" | "bash" | "zsh" | "yaml" | "yml" | "toml" | "env" | "tf" | "pl" | "r" | "ps1"
        | "conf" | "Dockerfile" | "Makefile" => ("# ", ""),
        _ if name.starts_with(".env") => ("# ", ""),
        _ => ("", ""),
    }
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
