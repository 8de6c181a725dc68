//! Hyperlinks, for terminals that have them: <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>.

use std::path::Path;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::{
    blob::SourceKind,
    report::{document::OccurrenceEntry, view::View},
};

/// What a path in a URI must not contain as it is, by RFC 3986.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A text that leads to this address.
pub(super) fn link(view: &View, address: Option<&str>, text: &str) -> String {
    match address.filter(|_| view.links_from.is_some()) {
        Some(address) => format!("\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"),
        None => text.to_owned(),
    }
}

/// The address of the file that an occurrence is in, if it is a file of its own.
pub(super) fn file(view: &View, place: &OccurrenceEntry) -> Option<String> {
    let from = view.links_from.as_ref().filter(|_| place.source == SourceKind::File)?;
    let path = from.join(Path::new(&*place.name()));
    let path = path.to_string_lossy().replace('\\', "/");
    let root = if path.starts_with('/') { "" } else { "/" };
    Some(format!("file://{root}{}", utf8_percent_encode(&path, ESCAPED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_links_unless_the_terminal_has_them() {
        let view = View::default();
        assert_eq!(link(&view, Some("https://example.com"), "rule"), "rule");
        let view = View { links_from: Some("/home/me".into()), ..view };
        assert_eq!(
            link(&view, Some("https://example.com"), "rule"),
            "\x1b]8;;https://example.com\x1b\\rule\x1b]8;;\x1b\\"
        );
        assert_eq!(link(&view, None, "rule"), "rule");
    }
}
