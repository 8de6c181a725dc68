//! Where an occurrence is, in words.

use crate::{blob::SourceKind, finding::short, hidden::escape_control, report::document::OccurrenceEntry};

/// The path of an occurrence.
pub(super) fn place_name(place: &OccurrenceEntry) -> String {
    let path = place.name();
    let path = escape_control(&path);
    match place.source {
        SourceKind::Name => format!("the name {path}"),
        _ => path.into_owned(),
    }
}

/// What to add to an occurrence that is not a file of the work tree.
pub(super) fn aside(place: &OccurrenceEntry) -> String {
    let commit = match (place.source, &place.commit) {
        (SourceKind::Index, _) => Some("staged".to_owned()),
        (SourceKind::Blob | SourceKind::Name, Some(commit)) => Some(format!("commit {}", short(commit))),
        (SourceKind::Blob, None) if !place.path.is_empty() => {
            Some("in a directory that no commit contains".to_owned())
        }
        _ => None,
    };
    // A path from here begins with the repository.
    let is_told = |name: &&String| !place.path.starts_with(&format!("{name}/"));
    let repository = place.repository.as_ref().filter(is_told);
    let repository = repository.map(|name| format!("in {}", escape_control(name)));
    let parts: Vec<_> = commit.into_iter().chain(repository).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}
