//! Commands that run git without its hooks, and so without what keeps keys out of commits and pushes.

use super::shell::{ShellCommand, shell_commands};

/// How deep command lines within command lines are read.
const DEEPEST: usize = 8;

/// Words in front of a command that run it.
const PREFIXES: &[&str] = &[
    "!",
    "{",
    "builtin",
    "caffeinate",
    "command",
    "do",
    "doas",
    "elif",
    "else",
    "env",
    "exec",
    "if",
    "nice",
    "nohup",
    "setsid",
    "stdbuf",
    "sudo",
    "then",
    "time",
    "timeout",
    "until",
    "while",
    "xargs",
];

/// Shells that take a command line as an argument.
const SHELLS: &[&str] = &["ash", "bash", "cmd", "dash", "fish", "ksh", "powershell", "pwsh", "sh", "zsh"];

/// Commands of git that run hooks which `--no-verify` leaves out.
const HOOKED: &[&str] = &["am", "commit", "merge", "pull", "push", "rebase"];

/// Options of git with a value in the next word.
const GLOBAL_WITH_VALUE: &[&str] =
    &["-C", "-c", "--attr-source", "--config-env", "--exec-path", "--git-dir", "--namespace", "--work-tree"];

/// Options of its commands with a value in the next word.
const WITH_VALUE: &[&str] = &[
    "--author",
    "--cleanup",
    "--date",
    "--exec",
    "--file",
    "--fixup",
    "--message",
    "--onto",
    "--pathspec-from-file",
    "--push-option",
    "--receive-pack",
    "--reedit-message",
    "--repo",
    "--reuse-message",
    "--squash",
    "--strategy",
    "--strategy-option",
    "--template",
    "--trailer",
];

/// How a command line runs git without its hooks, in words; `None` if it does not.
pub(crate) fn skips_hooks(text: &str) -> Option<String> {
    in_line(text, 0)
}

fn in_line(text: &str, depth: usize) -> Option<String> {
    if depth == DEEPEST {
        return None;
    }
    // What the shell exports from here on.
    let mut exported: Option<String> = None;
    for command in shell_commands(text) {
        for inner in &command.inner {
            if let Some(found) = in_line(inner, depth + 1) {
                return Some(found);
            }
        }
        if let Some(found) = in_command(&command, &mut exported, depth) {
            return Some(found);
        }
    }
    None
}

fn in_command(command: &ShellCommand, exported: &mut Option<String>, depth: usize) -> Option<String> {
    let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
    let assigned = words.iter().take_while(|word| is_assignment(word)).count();
    let mut without: Option<String> = words[..assigned].iter().find_map(|word| switches_off(word));
    let mut rest = &words[assigned..];
    let Some(first) = rest.first() else {
        // Alone, it counts for what follows.
        *exported = exported.take().or(without);
        return None;
    };
    if matches!(*first, "export" | "set" | "declare" | "typeset") {
        *exported = exported.take().or_else(|| rest[1..].iter().find_map(|word| switches_off(word)));
        return None;
    }
    if PREFIXES.contains(&program(first)) {
        let is_run =
            |word: &&str| program(word) == "git" || SHELLS.contains(&program(word)) || *word == "eval";
        let at = rest.iter().position(is_run)?;
        without = without.or_else(|| rest[..at].iter().find_map(|word| switches_off(word)));
        rest = &rest[at..];
    }
    match program(rest[0]) {
        "git" => in_git(&rest[1..], without.or_else(|| exported.clone())),
        "eval" => in_line(&rest[1..].join(" "), depth + 1),
        shell if SHELLS.contains(&shell) => {
            let takes_line = |word: &&str| {
                let option = word.to_ascii_lowercase();
                option == "/c"
                    || option == "-command"
                    || option.starts_with('-') && !option.starts_with("--") && option.ends_with('c')
            };
            let line = rest.iter().position(takes_line).and_then(|at| rest.get(at + 1));
            let assign = |line: &str| match &without {
                // The assignment counts within.
                Some(without) => format!("{without}\n{line}"),
                None => line.to_owned(),
            };
            line.and_then(|line| in_line(&assign(line), depth + 1)).or_else(|| {
                command.documents.iter().find_map(|document| in_line(&assign(document), depth + 1))
            })
        }
        _ => None,
    }
}

/// The arguments of git.
fn in_git(words: &[&str], without: Option<String>) -> Option<String> {
    let mut rest = words;
    let command = loop {
        let (first, after) = rest.split_first()?;
        rest = after;
        if !first.starts_with('-') {
            break *first;
        }
        let value = first.split_once('=').map(|(_, value)| value);
        let takes_next = GLOBAL_WITH_VALUE.contains(first);
        let setting = if takes_next { rest.first().copied() } else { value };
        let is_setting = *first == "-c" || first.starts_with("--config-env") || first.starts_with("-c");
        let attached = first.strip_prefix("-c").filter(|text| !text.is_empty());
        if is_setting && [setting, attached].into_iter().flatten().any(sets_hooks_path) {
            return Some("git with another `core.hooksPath`".to_owned());
        }
        if takes_next {
            rest = rest.get(1..).unwrap_or_default();
        }
    };
    if command == "config" {
        let at = rest.iter().position(|word| word.eq_ignore_ascii_case(HOOKS_PATH))?;
        let is_set = rest.get(at + 1).is_some_and(|value| !value.starts_with('-'));
        return is_set.then(|| "`git config core.hooksPath`".to_owned());
    }
    if !HOOKED.contains(&command) {
        return None;
    }
    if let Some(without) = without {
        return Some(format!("`git {command}` with `{without}`"));
    }
    let option = skipping_option(command, rest)?;
    Some(format!("`git {command}` with `{option}`"))
}

/// The option that leaves out the hooks, if there is one.
fn skipping_option(command: &str, words: &[&str]) -> Option<&'static str> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if *word == "--" {
            return None;
        }
        if word.starts_with("--") {
            // Git takes the beginning of an option for all of it.
            if word.len() >= "--no-v".len() && "--no-verify".starts_with(word) {
                return Some("--no-verify");
            }
            if WITH_VALUE.contains(word) {
                words.next();
            }
            continue;
        }
        let Some(letters) = word.strip_prefix('-') else { continue };
        let with_value = if command == "commit" { "mFCct" } else { "mFosX" };
        for (at, letter) in letters.char_indices() {
            if letter == 'n' && command == "commit" {
                return Some("-n");
            }
            if with_value.contains(letter) {
                if at + 1 == letters.len() {
                    words.next();
                }
                break;
            }
            // What follows is their value.
            if matches!(letter, 'u' | 'S') {
                break;
            }
        }
    }
    None
}

const HOOKS_PATH: &str = "core.hookspath";

fn sets_hooks_path(setting: &str) -> bool {
    setting.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case(HOOKS_PATH))
}

/// The name of a program without its directory.
fn program(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name)
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    let name = name.strip_prefix("$env:").unwrap_or(name);
    !name.is_empty() && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
}

/// The assignment, if it keeps hooks from running: of husky, of the pre-commit framework, of lefthook, or of git.
fn switches_off(word: &str) -> Option<String> {
    let (name, value) = word.split_once('=')?;
    let name = name.strip_prefix("$env:").unwrap_or(name);
    let value = value.trim_matches(['"', '\'']);
    let is_off = match name {
        "HUSKY" | "LEFTHOOK" => matches!(value, "0" | "false"),
        "HUSKY_SKIP_HOOKS" => !matches!(value, "" | "0"),
        "SKIP" => !value.is_empty(),
        "GIT_CONFIG_PARAMETERS" => value.to_ascii_lowercase().contains(HOOKS_PATH),
        _ => name.starts_with("GIT_CONFIG_KEY_") && value.eq_ignore_ascii_case(HOOKS_PATH),
    };
    // Only the name and plain values are shown.
    let is_plain =
        value.len() < 40 && value.chars().all(|one| one.is_ascii_alphanumeric() || "-_.,:".contains(one));
    is_off.then(|| if is_plain { format!("{name}={value}") } else { format!("{name}=1") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_without_hooks_are_found() {
        for line in [
            "git commit --no-verify -m x",
            "git commit -nm x",
            "git commit -anm 'x'",
            "git commit --no-veri",
            "git push --no-verify origin main",
            "git -C x commit --no-verify",
            "git -c core.hooksPath=/dev/null commit",
            "git -c CORE.HOOKSPATH= push",
            "git --config-env core.hooksPath=X commit",
            "HUSKY=0 git commit -m x",
            "SKIP=skanner git commit",
            "export HUSKY=0 && git push",
            "HUSKY=0; git commit",
            "env SKIP=a git commit",
            "/usr/bin/env git commit -n",
            "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/x git commit",
            "bash -c 'git commit --no-verify'",
            "bash -lc \"cd x && git commit -n -m y\"",
            "HUSKY=0 sh -c 'git commit'",
            "eval \"git commit --no-verify\"",
            "cd x && git add . && git commit -m 'a b' --no-verify",
            "echo $(git commit --no-verify)",
            "echo \"`git commit -n`\"",
            "sudo -u me git commit --no-verify",
            "if true; then git commit -n; fi",
            "(git commit -n)",
            "/usr/bin/git commit --no-verify",
            "\"git\" 'commit' \"--no-verify\"",
            "g\\it commit --no-ver\\ify",
            "xargs git commit --no-verify",
            "git config core.hooksPath /dev/null",
            "git config --global core.hooksPath /tmp/x",
            "bash <<EOF\ngit commit --no-verify\nEOF",
            "git merge --no-verify x",
            "$env:HUSKY=0; git commit",
            "git commit -m x \\\n  --no-verify",
            "cat <<EOF | git commit -n -F -\nx\nEOF",
        ] {
            assert!(skips_hooks(line).is_some(), "{line}");
        }
    }

    #[test]
    fn words_about_it_are_not_found() {
        for line in [
            "git commit -m 'never use --no-verify'",
            "git commit -m \"git commit -n\"",
            "git commit -m --no-verify",
            "git commit --message --no-verify",
            "git commit -mn",
            "git commit -F -n",
            "git commit -un",
            "git commit -- -n",
            "git push -n",
            "git log -n 3",
            "git merge -n x",
            "echo git commit --no-verify",
            "echo 'git commit --no-verify' >> notes.md",
            "grep -rn 'no-verify' .",
            "cat <<'EOF' > a.md\ngit commit --no-verify\nEOF",
            "git commit -m x # --no-verify",
            "git config core.hooksPath",
            "git config --get core.hooksPath",
            "git -c user.name=x commit -m y",
            "HUSKY=1 git commit",
            "SKIP= git commit",
            "HUSKY=0 npm install",
            "git status --no-verify",
            "digit commit --no-verify",
            "git commit --no-edit --amend",
            "",
        ] {
            assert_eq!(skips_hooks(line), None, "{line}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let deep = "$(".repeat(100_000) + "git commit -n";
        assert_eq!(skips_hooks(&deep), None);
        assert_eq!(skips_hooks(&"eval ".repeat(1000)), None);
    }
}
