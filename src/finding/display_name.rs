//! Names of occurrences without a path.

use std::borrow::Cow;

use super::found::Occurrence;
use crate::blob::SourceKind;

impl Occurrence {
    /// The path followed by the inner path, or a name for an occurrence without a path: `the message of
    /// commit 0123456789ab`, `standard input`.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        let path = self.full_path();
        if !self.path.is_empty() {
            return path;
        }
        let object = self.object.map(|id| id.to_string());
        Cow::Owned(place_name(self.source, object.as_deref(), self.commit.is_some(), &path))
    }
}

/// The name of a place without a path, which may be in a git object. `inner` is the path in an archive, if it is one.
#[must_use]
pub(crate) fn place_name(source: SourceKind, object: Option<&str>, has_commit: bool, inner: &str) -> String {
    let id = object.map(short).unwrap_or_default();
    match source {
        SourceKind::Blob => format!("the blob {id}{inner}"),
        SourceKind::Message if has_commit => format!("the message of commit {id}"),
        SourceKind::Message if object.is_some() => format!("the message of tag {id}"),
        SourceKind::Message => "the message".to_owned(),
        // The inner path follows, if there is one.
        _ => format!("standard input{inner}"),
    }
}

/// Enough digits to identify an object in most repositories.
pub(crate) fn short(id: &str) -> &str {
    const DIGITS: usize = 12;
    &id[..id.len().min(DIGITS)]
}
