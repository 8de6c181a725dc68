//! The message of a commit in progress, from the file that git passes to its `commit-msg` hook.

use std::{fs, io, path::PathBuf};

use super::{
    sink::Sink,
    words::{display_path, why},
};
use crate::blob::{Blob, Content, Origin, SourceKind};

/// What git does with the text below the scissors line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    /// It is dropped: `git commit --verbose` put the diff there, for the editor.
    Dropped,
    /// It is committed: no editor was opened, so git did not write a scissors line itself.
    Kept,
}

/// A message in a file.
///
/// Lines that begin with `#` are part of it: with `git commit --message` and with `--cleanup=whitespace` they are
/// committed, and the hook cannot know.
pub(crate) struct Message {
    /// The file.
    pub file: PathBuf,
    /// What happens to the text below git's scissors line. If it is dropped, it is not read: it also shows the lines
    /// that a commit removes, and a commit that removes a key must pass.
    pub tail: Tail,
}

impl Message {
    /// Pushes the message, or reports why it could not be read.
    pub(crate) fn feed(&self, sink: &mut impl Sink) {
        let path = display_path(&self.file);
        match self.read() {
            Ok(text) => {
                let kept = if self.tail == Tail::Kept { text.len() } else { above_scissors(&text) };
                let origin = Origin::new(SourceKind::Message, path);
                sink.blob(Blob::new(origin, Content::Bytes(&text[..kept])));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                sink.nothing(path, "no such file; git gives the hook the path of the message".to_owned());
            }
            Err(error) => sink.not_scanned(path, why(&error)),
        }
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        // Anything but a regular file might never end, or block before its first byte.
        if !fs::metadata(&self.file)?.is_file() {
            return Err(io::Error::other("is not a regular file"));
        }
        fs::read(&self.file)
    }
}

/// The length of the message above the scissors line.
fn above_scissors(text: &[u8]) -> usize {
    // See wt-status.c in git. The prefix is `core.commentString`, which the user may have changed.
    const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";
    let mut start = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        if let Some(sign) = bare.strip_suffix(SCISSORS)
            && !sign.is_empty()
            && sign.iter().all(|byte| !byte.is_ascii_alphanumeric() && !byte.is_ascii_whitespace())
        {
            return start;
        }
        start += line.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::above_scissors;

    #[test]
    fn only_gits_own_scissors_cut() {
        let scissors = "------------------------ >8 ------------------------";
        for (text, kept) in [
            (format!("a\nb\n# {scissors}\ndiff\n"), 4),
            (format!("a\n; {scissors}\ndiff\n"), 2),
            (format!("# {scissors}"), 0),
            (format!("a\n{scissors}\nb\n"), usize::MAX),
            (format!("a\nx {scissors}\nb\n"), usize::MAX),
            (format!("a # {scissors}\nb\n"), usize::MAX),
            (format!("a\n # {scissors}\nb\n"), usize::MAX),
            (format!("# {scissors} \nb\n"), usize::MAX),
            ("# >8\nb".to_owned(), usize::MAX),
            (String::new(), 0),
        ] {
            assert_eq!(above_scissors(text.as_bytes()), kept.min(text.len()), "{text}");
        }
    }
}
