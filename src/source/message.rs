//! The message of a commit in progress, from the file that git passes to its `commit-msg` hook.

use std::{fs, io, path::PathBuf};

use super::{
    sink::Sink,
    words::{display_path, why},
};
use crate::blob::{Blob, Content, Origin, SourceKind};

/// What begins a line of a message that is a comment for git: `core.commentString`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CommentSign {
    /// This text.
    Exactly(Vec<u8>),
    /// Git chose one that the message does not use.
    Any,
}

/// What git does with the text below the scissors line that it wrote.
#[derive(Clone, Copy)]
pub(crate) enum Tail<'a> {
    /// It is dropped: `git commit --verbose` put the diff there, for the editor. Asks for the comment sign if there is
    /// a scissors line.
    Dropped(&'a dyn Fn() -> CommentSign),
    /// It is committed: no editor was opened, so git did not write a scissors line itself.
    Kept,
}

/// A message in a file.
///
/// Lines that begin with `#` are part of it: with `git commit --message` and with `--cleanup=whitespace` they are
/// committed, and the hook cannot know.
pub(crate) struct Message<'a> {
    /// The file.
    pub file: PathBuf,
    /// What happens to the text below git's scissors line. If it is dropped, it is not read: it also shows the lines
    /// that a commit removes, and a commit that removes a key must pass. A scissors line that git did not write cuts
    /// nothing, since a hook cannot know whether git will cut there.
    pub tail: Tail<'a>,
}

impl Message<'_> {
    /// Pushes the message, or reports why it could not be read.
    pub(crate) fn feed(&self, sink: &mut impl Sink) {
        let path = display_path(&self.file);
        match self.read() {
            Ok(text) => {
                let kept = match self.tail {
                    Tail::Kept => text.len(),
                    Tail::Dropped(sign) => above_scissors(&text, sign),
                };
                let origin = Origin::new(SourceKind::Message, &path);
                sink.blob(Blob::new(origin, Content::Bytes(&text[..kept])));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                sink.nothing(&path, "no such file; git gives the hook the path of the message".to_owned());
            }
            Err(error) => sink.not_scanned(&path, why(&error)),
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

/// The length of the message above the scissors line that git wrote for `--verbose`. Below it are two lines of comment,
/// whose text depends on the language, and then the diff, if anything is staged. See `wt_status_add_cut_line` and
/// `wt_longstatus_print_verbose` in git's wt-status.c.
fn above_scissors(text: &[u8], sign: &dyn Fn() -> CommentSign) -> usize {
    const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------\n";
    if memchr::memmem::find(text, SCISSORS).is_none() {
        return text.len();
    }
    let sign = sign();
    let mut start = 0;
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    while let Some(line) = lines.next() {
        if let Some(own) = line.strip_suffix(SCISSORS).filter(|own| is_sign(own, &sign)) {
            let is_comment =
                |line: &&[u8]| line.strip_prefix(own).is_some_and(|rest| matches!(rest, [b' ' | b'\n', ..]));
            // With `--verbose --verbose`, more lines of comment follow.
            let comments = lines.clone().take_while(is_comment).count();
            let diff = lines.nth(comments).unwrap_or_default();
            let is_gits = comments >= 2 && (diff.is_empty() || diff.starts_with(b"diff --git "));
            return if is_gits { start } else { text.len() };
        }
        start += line.len();
    }
    text.len()
}

fn is_sign(found: &[u8], sign: &CommentSign) -> bool {
    match sign {
        CommentSign::Exactly(sign) => found == sign,
        // Git chooses among these.
        CommentSign::Any => matches!(found, [byte] if b"#;@!$%^&|:".contains(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::{CommentSign, above_scissors};

    #[test]
    fn only_gits_own_scissors_cut() {
        let scissors = "------------------------ >8 ------------------------";
        let told = "# Do not modify or remove the line above.\n# Everything below it will be ignored.\n";
        let (usual, all) = (CommentSign::Exactly(b"#".to_vec()), usize::MAX);
        for (text, sign, kept) in [
            (format!("a\nb\n# {scissors}\n{told}diff --git a/b b/b\n"), &usual, 4),
            (format!("a\nb\n# {scissors}\n{told}"), &usual, 4),
            (format!("# {scissors}\n# Nicht\n# Alles\n#\n# more\ndiff --git a b\n"), &usual, 0),
            (format!("a\n# {scissors}\n{told}text\n"), &usual, all),
            (format!("a\n# {scissors}\n# one\ndiff --git a b\n"), &usual, all),
            (format!("a\n# {scissors}\ndiff --git a b\n"), &usual, all),
            (format!("a\n; {scissors}\n{}", told.replace('#', ";")), &usual, all),
            (format!("a\n; {scissors}\n{}", told.replace('#', ";")), &CommentSign::Any, 2),
            (format!("a\n; {scissors}\n{}", told.replace('#', ";")), &CommentSign::Exactly(b";".to_vec()), 2),
            (
                format!("a\n// {scissors}\n{}", told.replace('#', "//")),
                &CommentSign::Exactly(b"//".to_vec()),
                2,
            ),
            (format!("a\n## {scissors}\n{told}"), &usual, all),
            (format!("a\n{scissors}\n{told}"), &usual, all),
            (format!("a\nx {scissors}\n{told}"), &CommentSign::Any, all),
            (format!("a # {scissors}\n{told}"), &usual, all),
            (format!("a\n # {scissors}\n{told}"), &usual, all),
            (format!("# {scissors} \n{told}"), &usual, all),
            // Only the first one counts for git.
            (format!("a\n# {scissors}\nb\n# {scissors}\n{told}"), &usual, all),
            ("# >8\nb".to_owned(), &usual, all),
            (String::new(), &usual, all),
        ] {
            let found = above_scissors(text.as_bytes(), &|| sign.clone());
            assert_eq!(found, kept.min(text.len()), "{text}");
        }
    }
}
