//! From paths to URIs.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};

use crate::{
    finding::Report,
    path::{PathStyle, has_drive, resolve},
};

/// The directory that relative URIs start from.
pub(super) const SOURCE_ROOT: &str = "%SRCROOT%";

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn artifact(report: &Report, path: &str) -> Value {
    match uri(report, path) {
        (uri, true) => json!({ "uri": uri, "uriBaseId": SOURCE_ROOT }),
        (uri, false) => json!({ "uri": uri }),
    }
}

/// The URI of a path, and whether it is relative to the root.
pub(super) fn uri(report: &Report, path: &str) -> (String, bool) {
    uri_in(PathStyle::OWN, report, path)
}

fn uri_in(style: PathStyle, report: &Report, path: &str) -> (String, bool) {
    if path.is_empty() {
        return ("stdin".to_owned(), true);
    }
    let (base, root) = (style.shown(bytes(&report.base)), style.shown(bytes(root(report))));
    let base = if style.is_absolute(path.as_bytes()) { &[][..] } else { &base };
    let full = segments(base, path.as_bytes());
    match full.strip_prefix(segments(b"", &root).as_slice()) {
        Some([]) => (".".to_owned(), true),
        Some(inside) => (encode(inside), true),
        None => (absolute(style, &full, base.starts_with(b"//") || path.starts_with("//")), false),
    }
}

fn root(report: &Report) -> &Path {
    report.root.as_ref().unwrap_or(&report.base)
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

pub(super) fn root_uri(report: &Report) -> String {
    root_uri_in(PathStyle::OWN, report)
}

fn root_uri_in(style: PathStyle, report: &Report) -> String {
    let shown = style.shown(bytes(root(report)));
    let mut root = segments(b"", &shown);
    // This adds the slash at the end.
    root.push(b"");
    absolute(style, &root, shown.starts_with(b"//"))
}

/// The URI of a path from the root. On Windows that begins with a drive, or with a server.
fn absolute(style: PathStyle, segments: &[&[u8]], is_on_server: bool) -> String {
    match segments {
        [drive, rest @ ..] if style == PathStyle::Windows && has_drive(drive) => {
            let drive = char::from(drive[0]);
            format!("file:///{drive}:/{}", encode(rest))
        }
        _ if style == PathStyle::Windows && is_on_server => format!("file://{}", encode(segments)),
        _ => format!("file:///{}", encode(segments)),
    }
}

/// The components of a path that starts from `base`.
fn segments<'a>(base: &'a [u8], path: &'a [u8]) -> Vec<&'a [u8]> {
    resolve([base, path].into_iter().flat_map(|path| path.split(|byte| *byte == b'/')))
}

fn encode(segments: &[&[u8]]) -> String {
    let encoded: Vec<_> =
        segments.iter().map(|segment| percent_encode(segment, ENCODED).to_string()).collect();
    encoded.join("/")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn uris_name_their_file_and_nothing_else() {
        let report = Report {
            base: PathBuf::from("/home/é/repo/sub dir"),
            root: Some(PathBuf::from("/home/é/repo")),
            ..Report::default()
        };
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
            ("", "stdin"),
        ] {
            assert_eq!(uri_in(PathStyle::Unix, &report, path), (uri.to_owned(), true), "{path:?}");
        }
        for (path, uri) in [
            ("/etc/a b", "file:///etc/a%20b"),
            ("../../repository/a", "file:///home/%C3%A9/repository/a"),
            ("/home/é/repo/../x", "file:///home/%C3%A9/x"),
        ] {
            assert_eq!(uri_in(PathStyle::Unix, &report, path), (uri.to_owned(), false), "{path:?}");
        }
        assert_eq!(root_uri_in(PathStyle::Unix, &report), "file:///home/%C3%A9/repo/");
        assert_eq!(
            root_uri_in(PathStyle::Unix, &Report { root: Some(PathBuf::from("/")), ..report }),
            "file:///"
        );
    }

    #[test]
    fn what_is_relative_names_its_base() {
        let report = Report { base: PathBuf::from("/r"), ..Report::default() };
        assert_eq!(artifact(&report, "a.py"), json!({ "uri": "a.py", "uriBaseId": "%SRCROOT%" }));
        assert_eq!(artifact(&report, "../a.py"), json!({ "uri": "file:///a.py" }));
    }

    #[test]
    fn windows_has_the_same_uris_below_its_drives() {
        let check = |base: &str, root: &str, root_uri: &str, uris: &[(&str, &str, bool)]| {
            let report = Report { base: base.into(), root: Some(root.into()), ..Report::default() };
            assert_eq!(root_uri_in(PathStyle::Windows, &report), root_uri);
            for (path, uri, is_relative) in uris {
                let expected = ((*uri).to_owned(), *is_relative);
                assert_eq!(uri_in(PathStyle::Windows, &report, path), expected, "{base} {path}");
            }
        };
        let in_drive = [
            ("a.py", "sub%20dir/a.py", true),
            ("../a b.py", "a%20b.py", true),
            ("Z:/r/sub dir/deep/a.py", "sub%20dir/deep/a.py", true),
            ("..", ".", true),
            ("../../other/a.py", "file:///Z:/other/a.py", false),
            ("C:/x/a.py", "file:///C:/x/a.py", false),
            ("//server/share/a.py", "file://server/share/a.py", false),
            ("", "stdin", true),
        ];
        check(r"Z:\r\sub dir", r"Z:\r", "file:///Z:/r/", &in_drive);
        check(r"\\?\Z:\r\sub dir", r"\\?\Z:\r", "file:///Z:/r/", &in_drive);
        check("Z:/r/sub dir", r"Z:\r\", "file:///Z:/r/", &in_drive);
        check(r"Z:\", r"Z:\", "file:///Z:/", &[("a.py", "a.py", true), ("C:/a", "file:///C:/a", false)]);
        let on_server = [
            ("a.py", "a.py", true),
            ("../b/a.py", "file://server/share/b/a.py", false),
            ("C:/a.py", "file:///C:/a.py", false),
        ];
        check(r"\\server\share\r", r"\\server\share\r", "file://server/share/r/", &on_server);
        check(r"\\?\UNC\server\share\r", r"\\server\share\r", "file://server/share/r/", &on_server);
    }
}
