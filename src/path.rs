//! Handles paths by name: how they are written, and what is in what. The file system is consulted only where a name says
//! so, since a path may not exist in any.

use std::{
    borrow::Cow,
    io,
    path::{Component, Path, PathBuf},
};

/// How a system writes paths. Reports write them one way on all systems, so that they can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathStyle {
    /// Names with `/` between them; any other byte is part of a name.
    Unix,
    /// `\` is a separator, too, and a path may begin with a drive.
    Windows,
}

impl PathStyle {
    /// That of the system that the program runs on.
    pub(crate) const OWN: Self = if cfg!(windows) { Self::Windows } else { Self::Unix };

    /// A path of the file system as reports have it: `/` between its parts, and no `\\?\` before it.
    #[must_use]
    pub(crate) fn shown(self, path: &[u8]) -> Cow<'_, [u8]> {
        if self == Self::Unix || !path.contains(&b'\\') {
            return Cow::Borrowed(path);
        }
        let mut shown = match path.strip_prefix(br"\\?\") {
            Some(rest) if rest.starts_with(br"UNC\") => [b"//", &rest[4..]].concat(),
            Some(rest) if has_drive(rest) => rest.to_owned(),
            // What else may follow has no other name.
            _ => path.to_owned(),
        };
        shown.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
        Cow::Owned(shown)
    }

    /// Whether a path of a report starts from the root of a file system.
    #[must_use]
    pub(crate) fn is_absolute(self, shown: &[u8]) -> bool {
        shown.starts_with(b"/") || self == Self::Windows && has_drive(shown)
    }
}

/// Whether a path begins with a drive, and with the root of it if it goes on: `C:name` depends on a current directory.
#[must_use]
pub(crate) fn has_drive(path: &[u8]) -> bool {
    matches!(path, [letter, b':', rest @ ..] if letter.is_ascii_alphabetic() && matches!(rest, [] | [b'/' | b'\\', ..]))
}

/// A path of the file system as reports have it: `/` between its parts, on every system.
#[must_use]
pub(crate) fn shown(path: &Path) -> Cow<'_, [u8]> {
    PathStyle::OWN.shown(path.as_os_str().as_encoded_bytes())
}

/// The same as a text; what is not Unicode is replaced.
#[must_use]
pub(crate) fn shown_text(path: &Path) -> String {
    String::from_utf8_lossy(&shown(path)).into_owned()
}

/// What to call a file that is named on the command line, where `-` is standard input.
#[must_use]
pub(crate) fn input_name(file: &Path) -> String {
    if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() }
}

/// Asks the file system for the one path that all others of the same file lead to.
pub(crate) trait WholePath {
    /// The path from the root, without links and `..`. All paths that are compared must come from here: on Windows,
    /// the standard library's `canonicalize` writes `\\?\C:\a`, which equals no path that anyone else writes.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be looked at.
    fn whole(&self) -> io::Result<PathBuf>;
}

impl WholePath for Path {
    #[cfg(not(windows))]
    fn whole(&self) -> io::Result<PathBuf> {
        self.canonicalize()
    }

    #[cfg(windows)]
    fn whole(&self) -> io::Result<PathBuf> {
        self.canonicalize().map(plain)
    }
}

/// A path without `\\?\`, if it means the same file then.
#[cfg(windows)]
fn plain(whole: PathBuf) -> PathBuf {
    use std::path::{Component, Prefix};
    let plain = dunce::simplified(&whole);
    if plain != whole {
        return plain.to_owned();
    }
    // A long path keeps the prefix, although the standard library and libgit2 open it without. What is above it has
    // none, so it would not seem to be in there. What no other path can name keeps it.
    let mut parts = whole.components();
    let Some(Component::Prefix(prefix)) = parts.next() else { return whole };
    let Prefix::VerbatimDisk(drive) = prefix.kind() else { return whole };
    let root = Path::new(r"\\?\C:\");
    let is_plain = |part: Component<'_>| match part {
        Component::Normal(name) => {
            let alone = root.join(name);
            dunce::simplified(&alone) != alone
        }
        _ => true,
    };
    if !parts.clone().all(is_plain) {
        return whole;
    }
    let mut plain = PathBuf::from(format!("{}:", char::from(drive)));
    plain.extend(parts);
    plain
}

/// A path whose directory is whole and whose own name is as it is written, so that a link is not its target; `None` if the
/// directory cannot be looked at, or the path has no name.
#[must_use]
pub(crate) fn with_whole_parent(path: &Path) -> Option<PathBuf> {
    Some(parent(path)?.whole().ok()?.join(path.file_name()?))
}

/// The directory that relative paths start from, so that it can be compared with others.
///
/// # Errors
/// When it no longer exists.
pub(crate) fn current_directory() -> io::Result<PathBuf> {
    let here = std::env::current_dir()?;
    // Unix gives it whole. Windows gives it as the user entered it, such as by the letter of a network drive.
    if cfg!(windows) { here.whole() } else { Ok(here) }
}

/// The components of a path from the root, with `.` and `..` resolved. `..` at the root stays there, as in a file
/// system.
#[must_use]
pub(crate) fn resolve<N: AsRef<[u8]>>(names: impl IntoIterator<Item = N>) -> Vec<N> {
    let mut way = Vec::new();
    for name in names {
        match name.as_ref() {
            b"" | b"." => {}
            b".." => drop(way.pop()),
            _ => way.push(name),
        }
    }
    way
}

/// A path without `.`, and with `..` resolved by name.
#[must_use]
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(resolved.pop()),
            part => resolved.push(part),
        }
    }
    resolved
}

/// The directory that a path is in: `.` for a single name. `None` for a root and for nothing.
#[must_use]
pub(crate) fn parent(path: &Path) -> Option<&Path> {
    path.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
}

/// Where git checks out what it stores under this path. On Unix its names are bytes, as in git.
#[cfg(unix)]
#[must_use]
pub(crate) fn from_git(bytes: &[u8]) -> Cow<'_, Path> {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    Cow::Borrowed(Path::new(OsStr::from_bytes(bytes)))
}

/// Where git checks out what it stores under this path. On Windows its names are texts.
#[cfg(not(unix))]
#[must_use]
pub(crate) fn from_git(bytes: &[u8]) -> Cow<'_, Path> {
    match checked_out(bytes) {
        Cow::Borrowed(text) => Cow::Borrowed(Path::new(text)),
        Cow::Owned(text) => Cow::Owned(text.into()),
    }
}

/// The text by which Git for Windows checks a path out: bytes that are not UTF-8 are taken for Latin-1, or are written
/// as two hex digits where that has no visible character.
#[cfg(any(not(unix), test))]
fn checked_out(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(2 * bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            match byte {
                0xa0.. => text.push(char::from(*byte)),
                _ => text.push_str(&crate::bytes::hex::digits(&[*byte])),
            }
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_paths_are_shown_as_on_unix() {
        for (path, expected) in [
            (r"sub\k.txt", "sub/k.txt"),
            ("sub/k.txt", "sub/k.txt"),
            (r"sub/deep\k.txt", "sub/deep/k.txt"),
            (r"..\sub\", "../sub/"),
            (r"C:\a\b c", "C:/a/b c"),
            (r"C:", "C:"),
            (r"\\?\C:\a\b", "C:/a/b"),
            (r"\\?\C:\", "C:/"),
            (r"\\?\UNC\server\share\a", "//server/share/a"),
            (r"\\server\share\a", "//server/share/a"),
            (r"\\.\pipe\a", "//./pipe/a"),
            // Without the prefix, these would name other files.
            (r"\\?\Volume{1}\a", "//?/Volume{1}/a"),
            (r"\\?\UNCLE\a", "//?/UNCLE/a"),
            (r"\\?\C:a", "//?/C:a"),
            ("", ""),
        ] {
            let shown = PathStyle::Windows.shown(path.as_bytes());
            assert_eq!(String::from_utf8_lossy(&shown), expected, "{path}");
            assert_eq!(PathStyle::Unix.shown(path.as_bytes()), path.as_bytes());
        }
        // Half a surrogate pair, as the standard library has it.
        assert_eq!(*PathStyle::Windows.shown(b"a\\\xed\xa0\x80"), *b"a/\xed\xa0\x80");
    }

    #[test]
    fn a_drive_is_a_root_where_there_are_drives() {
        for (path, on_unix, on_windows) in [
            ("/a", true, true),
            ("//server/share", true, true),
            ("C:/a", false, true),
            ("c:", false, true),
            ("C:a", false, false),
            ("CC:/a", false, false),
            ("1:/a", false, false),
            ("a/C:/b", false, false),
            ("", false, false),
        ] {
            assert_eq!(PathStyle::Unix.is_absolute(path.as_bytes()), on_unix, "{path}");
            assert_eq!(PathStyle::Windows.is_absolute(path.as_bytes()), on_windows, "{path}");
        }
    }

    #[test]
    fn names_that_are_not_utf8_stay_apart() {
        for (bytes, expected) in [
            (&b"caf\xe9/k"[..], "caf\u{e9}/k"),
            (b"caf\xc3\xa9/k", "caf\u{e9}/k"),
            (b"\xff", "\u{ff}"),
            (b"\x80\x9f", "809f"),
            (b"a\xe2\x82", "a\u{e2}82"),
            (b"plain", "plain"),
            (b"", ""),
        ] {
            assert_eq!(checked_out(bytes), expected, "{bytes:?}");
        }
        let all: std::collections::BTreeSet<String> =
            (0x80..=0xff).map(|byte| checked_out(&[byte]).into_owned()).collect();
        assert_eq!(all.len(), 128);
        assert!(!all.contains(""));
    }

    #[test]
    fn whole_paths_can_be_compared_and_shown() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().whole().unwrap();
        let mut inner = root.clone();
        // Longer than a path on Windows could be for a long time.
        inner.extend(std::iter::repeat_n("a".repeat(60), 6));
        std::fs::create_dir_all(&inner).unwrap();
        let inner = inner.join("..").whole().unwrap();
        assert!(inner.starts_with(&root), "{inner:?} {root:?}");
        for path in [&root, &inner] {
            let text = shown_text(path);
            assert!(!text.contains(['\\', '?']), "{text}");
            assert!(PathStyle::OWN.is_absolute(text.as_bytes()), "{text}");
        }
        assert_eq!(current_directory().unwrap(), Path::new(".").whole().unwrap());
    }

    #[test]
    fn a_single_name_is_in_this_directory() {
        for (path, expected) in
            [("a", Some(".")), ("a/b", Some("a")), ("/a", Some("/")), ("/", None), ("", None)]
        {
            assert_eq!(parent(Path::new(path)), expected.map(Path::new), "{path}");
        }
    }

    #[test]
    fn names_that_are_no_names_are_undone() {
        assert_eq!(resolve("/a/./b//../c/".split('/')), ["a", "c"]);
        assert_eq!(resolve("../../a/...".split('/')), ["a", "..."]);
        assert!(resolve([&b".."[..], b"", b"."]).is_empty());
    }
}
