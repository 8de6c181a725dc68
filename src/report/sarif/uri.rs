//! From paths to URIs.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};

use crate::{finding::Report, path::resolve};

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
    if path.is_empty() {
        return ("stdin".to_owned(), true);
    }
    let full = segments(report.base.as_os_str().as_encoded_bytes(), path.as_bytes());
    match full.strip_prefix(root(report).as_slice()) {
        Some([]) => (".".to_owned(), true),
        Some(inside) => (encode(inside), true),
        None => (format!("file:///{}", encode(&full)), false),
    }
}

fn root(report: &Report) -> Vec<&[u8]> {
    let root = report.root.as_ref().unwrap_or(&report.base);
    segments(b"", root.as_os_str().as_encoded_bytes())
}

pub(super) fn root_uri(report: &Report) -> String {
    let mut root = root(report);
    // This adds the slash at the end.
    root.push(b"");
    format!("file:///{}", encode(&root))
}

/// The components of an absolute path, or of one relative to `base`.
fn segments<'a>(base: &'a [u8], path: &'a [u8]) -> Vec<&'a [u8]> {
    let base = if path.starts_with(b"/") { b"" } else { base };
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
            assert_eq!(artifact(&report, path), json!({ "uri": uri, "uriBaseId": "%SRCROOT%" }), "{path:?}");
        }
        for (path, uri) in [
            ("/etc/a b", "file:///etc/a%20b"),
            ("../../repository/a", "file:///home/%C3%A9/repository/a"),
            ("/home/é/repo/../x", "file:///home/%C3%A9/x"),
        ] {
            assert_eq!(artifact(&report, path), json!({ "uri": uri }), "{path:?}");
        }
        assert_eq!(root_uri(&report), "file:///home/%C3%A9/repo/");
        assert_eq!(root_uri(&Report { root: Some(PathBuf::from("/")), ..report }), "file:///");
    }
}
