//! Addresses of documents.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// The file that an address means; `None` if it is no file of this machine.
pub(crate) fn file_of_uri(uri: &str) -> Option<PathBuf> {
    let rest = uri.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("file://")).map(|_| &uri[7..])?;
    // A part or a query is not of the file.
    let rest = rest.split(['#', '?']).next().unwrap_or_default();
    let (host, path) = rest.split_at(rest.find('/')?);
    native(host, percent_decode_str(path).collect())
}

#[cfg(unix)]
fn native(host: &str, path: Vec<u8>) -> Option<PathBuf> {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};
    (host.is_empty() || host == "localhost").then(|| PathBuf::from(OsString::from_vec(path)))
}

/// `/c:/a` is `c:/a`, and a host is a server.
#[cfg(not(unix))]
fn native(host: &str, path: Vec<u8>) -> Option<PathBuf> {
    let path = String::from_utf8(path).ok()?;
    if !host.is_empty() && host != "localhost" {
        return Some(PathBuf::from(format!("//{host}{path}")));
    }
    let inner = path.strip_prefix('/').filter(|inner| crate::path::has_drive(inner.as_bytes()));
    Some(PathBuf::from(inner.unwrap_or(&path)))
}

/// The last part of an address, for a document that is no file: `untitled:Untitled-1` is called `Untitled-1`.
pub(crate) fn name_of_uri(uri: &str) -> String {
    let path = uri.split_once(':').map_or(uri, |(_, path)| path);
    let path = path.split(['#', '?']).next().unwrap_or_default();
    let name = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn an_address_is_a_file_if_it_is_one_here() {
        for (uri, expected) in [
            ("file:///a/b.py", Some("/a/b.py")),
            ("FILE:///a/b%20c%C3%A9.py", Some("/a/b cé.py")),
            ("file://localhost/a", Some("/a")),
            ("file:///a#L3", Some("/a")),
            ("file:///a%23b", Some("/a#b")),
            ("file://server/a", None),
            ("file://", None),
            ("file", None),
            ("untitled:Untitled-1", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(file_of_uri(uri), expected.map(PathBuf::from), "{uri}");
        }
    }

    #[test]
    fn what_is_no_file_has_a_name() {
        for (uri, expected) in [
            ("untitled:Untitled-1", "Untitled-1"),
            ("git:/a/b.py?x=/y", "b.py"),
            ("vscode-notebook-cell:/a/n.ipynb#X", "n.ipynb"),
            ("a%20b", "a b"),
            ("x:", ""),
            ("", ""),
        ] {
            assert_eq!(name_of_uri(uri), expected, "{uri}");
        }
    }
}
