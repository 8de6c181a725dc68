//! Where an occurrence is, for machines: its path from the root of the repository, as text and as a URI, whether its lines
//! are those of the file, and a fingerprint that it keeps.

use std::{borrow::Cow, fmt};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use sha2::{Digest, Sha256};

use super::document::{FindingEntry, OccurrenceEntry, RunReport};
use crate::{
    blob::SourceKind,
    bytes::hex,
    hidden::escape_control,
    path::{PathStyle, has_drive, resolve},
};

/// Separates these hashes from all other uses of SHA-256. A change of it makes every alert a new one.
const DOMAIN: &[u8] = b"skanner place fingerprint, version 1\0";

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of something from the root of the repository.
pub(super) struct RootPath<'a> {
    /// Whether it is relative to the root. Only what was named by an absolute path outside of the root is not, so that two
    /// checkouts of the same tree give the same report.
    pub(super) is_relative: bool,
    style: PathStyle,
    /// Whether it begins with a server, as `//server/share` does on Windows.
    is_on_server: bool,
    segments: Vec<&'a [u8]>,
}

impl<'a> RootPath<'a> {
    /// For a path from the directory of the run, as it is shown.
    pub(super) fn new(run: &'a RunReport, path: &'a str) -> Self {
        Self::new_in(PathStyle::OWN, run, path)
    }

    fn new_in(style: PathStyle, run: &'a RunReport, path: &'a str) -> Self {
        if path.is_empty() {
            return Self { style, is_relative: true, is_on_server: false, segments: vec![b"stdin"] };
        }
        let root = run.root.as_ref().map_or_else(Vec::new, |root| segments(root.as_bytes()));
        if style.is_absolute(path.as_bytes()) {
            let full = resolve(segments(path.as_bytes()));
            let inside = full.strip_prefix(root.as_slice()).filter(|_| !root.is_empty()).map(<[_]>::to_vec);
            let (is_relative, is_on_server) = (inside.is_some(), path.starts_with("//"));
            return Self { style, is_relative, is_on_server, segments: inside.unwrap_or(full) };
        }
        let (mut up, mut inside) = (0, Vec::new());
        for segment in segments(run.directory.as_bytes()).into_iter().chain(segments(path.as_bytes())) {
            match segment {
                b".." if inside.pop().is_none() => up += 1,
                b".." => {}
                _ => inside.push(segment),
            }
        }
        // The way out of the root may lead back into it.
        let back = &root[root.len().saturating_sub(up)..];
        if up > 0 && !back.is_empty() && inside.starts_with(back) {
            inside.drain(..back.len());
            up -= back.len();
        }
        inside.splice(0..0, std::iter::repeat_n(&b".."[..], up));
        Self { style, is_relative: true, is_on_server: false, segments: inside }
    }

    /// As a URI, which is percent-encoded.
    pub(super) fn uri(&self) -> String {
        let is_windows = self.style == PathStyle::Windows;
        match self.segments.as_slice() {
            [] if self.is_relative => ".".to_owned(),
            segments if self.is_relative => encode(segments),
            [drive, rest @ ..] if is_windows && has_drive(drive) => {
                format!("file:///{}:/{}", char::from(drive[0]), encode(rest))
            }
            segments if is_windows && self.is_on_server => format!("file://{}", encode(segments)),
            segments => format!("file:///{}", encode(segments)),
        }
    }

    /// As text that is safe to show.
    pub(super) fn shown(&self) -> String {
        escape_control(&self.text()).into_owned()
    }

    /// As text. It may contain control characters.
    pub(super) fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.segments.join(&b'/')).into_owned();
        let has_drive =
            self.style == PathStyle::Windows && self.segments.first().is_some_and(|one| has_drive(one));
        match text.as_str() {
            _ if self.is_on_server && !self.is_relative => format!("//{text}"),
            _ if !self.is_relative && !has_drive => format!("/{text}"),
            "" => ".".to_owned(),
            _ => text,
        }
    }
}

fn encode(segments: &[&[u8]]) -> String {
    let encoded: Vec<_> =
        segments.iter().map(|segment| percent_encode(segment, ENCODED).to_string()).collect();
    encoded.join("/")
}

/// The components of a path, without empty ones and `.`.
fn segments(path: &[u8]) -> Vec<&[u8]> {
    path.split(|byte| *byte == b'/').filter(|segment| !segment.is_empty() && *segment != b".").collect()
}

/// Whether the line numbers of the occurrence refer to its file.
pub(super) fn has_region(place: &OccurrenceEntry) -> bool {
    place.source != SourceKind::Name && place.archive.is_none()
}

/// The path of an occurrence. For git objects without a path, it is one that no work tree has.
pub(super) fn path_of(place: &OccurrenceEntry) -> Cow<'_, str> {
    match place.blob.as_deref().filter(|_| place.path.is_empty()) {
        Some(id) => Cow::Owned(format!(".git/{}/{id}", kind(place))),
        None => Cow::Borrowed(&place.path),
    }
}

/// The kind of git object of an occurrence without a path.
pub(super) fn kind(place: &OccurrenceEntry) -> &'static str {
    match place.source {
        SourceKind::Message if place.commit.is_some() => "commit",
        SourceKind::Message => "tag",
        _ => "blob",
    }
}

/// The occurrences of a key, each with a fingerprint that stays the same when the key moves within its file, and a number
/// that tells occurrences in the same file apart.
pub(super) fn fingerprints<'a>(
    run: &'a RunReport,
    finding: &'a FindingEntry,
) -> impl Iterator<Item = (&'a OccurrenceEntry, PlaceFingerprint)> + 'a {
    let mut same_path = (None, 0);
    finding.occurrences.iter().map(move |place| {
        let path = Some((place.full_path(), place.blob.as_deref().filter(|_| place.path.is_empty())));
        same_path = if path == same_path.0 { (path, same_path.1 + 1) } else { (path, 1) };
        let uri = RootPath::new(run, &path_of(place)).uri();
        let inner = place.archive.as_ref().map_or_else(String::new, |archive| format!("\0{archive}"));
        let text = format!("{}\0{uri}{inner}", finding.fingerprint);
        let hash = Sha256::new().chain_update(DOMAIN).chain_update(text).finalize();
        (place, PlaceFingerprint { digits: hex::digits(&hash[..16]), number: same_path.1 })
    })
}

/// Tells occurrences apart.
pub(super) struct PlaceFingerprint {
    /// 32 hex digits.
    digits: String,
    /// Counts the occurrences in one file, from 1.
    number: u64,
}

impl fmt::Display for PlaceFingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.digits, self.number)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{finding::Report, report::document::ReportDocument};

    #[test]
    fn uris_name_their_file_and_nothing_else() {
        let report = Report {
            base: PathBuf::from("/home/é/repo/sub dir"),
            root: Some(PathBuf::from("/home/é/repo")),
            ..Report::default()
        };
        let run = ReportDocument::new(&report).run;
        for (path, uri) in [
            ("a.py", "sub%20dir/a.py"),
            ("./a b/c.py", "sub%20dir/a%20b/c.py"),
            ("../grün.py", "gr%C3%BCn.py"),
            ("a#b?c%20.py", "sub%20dir/a%23b%3Fc%2520.py"),
            ("new\nline:1", "sub%20dir/new%0Aline%3A1"),
            (r"latin\xe9.py", "sub%20dir/latin%5Cxe9.py"),
            ("~a-b_c.d", "sub%20dir/~a-b_c.d"),
            ("/home/é/repo/x", "x"),
            ("..", "."),
            ("../../repo/x", "x"),
            ("../../repository/a", "../repository/a"),
            ("../../../é/repo/x", "x"),
            ("", "stdin"),
        ] {
            let path = RootPath::new_in(PathStyle::Unix, &run, path);
            assert_eq!((path.uri().as_str(), path.is_relative), (uri, true), "{}", path.text());
        }
        for (path, uri) in [("/etc/a b", "file:///etc/a%20b"), ("/home/é/repo/../x", "file:///home/%C3%A9/x")]
        {
            let path = RootPath::new_in(PathStyle::Unix, &run, path);
            assert_eq!((path.uri().as_str(), path.is_relative), (uri, false), "{}", path.text());
        }
    }

    #[test]
    fn windows_has_the_same_uris_below_its_drives() {
        let check = |root: &str, directory: &str, uris: &[(&str, &str, bool)]| {
            let run = RunReport {
                root: Some(root.to_owned()),
                directory: directory.to_owned(),
                ..ReportDocument::new(&Report::default()).run
            };
            for (path, uri, is_relative) in uris {
                let path = RootPath::new_in(PathStyle::Windows, &run, path);
                assert_eq!((path.uri().as_str(), path.is_relative), (*uri, *is_relative), "{}", path.text());
            }
        };
        let in_drive = [
            ("a.py", "sub%20dir/a.py", true),
            ("../a b.py", "a%20b.py", true),
            ("Z:/r/sub dir/deep/a.py", "sub%20dir/deep/a.py", true),
            ("..", ".", true),
            ("../../other/a.py", "../other/a.py", true),
            ("C:/x/a.py", "file:///C:/x/a.py", false),
            ("//server/share/a.py", "file://server/share/a.py", false),
            ("", "stdin", true),
        ];
        check("Z:/r", "sub dir", &in_drive);
        check("Z:/", "", &[("a.py", "a.py", true), ("C:/a", "file:///C:/a", false)]);
        check(
            "//server/share/r",
            "",
            &[("//server/share/r/a.py", "a.py", true), ("C:/a", "file:///C:/a", false)],
        );
    }
}
