//! The command line that an agent runs.

use std::{ops::Range, path::Path};

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

/// The program of a command line that is ours, as it is written: one word, perhaps behind assignments to variables, and nothing
/// else. A line that runs anything before it is somebody else's.
pub(crate) fn program(line: &str) -> Option<&str> {
    Some(&line[place(line)?])
}

/// A command line that is ours with another program. Its options stay, and so do variables that are set.
pub(crate) fn with_program(line: &str, new: &str) -> Option<String> {
    let place = place(line)?;
    Some(format!("{}{new}{}", &line[..place.start], &line[place.end..]))
}

/// Where the program of a command line that is ours is written.
fn place(line: &str) -> Option<Range<usize>> {
    let end = line.find(ARGUMENTS)?;
    if line[end + ARGUMENTS.len()..].starts_with(|next: char| !next.is_whitespace()) {
        return None;
    }
    let mut start = 0;
    while let Some((word, _)) = line[start..end].split_once(' ').filter(|(word, _)| is_assignment(word)) {
        start += word.len() + 1;
    }
    let word = &line[start..end];
    let inner = match word.chars().next()? {
        quote @ ('"' | '\'') => word.strip_prefix(quote)?.strip_suffix(quote)?.replace("'\\''", ""),
        _ if word.contains(|one: char| one.is_whitespace() || ";&|()<>$`*?#!".contains(one)) => return None,
        _ => word.to_owned(),
    };
    let name = inner.rsplit(['/', '\\']).next()?;
    // A version may follow the name of the program.
    (!inner.contains(['"', '\'', '`', '$']) && name.starts_with("skanner")).then_some(start..end)
}

/// Whether a word sets a variable for the program behind it.
fn is_assignment(word: &str) -> bool {
    let is_plain = |one: char| one.is_ascii_alphanumeric() || "_./-+:,@%".contains(one);
    word.split_once('=').is_some_and(|(name, value)| {
        let is_name = |one: char| one.is_ascii_alphanumeric() || one == '_';
        !name.is_empty() && name.chars().all(is_name) && value.chars().all(is_plain)
    })
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
            ("/opt/log.sh /usr/bin/skanner hook agent", None),
            ("test -x /bin/skanner && /bin/skanner hook agent || true", None),
            ("/bin/skanner hook agent || true", Some("/bin/skanner")),
            ("'/a'\\''b/skanner' hook agent", Some("'/a'\\''b/skanner'")),
            ("SKANNER_MIN_CONFIDENCE=certain A= skanner hook agent", Some("skanner")),
            ("/x/skanner-0.2 hook agent", Some("/x/skanner-0.2")),
            ("skanner hook agents", None),
            ("$(skanner hook agent", None),
            ("a 'b' skanner' hook agent", None),
        ] {
            assert_eq!(program(line), expected, "{line}");
        }
        assert_eq!(
            with_program("skanner hook agent --x", "/y/skanner").as_deref(),
            Some("/y/skanner hook agent --x")
        );
        assert_eq!(with_program("A=b skanner hook agent", "/y").as_deref(), Some("A=b /y hook agent"));
        assert_eq!(for_shell(Path::new("/usr/bin/skanner")), "/usr/bin/skanner");
        #[cfg(unix)]
        assert_eq!(for_shell(Path::new("/a'b c/skanner")), "'/a'\\''b c/skanner'");
    }
}
