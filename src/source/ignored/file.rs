//! Reads ignore files. A stranger's repository may have anything in their place.

use std::{fs, io::Read, path::Path};

use super::patterns::IgnorePatterns;
use crate::{regular_file, source::file::open};

/// A larger ignore file is not read, in bytes. Real ones are a hundredth of it, and each file of a tree is compared with
/// every pattern.
const LARGEST: u64 = 1 << 20;

/// What there is in the place of an ignore file.
pub(super) enum Found {
    /// No patterns.
    Nothing,
    Patterns(IgnorePatterns),
    /// More than is read.
    TooLarge,
}

/// Reads an ignore file, and follows a link if `follow` is set. Git does not follow those that are named `.gitignore`.
/// What cannot be read excludes nothing.
pub(super) fn read(path: &Path, follow: bool) -> Found {
    // The type is checked first, since even opening a device may have effects.
    let metadata = if follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
    let size = match metadata {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        _ => return Found::Nothing,
    };
    let Ok(file) = open(path, follow) else { return Found::Nothing };
    if size > LARGEST || !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return if size > LARGEST { Found::TooLarge } else { Found::Nothing };
    }
    let mut text = Vec::with_capacity(size as usize + 1);
    match file.take(LARGEST + 1).read_to_end(&mut text) {
        Ok(_) if text.len() as u64 > LARGEST => Found::TooLarge,
        Ok(_) => {
            let patterns = IgnorePatterns::parse(text);
            if patterns.is_empty() { Found::Nothing } else { Found::Patterns(patterns) }
        }
        Err(_) => Found::Nothing,
    }
}

/// Whether a repository's configuration says that case does not count. libgit2 is asked only if it may say so.
pub(super) fn folds_case(common: &Path) -> bool {
    let path = common.join("config");
    let mut text = Vec::new();
    let is_read =
        regular_file::open(&path).is_ok_and(|file| file.take(LARGEST).read_to_end(&mut text).is_ok());
    text.make_ascii_lowercase();
    let may_say =
        ["ignorecase", "include"].iter().any(|word| memchr::memmem::find(&text, word.as_bytes()).is_some());
    is_read
        && may_say
        && git2::Config::open(&path).and_then(|config| config.get_bool("core.ignorecase")).unwrap_or(false)
}
