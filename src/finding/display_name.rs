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
        let object = self.object.map(|id| short(&id.to_string()).to_owned()).unwrap_or_default();
        Cow::Owned(match self.source {
            SourceKind::Blob => format!("the blob {object}{path}"),
            SourceKind::Message if self.commit.is_some() => format!("the message of commit {object}"),
            SourceKind::Message if self.object.is_some() => format!("the message of tag {object}"),
            SourceKind::Message => "the message".to_owned(),
            // The inner path follows, if there is one.
            _ => format!("standard input{path}"),
        })
    }
}

/// Enough digits to identify an object in most repositories.
pub(crate) fn short(id: &str) -> &str {
    const DIGITS: usize = 12;
    &id[..id.len().min(DIGITS)]
}
