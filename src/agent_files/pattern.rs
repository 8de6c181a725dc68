//! The patterns of paths in the table: `*` for a part of a name, `**` for any number of directories.

/// Whether the names of a path are those of a pattern.
pub(super) fn is_match(names: &[&str], parts: &[&str]) -> bool {
    match (names, parts) {
        ([], []) => true,
        (_, ["**", rest @ ..]) => is_match(names, rest) || !names.is_empty() && is_match(&names[1..], parts),
        ([name, names @ ..], [part, rest @ ..]) => is_name(name, part) && is_match(names, rest),
        _ => false,
    }
}

/// Whether a name is one that a part of a pattern means, which has one `*` at most.
pub(super) fn is_name(name: &str, part: &str) -> bool {
    match part.split_once('*') {
        None => name == part,
        Some((before, after)) => {
            name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
        }
    }
}
