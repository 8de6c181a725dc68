//! Why an entry of another scanner's list means no finding: what stands there now.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{
    entry::ImportedEntry,
    kinds::{self, ForeignKind},
    secret_hash::SecretHash,
};
use crate::cold::ColdSort;

/// Why an entry matches no finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unmatched {
    /// What is meant is no key that skanner looks for.
    OtherKind,
    /// What is meant is not there.
    Gone,
    /// Something else has taken its place.
    Replaced,
    /// It is about a version of a file that was not read.
    History,
    /// It may be a key of a rule of its scanner's configuration, which is not in use.
    RuleNotInUse,
}

impl Unmatched {
    /// In words.
    #[must_use]
    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::OtherKind => "no key of a kind that skanner looks for",
            Self::Gone => "no longer there",
            Self::Replaced => "no longer there: another key stands on that line",
            Self::History => "in the history only: --history reads it",
            Self::RuleNotInUse => "no key of a rule that is in use",
        }
    }
}

/// The files of the work tree, each read once.
pub(crate) struct FileTexts<'a> {
    read: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    known: RefCell<HashMap<String, Option<Rc<FileText>>>>,
}

/// A file, and the hashes of all that may be a secret in it.
struct FileText {
    lines: Vec<Box<[u8]>>,
    hashes: RefCell<Option<HashSet<SecretHash>>>,
}

impl<'a> FileTexts<'a> {
    /// `read` returns the content of a file by its path from the root of the tree; `None` if there is none, or it cannot
    /// be read.
    pub(crate) fn new(read: &'a dyn Fn(&str) -> Option<Vec<u8>>) -> Self {
        Self { read, known: RefCell::default() }
    }

    fn get(&self, path: &str) -> Option<Rc<FileText>> {
        let known = self.known.borrow().get(path).cloned();
        known.unwrap_or_else(|| {
            let lines = |text: Vec<u8>| text.split(|byte| *byte == b'\n').map(Into::into).collect();
            let text = (self.read)(path)
                .map(|text| Rc::new(FileText { lines: lines(text), hashes: RefCell::default() }));
            self.known.borrow_mut().insert(path.to_owned(), text.clone());
            text
        })
    }

    /// Whether the secret is in quotes, or a word, on a line.
    pub(super) fn holds_on_line(&self, path: &str, at: u64, secret: SecretHash) -> bool {
        let line = self.get(path).and_then(|text| text.line(at).map(<[u8]>::to_vec));
        line.is_some_and(|line| words(&line).into_iter().any(|word| secret.is_of(word)))
    }
}

impl FileText {
    /// A line, 1-based.
    fn line(&self, at: u64) -> Option<&[u8]> {
        let at = usize::try_from(at.checked_sub(1)?).ok()?;
        self.lines.get(at).map(|line| &**line)
    }

    fn holds(&self, secret: SecretHash) -> bool {
        let mut hashes = self.hashes.borrow_mut();
        let hashes = hashes.get_or_insert_with(|| {
            let all = self.lines.iter().flat_map(|line| words(line));
            let both = |word: &[u8]| {
                [SecretHash::Sha1(Sha1::digest(word).into()), SecretHash::Sha256(Sha256::digest(word).into())]
            };
            all.flat_map(both).collect()
        });
        hashes.contains(&secret)
    }
}

/// Longer lines are no places where people write secrets, in bytes.
const LONGEST: usize = 64 << 10;

/// What may be a secret on a line: what is between quotation marks, words, and values behind `=` and `:`.
fn words(line: &[u8]) -> Vec<&[u8]> {
    let line = line.trim_ascii();
    if line.len() > LONGEST {
        return Vec::new();
    }
    let mut all: Vec<&[u8]> = line.split(u8::is_ascii_whitespace).collect();
    for quote in [b'"', b'\'', b'`'] {
        all.extend(line.split(|byte| *byte == quote));
    }
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`,;()[]{}<>".contains(byte);
    for word in line.split(ends) {
        all.push(word);
        all.extend(word.split(|byte| matches!(byte, b'=' | b':')));
    }
    for (at, _) in line.iter().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b':')).take(4) {
        all.push(line[at + 1..].trim_ascii());
    }
    all.retain(|word| !word.is_empty());
    all.cold_sort();
    all.dedup();
    all
}

/// Why an entry matches no finding. `has_history` says whether the history was read, `has_all_rules` whether the rules of
/// the scanner's own configuration were in use, and `is_key_at` whether a key is on a line of a file.
#[must_use]
pub(crate) fn why_unmatched(
    entry: &ImportedEntry,
    texts: &FileTexts<'_>,
    (has_history, has_all_rules): (bool, bool),
    is_key_at: &dyn Fn(&str, u64) -> bool,
) -> Unmatched {
    let kind = kinds::kind(&entry.kind);
    if kind == ForeignKind::Other {
        return Unmatched::OtherKind;
    }
    if kind == ForeignKind::Unknown && !has_all_rules {
        return Unmatched::RuleNotInUse;
    }
    let text = entry.path.as_deref().and_then(|path| texts.get(path));
    if let (Some(text), Some(secret)) = (&text, entry.secret)
        && text.holds(secret)
    {
        return Unmatched::OtherKind;
    }
    if entry.commit.is_some() {
        return match kind {
            _ if !has_history => Unmatched::History,
            // All that the history holds was searched.
            ForeignKind::Unknown => Unmatched::OtherKind,
            _ => Unmatched::Gone,
        };
    }
    let (Some(path), Some(text), Some(at)) = (&entry.path, text, entry.at) else { return Unmatched::Gone };
    if entry.secret.is_some() {
        return if is_key_at(path, at) { Unmatched::Replaced } else { Unmatched::Gone };
    }
    let is_text = text.line(at).is_some_and(|line| !line.trim_ascii().is_empty());
    // Something is there, and nothing says that it was a key of ours.
    if is_text && kind == ForeignKind::Unknown { Unmatched::OtherKind } else { Unmatched::Gone }
}
