//! Asks the installed git where it looks for hooks. Only git can answer, since that depends on its version and on the
//! user's configuration. No scan depends on the answer.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// Runs git in a directory and returns the first line of its output; `None` if it exits with 1, as `git config` does
/// for a key that is not set.
///
/// # Errors
/// When git cannot be started or fails otherwise, with its message.
pub(crate) fn ask(directory: &Path, arguments: &[impl AsRef<OsStr>]) -> Result<Option<String>> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(directory).stdin(Stdio::null()).env("LC_ALL", "C");
    let output = command.output().context("git cannot be started; hooks need it in PATH")?;
    if output.status.success() {
        let text = String::from_utf8(output.stdout).context("git printed a path that is not UTF-8")?;
        return Ok(Some(text.strip_suffix('\n').unwrap_or(&text).to_owned()));
    }
    if output.status.code() == Some(1) {
        return Ok(None);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let what: Vec<_> = arguments.iter().map(|word| word.as_ref().to_string_lossy()).collect();
    bail!("`git {}` failed: {}", what.join(" "), said.trim())
}

/// Parses the version that `git --version` prints, such as `git version 2.54.0.windows.1`.
#[must_use]
pub(crate) fn version(printed: &str) -> Option<(u32, u32)> {
    let mut numbers = printed.strip_prefix("git version ")?.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_of_every_make_are_read() {
        for (printed, expected) in [
            ("git version 2.39.5", Some((2, 39))),
            ("git version 2.50.1 (Apple Git-155)", Some((2, 50))),
            ("git version 2.54.0.windows.1", Some((2, 54))),
            ("git version 2.54.0-rc1", Some((2, 54))),
            ("git version 2.55.0.618.g1a3e64c6c4", Some((2, 55))),
            ("git version 3.0", Some((3, 0))),
            ("git version next", None),
            ("hub version 2.14", None),
            ("", None),
        ] {
            assert_eq!(version(printed), expected, "{printed}");
        }
    }
}
