//! The message of a commit that is about to be made, in the file that git gives to its `commit-msg` hook.

use std::{fs, io, path::PathBuf};

use super::{
    sink::Sink,
    words::{display_path, why},
};
use crate::blob::{Blob, Content, Origin, SourceKind};

/// What git does with the text below its scissors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    /// Drops it: `git commit --verbose` has put the difference there, for the editor.
    Dropped,
    /// Commits it, since no editor was open and so git itself wrote no scissors.
    Kept,
}

/// A message in a file.
///
/// Lines that begin with `#` are a part of it: with `git commit --message` and with `--cleanup=whitespace` they are
/// committed, and the hook cannot know.
pub(crate) struct Message {
    /// The file.
    pub file: PathBuf,
    /// What becomes of the text below git's scissors. It is not read if it is dropped: the lines that a commit removes
    /// stand there as well, and a commit that removes a key must pass.
    pub tail: Tail,
}

impl Message {
    /// Pushes the message, or says why it could not be read.
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
        // Whatever is no file might never end, or make us wait for its first byte.
        if !fs::metadata(&self.file)?.is_file() {
            return Err(io::Error::other("is no file"));
        }
        fs::read(&self.file)
    }
}

/// How much of a message stands above the scissors.
fn above_scissors(text: &[u8]) -> usize {
    // wt-status.c in git. The sign before it is `core.commentString`, which the user may have changed.
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
