//! The entries of a configuration, as the stages of [`crate::suppression`] take them.

use crate::{
    config::{AcceptUnread, Allow, Config},
    suppression::{Acceptance, AllowEntry},
};

/// One `[[allow]]` entry.
pub(super) fn entry(allow: &Allow) -> AllowEntry<'_> {
    AllowEntry {
        place: &allow.place.file,
        line: allow.place.line,
        rules: &allow.rules,
        paths: &allow.paths,
        fingerprints: allow.fingerprints.iter().map(|at| (at.value.as_str(), at.place.line)).collect(),
        values: allow.values.iter().map(|at| (at.value.as_str(), at.place.line)).collect(),
        reason: allow.reason.as_deref(),
        until: allow.until,
    }
}

/// All `[[allow]]` entries.
pub(super) fn entries(config: &Config) -> Vec<AllowEntry<'_>> {
    config.allow.iter().map(entry).collect()
}

/// All `accept-unread` entries.
pub(super) fn acceptances(config: &Config) -> Vec<Acceptance> {
    let acceptance = |accept: &AcceptUnread| Acceptance {
        place: accept.place.file.to_string(),
        line: accept.place.line,
        path: accept.path.clone(),
        reason: accept.reason.clone(),
        until: accept.until,
    };
    config.accept_unread.iter().map(acceptance).collect()
}
