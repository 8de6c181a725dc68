//! What people mean who write what other programs understand.

use std::path::Path;

/// What to write instead, if the arguments are those of another program. The first one is not the program's name.
#[must_use]
pub(crate) fn hint(arguments: &[String]) -> Option<String> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let first = arguments.first().copied()?;
    let instead = match first {
        "detect" | "git" => {
            Some("`skanner scan --history` scans a repository's history, and `skanner audit` all of it")
        }
        "protect" => Some("`skanner scan --staged` scans what the next commit would add"),
        "dir" | "filesystem" | "fs" | "check" | "run" => {
            Some("`skanner scan PATH` scans files and directories")
        }
        "stdin" => Some("`skanner scan -` scans standard input"),
        "version" => Some("the option is `--version`"),
        "install" => Some("`skanner hook install` installs the git hooks"),
        "report" if arguments.len() == 1 => Some(
            "`skanner report JSON` converts reports in JSON; `skanner scan --output FORMAT=FILE` writes one",
        ),
        _ => None,
    };
    if let ["rules", "show" | "explain", rest @ ..] = &arguments[..] {
        return Some(format!("`skanner explain {}` explains a rule", rest.first().unwrap_or(&"RULE")));
    }
    if let Some(instead) = instead {
        return Some(instead.to_owned());
    }
    let is_option = |argument: &str| argument.starts_with('-');
    if !is_option(first) && (Path::new(first).exists() || is_url(first)) {
        return Some(if is_url(first) {
            clone_first(first)
        } else {
            format!("`skanner scan {first}` scans it")
        });
    }
    arguments.iter().enumerate().find_map(|(at, argument)| {
        let next = arguments.get(at + 1).copied().filter(|next| !is_option(next));
        let (option, value) =
            argument.split_once('=').map_or((*argument, next), |(option, value)| (option, Some(value)));
        match option {
            "--json" | "--sarif" | "--jsonl" | "--github" | "--gitlab" | "--junit" => {
                Some(format!("the option is `--format {}`", option.trim_start_matches('-')))
            }
            "-f" | "--report-format" | "--output-format" => {
                Some(format!("the option is `--format {}`", value.unwrap_or("FORMAT")))
            }
            "-r" | "--report-path" | "-o" => Some("the option is `--output FORMAT=FILE`".to_owned()),
            "--exit-code" => Some("`--exit-zero` exits with 0 even if keys were found".to_owned()),
            "--verify" | "--validate" | "--only-verified" => {
                Some("skanner never verifies keys: it opens no network connection".to_owned())
            }
            "--recursive" | "-R" => Some("directories are read with everything in them".to_owned()),
            "--jobs" => Some("the option is `--threads`, or `-j`".to_owned()),
            "--redact" => Some("secrets are always masked; `--show-secrets` shows them".to_owned()),
            "--no-git" | "-s" | "--source" => {
                Some("`skanner scan PATH` scans files and directories".to_owned())
            }
            "--exclude" => Some(EXCLUDE.to_owned()),
            "--history" if first == "audit" => Some("an audit always reads the history".to_owned()),
            _ => None,
        }
    })
}

/// How to leave paths out.
const EXCLUDE: &str =
    "all files are read; `[[allow]]` with `paths` in skanner.toml suppresses the findings in some of them";

/// Whether it looks like the address of a repository.
#[must_use]
pub(crate) fn is_url(text: &str) -> bool {
    ["https://", "http://", "ssh://", "git://", "git@"].iter().any(|start| text.starts_with(start))
}

/// What to do with the address of a repository.
#[must_use]
pub(crate) fn clone_first(url: &str) -> String {
    format!("skanner does not use the network. Clone it first: git clone --mirror {url}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_programs_understand_has_a_hint() {
        for (arguments, expected) in [
            ("detect --source .", "scan --history"),
            ("protect --staged", "scan --staged"),
            ("git .", "scan --history"),
            ("dir .", "scan PATH"),
            ("check", "scan PATH"),
            (".", "`skanner scan .`"),
            ("https://example.com/x.git", "git clone --mirror https://example.com/x.git"),
            ("scan --json", "--format json"),
            ("scan -f sarif", "--format sarif"),
            ("scan --report-format=json", "--format json"),
            ("scan . -r x.json", "--output FORMAT=FILE"),
            ("scan --exclude tests", "[[allow]]"),
            ("scan --verify", "never verifies"),
            ("scan --jobs 4", "--threads"),
            ("rules show openai-project-key", "skanner explain openai-project-key"),
            ("version", "--version"),
        ] {
            let words: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
            let hint = hint(&words).unwrap_or_default();
            assert!(hint.contains(expected), "{arguments}: {hint}");
        }
        assert_eq!(hint(&["sacn".to_owned()]), None);
    }
}
