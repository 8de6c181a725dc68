//! The command line that an agent runs.

use std::path::Path;

/// What follows the program.
const ARGUMENTS: &str = " hook agent";

/// A program as a shell takes it for one word.
pub(crate) fn for_shell(program: &Path) -> String {
    let text = program.to_string_lossy();
    let is_plain = |one: char| one.is_ascii_alphanumeric() || "/._-+:,@%".contains(one);
    match text.chars().all(is_plain) {
        true => text.into_owned(),
        false if cfg!(windows) => format!("\"{text}\""),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// The command line for a program.
pub(crate) fn of(program: &str) -> String {
    format!("{program}{ARGUMENTS}")
}

/// The program of a command line that is ours, as it is written.
pub(crate) fn program(line: &str) -> Option<&str> {
    let program = &line[..line.find(ARGUMENTS)?];
    let name = program.trim_matches(['"', '\'']).rsplit(['/', '\\']).next()?;
    (name == "skanner" || name == "skanner.exe").then_some(program)
}

/// A command line that is ours with another program. Its options stay.
pub(crate) fn with_program(line: &str, new: &str) -> Option<String> {
    let old = program(line)?;
    Some(format!("{new}{}", &line[old.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_ours_if_it_runs_the_hook() {
        for (line, expected) in [
            ("skanner hook agent", Some("skanner")),
            ("'/a b/skanner' hook agent --deny-no-verify", Some("'/a b/skanner'")),
            ("\"C:\\x\\skanner.exe\" hook agent", Some("\"C:\\x\\skanner.exe\"")),
            ("skanner scan .", None),
            ("other hook agent", None),
            ("echo", None),
        ] {
            assert_eq!(program(line), expected, "{line}");
        }
        assert_eq!(
            with_program("skanner hook agent --x", "/y/skanner").as_deref(),
            Some("/y/skanner hook agent --x")
        );
        assert_eq!(for_shell(Path::new("/usr/bin/skanner")), "/usr/bin/skanner");
        #[cfg(unix)]
        assert_eq!(for_shell(Path::new("/a'b c/skanner")), "'/a'\\''b c/skanner'");
    }
}
